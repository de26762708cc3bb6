"""/start, /help, /contact, groups, the unexpected."""

import asyncio
import json

import httpx
import pytest
from pymongo import AsyncMongoClient

from interview_bot.common.database import Database
from interview_bot.dialogs.context import COMMANDS
from interview_bot.settings import Settings
from interview_bot.telegram import gate as gate_module
from interview_bot.telegram.gate import Budget
from interview_bot.views.callback_data import Action, pack
from interview_bot.views.keyboards import MENU_SIZE
from shared_contracts.dialog import ChatStarted, ChatStopped
from shared_contracts.directory import NamedRef
from shared_contracts.notification import CacheName
from tests.kit.desk import Desk
from tests.kit.interview_cards import reads
from tests.kit.line import Line
from tests.kit.servers import TOKEN
from tests.kit.telegram import GROUP, Person, Sandbox, eventually


async def test_start_remembers_the_chat_and_tells_the_admin_service(
    anna: Person, desk: Desk, bots_database: Database
) -> None:
    """FR1 needs to know who can be written to."""
    await anna.writes("/start")
    started = await eventually(lambda: _first(desk), "chat_started")
    assert isinstance(started, ChatStarted)
    assert (started.user_telegram_id, started.username, started.language_code) == (1001, "anna_candidate", "ru")
    chat = await bots_database["chats"].find_one({"_id": 1001})
    assert chat is not None
    assert (chat["reachable"], chat["language"]) == (True, "ru")


async def test_ids_are_stored_as_64_bit_integers(anna: Person, bots_database: Database) -> None:
    """A small id as int32 would slip past an index of 64-bit ones."""
    await anna.writes("/start")
    await anna.sees("Выберите удобное время")
    assert isinstance(bots_database.client, AsyncMongoClient)
    assert await bots_database["chats"].count_documents({"_id": {"$type": "long"}}) == 1


async def test_blocking_and_unblocking_is_told_to_the_admin_service(
    anna: Person, desk: Desk, bots_database: Database
) -> None:
    """``my_chat_member``."""
    await anna.writes("/start")
    await anna.sees("Выберите удобное время")
    await anna.blocks()

    async def stopped() -> bool:
        return any(isinstance(command, ChatStopped) for command in desk.dialog_commands)

    await eventually(stopped, "chat_stopped")
    chat = await bots_database["chats"].find_one({"_id": 1001})
    assert chat is not None
    assert not chat["reachable"]


async def test_several_events_are_offered_by_name(anna: Person, desk: Desk) -> None:
    """FR3: /start with two open events; a press leads to that event's slots."""
    desk.open_event(2, "Собеседование <дизайнеров>")
    await anna.writes("/start")
    events = await anna.sees("На какое собеседование")
    assert events.labels == ["Стажировка", "Собеседование <дизайнеров>"]
    await anna.presses(events, "Стажировка")
    assert (await anna.sees("Выберите удобное время")).id == events.id


@pytest.mark.parametrize(
    ("language", "yours", "several", "more"),
    [
        ("ru", "Ваша запись:", "Ваши записи:", "Ещё можно записаться сюда:"),
        ("en", "Your booking:", "Your bookings:", "Also open for sign-up:"),
    ],
)
async def test_start_shows_the_bookings_one_has_and_then_what_else_is_open(
    sandbox: Sandbox, desk: Desk, bot: object, language: str, yours: str, several: str, more: str
) -> None:
    """Of an open event and of a closed one; each page has them. Guards: ``settled``, ``is_booked_elsewhere``."""
    desk.allow(1001, "Anna")
    event, closed = desk.open_event(), NamedRef(id=f"{99:024x}", name="Практика")
    for number in (1, 2, 3):
        desk.add_slot(number)
    desk.book(1001, desk.add_slot(8, event=closed), number=2)
    anna = await sandbox.person(1001, "Anna", language)
    await anna.writes("/start")
    first = await anna.sees(more)
    assert "Anna" in first.text and first.text.index(yours) < first.text.index("Практика") < first.text.index(more)
    assert [button["callback_data"].split(":")[1] for button in first.buttons] == ["mv", "cx", "ev"]
    await anna.presses(first, event.title)
    slots = await reads(anna, first.id, "/contact")
    await anna.sends_data(slots, slots.buttons[-1]["callback_data"])
    await reads(anna, first.id, more)

    desk.book(1001, desk.slots[f"{1:024x}"], number=1)
    await anna.writes("/start")
    both = await anna.sees(several)
    assert more not in both.text and event.title in both.text and "Практика" in both.text
    desk.open_event(2, "Третье")
    await desk.invalidate(CacheName.EVENTS)

    async def offered() -> bool:
        await anna.writes("/start")
        labels = (await anna.sees(several, seconds=2)).labels
        return labels[-1] == "Третье" and event.title not in labels

    await eventually(offered, "the third event alone")


async def test_however_many_events_are_open_each_can_be_signed_up_for(anna: Person, desk: Desk) -> None:
    """FR3. Guards: ``menu_rows`` (Telegram takes a hundred buttons) and ``_read_pages`` (a page has at most 200)."""
    for number in range(100, 350):
        desk.open_event(title=f"Собеседование {number}", id=f"{number:024x}")
    desk.add_slot(7, event=NamedRef(id=f"{349:024x}", name="Собеседование 349"))
    await anna.writes("/start")
    events = await anna.sees("На какое собеседование")
    assert events.labels[:2] == ["Стажировка", "Собеседование 100"]
    assert len(events.labels) == MENU_SIZE + 1

    await anna.sends_data(events, pack(Action.EVENTS, "31"))
    await eventually(lambda: _shows(anna, "Собеседование 349"), "the last page")
    await anna.presses(await anna.sees("На какое собеседование"), "Собеседование 349")
    assert (await anna.sees("Выберите удобное время")).id == events.id


async def _shows(person: Person, label: str) -> bool:
    return label in (await person.sees("На какое собеседование")).labels


async def test_a_deep_link_opens_the_events_slots(anna: Person, desk: Desk) -> None:
    """FR3: ``/start e_<event>``, also for one that is closed by now, cut or pasted. Guard: ``start_parameter``."""
    desk.open_event(2, "Дизайн")
    await anna.writes(f"/start e_{desk.events[0].id}")
    await anna.sees("Выберите удобное время")
    await anna.writes(f"/start e_{'f' * 24}")
    await anna.sees("уже закрыта")
    await anna.writes(f"Пришлось скопировать: https://t.me/slotdesk_demo_bot?start=e_{desk.events[0].id} .")
    await anna.sees("Выберите удобное время")
    await anna.writes("https://t.me/slotdesk_demo_bot?start=e_12")
    assert "На какое собеседование" in (await anna.sees("скопирована не целиком")).text


async def test_a_command_in_a_group_is_answered_with_the_way_into_the_private_chat(anna: Person) -> None:
    """Groups get announcements only; one tap carries the command out. Guard: ``carried``."""
    await anna.writes("/mybooking@slotdesk_demo_bot", GROUP)

    async def look() -> bool:
        return bool(await anna.sandbox.messages(GROUP))

    await eventually(look, "an answer in the group")
    [answer] = await anna.sandbox.messages(GROUP)
    assert answer.buttons[0]["url"] == "https://t.me/slotdesk_demo_bot?start=c_mybooking"
    await anna.writes("/start c_mybooking")
    await anna.sees("нет предстоящих собеседований")


async def test_contact_sends_the_citys_link(anna: Person, desk: Desk) -> None:
    """FR7: the city's, else the default."""
    await anna.writes("/contact")
    assert (await anna.sees("Напишите сюда")).buttons[0]["url"] == "https://t.me/responsible_person"
    desk.allow(1006, "Дарья", contact_url=None)
    darya = await anna.sandbox.person(1006, "Дарья")
    await darya.writes("/contact")
    assert (await darya.sees("Напишите сюда")).buttons[0]["url"] == "https://t.me/default_contact"


async def test_help_and_anything_unknown_say_what_is_possible(anna: Person) -> None:
    """Unknown text gets a helpful answer."""
    await anna.writes("/help")
    text = (await anna.sees("Вот что я умею")).text
    assert all(f"/{name}" in text for name in COMMANDS)
    [sent] = await anna.sandbox.calls("sendMessage", anna.id)
    assert json.loads(sent["params"]["link_preview_options"]) == {"is_disabled": True}  # guard: ``_make_bot``
    await anna.writes("Здравствуйте! Можно <b>завтра</b>?")
    await anna.sees("Я бот и на вопросы не отвечаю")
    await anna.writes("/nonsense")
    shown = await anna.sees("вам ответят. Что умею я: /help")
    assert [(button["text"], button["url"]) for button in shown.buttons] == [
        ("Написать", "https://t.me/responsible_person")
    ]


async def test_what_was_not_understood_is_answered_once_it_is_a_command(anna: Person) -> None:
    """What was answered as a command or a question of its own is not answered again. Guard: ``_is_command_at_last``."""
    slip = await anna.writes("/halp")
    await anna.sees("вам ответят. Что умею я: /help")
    await anna.edits(slip, "/hilp")
    await anna.edits(slip, "/help")
    helped = await anna.sees("Вот что я умею")
    await anna.edits(slip, "/contact")
    await anna.edits(await anna.writes("/language"), "/contact")
    await anna.sees("На каком языке")
    word = await anna.writes("mybooking")
    await anna.sees("вам ответят. Что умею я: /help")
    await anna.edits(word, "/mybooking")
    await anna.sees("нет предстоящих собеседований")
    said = [message.text for message in await anna.messages() if message.id >= helped.id]
    assert len(said) == 4 and not any("Напишите сюда" in text for text in said)


async def test_what_came_to_nothing_counts_once_it_is_edited(
    sandbox: Sandbox, desk: Desk, bot: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of too many at once; from before its sender was let in; while nobody could answer. Edited again it is not
    answered again, and a stranger is not refused at each edit.

    Guards: ``_is_heard_at_last``, ``note_unheard``, ``note_heard``.
    """
    lev = await sandbox.person(1077, "Лев")
    early = await lev.writes("/start")
    await lev.sees("для приглашённых кандидатов")
    await lev.edits(early, "/help")
    await lev.edits(early, "/start ")
    desk.allow(1077, "Лев")
    await desk.invalidate(CacheName.ALLOWED_USERS)

    async def let_in() -> bool:
        await lev.edits(early, "/help")
        return len(await lev.messages()) > 1  # this edit, or the one before, which may come after they were let in

    await eventually(let_in, "heard at last")
    heard = len(await lev.messages())
    assert heard == 2, "one refusal, one answer"
    await lev.edits(early, "/contact")

    desk.down = True
    asked = await lev.writes("/mybooking")
    await lev.sees("Сейчас не получается ответить")
    desk.down = False
    await lev.edits(asked, "/mybooking ")
    await lev.sees("нет предстоящих собеседований")

    with monkeypatch.context() as patched:
        patched.setattr(gate_module, "KNOWN", Budget(1, 700))
        await lev.writes("/help")
        dropped = await lev.writes("/language")
        await lev.sees("Слишком много сразу")

    async def room() -> bool:
        await lev.edits(dropped, "/contact")
        return bool(await lev.sees("Напишите сюда", seconds=1))

    await eventually(room, "heard once there is room")
    await lev.edits(dropped, "/help")
    await lev.writes("/mybooking")
    await lev.sees("нет предстоящих собеседований")
    said = [message.text for message in await lev.messages()][heard:]
    assert sum("Напишите сюда" in text for text in said) == 1 and not any("языке" in text for text in said)


async def test_a_question_leads_to_the_recruiter_of_the_interview(anna: Person, desk: Desk) -> None:
    """Guard: ``_recruiter_who_answers``."""
    slot = desk.add_slot(1).model_copy(update={"recruiter": NamedRef(id="d" * 24, name="Вера Ким")})
    booking = desk.book(anna.id, slot)
    reachable = booking.model_copy(update={"recruiter_url": "https://t.me/vera_kim"})
    desk.bookings[booking.id] = (anna.id, reachable)
    await anna.writes("А что взять с собой?")
    assert (await anna.sees("но ответит Вера Ким")).buttons[0]["url"] == "https://t.me/vera_kim"


async def test_stale_and_forged_buttons_are_explained_and_the_current_state_offered(anna: Person) -> None:
    """Guard: ``callback_data.unpack``."""
    await anna.writes("/start")
    message = await anna.sees("Выберите удобное время")
    for data in ("0:ev:1", "1:xx", "1:ev:" + "z" * 24, "1:ok:0000000000000000", "1:cy:" + "a" * 24 + ":0", "чужое", ""):
        if not data:
            continue
        answer = await anna.answer_to(await anna.sends_data(message, data))
        assert "устарела" in answer["text"], data
    await anna.sees("Выберите удобное время")


async def test_a_press_in_a_group_or_in_someone_elses_chat_is_refused(anna: Person) -> None:
    """A forged press from a group must not run a dialog there."""
    await anna.writes("/help@slotdesk_demo_bot", GROUP)

    async def look() -> bool:
        return bool(await anna.sandbox.messages(GROUP))

    await eventually(look, "a message in the group")
    [message] = await anna.sandbox.messages(GROUP)
    answer = await anna.answer_to(await anna.sends_data(message, "1:st"))
    assert "личный чат" in answer["text"]
    assert await anna.sandbox.messages(GROUP) == [message]


async def test_the_commands_are_registered_in_both_languages(anna: Person, sandbox: Sandbox) -> None:
    """The menu of commands, and the description before the first word."""
    for user, language, expected in ((1001, "ru", "помощь"), (1007, "en", "help"), (1008, "fr", "help")):
        await sandbox.person(user, "Кто-то", language)

        async def look(user: int = user, expected: str = expected) -> bool:
            shown = await sandbox.get("/bot", user_id=user)
            menu = {row["command"]: row["description"] for row in shown["commands"]}
            return menu.get("help") == expected and bool(shown["description"])

        await eventually(look, f"the menu in {language}")


async def test_without_redis_the_person_gets_a_plain_answer(anna: Person, redis_line: Line) -> None:
    """Losing Redis restarts a dialog; it does not crash the bot."""
    await anna.writes("/start")
    message = await anna.sees("Выберите удобное время")
    redis_line.cut()
    try:
        answer = await anna.answer_to(await anna.presses(message, "каб. 1"))
        assert "через минуту" in answer["text"]
    finally:
        redis_line.mend()

    async def works() -> bool:
        await anna.writes("/start")
        return bool(await anna.sees("Выберите удобное время", seconds=1))

    await eventually(works, "the bot works again")
    await anna.writes("/help")
    await anna.sees("Вот что я умею")  # the last of what was written above is handled too


async def test_an_unexpected_fault_is_answered_warmly_and_without_a_trace(anna: Person, desk: Desk) -> None:
    """The admin service sends what no contract allows: names longer than a message."""
    desk.slots.clear()
    desk.add_slot(1)
    await anna.writes("/start")
    message = await anna.sees("Выберите удобное время")
    for method in ("editMessageText", "sendMessage"):
        await anna.sandbox.fault(method, error_code=400, description="Bad Request: something new")
    await anna.presses(message, "каб. 1")
    apology = await anna.sees("Попробуйте, пожалуйста")
    assert "Traceback" not in apology.text
    assert "Bad Request" not in apology.text


async def test_health_readiness_and_metrics_are_served(settings: Settings, anna: Person) -> None:
    """What the operator's probes read."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.listen_port}", verify=False) as http:
        assert (await http.get("/healthz")).status_code == 200
        ready = await http.get("/readyz")
        assert ready.json() == {"mongodb": True, "redis": True, "rabbitmq": True}
        assert "slotdesk_bot_press_to_ack_seconds_bucket" in (await http.get("/metrics")).text


async def test_neither_the_token_nor_names_are_logged(anna: Person, capfd: pytest.CaptureFixture[str]) -> None:
    """NFR3, NFR4."""
    await anna.writes("/start секретное слово")
    await anna.sees("Выберите удобное время")
    await asyncio.sleep(0)
    logged = "".join(capfd.readouterr())
    for private in (TOKEN, "Анна", "anna_candidate", "секретное"):
        assert private not in logged


async def _first(desk: Desk) -> object | None:
    return desk.dialog_commands[0] if desk.dialog_commands else None


async def test_names_follow_telegrams_at_every_contact(anna: Person, sandbox: Sandbox, desk: Desk) -> None:
    """Guard: ``follow_names``: a press, too, tells the desk of new names, and only of new ones."""
    await anna.writes("/start")
    slots = await anna.sees("Выберите удобное время")
    await eventually(lambda: _first(desk), "chat_started")
    await sandbox.person(1001, "Анюта", "ru", "anyuta_new")
    await anna.presses(slots, "каб. 1")
    await anna.sees("Записать вас на это время?")

    async def renamed() -> list[ChatStarted] | None:
        found = [command for command in desk.dialog_commands if isinstance(command, ChatStarted)]
        return found if len(found) > 1 else None

    names = [(told.first_name, told.username) for told in await eventually(renamed, "the new names")]
    assert names == [("Анна", "anna_candidate"), ("Анюта", "anyuta_new")]
    await anna.writes("/help")
    await anna.sees("/mybooking")
    assert len(await eventually(renamed, "the new names")) == 2
