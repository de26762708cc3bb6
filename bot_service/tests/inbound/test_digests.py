"""Lists that go out by themselves (``bot.digest.command``): the recruiter's tomorrow and the staff's day."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from bson import Int64

from interview_bot.common import clock
from interview_bot.common.database import Database
from interview_bot.views.digest_texts import digest_text
from interview_bot.views.html_text import plain_text
from interview_bot.views.texts import texts_for
from shared_contracts.attendance import Attendance
from shared_contracts.broadcast import DeliveryStatus, DigestDelivered
from shared_contracts.digest import DaySummary, DigestCommand, DigestEntry, DigestKind, Farewell, SummaryLine
from shared_contracts.transport.topology import DIGEST_COMMAND
from tests.kit.desk import Desk
from tests.kit.inbox import handled
from tests.kit.recruiting import RITA
from tests.kit.telegram import GROUP, Person, Sandbox, eventually

FORUM = -1007003


def entry(number: int = 0, **changes: Any) -> DigestEntry:
    """An interview of the recruiter's tomorrow."""
    values: dict[str, Any] = {
        "starts_at": datetime(2027, 3, 2, 6, 20, tzinfo=UTC) + timedelta(minutes=20 * number),
        "candidate": "Анна <Смелая>",
        "link": "https://t.me/anna_candidate",
        "event": "Стажировка",
        "place": "Офис на Тверской, каб. 1",
    }
    return DigestEntry(**(values | changes))


def digest(**changes: Any) -> DigestCommand:
    """Rita's tomorrow."""
    values: dict[str, Any] = {
        "message_id": uuid4(),
        "correlation_id": "desk",
        "occurred_at": clock.now(),
        "digest_id": uuid4().hex[:24],
        "kind": DigestKind.TOMORROW,
        "attempt": 1,
        "chat_id": RITA,
        "day": "2027-03-02",
        "timezone": "Europe/Moscow",
        "not_after": clock.now() + timedelta(hours=1),
        "entries": [entry(0, attendance=Attendance.CONFIRMED), entry(1, by_hand=True)],
    }
    return DigestCommand(**(values | changes))


def day(**changes: Any) -> DigestCommand:
    """The staff's day."""
    summary = DaySummary(
        attended=5,
        no_show=1,
        unmarked=2,
        pending=3,
        by_hand=1,
        tomorrow=[
            SummaryLine(event="Стажировка <2027>", city="Москва", interviews=5, confirmed=3),
            SummaryLine(event="Стажировка <2027>", city="Казань", interviews=2, confirmed=0),
        ],
    )
    values: dict[str, Any] = {"kind": DigestKind.STAFF_SUMMARY, "summary": summary, "entries": [], "day": "2027-03-01"}
    return digest(**(values | changes))


def read(command: DigestCommand, language: str = "ru") -> str:
    """The list as plain text."""
    return plain_text(digest_text(command, texts_for(language)))


def again(command: DigestCommand, **changes: Any) -> DigestCommand:
    """The same list in another envelope, so that the inbox does not help."""
    return command.model_copy(update={"message_id": uuid4()} | changes)


async def reports(desk: Desk, command: DigestCommand, count: int = 1, seconds: float = 8.0) -> list[DigestDelivered]:
    """Wait for that many reports of the list."""

    async def look() -> list[DigestDelivered] | None:
        sent = [event for event in desk.delivery_events if isinstance(event, DigestDelivered)]
        found = [event for event in sent if event.digest_id == command.digest_id]
        return found if len(found) >= count else None

    return await eventually(look, "a report", seconds)


async def lists(person: Person) -> int:
    """How many lists the person got."""
    return sum("Завтра, " in message.text for message in await person.messages())


async def test_a_list_is_sent_once_and_reported_with_its_text(
    rita: Person, desk: Desk, bots_database: Database
) -> None:
    """I4. Guard: ``SendProgress.end_for``, by the digest's id; the repeats have other message ids."""
    command = digest()
    await desk.send(DIGEST_COMMAND.name, command)
    shown = await rita.sees("Завтра, вторник, 2 марта")
    for attempt in (1, 2):
        await desk.send(DIGEST_COMMAND.name, again(command, attempt=attempt))
    await handled(bots_database, DIGEST_COMMAND.name, count=3)
    first, second = await reports(desk, command, 2)
    assert (first.attempt, second.attempt) == (1, 2)
    assert first.delivery == second.delivery
    assert (first.delivery.status, first.delivery.telegram_message_id) == (DeliveryStatus.SENT, shown.id)
    assert first.delivery.text == read(command)
    assert await lists(rita) == 1


async def test_two_copies_in_hand_at_once_are_one_list(rita: Person, desk: Desk, bots_database: Database) -> None:
    """Guard: the lock on the chat in ``Digests.deliver``."""
    command = digest()
    for _ in range(6):
        await desk.send(DIGEST_COMMAND.name, again(command))
    await handled(bots_database, DIGEST_COMMAND.name, count=6)
    assert await lists(rita) == 1


async def test_a_list_that_comes_too_late_is_not_sent_but_may_come_another_time(
    rita: Person, desk: Desk, bots_database: Database
) -> None:
    """Guard: ``not_after`` at the moment of sending; too late is not kept as an end."""
    command = digest(not_after=clock.now() - timedelta(seconds=1))
    await desk.send(DIGEST_COMMAND.name, command)
    [late] = await reports(desk, command)
    assert (late.delivery.status, late.attempt) == (DeliveryStatus.TOO_LATE, 1)
    assert await lists(rita) == 0
    in_time = again(command, attempt=2, not_after=clock.now() + timedelta(hours=1))
    await desk.send(DIGEST_COMMAND.name, in_time)
    await rita.sees("Завтра, ")
    assert [report.delivery.status for report in await reports(desk, command, 2)] == [
        DeliveryStatus.TOO_LATE,
        DeliveryStatus.SENT,
    ]


async def test_a_group_gets_the_day_in_its_own_language_in_its_topic(
    sandbox: Sandbox, rita: Person, desk: Desk
) -> None:
    """Guard: ``thread_id``; the report names the topic."""
    await sandbox.control("/groups", chat_id=FORUM, title="Штаб", is_forum=True)
    topic = await sandbox.control(f"/groups/{FORUM}/topics", user_id=rita.id, name="Сводка")
    command = day(chat_id=FORUM, thread_id=topic, language="en")
    await desk.send(DIGEST_COMMAND.name, command)

    [report] = await reports(desk, command)
    assert (report.delivery.chat_id, report.delivery.thread_id) == (FORUM, topic)
    rows = await sandbox.get(f"/chats/{FORUM}/messages")
    [shown] = [row for row in rows if row["from"] == "bot"]
    assert shown["message_thread_id"] == topic and "The day in numbers" in shown["text"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (403, "Forbidden: bot was kicked from the supergroup chat"),
        (400, "Bad Request: group chat was upgraded to a supergroup chat"),
    ],
)
async def test_a_group_that_is_gone_is_a_failure_in_telegrams_words(
    sandbox: Sandbox, rita: Person, desk: Desk, code: int, words: str
) -> None:
    """Guard: a group blocks nobody (``SentOnce.send``)."""
    await sandbox.fault("sendMessage", error_code=code, description=words)
    command = day(chat_id=GROUP, language="ru")
    await desk.send(DIGEST_COMMAND.name, command)
    [report] = await reports(desk, command)
    assert report.delivery.status is DeliveryStatus.FAILED
    assert words.partition(": ")[2] in (report.delivery.error or "").replace("Group", "group")


async def test_a_person_who_blocked_the_bot_is_reported_blocked(
    rita: Person, desk: Desk, bots_database: Database
) -> None:
    """And remembered as unreachable."""
    await rita.blocks()
    command = digest()
    await desk.send(DIGEST_COMMAND.name, command)
    [report] = await reports(desk, command)
    assert report.delivery.status is DeliveryStatus.BLOCKED
    chat = await bots_database["chats"].find_one({"_id": Int64(RITA)})
    assert chat is not None
    assert chat["reachable"] is False


async def test_telegrams_refusal_to_serve_now_is_tried_again_and_costs_no_try(
    rita: Person, desk: Desk, sandbox: Sandbox
) -> None:
    """Guard: the mark of a try that is known not to have arrived is closed in ``SentOnce.send``."""
    await sandbox.fault("sendMessage", error_code=502, times=3)
    command = digest()
    await desk.send(DIGEST_COMMAND.name, command)
    [report] = await reports(desk, command)
    assert (report.delivery.status, report.delivery.uncertain_tries) == (DeliveryStatus.SENT, 0)
    assert await lists(rita) == 1


async def test_a_list_without_telegrams_answer_is_sent_once_more_and_counted(
    rita: Person, desk: Desk, sandbox: Sandbox
) -> None:
    """An ambiguous time-out costs at most one duplicate."""
    await sandbox.fault("sendMessage", mode="drop_after_apply", times=1)
    command = digest()
    await desk.send(DIGEST_COMMAND.name, command)
    [report] = await reports(desk, command)
    assert (report.delivery.status, report.delivery.uncertain_tries) == (DeliveryStatus.SENT, 1)
    assert await lists(rita) == 2


@pytest.mark.parametrize(
    ("died", "late", "status", "seen"),
    [
        (1, False, DeliveryStatus.SENT, 1),
        (2, False, DeliveryStatus.UNCERTAIN, 0),
        (1, True, DeliveryStatus.UNCERTAIN, 0),
    ],
)
async def test_a_bot_that_died_while_sending_leaves_at_most_one_duplicate(
    rita: Person, desk: Desk, bots_database: Database, died: int, late: bool, status: DeliveryStatus, seen: int
) -> None:
    """Guards: ``UNCERTAIN_TRIES``; what may have arrived is not "too late". The row is as an older version left it."""
    command = digest(not_after=clock.now() + timedelta(hours=-1 if late else 1))
    row = {"_id": command.digest_id, "chat_id": Int64(RITA), "unclear": died, "at": clock.now()}
    await bots_database["automatic_messages"].insert_one(row)
    await desk.send(DIGEST_COMMAND.name, command)
    [report] = await reports(desk, command)
    assert (report.delivery.status, report.delivery.uncertain_tries) == (status, died)
    assert await lists(rita) == seen


async def test_a_list_that_an_older_version_sent_is_not_sent_again(
    rita: Person, desk: Desk, bots_database: Database
) -> None:
    """An upgrade must not repeat lists. It counted the try that came to an end, and kept all else with the end."""
    command = digest()
    values = {"chat_id": RITA, "status": "sent", "telegram_message_id": 5, "text": "Завтра", "uncertain_tries": 0}
    row = {"_id": command.digest_id, "chat_id": Int64(RITA), "unclear": 1, "delivery": values, "at": clock.now()}
    await bots_database["automatic_messages"].insert_one(row)
    await desk.send(DIGEST_COMMAND.name, command)
    [report] = await reports(desk, command)
    assert report.delivery.model_dump(mode="json", exclude_none=True) == values
    assert await lists(rita) == 0


@pytest.mark.parametrize(
    ("farewell", "ru", "en"),
    [
        (
            Farewell(became="handed_over", interviews=2, successor="Вера <Ким>", contact_url="https://t.me/hr"),
            "2 собеседования: дальше отвечает Вера <Ким>. Кандидатам мы сообщим сами.",
            "2 interviews: from now on with Вера <Ким>. The candidates hear it from us.",
        ),
        (
            Farewell(became="cancelled", interviews=1),
            "1 собеседование: отменили. Кандидатам мы сообщим сами.",
            "1 interview: cancelled. The candidates hear it from us.",
        ),
        (
            Farewell(became="kept", interviews=1, successor="Вера"),
            "1 собеседование: всё в силе, дальше отвечает Вера.",
            "1 interview: they stand, and Вера sees to them.",
        ),
        (
            Farewell(became="kept", interviews=5),
            "5 собеседований: всё в силе, дальше отвечают координаторы.",
            "5 interviews: they stand, and coordinators see to them.",
        ),
        (Farewell(became="kept", interviews=0), "", ""),
    ],
)
def test_a_farewell_says_what_becomes_of_the_interviews(farewell: Farewell, ru: str, en: str) -> None:
    for language, words, thanks, last in (
        ("ru", ru, "Ваш доступ рекрутера закрыт.", "Напишите нам."),
        ("en", en, "Your access as a recruiter has ended.", "Write to us."),
    ):
        command = digest(kind=DigestKind.ACCESS_ENDED, entries=[], farewell=farewell)
        parts = plain_text(digest_text(command, texts_for(language))).split("\n\n")
        assert thanks in parts[0] and parts[-1].endswith(last)
        assert parts[1:-1] == ([words] if words else [])


async def test_a_farewell_comes_with_whom_to_ask_and_is_reported(rita: Person, desk: Desk) -> None:
    farewell = Farewell(became="kept", interviews=0, contact_url="https://t.me/hr")
    await desk.send(DIGEST_COMMAND.name, digest(kind=DigestKind.ACCESS_ENDED, entries=[], farewell=farewell))
    told = await rita.sees("Ваш доступ рекрутера закрыт")
    assert told.buttons == [{"text": "Свяжитесь с нами", "url": "https://t.me/hr"}]
