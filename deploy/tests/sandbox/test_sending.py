"""Who the bot may write to, and what it may write."""

import httpx
import pytest

from tests.sandbox.driver import BOT, BOT_ID, GROUP, TOKEN, Driver, Json

KEY = {"text": "Book", "callback_data": "book"}


def keyboard(*buttons: Json) -> dict[str, object]:
    return {"inline_keyboard": [list(buttons)]}


def test_a_wrong_token_is_unauthorized(sandbox: Driver) -> None:
    response = httpx.get(f"{sandbox.url}/bot{TOKEN}x/getMe")
    assert response.status_code == 401
    assert response.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


def test_an_unknown_method_is_not_found(sandbox: Driver) -> None:
    assert sandbox.refusal("sendTelegram") == (404, "Not Found")


@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_methods_answer_get_and_post_in_any_case(sandbox: Driver, verb: str) -> None:
    answer = sandbox.http.request(verb, f"/bot{TOKEN}/GETME").json()
    assert answer["result"]["id"] == BOT_ID
    assert answer["result"]["username"] == BOT
    assert answer["result"]["can_read_all_group_messages"] is False


@pytest.mark.parametrize("how", ["params", "data", "json", "files"])
def test_parameters_come_by_query_form_json_and_multipart(sandbox: Driver, how: str) -> None:
    anna = sandbox.candidate()
    fields = {"chat_id": str(anna), "text": "Привет & до встречи"}
    sent = {how: {name: (None, value) for name, value in fields.items()} if how == "files" else fields}
    answer = sandbox.http.post(f"/bot{TOKEN}/sendMessage", **sent).json()  # type: ignore[arg-type]
    assert answer["result"]["text"] == "Привет & до встречи"


def test_a_stranger_has_no_chat(sandbox: Driver) -> None:
    assert sandbox.refusal("sendMessage", chat_id=777, text="Hi") == (400, "Bad Request: chat not found")


def test_a_missing_chat_id_is_named(sandbox: Driver) -> None:
    assert sandbox.refusal("sendMessage", text="Hi") == (400, "Bad Request: chat_id is empty")


def test_who_never_pressed_start_cannot_be_written_to(sandbox: Driver) -> None:
    sandbox.done("people", {"user_id": 1002, "first_name": "Boris"})
    refused = (403, "Forbidden: bot can't initiate conversation with a user")
    assert sandbox.refusal("sendMessage", chat_id=1002, text="Hi") == refused
    sandbox.writes(1002, "/start")
    assert sandbox.say(1002)


def test_who_blocked_the_bot_cannot_be_written_to_until_start(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    message_id = sandbox.say(anna)
    sandbox.done("blocks", {"user_id": anna})
    blocked = (403, "Forbidden: bot was blocked by the user")
    assert sandbox.refusal("sendMessage", chat_id=anna, text="Hi") == blocked
    assert sandbox.refusal("editMessageText", chat_id=anna, message_id=message_id, text="x") == blocked
    assert sandbox.refusal("sendChatAction", chat_id=anna, action="typing") == blocked
    sandbox.writes(anna, "/start")
    assert sandbox.say(anna)


@pytest.mark.parametrize("text", ["", "   \n ", "<b></b>"])
def test_an_empty_text_is_refused(sandbox: Driver, text: str) -> None:
    anna = sandbox.candidate()
    refused = (400, "Bad Request: message text is empty")
    assert sandbox.refusal("sendMessage", chat_id=anna, text=text, parse_mode="HTML") == refused


def test_a_text_has_at_most_4096_utf16_units_after_parsing(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    too_long = (400, "Bad Request: message is too long")
    assert sandbox.say(anna, "<b>" + "ё" * 4096 + "</b>", parse_mode="HTML")
    assert sandbox.refusal("sendMessage", chat_id=anna, text="ё" * 4097) == too_long
    assert sandbox.say(anna, "🎉" * 2048)
    assert sandbox.refusal("sendMessage", chat_id=anna, text="🎉" * 2048 + "!") == too_long


def test_callback_data_has_at_most_64_bytes(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.offer(anna, {"text": "Fits", "callback_data": "я" * 32})
    markup = keyboard({"text": "Too long", "callback_data": "я" * 32 + "!"})
    refused = (400, "Bad Request: BUTTON_DATA_INVALID")
    assert sandbox.refusal("sendMessage", chat_id=anna, text="Hi", reply_markup=markup) == refused


def test_a_keyboard_has_at_most_100_buttons(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.offer(anna, *[KEY] * 100)
    refused = (400, "Bad Request: reply markup is too long")
    assert sandbox.refusal("sendMessage", chat_id=anna, text="Hi", reply_markup=keyboard(*[KEY] * 101)) == refused


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"text": " ", "callback_data": "x"}, "inline keyboard button text must be non-empty"),
        ({"callback_data": "x"}, "can't parse inline keyboard button: Can't find field \"text\""),
        (
            {"text": "Nothing"},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "Empty", "callback_data": ""},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "Ftp", "url": "ftp://example.com"},
            "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
        ),
        (
            {"text": "Local", "url": "http://localhost:8100/"},
            "inline keyboard button URL 'http://localhost:8100/' is invalid: Wrong HTTP URL",
        ),
        ({"text": "Word", "url": "word"}, "inline keyboard button URL 'word' is invalid: Wrong HTTP URL"),
        (KEY | {"style": "pink"}, "can't parse inline keyboard button: invalid button style specified"),
        (KEY | {"style": 1}, 'can\'t parse inline keyboard button: Field "style" must be of type String'),
        (
            {"text": "Copy", "copy_text": "x"},
            'can\'t parse inline keyboard button: Field "copy_text" must be of type Object',
        ),
        ({"text": "Copy", "copy_text": {}}, "can't parse inline keyboard button: Can't find field \"text\""),
        ({"text": "Copy", "copy_text": {"text": ""}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"text": "Copy", "copy_text": {"text": "x" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"text": "None", "url": "https://"}, "inline keyboard button URL 'https://' is invalid: URL host is empty"),
    ],
)
def test_a_button_must_be_whole(sandbox: Driver, button: Json, reason: str) -> None:
    anna = sandbox.candidate()
    answer = sandbox.refusal("sendMessage", chat_id=anna, text="Hi", reply_markup=keyboard(button))
    assert answer == (400, f"Bad Request: {reason}")


@pytest.mark.parametrize("url", ["https://t.me/slotdesk_demo_bot?start=e_1", "tg://user?id=5", "example.com/x"])
def test_a_button_may_lead_to_web_and_telegram_links(sandbox: Driver, url: str) -> None:
    sandbox.offer(sandbox.candidate(), {"text": "Go", "url": url})


def test_a_button_may_have_a_style_and_may_copy_a_text(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    buttons: list[Json] = [KEY | {"style": "success"}, {"text": "Copy", "copy_text": {"text": "7 Sadovaya Street"}}]
    sandbox.offer(anna, *buttons, KEY | {"style": "default", "unknown": 1})
    assert sandbox.transcript(anna)[-1]["buttons"] == [[*buttons, KEY]]
    message_id = sandbox.transcript(anna)[-1]["message_id"]
    assert sandbox.presses(anna, anna, message_id, button="Copy")["copied"] == "7 Sadovaya Street"
    assert sandbox.updates() == []


def test_a_links_preview_can_be_switched_off(sandbox: Driver) -> None:
    anna, off = sandbox.candidate(), {"is_disabled": True}
    sent = sandbox.ok("sendMessage", chat_id=anna, text="t.me/x", link_preview_options=off | {"url": ""})
    assert sent["link_preview_options"] == off
    sandbox.say(anna, "t.me/x", disable_web_page_preview=True)
    assert [message["link_preview_options"] for message in sandbox.transcript(anna)[1:]] == [off, off]
    edited = sandbox.ok("editMessageText", chat_id=anna, message_id=sent["message_id"], text="t.me/y")
    assert "link_preview_options" not in edited


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("[1", "can't parse link preview options JSON object"),
        ([1], "object expected as link preview options"),
        ({"is_disabled": "perhaps"}, 'field "is_disabled" must be of type Boolean'),
        ({"url": 5}, 'field "url" must be of type String'),
    ],
)
def test_bad_options_of_a_links_preview_are_refused(sandbox: Driver, options: object, reason: str) -> None:
    refused = sandbox.refusal("sendMessage", chat_id=sandbox.candidate(), text="Hi", link_preview_options=options)
    assert refused == (400, f"Bad Request: {reason}")


def test_a_keyboard_that_is_no_json_is_refused(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    refused = (400, "Bad Request: can't parse reply keyboard markup JSON object")
    assert sandbox.refusal("sendMessage", chat_id=anna, text="Hi", reply_markup="{oops") == refused


def test_an_edit_without_a_change_is_refused(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    message_id = sandbox.say(anna, "<b>Time</b>", parse_mode="HTML", reply_markup=keyboard(KEY))
    same = {"chat_id": anna, "message_id": message_id, "reply_markup": keyboard(KEY)}
    refused = (
        400,
        "Bad Request: message is not modified: specified new message content and reply markup are exactly "
        "the same as a current content and reply markup of the message",
    )
    assert sandbox.refusal("editMessageText", text="<b>Time</b>", parse_mode="HTML", **same) == refused
    assert sandbox.refusal("editMessageReplyMarkup", **same) == refused
    edited = sandbox.ok("editMessageText", text="Time", **same)
    assert edited["edit_date"] >= edited["date"]
    shown = sandbox.transcript(anna)[-1]
    assert (shown["text"], shown["edits"], shown["buttons"]) == ("Time", 1, [[KEY]])


def test_an_edit_without_a_keyboard_takes_the_keyboard_away(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    message_id = sandbox.offer(anna, KEY)
    sandbox.ok("editMessageReplyMarkup", chat_id=anna, message_id=message_id)
    assert sandbox.transcript(anna)[-1]["buttons"] == []


def test_only_the_bots_own_existing_messages_can_be_edited(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    message_id = sandbox.say(anna)
    annas = sandbox.writes(anna, "Hi")["message_id"]
    not_found = (400, "Bad Request: message to edit not found")
    foreign = (400, "Bad Request: message can't be edited")
    assert sandbox.refusal("editMessageText", chat_id=anna, message_id=annas, text="x") == foreign
    assert sandbox.refusal("editMessageText", chat_id=anna, message_id=99999, text="x") == not_found
    sandbox.ok("deleteMessage", chat_id=anna, message_id=message_id)
    assert sandbox.refusal("editMessageText", chat_id=anna, message_id=message_id, text="x") == not_found
    deleted = (400, "Bad Request: message to delete not found")
    assert sandbox.refusal("deleteMessage", chat_id=anna, message_id=message_id) == deleted


def test_in_the_group_the_bot_deletes_its_own_messages_only(sandbox: Driver) -> None:
    annas = sandbox.writes(sandbox.candidate(), "Hello all", chat_id=GROUP)["message_id"]
    refused = (400, "Bad Request: message can't be deleted")
    assert sandbox.refusal("deleteMessage", chat_id=GROUP, message_id=annas) == refused
    assert sandbox.ok("deleteMessage", chat_id=GROUP, message_id=sandbox.say(GROUP)) is True


def test_private_chats_share_message_ids_and_the_group_has_its_own(sandbox: Driver) -> None:
    anna, boris = sandbox.candidate(1001, "Anna"), sandbox.candidate(1002, "Boris")
    first, second = sandbox.say(anna), sandbox.say(boris)
    assert second == first + 1
    group_id = sandbox.say(GROUP)
    assert sandbox.say(GROUP) == group_id + 1
    assert sandbox.say(anna) == second + 1


def test_a_document_arrives_with_its_content(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    files = {"document": ("интервью.ics", b"BEGIN:VCALENDAR\r\n\x00\xff", "text/calendar")}
    answer = sandbox.http.post(
        f"/bot{TOKEN}/sendDocument", data={"chat_id": anna, "caption": "See you"}, files=files
    ).json()["result"]
    assert answer["caption"] == "See you"
    assert (answer["document"]["file_name"], answer["document"]["file_size"]) == ("интервью.ics", 19)
    download = sandbox.http.get(f"/sandbox/files/{answer['document']['file_id']}")
    assert download.content == b"BEGIN:VCALENDAR\r\n\x00\xff"
    again = sandbox.ok("sendDocument", chat_id=anna, document=answer["document"]["file_id"])
    assert again["document"] == answer["document"]


def send_file(sandbox: Driver, chat_id: int, name: str, content: bytes, mime_type: str) -> httpx.Response:
    files = {"document": (name, content, mime_type)}
    return sandbox.http.post(f"/bot{TOKEN}/sendDocument", data={"chat_id": chat_id, "caption": "Yours"}, files=files)


def test_a_transcript_shows_what_a_small_text_file_says(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    calendar = "BEGIN:VCALENDAR\r\nSUMMARY:Интервью\r\nEND:VCALENDAR\r\n"
    send_file(sandbox, anna, "interview.ics", calendar.encode(), "text/calendar")
    send_file(sandbox, anna, "long.txt", b"x" * 16_385, "text/plain")
    send_file(sandbox, anna, "photo.jpg", b"\xff\xd8", "image/jpeg")
    small, long, photo = sandbox.transcript(anna)[-3:]
    assert small["text"] == "Yours"
    assert (small["document"]["file_name"], small["document"]["mime_type"]) == ("interview.ics", "text/calendar")
    assert small["document"]["content"] == calendar
    assert "content" not in long["document"] | photo["document"]


def test_an_empty_or_too_large_document_is_refused(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    empty = send_file(sandbox, anna, "a.ics", b"", "text/calendar").json()
    assert (empty["error_code"], empty["description"]) == (400, "Bad Request: file must be non-empty")
    large = send_file(sandbox, anna, "a.bin", bytes(50 * 1024 * 1024 + 1), "application/octet-stream").json()
    assert (large["error_code"], large["description"]) == (413, "Request Entity Too Large")
    assert sandbox.transcript(anna)[-1]["document"] is None


def test_a_document_goes_only_to_who_can_be_written_to(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.done("blocks", {"user_id": anna})
    blocked = send_file(sandbox, anna, "a.ics", b"x", "text/calendar").json()
    assert (blocked["error_code"], blocked["description"]) == (403, "Forbidden: bot was blocked by the user")
    stranger = send_file(sandbox, 777, "a.ics", b"x", "text/calendar").json()
    assert (stranger["error_code"], stranger["description"]) == (400, "Bad Request: chat not found")


def test_a_document_must_be_there_and_its_caption_short(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    missing = (400, "Bad Request: there is no document in the request")
    assert sandbox.refusal("sendDocument", chat_id=anna) == missing
    unknown = (400, "Bad Request: wrong file identifier/HTTP URL specified")
    assert sandbox.refusal("sendDocument", chat_id=anna, document="nope") == unknown
    too_long = (400, "Bad Request: message caption is too long")
    assert sandbox.refusal("sendDocument", chat_id=anna, document="nope", caption="x" * 1025) == too_long


def test_a_reply_needs_its_message(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    first = sandbox.say(anna)
    reply = sandbox.ok("sendMessage", chat_id=anna, text="Re", reply_parameters={"message_id": first})
    assert reply["reply_to_message"]["message_id"] == first
    refused = (400, "Bad Request: message to be replied not found")
    assert sandbox.refusal("sendMessage", chat_id=anna, text="Re", reply_parameters={"message_id": 9}) == refused
    lenient = {"message_id": 9, "allow_sending_without_reply": True}
    assert "reply_to_message" not in sandbox.ok("sendMessage", chat_id=anna, text="Re", reply_parameters=lenient)


def test_chats_and_members_are_described(sandbox: Driver) -> None:
    anna = sandbox.candidate(1001, "Anna", username="anna_k")
    assert sandbox.ok("getChat", chat_id=anna)["username"] == "anna_k"
    assert sandbox.ok("getChat", chat_id=GROUP)["type"] == "supergroup"
    assert sandbox.ok("getChatMember", chat_id=GROUP, user_id=anna)["status"] == "member"
    assert sandbox.ok("getChatMember", chat_id=GROUP, user_id=BOT_ID)["user"]["is_bot"] is True
    not_found = (400, "Bad Request: user not found")
    assert sandbox.refusal("getChatMember", chat_id=GROUP, user_id=777) == not_found
    assert sandbox.refusal("getChat", chat_id=777) == (400, "Bad Request: chat not found")


def test_commands_are_kept_by_scope_and_language(sandbox: Driver) -> None:
    help_command = [{"command": "help", "description": "Help"}]
    scope = {"type": "all_private_chats"}
    sandbox.ok("setMyCommands", commands=help_command, scope=scope, language_code="en")
    assert sandbox.ok("getMyCommands", scope=scope, language_code="en") == help_command
    assert sandbox.ok("getMyCommands", scope=scope) == []
    sandbox.ok("deleteMyCommands", scope=scope, language_code="en")
    assert sandbox.ok("getMyCommands", scope=scope, language_code="en") == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"commands": [{"command": "Help", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "help", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "a", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [], "language_code": "english"}, "invalid language code specified"),
        (
            {"commands": [], "scope": {"type": "moon"}},
            "can't parse BotCommandScope: unsupported type specified",
        ),
    ],
)
def test_bad_commands_are_refused(sandbox: Driver, fields: dict[str, object], reason: str) -> None:
    assert sandbox.refusal("setMyCommands", **fields) == (400, f"Bad Request: {reason}")


def test_descriptions_have_their_limits_and_are_shown_to_people(sandbox: Driver) -> None:
    sandbox.done("people", {"user_id": 1001, "first_name": "Anna", "language_code": "ru"})
    sandbox.ok("setMyDescription", description="Запись", language_code="ru")
    sandbox.ok("setMyDescription", description="Booking")
    assert sandbox.read("bot", user_id=1001)["description"] == "Запись"
    assert sandbox.read("bot")["description"] == "Booking"
    assert sandbox.ok("getMyDescription", language_code="ru") == {"description": "Запись"}
    assert sandbox.ok("getMyDescription", language_code="de") == {"description": "Booking"}
    assert sandbox.ok("setMyShortDescription", short_description="x" * 120)
    assert sandbox.read("bot", user_id=1001)["short_description"] == "x" * 120
    assert sandbox.ok("getMyShortDescription") == {"short_description": "x" * 120}
    assert sandbox.refusal("setMyShortDescription", short_description="x" * 121)[0] == 400
    assert sandbox.refusal("setMyDescription", description="x" * 513)[0] == 400
    assert sandbox.ok("setChatMenuButton", menu_button={"type": "commands"})
    assert sandbox.refusal("setChatMenuButton", menu_button={"type": "rocket"})[0] == 400
    assert sandbox.ok("getMyName") == {"name": "Slotdesk"}
