"""Automatic messages: checked right before they are sent, seen once, and what is reported of them (FR8, R8, I4)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from bson import Int64
from pymongo.errors import DuplicateKeyError
from redis.asyncio import Redis
from telegram.error import NetworkError

from interview_bot.application import BotService
from interview_bot.common import clock
from interview_bot.common.database import Database
from interview_bot.inbound.sent_once import OneTimeMessage, SentOnce
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.views.screen import Screen
from shared_contracts.broadcast import Delivery, DeliveryStatus, NotificationDelivered
from shared_contracts.notification import CacheName, NotificationCommand, NotificationKind
from shared_contracts.transport.topology import NOTIFICATION_COMMAND
from tests.inbound.test_notifications import notice, reports
from tests.kit.desk import Desk
from tests.kit.inbox import handled
from tests.kit.telegram import Person, Sandbox, eventually

REMINDED = "Сегодня собеседование"
DUE = {"recheck": True, "attempt": 1, "asks_attendance": True, "candidate_name": "Анна", "reason": None}


def reminder(desk: Desk, **changes: Any) -> NotificationCommand:
    """Anna's reminder, which is due."""
    command = notice(desk, NotificationKind.REMINDER_TODAY, **(DUE | changes))
    desk.answers.expect(command)
    return command


async def deliver(desk: Desk, command: NotificationCommand) -> NotificationDelivered:
    """Hand the command to the bot; the report that follows."""
    count = len(desk.delivery_events)
    await desk.send(NOTIFICATION_COMMAND.name, command.model_copy(update={"message_id": uuid4()}))
    return (await reports(desk, count + 1))[-1]


async def reminders(anna: Person) -> list[str]:
    """The reminders in Anna's chat."""
    return [message.text for message in await anna.messages() if REMINDED in message.text]


@pytest_asyncio.fixture
async def anna_in_chat(anna: Person) -> AsyncIterator[Person]:
    """Anna, who has started the bot."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    yield anna


async def test_what_was_sent_is_reported_with_its_text_and_attempt(anna_in_chat: Person, desk: Desk) -> None:
    """The ledger keeps the text as sent, plain, and Telegram's message id."""
    report = await deliver(desk, reminder(desk))
    shown = await anna_in_chat.sees(REMINDED)
    assert report.delivery.status is DeliveryStatus.SENT
    assert report.delivery.text == shown.text
    assert report.delivery.telegram_message_id == shown.id
    assert (report.attempt, report.delivery.uncertain_tries) == (1, 0)
    assert "Подтвердите, пожалуйста, что придёте." in shown.text
    assert shown.labels == ["✅ Подтверждаю", "❌ Не смогу", "🔁 Просьба перенести", "⏱ Опоздаю"]


async def test_the_booking_is_shown_as_it_is_when_the_message_is_sent(anna_in_chat: Person, desk: Desk) -> None:
    """I4. Guard: ``_current_command`` takes the answer's booking; another room between queueing and sending."""
    command = reminder(desk)
    slot = command.booking.slot.model_copy(update={"room": "каб. 77"})
    desk.answers.expect(command, booking=command.booking.model_copy(update={"slot": slot, "version": 2}))
    await deliver(desk, command)
    assert "каб. 77" in (await anna_in_chat.sees(REMINDED)).text


@pytest.mark.parametrize("changes", [{"due": False}, {"attempt": 2}, None])
async def test_what_is_not_due_any_more_is_not_sent(
    anna_in_chat: Person, desk: Desk, changes: dict[str, Any] | None
) -> None:
    """I4. Guard: the check in ``_current_command``: cancelled since, another attempt under way, not known at all."""
    command = reminder(desk)
    if changes is None:
        desk.answers.auto_messages.clear()
    else:
        desk.answers.expect(command, **changes)
    report = await deliver(desk, command)
    assert (report.delivery.status, report.delivery.text) == (DeliveryStatus.SUPPRESSED, None)
    assert await reminders(anna_in_chat) == []


async def test_what_comes_too_late_is_handed_back(anna_in_chat: Person, desk: Desk) -> None:
    """Guard: ``not_after``; the admin service is not even asked."""
    command = reminder(desk, not_after=clock.now() - timedelta(seconds=1))
    report = await deliver(desk, command)
    assert report.delivery.status is DeliveryStatus.TOO_LATE
    assert await reminders(anna_in_chat) == []
    later = command.model_copy(update={"attempt": 2, "not_after": clock.now() + timedelta(hours=1)})
    desk.answers.expect(later)
    assert (await deliver(desk, later)).delivery.status is DeliveryStatus.SENT
    assert len(await reminders(anna_in_chat)) == 1


async def test_without_the_admin_service_nothing_is_sent_until_it_is_back(anna_in_chat: Person, desk: Desk) -> None:
    """``AdminApiDownError`` is raised to the consumer, which tries again."""
    command = reminder(desk)
    desk.down = True
    asked = len(desk.asked)
    await desk.send(NOTIFICATION_COMMAND.name, command)

    async def tried() -> bool:
        return sum("/api/auto-messages" in path for path in desk.asked[asked:]) >= 2

    await eventually(tried, "the bot asks again")
    assert await reminders(anna_in_chat) == []
    desk.down = False
    await anna_in_chat.sees(REMINDED)
    assert [report.delivery.status for report in await reports(desk)] == [DeliveryStatus.SENT]


async def test_a_later_attempt_of_what_was_sent_is_reported_and_not_sent_again(
    anna_in_chat: Person, desk: Desk
) -> None:
    """I4. Guard: ``SendProgress.end_for``."""
    command = reminder(desk)
    first = await deliver(desk, command)
    again = command.model_copy(update={"attempt": 2})
    desk.answers.expect(again)
    second = await deliver(desk, again)
    assert len(await reminders(anna_in_chat)) == 1
    assert (second.attempt, second.delivery) == (2, first.delivery)
    assert second.message_id != first.message_id


async def test_an_attempt_overtaken_by_a_later_one_is_not_sent(
    anna_in_chat: Person, desk: Desk, bots_database: Database
) -> None:
    """Guard: the comparison of attempts in ``SendProgress.is_open_for``: the later one's row stays as it is."""
    command = reminder(desk)
    row = {"_id": command.notification_id, "attempt": 2, "tries": 1, "open": False, "at": clock.now()}
    await bots_database["notifications"].insert_one(row)
    report = await deliver(desk, command)
    assert (report.attempt, report.delivery.status) == (1, DeliveryStatus.SUPPRESSED)
    assert await reminders(anna_in_chat) == []
    assert (await bots_database["notifications"].find_one({"_id": command.notification_id}) or {})["attempt"] == 2


async def die_before_the_end_was_noted(bots_database: Database, command: NotificationCommand) -> None:
    """As if the process had been killed after Telegram's answer: the mark is there, its end is not, nor a report."""
    values = {"$set": {"open": True, "delivery": None}}
    assert (await bots_database["notifications"].update_one({"_id": command.notification_id}, values)).matched_count
    await bots_database["outbox"].delete_many({"queue": "admin.delivery.event"})


async def test_a_bot_killed_between_telegrams_answer_and_its_note_sends_at_most_one_duplicate(
    anna_in_chat: Person, desk: Desk, bots_database: Database
) -> None:
    """I4. Guards: the mark before the send, and the count of tries without an end."""
    command = reminder(desk)
    await deliver(desk, command)
    for uncertain, seen in ((1, 2), (2, 2), (3, 2)):
        await die_before_the_end_was_noted(bots_database, command)
        report = await deliver(desk, command)
        assert report.delivery.uncertain_tries == uncertain
        assert report.delivery.status is (DeliveryStatus.SENT if uncertain == 1 else DeliveryStatus.UNCERTAIN)
        assert len(await reminders(anna_in_chat)) == seen
    assert report.delivery.text == (await reminders(anna_in_chat))[-1]


async def test_what_may_have_arrived_is_not_reported_as_suppressed(
    anna_in_chat: Person, desk: Desk, bots_database: Database
) -> None:
    """A try without an end, and then the booking is cancelled: nobody knows whether it was seen."""
    command = reminder(desk)
    await deliver(desk, command)
    await die_before_the_end_was_noted(bots_database, command)
    desk.answers.expect(command, due=False)
    report = await deliver(desk, command)
    assert (report.delivery.status, report.delivery.uncertain_tries) == (DeliveryStatus.UNCERTAIN, 1)
    assert len(await reminders(anna_in_chat)) == 1


async def test_two_that_begin_at_once_are_told_apart(
    anna_in_chat: Person, sandbox: Sandbox, bot: BotService, bots_database: Database
) -> None:
    """Guard: the count of tries in ``SentOnce._begin``, for when the person's lock is lost with Redis."""
    once, letter = (
        SentOnce(bot._services.bot, bots_database, "notifications"),
        OneTimeMessage(uuid4().hex[:24], 1001, 1),
    )
    for _ in range(2):
        seen = await once.progress_of(letter)
        await sandbox.fault("sendMessage", error_code=502)
        with pytest.raises(NetworkError):
            await once.send(letter, seen, Screen("Первый"), Priority.IN_TURN)
        with pytest.raises(DuplicateKeyError):
            await once.send(letter, seen, Screen("Второй"), Priority.IN_TURN)
    assert (await once.progress_of(letter)).uncertain == 0
    assert not any("Второй" in message.text for message in await anna_in_chat.messages())


async def test_a_row_from_before_marks_were_written_still_means_sent(
    anna_in_chat: Person, desk: Desk, bots_database: Database
) -> None:
    """An upgrade must not repeat notices."""
    command = notice(desk, NotificationKind.BOOKING_MOVED)
    delivery = Delivery(chat_id=1001, status=DeliveryStatus.SENT, telegram_message_id=5).model_dump(mode="json")
    row = {"_id": command.notification_id, "user_id": Int64(1001), "delivery": delivery, "at": clock.now()}
    await bots_database["notifications"].insert_one(row)
    report = await deliver(desk, command)
    assert report.delivery.telegram_message_id == 5
    assert not any("перенесено" in message.text for message in await anna_in_chat.messages())


async def test_telegrams_429_is_waited_out_and_the_booking_checked_again(
    anna_in_chat: Person, desk: Desk, sandbox: Sandbox, bots_database: Database
) -> None:
    """Guard: ``Priority.IN_TURN`` does not wait between check and send; cancelled during the wait is not sent."""
    command = reminder(desk)
    await sandbox.fault("sendMessage", error_code=429, retry_after=1)
    report = await deliver(desk, command)
    assert (report.delivery.status, report.delivery.uncertain_tries) == (DeliveryStatus.SENT, 0)
    assert sum("/api/auto-messages" in path for path in desk.asked) == 2
    other = reminder(desk)
    await sandbox.fault("sendMessage", error_code=429, retry_after=1)
    sent = len(await sandbox.calls("sendMessage", 1001))
    await desk.send(NOTIFICATION_COMMAND.name, other)

    async def refused() -> bool:
        return len(await sandbox.calls("sendMessage", 1001)) > sent

    await eventually(refused, "Telegram says 429")
    desk.answers.expect(other, due=False)
    await handled(bots_database, NOTIFICATION_COMMAND.name, count=2)
    assert [r.delivery.status for r in await reports(desk, 2)] == [DeliveryStatus.SENT, DeliveryStatus.SUPPRESSED]
    assert len(await reminders(anna_in_chat)) == 1


async def test_telegrams_failures_leave_no_uncertainty(anna_in_chat: Person, desk: Desk, sandbox: Sandbox) -> None:
    """Guard: the mark is closed in ``SentOnce.send`` when Telegram refuses for now, which is known not to arrive."""
    await sandbox.fault("sendMessage", error_code=502, times=3)
    report = await deliver(desk, reminder(desk))
    assert (report.delivery.status, report.delivery.uncertain_tries) == (DeliveryStatus.SENT, 0)
    assert len(await reminders(anna_in_chat)) == 1


@pytest.mark.parametrize(("unanswered", "end"), [(1, DeliveryStatus.SENT), (2, DeliveryStatus.UNCERTAIN)])
async def test_an_ambiguous_time_out_costs_at_most_one_duplicate_and_is_counted(
    anna_in_chat: Person, desk: Desk, sandbox: Sandbox, unanswered: int, end: DeliveryStatus
) -> None:
    """The issue's "Delivery"."""
    await sandbox.fault("sendMessage", mode="drop_after_apply", times=unanswered)
    report = await deliver(desk, reminder(desk))
    assert (report.delivery.status, report.delivery.uncertain_tries) == (end, unanswered)
    assert len(await reminders(anna_in_chat)) == 2


async def test_someone_who_blocked_the_bot_is_reported_without_a_text(
    anna_in_chat: Person, desk: Desk, bots_database: Database
) -> None:
    """R4; a later attempt is a new one, since nothing was seen."""
    await anna_in_chat.blocks()
    command = reminder(desk)
    report = await deliver(desk, command)
    assert (report.delivery.status, report.delivery.text) == (DeliveryStatus.BLOCKED, None)
    assert (await bots_database["chats"].find_one({"_id": 1001}) or {})["reachable"] is False
    await anna_in_chat.blocks(False)
    again = command.model_copy(update={"attempt": 2})
    desk.answers.expect(again)
    assert (await deliver(desk, again)).delivery.status is DeliveryStatus.SENT


async def test_someone_off_the_allow_list_is_reminded_and_can_say_whether_they_come(
    anna_in_chat: Person, desk: Desk, redis: Redis
) -> None:
    """FR2: bookings that are kept are still reminded, Guard: ``off_list`` in ``_screen``."""
    desk.remove(1001)
    await desk.invalidate(CacheName.ALLOWED_USERS)

    async def distrusted() -> bool:
        return bool(await redis.get("allowed:generation"))

    await eventually(distrusted, "the cached list is known to be out of date")
    await deliver(desk, reminder(desk))
    shown = await anna_in_chat.sees(REMINDED)
    assert shown.labels == ["✅ Подтверждаю", "❌ Не смогу", "⏱ Опоздаю"]


async def test_a_cancellation_offers_nothing_new_to_who_was_taken_off_the_list(
    anna_in_chat: Person, desk: Desk
) -> None:
    """FR2. Guard: ``off_list`` of the command, where the bot's own list is not up to date yet."""
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, NotificationKind.BOOKING_CANCELLED, off_list=True))
    assert (await anna_in_chat.sees("Нам пришлось отменить")).labels == []
