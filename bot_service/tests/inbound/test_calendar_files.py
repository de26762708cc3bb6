"""Calendar files: silently below what they go with, once, whatever happens on the way."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from interview_bot.common import clock
from interview_bot.common.database import Database
from interview_bot.inbound import calendar_sender
from interview_bot.store import calendar_files
from interview_bot.store.calendar_files import WAITING, CalendarFiles
from interview_bot.telegram.rate_limiter import Priority, SharedRateLimiter
from interview_bot.telegram.waiting_edits import WaitingEdits
from shared_contracts.booking import BookingResult, Outcome
from shared_contracts.broadcast import DeliveryStatus
from shared_contracts.calendars import CalendarEntry, CalendarMethod
from shared_contracts.notification import NotificationKind
from shared_contracts.requests import ReplyTo
from shared_contracts.texts.icalendar_text import calendar_file
from shared_contracts.transport.topology import BOOKING_RESULT, NOTIFICATION_COMMAND
from tests.inbound.test_notifications import notice, reports
from tests.kit.desk import Desk
from tests.kit.inbox import handled
from tests.kit.telegram import File, Message, Person, Sandbox, eventually

UID = f"{'b' * 24}@slotdesk"


def entry(sequence: int = 1, method: CalendarMethod = "PUBLISH") -> CalendarEntry:
    """Anna's interview as the admin service sends it for her calendar."""
    now = clock.now()
    return CalendarEntry(
        uid=UID,
        sequence=sequence,
        method=method,
        starts_at=now + timedelta(days=1),
        ends_at=now + timedelta(days=1, minutes=20),
        summary="Собеседование",
        place="Офис на Тверской, Москва",
        description="",
        stamp=now,
    )


def sequence_of(sent: File) -> str:
    """The number of a file that came, which is the booking's version."""
    return sent.content.partition("SEQUENCE:")[2][0]


def result(desk: Desk, message: Message, **changes: Any) -> BookingResult:
    """The answer to Anna's request, shown in ``message``."""
    values: dict[str, Any] = {
        "message_id": uuid4(),
        "correlation_id": "desk",
        "occurred_at": clock.now(),
        "request_id": uuid4(),
        "event_type": "booking.created",
        "outcome": Outcome.BOOKED,
        "decided_at": clock.now(),
        "user_telegram_id": 1001,
        "reply": ReplyTo(chat_id=1001, message_id=message.id),
        "booking": desk.book(1001, desk.slots[f"{1:024x}"]),
        "calendar_entry": entry(),
    }
    return BookingResult(**(values | changes))


async def opened(person: Person) -> Message:
    await person.writes("/start")
    return await person.sees("Выберите")


async def settled(bots_database: Database, count: int = 1) -> list[str]:
    """Wait until that many files are done with; how they ended."""

    async def look() -> list[str] | None:
        rows = await bots_database["calendar_files"].find({"state": {"$ne": WAITING}}).to_list()
        return [row["state"] for row in rows] if len(rows) >= count else None

    return await eventually(look, "the file is done with", seconds=60)


async def in_hand(sandbox: Sandbox, person: Person) -> None:
    """Wait until the file is on its way to Telegram."""

    async def look() -> bool:
        return bool(await sandbox.calls("sendDocument", person.id))

    await eventually(look, "the file is being sent", seconds=60)


async def the_row(bots_database: Database) -> dict[str, Any]:
    """The one file there is, as it is stored."""
    row = await bots_database["calendar_files"].find_one()
    assert row is not None
    return row


@pytest.mark.usefixtures("chats_take_all_at_once")
async def test_the_file_comes_silently_below_the_answer(
    anna: Person, desk: Desk, sandbox: Sandbox, bots_database: Database
) -> None:
    """Guard: the file is stored once the answer is shown. Nothing of it is kept when it has been sent."""
    message = await opened(anna)
    ours = entry()
    await desk.send(BOOKING_RESULT.name, result(desk, message, calendar_entry=ours))

    [sent] = await anna.gets_files(1)

    assert (await anna.messages())[-1].text.startswith("✅ Вы записаны!")
    assert sent.id > message.id
    assert (sent.name, sent.mime_type) == ("interview.ics", "text/calendar")
    assert sent.caption == "Добавьте в календарь"
    assert sent.content == calendar_file(ours).content
    [call] = await sandbox.calls("sendDocument", anna.id)
    assert call["params"]["disable_notification"] in {True, "true"}
    assert await settled(bots_database) == ["sent"]
    assert "content" not in await the_row(bots_database)


@pytest.mark.usefixtures("chats_take_all_at_once")
async def test_a_file_that_the_admin_service_made_itself_is_sent_as_it_came(anna: Person, desk: Desk) -> None:
    """Guard: ``calendar_file_of``. Such messages are under way while the admin service is brought up to date."""
    message = await opened(anna)
    made = calendar_file(entry(2))
    moved = {"calendar": made.model_copy(update={"sequence": 3}), "calendar_entry": None}
    await desk.send(BOOKING_RESULT.name, result(desk, message, calendar=made, calendar_entry=None))
    await anna.gets_files(1)
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, NotificationKind.BOOKING_MOVED, **moved))
    assert [sent.content for sent in await anna.gets_files(2)] == [made.content] * 2


@pytest.mark.usefixtures("chats_take_all_at_once")
async def test_captions_are_in_the_readers_language_and_say_what_the_file_does(
    sandbox: Sandbox, desk: Desk, bot: Any
) -> None:
    desk.allow(1001, "Mary")
    desk.open_event()
    desk.add_slot(1)
    mary = await sandbox.person(1001, "Mary", "en")
    await mary.writes("/start")
    message = await mary.sees("Choose")
    await desk.send(BOOKING_RESULT.name, result(desk, message))
    await mary.gets_files(1)
    off = result(desk, message, outcome=Outcome.CANCELLED, calendar_entry=entry(2, "CANCEL"))
    await desk.send(BOOKING_RESULT.name, off)
    captions = [sent.caption for sent in await mary.gets_files(2)]
    assert captions == ["Add it to your calendar", "Removes it if you added it"]


@pytest.mark.usefixtures("chats_take_all_at_once")
async def test_a_redelivered_answer_brings_no_second_file(anna: Person, desk: Desk, bots_database: Database) -> None:
    """Guard: the condition of ``put``; the last copy has another message id, so the inbox does not help."""
    message = await opened(anna)
    answer = result(desk, message)
    await desk.send(BOOKING_RESULT.name, answer)
    await anna.gets_files(1)
    await settled(bots_database)
    await desk.send(BOOKING_RESULT.name, answer)
    await desk.send(BOOKING_RESULT.name, answer.model_copy(update={"message_id": uuid4()}))
    await handled(bots_database, BOOKING_RESULT.name, count=2)
    assert await bots_database["calendar_files"].count_documents({"state": WAITING}) == 0
    newer = answer.model_copy(update={"message_id": uuid4(), "calendar_entry": entry(2)})
    await desk.send(BOOKING_RESULT.name, newer)
    numbers = [sequence_of(sent) for sent in await anna.gets_files(2)]
    assert numbers == ["1", "2"]


@pytest.mark.usefixtures("chats_take_all_at_once")
async def test_an_older_file_never_follows_a_newer(anna: Person, desk: Desk, bots_database: Database) -> None:
    """Guard: the same condition. An interview taken out of the calendar is not put back by a late message."""
    message = await opened(anna)
    await desk.send(BOOKING_RESULT.name, result(desk, message))
    await anna.gets_files(1)
    cancelled = notice(desk, NotificationKind.BOOKING_CANCELLED, calendar_entry=entry(3, "CANCEL"))
    await desk.send(NOTIFICATION_COMMAND.name, cancelled)
    await anna.gets_files(2)
    await desk.send(BOOKING_RESULT.name, result(desk, message, calendar_entry=entry(2)))
    await handled(bots_database, BOOKING_RESULT.name, count=2)
    moved = notice(desk, NotificationKind.BOOKING_MOVED, calendar_entry=entry(4))
    await desk.send(NOTIFICATION_COMMAND.name, moved)
    numbers = [sequence_of(sent) for sent in await anna.gets_files(3)]
    assert numbers == ["1", "3", "4"]


@pytest.mark.usefixtures("chats_take_all_at_once")
async def test_a_newer_file_waits_for_the_one_in_hand_and_takes_its_place_if_that_has_not_left(
    bots_database: Database,
) -> None:
    """Guards: ``held_until``, ``begin``. Two of one interview are never under way at once."""
    alone = bots_database.client[f"{bots_database.name}_alone"]  # where no bot sends what there is
    files = CalendarFiles(alone)
    await files.put(1001, calendar_file(entry()))
    first = await files.claim()
    assert first
    await files.put(1001, calendar_file(entry(2)))
    assert await files.claim() is None, "the row is in hand"
    assert not await files.begin(first), "a newer one has come while it waited for its turn"
    await files.release(first, arrived=False)

    second = await files.claim()
    assert second and (second.sequence, second.told) == (2, False)
    assert await files.begin(second)
    await files.put(1001, calendar_file(entry(3, "CANCEL")))
    await files.settle(second, DeliveryStatus.SENT)
    third = await files.claim()
    assert third and (third.sequence, third.told, third.is_needless) == (3, True, False)
    await alone.client.drop_database(alone.name)


@pytest.mark.usefixtures("chats_take_all_at_once")
async def test_what_was_cancelled_before_its_file_left_brings_no_file_at_all(
    anna: Person, desk: Desk, sandbox: Sandbox, bots_database: Database
) -> None:
    """Guard: ``is_needless``."""
    message = await opened(anna)
    await sandbox.fault("sendDocument", error_code=502)
    await desk.send(BOOKING_RESULT.name, result(desk, message))
    await in_hand(sandbox, anna)
    off = result(desk, message, outcome=Outcome.CANCELLED, calendar_entry=entry(2, "CANCEL"))
    await desk.send(BOOKING_RESULT.name, off)

    assert await settled(bots_database) == ["suppressed"]
    assert await sandbox.files(anna.id) == []


@pytest.mark.parametrize(
    ("later", "caption"),
    [(timedelta(hours=1), "Новое время для календаря"), (timedelta(), "Обновление для календаря")],
)
@pytest.mark.usefixtures("chats_take_all_at_once")
async def test_the_file_of_a_move_says_that_it_is_news_to_a_calendar_that_has_the_interview(
    anna: Person, desk: Desk, later: timedelta, caption: str
) -> None:
    """Guard: ``told_start``."""
    message, first = await opened(anna), entry()
    await desk.send(BOOKING_RESULT.name, result(desk, message, calendar_entry=first))
    await anna.gets_files(1)
    changed = first.model_copy(update={"sequence": 2, "starts_at": first.starts_at + later})
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, NotificationKind.BOOKING_MOVED, calendar_entry=changed))
    assert [sent.caption for sent in await anna.gets_files(2)] == ["Добавьте в календарь", caption]


@pytest.mark.usefixtures("chats_take_all_at_once")
async def test_a_file_that_telegram_does_not_take_yet_holds_nothing_up_and_comes_later(
    anna: Person, desk: Desk, sandbox: Sandbox
) -> None:
    """Guard: passing faults postpone the file. The answer is shown once, and what the person does next stays."""
    message = await opened(anna)
    await sandbox.fault("sendDocument", error_code=502)
    await desk.send(BOOKING_RESULT.name, result(desk, message))
    await anna.sees("Вы записаны!")
    await anna.writes("/reschedule")
    choosing = await anna.sees("На какое время перенести?")

    await anna.gets_files(1)

    await anna.presses(choosing, "каб. 2")
    await anna.sees("Перенести вашу запись на это время?")
    assert len(await sandbox.calls("sendDocument", anna.id)) == 2
    booked = [call for call in await sandbox.calls("editMessageText", anna.id) if "Вы записаны" in str(call["params"])]
    assert len(booked) == 1


async def test_a_file_without_telegrams_answer_is_not_sent_again(
    anna: Person, desk: Desk, sandbox: Sandbox, bots_database: Database
) -> None:
    """``TimedOut`` may mean delivered."""
    message = await opened(anna)
    await sandbox.fault("sendDocument", mode="drop_after_apply")
    await desk.send(BOOKING_RESULT.name, result(desk, message))
    assert await settled(bots_database) == ["uncertain"]
    assert len(await sandbox.files(anna.id)) == 1


async def test_a_file_in_hand_is_given_to_no_other_sender(
    anna: Person, desk: Desk, sandbox: Sandbox, bots_database: Database
) -> None:
    """Guard: the lease that ``claim`` takes. Telegram does not answer, so that the first sender has it for a while."""
    message = await opened(anna)
    await sandbox.fault("sendDocument", mode="timeout")
    await desk.send(BOOKING_RESULT.name, result(desk, message))
    await in_hand(sandbox, anna)
    assert [await CalendarFiles(bots_database).claim() for _ in range(3)] == [None] * 3
    assert len(await sandbox.calls("sendDocument", anna.id)) == 1
    assert await settled(bots_database) == ["uncertain"]  # its end would be the next test's file's


async def test_a_file_that_takes_longer_than_the_lease_stays_with_its_sender(
    anna: Person, desk: Desk, sandbox: Sandbox, bots_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: the renewal in ``CalendarSender._keeping``. The other senders look for files all the while."""
    message = await opened(anna)
    for module in (calendar_files, calendar_sender):
        monkeypatch.setattr(module, "LEASE", timedelta(seconds=1.5))
    await sandbox.fault("sendDocument", mode="timeout")
    await desk.send(BOOKING_RESULT.name, result(desk, message))
    await in_hand(sandbox, anna)
    begun: datetime = (await the_row(bots_database))["held_until"]

    async def outlasted() -> bool:
        return clock.now() > begun + calendar_files.LEASE

    await eventually(outlasted, "the first lease has run out")
    assert await CalendarFiles(bots_database).claim() is None
    assert (await the_row(bots_database))["attempts"] == 1
    assert await settled(bots_database) == ["uncertain"]


async def test_a_file_waits_until_its_chat_is_at_rest(
    anna: Person, desk: Desk, bots_database: Database, redis: Redis
) -> None:
    """Guard: the sender's ``Priority.FILE``. What the person does meanwhile comes first, though asked for later."""
    message = await opened(anna)
    now = int(clock.now().timestamp() * 1000)
    await redis.set(f"flow:chat:{anna.id}", now + 2_500)  # room for the answer and a reply, none for a file
    await desk.send(BOOKING_RESULT.name, result(desk, message))

    async def claimed() -> bool:
        return bool(await bots_database["calendar_files"].find_one({"attempts": 1}))

    await eventually(claimed, "the file waits for its turn")
    await anna.writes("/contact")
    reply = await anna.sees("Напишите сюда")
    [sent] = await anna.gets_files(1)
    assert sent.id > reply.id


async def test_a_file_that_telegram_refuses_for_good_is_given_up_and_nobody_hears_of_it(
    anna: Person, desk: Desk, sandbox: Sandbox, bots_database: Database
) -> None:
    """The text above it says all that matters: no second try, no word in the chat, the news counts as sent."""
    await opened(anna)
    await sandbox.fault("sendDocument", error_code=400, description="Bad Request: wrong file")
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, NotificationKind.BOOKING_APPROVED, calendar_entry=entry()))
    shown = await anna.sees("Поздравляем, Анна!")
    assert await settled(bots_database) == ["failed"]
    assert "content" not in await the_row(bots_database)
    await handled(bots_database, NOTIFICATION_COMMAND.name, count=1)
    assert [report.delivery.status for report in await reports(desk)] == [DeliveryStatus.SENT]
    await anna.writes("/contact")
    reply = await anna.sees("Напишите сюда")
    assert [message.id for message in await anna.messages()][-2:] == [shown.id, reply.id]
    assert len(await sandbox.calls("sendDocument", anna.id)) == 1


async def test_a_file_for_who_blocked_the_bot_meanwhile_is_given_up(
    anna: Person, desk: Desk, sandbox: Sandbox, bots_database: Database
) -> None:
    message = await opened(anna)
    await sandbox.fault("sendDocument", error_code=403, description="Forbidden: bot was blocked by the user")
    await desk.send(BOOKING_RESULT.name, result(desk, message))
    assert await settled(bots_database) == ["blocked"]


@pytest.mark.usefixtures("chats_take_all_at_once")
async def test_news_brings_its_file_and_is_reported_as_before(anna: Person, desk: Desk) -> None:
    await opened(anna)
    command = notice(desk, NotificationKind.BOOKING_APPROVED, calendar_entry=entry())
    await desk.send(NOTIFICATION_COMMAND.name, command)
    shown = await anna.sees("Поздравляем, Анна!")
    [sent] = await anna.gets_files(1)
    assert sent.id > shown.id
    [report] = await reports(desk)
    assert report.delivery.telegram_message_id == shown.id


async def test_news_that_did_not_arrive_brings_no_file(anna: Person, desk: Desk, bots_database: Database) -> None:
    """Guard: never in front of the text, never instead of it."""
    await opened(anna)
    await anna.blocks()
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, NotificationKind.BOOKING_MOVED, calendar_entry=entry()))
    await reports(desk)
    await handled(bots_database, NOTIFICATION_COMMAND.name, count=1)
    assert await bots_database["calendar_files"].count_documents({}) == 0


async def test_a_file_leaves_the_chats_room_to_what_the_person_does(redis: Redis, desk: Desk) -> None:
    """Guard: ``_CHAT_AT_REST``. After three messages a fourth goes at once, a file waits until the chat is at rest."""
    limiter = SharedRateLimiter(redis, WaitingEdits(redis))
    for _ in range(3):
        assert await limiter.seconds_to_turn(6001, Priority.INTERACTIVE) == 0
    assert await limiter.seconds_to_turn(6001, Priority.FILE) > 0
    assert await limiter.seconds_to_turn(6001, Priority.INTERACTIVE) == 0


async def test_a_file_whose_chat_has_no_room_holds_no_sender_and_costs_no_try(
    anna: Person, desk: Desk, redis: Redis, bots_database: Database
) -> None:
    """Guard: ``HeldBackError`` in ``_after_trouble``."""
    await opened(anna)
    await redis.set(f"flow:pause:{anna.id}", 30_000, px=30_000)
    await CalendarFiles(bots_database).put(anna.id, calendar_file(entry()))

    async def put_off() -> bool:
        row = await bots_database["calendar_files"].find_one({"state": "waiting", "attempts": 0})
        return row is not None and row["due_at"] > clock.now() + timedelta(seconds=10)

    await eventually(put_off, "the file is put off, untried")
    assert await sandbox_calls(anna) == []


async def test_a_file_is_sent_though_the_clock_was_put_back(anna: Person, bots_database: Database) -> None:
    """Guard: ``due``: a moment that was set in the future is none to wait for."""
    await opened(anna)
    later = clock.now() + timedelta(minutes=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        await CalendarFiles(bots_database).put(anna.id, calendar_file(entry()))
    await anna.gets_files(1)


async def sandbox_calls(person: Person) -> list[dict[str, Any]]:
    """The files that Telegram was asked to take."""
    return await person.sandbox.calls("sendDocument", person.id)
