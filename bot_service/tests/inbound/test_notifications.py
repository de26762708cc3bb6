"""News that nobody asked for, reported back (``bot.notification.command``)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from interview_bot.common import clock
from interview_bot.common.database import Database
from shared_contracts.attendance import Attendance
from shared_contracts.booking import AnyBookingRequest, Outcome
from shared_contracts.broadcast import DeliveryStatus, NotificationDelivered
from shared_contracts.directory import BookingStatus
from shared_contracts.notification import NotificationCommand, NotificationKind
from shared_contracts.transport.topology import BOOKING_RESULT, NOTIFICATION_COMMAND
from tests.kit.desk import Desk
from tests.kit.inbox import handled
from tests.kit.recruiting import TEMPLATES
from tests.kit.telegram import Person, Sandbox, eventually


def notice(desk: Desk, kind: NotificationKind, **changes: object) -> NotificationCommand:
    """A notice about Anna's booking."""
    booking = desk.book(1001, desk.slots[f"{1:024x}"]).model_copy(
        update={"expires_at": clock.now() + timedelta(minutes=15), "offered_slot": desk.slots[f"{2:024x}"]}
    )
    values: dict[str, object] = {
        "message_id": uuid4(),
        "correlation_id": "desk",
        "occurred_at": clock.now(),
        "notification_id": uuid4().hex[:24],
        "kind": kind,
        "user_telegram_id": 1001,
        "booking": booking,
        "reason": "Рекрутер <болен>",
    }
    return NotificationCommand.model_validate(values | changes)


async def reports(desk: Desk, count: int = 1) -> list[NotificationDelivered]:
    """Wait for that many delivery reports."""

    async def look() -> bool:
        return len(desk.delivery_events) >= count

    await eventually(look, "a delivery report")
    return [event for event in desk.delivery_events if isinstance(event, NotificationDelivered)]


LOST = ["Записаться"]
HELD = ["🔁 Перенести", "❌ Отменить"]
BUTTONS = {
    NotificationKind.BOOKING_MADE: HELD,
    NotificationKind.BOOKING_CANCELLED: LOST,
    NotificationKind.BOOKING_REJECTED: [],
    NotificationKind.TIME_REJECTED: LOST,
    NotificationKind.BOOKING_EXPIRED: LOST,
    NotificationKind.MOVE_APPROVED: HELD,
    NotificationKind.MOVE_REJECTED: HELD,
    NotificationKind.MOVE_EXPIRED: HELD,
    NotificationKind.BOOKING_APPROVED: HELD,
    NotificationKind.BOOKING_MOVED: HELD,
    NotificationKind.BOOKING_CHANGED: HELD,
    NotificationKind.RESCHEDULE_ASKED: ["🔁 Выбрать другое время", "❌ Отменить"],
    NotificationKind.WANTED_CHANGED: HELD,
    NotificationKind.SLOT_OFFERED: ["✅ Беру", "Пропустить"],
    NotificationKind.REMINDER_TODAY: HELD,
    NotificationKind.REMINDER_TOMORROW: HELD,
    NotificationKind.REMINDER_SOON: HELD,
    NotificationKind.TIME_OFFERED: ["✅ Подходит", "Оставить как есть"],
    NotificationKind.NO_SHOW: LOST,
    NotificationKind.RECRUITER_ABSENT: LOST,
}


@pytest.mark.parametrize("kind", list(NotificationKind))
async def test_each_kind_has_its_own_text_with_the_reason_and_is_reported(
    anna: Person, desk: Desk, kind: NotificationKind
) -> None:
    """R5: by the desk's template. Staff's reason is shown as they typed it; the buttons say what is possible."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    command = notice(desk, kind)
    await desk.send(NOTIFICATION_COMMAND.name, command)
    shown = await anna.sees("Причина: Рекрутер <болен>")
    assert shown.text.startswith(TEMPLATES[kind].partition("{")[0].replace("<b>", ""))
    assert shown.labels == BUTTONS[kind]
    [report] = await reports(desk)
    assert report.notification_id == command.notification_id
    assert (report.delivery.status, report.delivery.telegram_message_id) == (DeliveryStatus.SENT, shown.id)


async def test_a_notice_sent_twice_is_read_once(anna: Person, desk: Desk, bots_database: Database) -> None:
    """Guard: the row per notification id; the repeat has another message id, so the inbox does not help."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    command = notice(desk, NotificationKind.BOOKING_CANCELLED)
    await desk.send(NOTIFICATION_COMMAND.name, command)
    await desk.send(NOTIFICATION_COMMAND.name, command)
    await desk.send(NOTIFICATION_COMMAND.name, command.model_copy(update={"message_id": uuid4()}))
    await reports(desk)
    await handled(bots_database, NOTIFICATION_COMMAND.name, count=2)
    texts = [message.text for message in await anna.messages()]
    assert sum("пришлось отменить" in text for text in texts) == 1


async def test_someone_who_blocked_the_bot_is_reported_blocked(anna: Person, desk: Desk) -> None:
    """R4 builds on it."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    await anna.blocks()
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, NotificationKind.BOOKING_MOVED))
    [report] = await reports(desk)
    assert report.delivery.status is DeliveryStatus.BLOCKED
    assert "blocked" in (report.delivery.error or "")


@pytest.mark.parametrize(("unanswered", "end"), [(1, DeliveryStatus.SENT), (2, DeliveryStatus.UNCERTAIN)])
async def test_a_notice_without_telegrams_answer_is_sent_once_more_and_no_oftener(
    anna: Person, desk: Desk, sandbox: Sandbox, unanswered: int, end: DeliveryStatus
) -> None:
    """``TimedOut`` may mean delivered: it costs at most one duplicate, and is counted."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    await sandbox.fault("sendMessage", mode="drop_after_apply", times=unanswered)
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, NotificationKind.BOOKING_CANCELLED))
    [report] = await reports(desk)
    assert (report.delivery.status, report.delivery.uncertain_tries) == (end, unanswered)
    assert sum("пришлось отменить" in message.text for message in await anna.messages()) == 2


async def test_telegrams_failure_is_tried_again(anna: Person, desk: Desk, sandbox: Sandbox) -> None:
    """Guard: passing faults are raised to the consumer, which tries again."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    await sandbox.fault("sendMessage", error_code=502, times=2)
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, NotificationKind.BOOKING_APPROVED))
    await anna.sees("Поздравляем, Анна!")
    assert [report.delivery.status for report in await reports(desk)] == [DeliveryStatus.SENT]


async def test_an_older_result_does_not_contradict_newer_news(anna: Person, desk: Desk) -> None:
    """A booking cancelled by staff before its "booked" arrived: the waiting message says so plainly."""
    desk.answering.clear()
    await anna.writes("/start")
    await anna.presses(await anna.sees("Выберите"), "каб. 1")
    await anna.presses(await anna.sees("Записать вас"), "Подтвердить")
    waiting = await anna.sees("Записываем…")
    [request] = await _requests(desk)
    booked = desk.result_of(request)
    assert booked.booking is not None
    assert booked.outcome is Outcome.BOOKED
    newer = booked.booking.model_copy(update={"version": 2})
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, NotificationKind.BOOKING_CANCELLED, booking=newer))
    await anna.sees("пришлось отменить")
    await desk.send(BOOKING_RESULT.name, booked)

    async def look() -> bool:
        return any(m.id == waiting.id and "с тех пор изменилась" in m.text for m in await anna.messages())

    await eventually(look, "the waiting message is answered")


async def _requests(desk: Desk) -> list[AnyBookingRequest]:
    async def look() -> bool:
        return bool(desk.requests)

    await eventually(look, "a request")
    return list(desk.requests)


async def test_what_an_earlier_message_claims_is_put_right_when_it_is_no_longer_so(anna: Person, desk: Desk) -> None:
    """Guards: ``correct_untrue_messages``, and ``_said`` for a change that leaves the claim true."""
    await anna.writes("/start")
    await anna.presses(await anna.sees("Ничего не подходит?"), "каб. 2")
    await anna.presses(await anna.sees("Записать вас на это время?"), "Подтвердить")
    claim = await anna.sees("Вы записаны!")
    [(_, booked)] = desk.bookings.values()

    asks = {"attendance": Attendance.CONFIRMED, "requested_slot": desk.slots[f"{4:024x}"]}
    confirmed = booked.model_copy(update={"version": 2, **asks})
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, NotificationKind.REMINDER_TODAY, booking=confirmed))
    await anna.sees("Сегодня собеседование")
    assert next(it for it in await anna.messages() if it.id == claim.id).text == claim.text

    refused = booked.model_copy(update={"version": 3})
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, NotificationKind.MOVE_REJECTED, booking=refused))
    await anna.sees("Перенести не получилось")
    assert claim.text in [message.text for message in await anna.messages()]

    gone = booked.model_copy(update={"version": 4, "status": BookingStatus.CANCELLED})
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, NotificationKind.BOOKING_CANCELLED, booking=gone))
    await anna.sees("пришлось отменить")

    async def corrected() -> bool:
        before = (await anna.messages())[-4:-1]
        return all("сейчас так:" in message.text and "отменена" in message.text for message in before)

    await eventually(corrected, "every earlier message put right")
    assert all(not message.buttons for message in (await anna.messages())[-4:-1])
