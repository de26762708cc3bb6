"""The people's side: presses and their answers, links, transcripts, people."""

import pytest

from tests.sandbox.driver import BOT, GROUP, Driver

OLD = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
CONFIRM = {"text": "Confirm ✅", "callback_data": "c:1"}
BACK = {"text": "Back", "callback_data": "b:1"}


def test_a_press_reaches_the_bot_with_its_message_and_the_answer_is_measured(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    message_id = sandbox.offer(anna, CONFIRM, BACK)
    press = sandbox.presses(anna, anna, message_id, button="Confirm ✅")
    query = sandbox.updates()[-1]["callback_query"]
    assert query["id"] == press["callback_query_id"]
    assert (query["data"], query["from"]["id"]) == ("c:1", anna)
    assert query["message"]["message_id"] == message_id
    assert query["message"]["reply_markup"]["inline_keyboard"] == [[CONFIRM, BACK]]
    assert sandbox.read("answers") == []
    assert sandbox.read("presses")[0]["answered_at"] is None
    sandbox.ok("answerCallbackQuery", callback_query_id=query["id"], text="Done", show_alert=True)
    (answer,) = sandbox.read("answers", user_id=anna)
    assert (answer["text"], answer["show_alert"], answer["data"]) == ("Done", True, "c:1")
    assert answer["latency_ms"] == pytest.approx((answer["answered_at"] - answer["pressed_at"]) * 1000, abs=0.1)
    assert sandbox.read("answers", user_id=1002) == []


def test_an_unknown_or_expired_query_cannot_be_answered(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    message_id = sandbox.offer(anna, CONFIRM)
    assert sandbox.refusal("answerCallbackQuery", callback_query_id="12345") == OLD
    sandbox.limits(callback_seconds=0.000001)
    query_id = sandbox.presses(anna, anna, message_id, button="Confirm")["callback_query_id"]
    assert sandbox.refusal("answerCallbackQuery", callback_query_id=query_id) == OLD
    sandbox.limits(callback_seconds=300)
    assert sandbox.ok("answerCallbackQuery", callback_query_id=query_id) is True


def test_an_answer_has_at_most_200_characters(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    query_id = sandbox.presses(anna, anna, sandbox.offer(anna, CONFIRM), button="Confirm")["callback_query_id"]
    refused = (400, "Bad Request: MESSAGE_TOO_LONG")
    assert sandbox.refusal("answerCallbackQuery", callback_query_id=query_id, text="ё" * 201) == refused
    elsewhere = (400, "Bad Request: URL_INVALID")
    url = "https://example.com"
    assert sandbox.refusal("answerCallbackQuery", callback_query_id=query_id, url=url) == elsewhere
    assert sandbox.ok("answerCallbackQuery", callback_query_id=query_id, text="ё" * 200)


def test_the_first_answer_is_the_one_that_counts(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    query_id = sandbox.presses(anna, anna, sandbox.offer(anna, CONFIRM), button="Confirm")["callback_query_id"]
    sandbox.ok("answerCallbackQuery", callback_query_id=query_id, text="first")
    sandbox.ok("answerCallbackQuery", callback_query_id=query_id, text="second")
    assert [answer["text"] for answer in sandbox.read("answers")] == ["first"]


def press_status(sandbox: Driver, **body: object) -> tuple[int, str]:
    response = sandbox.post("presses", body)
    return response.status_code, str(response.json()["detail"])


def test_a_button_is_found_by_its_text_or_a_beginning_only_it_has(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    first, second = {"text": "Thu 10:00", "callback_data": "1"}, {"text": "Thu 11:00", "callback_data": "2"}
    where = {"user_id": anna, "chat_id": anna, "message_id": sandbox.offer(anna, first, second)}
    assert sandbox.done("presses", {**where, "button": "Thu 11"})
    assert sandbox.updates()[-1]["callback_query"]["data"] == "2"
    status, text = press_status(sandbox, **where, button="Thu")
    assert (status, "several" in text) == (409, True)
    status, text = press_status(sandbox, **where, button="Fri")
    assert status == 404
    assert "“Thu 10:00”, “Thu 11:00”" in text
    assert press_status(sandbox, **where, button="")[0] == 404
    assert press_status(sandbox, **where)[0] == 422
    assert press_status(sandbox, **where, button="Thu 10", data="1")[0] == 422


def test_data_no_longer_shown_can_be_sent_but_not_to_a_message_that_is_gone(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    message_id = sandbox.offer(anna, CONFIRM)
    sandbox.ok("editMessageText", chat_id=anna, message_id=message_id, text="Booked")
    assert sandbox.presses(anna, anna, message_id, data="c:1")
    where = {"user_id": anna, "chat_id": anna, "message_id": message_id}
    assert press_status(sandbox, **where, button="Confirm")[0] == 404
    sandbox.ok("deleteMessage", chat_id=anna, message_id=message_id)
    assert press_status(sandbox, **where, data="c:1")[0] == 404


def test_people_press_in_their_own_chat_and_the_group_only(sandbox: Driver) -> None:
    anna, boris = sandbox.candidate(1001, "Anna"), sandbox.candidate(1002, "Boris")
    private, public = sandbox.offer(anna, CONFIRM), sandbox.offer(GROUP, CONFIRM)
    assert press_status(sandbox, user_id=boris, chat_id=anna, message_id=private, data="c:1")[0] == 409
    assert press_status(sandbox, user_id=boris, chat_id=-5, message_id=1, data="c:1")[0] == 404
    assert sandbox.presses(boris, GROUP, public, button="Confirm")
    annas = sandbox.writes(anna, "Hi")["message_id"]
    assert press_status(sandbox, user_id=anna, chat_id=anna, message_id=annas, data="c:1")[0] == 409
    sandbox.done("blocks", {"user_id": anna})
    assert press_status(sandbox, user_id=anna, chat_id=anna, message_id=private, data="c:1")[0] == 409


def test_a_deep_link_button_sends_start_in_the_private_chat(sandbox: Driver) -> None:
    link = f"https://t.me/{BOT}?start=e_7"
    message_id = sandbox.offer(GROUP, {"text": "Sign up", "url": link})
    followed = sandbox.presses(1007, GROUP, message_id, button="Sign up")
    assert (followed["followed"], followed["chat_id"]) == (link, 1007)
    assert sandbox.updates()[-1]["message"]["text"] == "/start e_7"
    assert sandbox.say(1007)


@pytest.mark.parametrize("url", ["https://example.com/?start=1", "https://t.me/other_bot?start=1"])
def test_other_links_are_followed_without_a_message(sandbox: Driver, url: str) -> None:
    anna = sandbox.candidate()
    message_id = sandbox.offer(anna, {"text": "Go", "url": url})
    assert sandbox.presses(anna, anna, message_id, button="Go") == {"followed": url}
    assert sandbox.updates() == []


def test_a_link_to_the_bot_can_be_followed_from_anywhere(sandbox: Driver) -> None:
    sandbox.done("links", {"user_id": 1009, "url": f"tg://resolve?domain={BOT}&start=i_42"})
    assert sandbox.updates()[-1]["message"]["text"] == "/start i_42"


def test_a_blocked_bot_can_only_be_written_start(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.done("blocks", {"user_id": anna})
    assert sandbox.post("messages", {"user_id": anna, "text": "Hi"}).status_code == 409
    sandbox.writes(anna, "/start")
    assert sandbox.read("people")[0]["blocked"] is False


def test_unknown_people_are_made_up_and_known_ones_changed(sandbox: Driver) -> None:
    sandbox.writes(1005, "/start")
    assert sandbox.read("people")[0]["started"] is True
    changed = sandbox.done("people", {"user_id": 1005, "first_name": "Vera", "username": "vera_s"})
    assert (changed["first_name"], changed["started"]) == ("Vera", True)
    assert sandbox.post("people", {"user_id": 1005, "first_name": ""}).status_code == 422
    assert sandbox.post("people", {"user_id": -5, "first_name": "X"}).status_code == 422
    assert sandbox.post("people", {"user_id": 5, "first_name": "X", "nick": "x"}).status_code == 422


def test_a_transcript_shows_text_html_buttons_and_edits(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.say(anna, "<b>A &amp; B</b> /help", parse_mode="HTML", reply_markup={"inline_keyboard": [[CONFIRM]]})
    from_anna, from_bot = sandbox.transcript(anna)
    assert (from_anna["from"], from_anna["text"]) == (anna, "/start")
    assert (from_bot["from"], from_bot["text"]) == ("bot", "A & B /help")
    assert (from_bot["html"], from_bot["buttons"]) == ("<b>A &amp; B</b> /help", [[CONFIRM]])
    assert (from_bot["edits"], from_bot["edit_date"]) == (0, None)
    assert sandbox.read(f"chats/{anna}/messages", after=from_anna["message_id"]) == [from_bot]
    assert sandbox.transcript(4444) == []
    assert sandbox.http.get("/sandbox/chats/-4444/messages").status_code == 404


def test_chats_are_listed_with_their_last_message(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    chats = {chat["chat_id"]: chat for chat in sandbox.read("chats")}
    assert chats[GROUP]["title"] == "Slotdesk · Announcements"
    assert chats[anna]["last_message"]["text"] == "/start"


def test_calls_are_recorded_without_secrets(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.say(anna, "Hi")
    sandbox.api("sendMessage", chat_id=anna, text="")
    sent, failed = sandbox.read("calls", method="sendmessage", chat_id=anna)
    assert (sent["ok"], sent["result"]["text"], sent["params"]["text"]) == (True, "Hi", "Hi")
    assert (failed["ok"], failed["error_code"]) == (False, 400)
    sandbox.ok("setWebhook", url="http://127.0.0.1:9/", secret_token="very-secret")
    assert "very-secret" not in sandbox.http.get("/sandbox/calls").text


def test_reset_forgets_people_but_keeps_numbering(sandbox: Driver) -> None:
    before = sandbox.writes(1001, "/start")
    sandbox.done("faults", {"method": "getMe"})
    sandbox.http.post("/sandbox/reset").raise_for_status()
    assert sandbox.read("people") == []
    assert sandbox.read("faults") == []
    assert sandbox.read("calls") == []
    after = sandbox.writes(1001, "/start")
    assert after["update_id"] == before["update_id"] + 1
    assert after["message_id"] > before["message_id"]


def test_the_control_api_is_documented(sandbox: Driver) -> None:
    paths = sandbox.http.get("/sandbox/openapi.json").json()["paths"]
    for path in ("people", "messages", "presses", "chats", "answers", "calls", "blocks", "faults", "limits", "reset"):
        for details in paths[f"/sandbox/{path}"].values():
            assert details["description"]
    assert not [path for path in paths if path.startswith("/bot")]
