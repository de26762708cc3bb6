"""News that nobody asked for, reported back (``bot.notification.command``)."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from interview_bot.common import clock
from interview_bot.common.database import Database
from interview_bot.store.shown_bookings import ShownBookings
from interview_bot.views.formatting import DAY_AND_TIME, slot_start
from interview_bot.views.texts import texts_for
from shared_contracts.attendance import Attendance
from shared_contracts.booking import AnyBookingRequest, Outcome
from shared_contracts.broadcast import DeliveryStatus, NotificationDelivered
from shared_contracts.directory import BookingStatus, BookingView, NamedRef
from shared_contracts.notification import NotificationCommand, NotificationKind, StaffMessage
from shared_contracts.transport.topology import BOOKING_RESULT, NOTIFICATION_COMMAND
from tests.kit.desk import MOSCOW, YEKATERINBURG, Desk
from tests.kit.inbox import handled
from tests.kit.line import Line
from tests.kit.recruiting import TEMPLATES
from tests.kit.telegram import Message, Person, Sandbox, eventually

pytestmark = pytest.mark.usefixtures("chats_take_all_at_once")


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


LOST = ["Выбрать время"]
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
    NotificationKind.BOOKING_KEPT: HELD,
    NotificationKind.RESCHEDULE_ASKED: ["🔁 Выбрать другое время", "❌ Отменить"],
    NotificationKind.WANTED_CHANGED: HELD,
    NotificationKind.SLOT_OFFERED: ["✅ Беру", "Пропустить"],
    NotificationKind.SLOT_OFFER_CHANGED: ["✅ Беру", "Пропустить"],
    NotificationKind.SLOT_OFFER_ENDED: LOST,
    NotificationKind.REMINDER_TODAY: HELD,
    NotificationKind.REMINDER_TOMORROW: HELD,
    NotificationKind.REMINDER_SOON: HELD,
    NotificationKind.TIME_OFFERED: ["✅ Подходит", "Оставить как есть"],
    NotificationKind.PROPOSAL_CHANGED: ["✅ Подходит", "Оставить как есть"],
    NotificationKind.PROPOSAL_ENDED: HELD,
    NotificationKind.NO_SHOW: LOST,
    NotificationKind.RECRUITER_ABSENT: LOST,
}


@pytest.mark.parametrize("kind", list(NotificationKind))
async def test_each_kind_has_its_own_text_with_the_reason_and_is_reported(
    sandbox: Sandbox, anna: Person, desk: Desk, kind: NotificationKind
) -> None:
    """R5: by the desk's template. Staff's reason is shown as they typed it; the buttons say what is possible.

    In the reader's night it makes no sound, whatever its kind. Guard: ``silent`` in ``OneTimeMessage``.
    """
    await anna.writes("/start")
    await anna.sees("Выберите")
    command = notice(desk, kind, silent=True)
    await desk.send(NOTIFICATION_COMMAND.name, command)
    shown = await anna.sees("Причина: Рекрутер <болен>")
    sent = [call["params"] for call in await sandbox.calls("sendMessage", anna.id) if "болен" in call["params"]["text"]]
    assert [params.get("disable_notification") in {True, "true"} for params in sent] == [True]
    assert shown.text.startswith(TEMPLATES[kind].partition("{")[0].replace("<b>", ""))
    assert shown.labels == BUTTONS[kind]
    [report] = await reports(desk)
    assert report.notification_id == command.notification_id
    assert (report.delivery.status, report.delivery.telegram_message_id) == (DeliveryStatus.SENT, shown.id)
    assert report.delivery.text == shown.text


@pytest.mark.parametrize("kind", [NotificationKind.MOVE_REJECTED, NotificationKind.MOVE_EXPIRED])
async def test_who_is_not_moved_reads_what_they_asked_for_and_what_stands(
    anna: Person, desk: Desk, kind: NotificationKind
) -> None:
    """Both times, so that a reason is read as of the right one. Guard: ``OF_A_MOVE_GIVEN_UP``."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    wanted = desk.slots[f"{4:024x}"]
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, kind, slot_before=wanted))
    told = await anna.sees("в силе")
    assert f"Вы просили: {slot_start(wanted, None, texts_for('ru'))}" in told.text


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


async def test_a_redis_that_goes_away_right_after_a_notice_was_sent_has_it_sent_no_second_time(
    anna: Person,
    desk: Desk,
    bots_database: Database,
    redis_line: Line,
    redis_goes_after_sending: Callable[[], None],
) -> None:
    """What is to be put right by it waits for the ``Corrector``. Guard: ``_deliver``, which records the end first."""
    desk.book(1001, desk.slots[f"{1:024x}"])
    await anna.writes("/mybooking")
    await anna.sees("Вы записаны")
    off = notice(desk, NotificationKind.BOOKING_CANCELLED)
    ended = off.booking.model_copy(update={"version": 2, "status": BookingStatus.CANCELLED})
    redis_goes_after_sending()
    await desk.send(NOTIFICATION_COMMAND.name, off.model_copy(update={"booking": ended}))
    await anna.sees("пришлось отменить")
    await eventually(lambda: bots_database["notifications"].find_one({"delivery": {"$ne": None}}), "its record")
    await eventually(lambda: bots_database["corrections"].find_one({"version": 2}), "what is to be put right")
    redis_line.mend()
    [report] = await reports(desk)
    assert (report.delivery.status, report.delivery.uncertain_tries) == (DeliveryStatus.SENT, 0)
    await handled(bots_database, NOTIFICATION_COMMAND.name, count=1)
    assert sum("пришлось отменить" in message.text for message in await anna.messages()) == 1


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


@pytest.mark.parametrize("status", [BookingStatus.PENDING, BookingStatus.BOOKED])
async def test_a_changed_slot_of_a_request_says_that_it_still_waits(
    anna: Person, desk: Desk, status: BookingStatus
) -> None:
    """R5. Guard: ``notice_text`` fills ``until`` of a change for a request alone."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    told = notice(desk, NotificationKind.BOOKING_CHANGED)
    waits = {"status": status, "expires_at": clock.now() + timedelta(hours=5)}
    booking = told.booking.model_copy(update=waits)
    await desk.send(NOTIFICATION_COMMAND.name, told.model_copy(update={"booking": booking}))
    shown = await anna.sees("Кое-что изменилось")
    assert ("Рекрутер ответит до" in shown.text) is (status is BookingStatus.PENDING)


async def test_telegrams_failure_is_tried_again(anna: Person, desk: Desk, sandbox: Sandbox) -> None:
    """Guard: passing faults are raised to the consumer, which tries again."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    await sandbox.fault("sendMessage", error_code=502, times=2)
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, NotificationKind.BOOKING_APPROVED))
    await anna.sees("Поздравляем, Анна!")
    assert [report.delivery.status for report in await reports(desk)] == [DeliveryStatus.SENT]


@pytest.mark.parametrize(
    ("outcome", "says"), [(Outcome.BOOKED, "с тех пор изменилась"), (Outcome.SLOT_FULL, "только что заняли")]
)
async def test_an_older_result_does_not_contradict_newer_news(
    anna: Person, desk: Desk, outcome: Outcome, says: str
) -> None:
    """A booking cancelled by staff before its answer arrived: the waiting message says so plainly; a no is still a no.

    Guard: ``overtaken``.
    """
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
    await desk.send(BOOKING_RESULT.name, booked.model_copy(update={"outcome": outcome}))

    async def look() -> bool:
        return any(m.id == waiting.id and says in m.text for m in await anna.messages())

    await eventually(look, "the waiting message is answered")


async def _requests(desk: Desk) -> list[AnyBookingRequest]:
    async def look() -> bool:
        return bool(desk.requests)

    await eventually(look, "a request")
    return list(desk.requests)


async def test_what_an_earlier_message_claims_is_put_right_when_it_is_no_longer_so(anna: Person, desk: Desk) -> None:
    """Guards: ``correct_untrue_messages``, and ``_claims`` for a change that leaves the claim true."""
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
        return all(message.text.startswith("❌ Запись отменена: ") for message in before)

    await eventually(corrected, "every earlier message put right")
    assert all(not message.buttons for message in (await anna.messages())[-4:-1])


async def _news(desk: Desk, kind: NotificationKind, booking: BookingView) -> None:
    """Anna is told of her changed booking; what earlier messages say is put right as soon as her chat has room."""
    before = len(desk.delivery_events)
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, kind, booking=booking))
    await reports(desk, before + 1)


async def _booked(anna: Person, desk: Desk) -> tuple[BookingView, int]:
    """Anna books the second slot; returns her booking and how many messages came before the one that says so."""
    await anna.writes("/start")
    await anna.presses(await anna.sees("Ничего не подходит?"), "каб. 2")
    await anna.presses(await anna.sees("Записать вас на это время?"), "Подтвердить")
    claim = await anna.sees("Вы записаны!")
    [(_, booking)] = desk.bookings.values()
    return booking, [message.id for message in await anna.messages()].index(claim.id)


async def test_an_earlier_message_gives_way_to_a_line_of_what_became_of_it(
    anna: Person, desk: Desk, bots_database: Database
) -> None:
    """The newest alone tells all. Guards: ``_change``, ``record_correction``; ``_PAST`` and ``_MAY_CHANGE``: no record
    is left of what stays so."""
    booking, first = await _booked(anna, desk)

    async def earlier_say(*lines: str) -> None:
        async def look() -> bool:
            return [message.text for message in (await anna.messages())[first:-1]] == list(lines)

        await eventually(look, f"earlier messages that say {lines}")

    was, later = booking.slot.starts_at, booking.slot.starts_at + timedelta(minutes=30)
    first_time, second_time = (
        slot_start(booking.slot.model_copy(update={"starts_at": it}), None, texts_for("ru"), DAY_AND_TIME)
        for it in (was, later)
    )
    moved = f"🔁 Время изменилось, было {first_time}. Подробности ниже."
    changes: list[tuple[dict[str, object], list[str]]] = [
        ({"room": "каб. 7"}, [f"✅ Вы записаны: {first_time}. Подробности ниже."]),
        ({"room": "каб. 8"}, [f"✅ Вы записаны: {first_time}. Подробности ниже."] * 2),
        ({"starts_at": later}, [moved] * 3),
    ]
    for version, (change, lines) in enumerate(changes, start=2):
        booking = booking.model_copy(update={"version": version, "slot": booking.slot.model_copy(update=change)})
        await _news(desk, NotificationKind.BOOKING_CHANGED, booking)
        await earlier_say(*lines)

    gone = booking.model_copy(update={"version": 5, "status": BookingStatus.CANCELLED})
    await _news(desk, NotificationKind.BOOKING_CANCELLED, gone)
    await earlier_say(*[moved] * 3, f"❌ Запись отменена: {second_time}. Подробности ниже.")
    assert not any(message.buttons for message in (await anna.messages())[first:-1])
    row = await bots_database["shown_bookings"].find_one({"_id": f"1001:{gone.id}"})
    assert row is not None
    assert [message["version"] for message in row["messages"]] == [5], "only the notice of the end"


async def test_how_an_interview_went_belies_no_message_but_that_it_was_not_held(
    anna: Person, desk: Desk, bots_database: Database
) -> None:
    """Guard: ``_HELD``."""
    shown = ShownBookings(bots_database)
    booked = notice(desk, NotificationKind.BOOKING_APPROVED).booking
    await shown.claim(1001, 7, booked)

    async def untrue(status: BookingStatus) -> list[int]:
        now = booked.model_copy(update={"version": 9, "status": status})
        return [message.message_id for message in await shown.outdated_messages(1001, now)]

    for held in (BookingStatus.UNMARKED, BookingStatus.ATTENDED, BookingStatus.LATE):
        assert await untrue(held) == []
    assert await untrue(BookingStatus.NO_SHOW) == [7]


async def test_who_is_taken_off_the_list_reads_that_their_booking_stays_and_old_buttons_go(
    anna: Person, desk: Desk
) -> None:
    """FR2: cancelling is all that is left. Guard: ``every`` in ``correct_untrue_messages``."""
    booking, first = await _booked(anna, desk)
    await anna.writes("/mybooking")
    mine = await anna.sees("Ваша запись")
    assert mine.labels == HELD
    desk.remove(1001)
    kept = booking.model_copy(update={"version": 2})
    command = notice(desk, NotificationKind.BOOKING_KEPT, booking=kept, slot_before=desk.slots[f"{4:024x}"])
    await desk.send(NOTIFICATION_COMMAND.name, command.model_copy(update={"off_list": True}))
    told = await anna.sees("Новых записей нет, эта остаётся")
    assert told.labels == ["❌ Отменить"]
    assert slot_start(desk.slots[f"{4:024x}"], None, texts_for("ru")) in told.text, "the move that is off"

    async def without_buttons() -> bool:
        earlier = (await anna.messages())[first:-1]
        return all("✅ Вы записаны: " in message.text and not message.buttons for message in earlier)

    await eventually(without_buttons, "earlier messages lead nowhere")


async def test_a_proposed_time_that_changes_is_put_right_where_it_was_told(anna: Person, desk: Desk) -> None:
    """Guards: ``offered_slot`` in ``_claims``; ``tells_proposal``: what told nothing of it keeps its buttons."""
    booking, first = await _booked(anna, desk)
    proposed = desk.slots[f"{4:024x}"]
    later = proposed.model_copy(update={"starts_at": proposed.starts_at + timedelta(minutes=30)})
    booking = booking.model_copy(update={"version": 2, "offered_slot": proposed})
    await _news(desk, NotificationKind.REMINDER_TODAY, booking)
    await _news(desk, NotificationKind.TIME_OFFERED, booking)
    moved = booking.model_copy(update={"version": 3, "offered_slot": later})
    await _news(desk, NotificationKind.PROPOSAL_CHANGED, moved)

    async def corrected() -> list[Message]:
        shown = (await anna.messages())[first:]
        return shown if "предлагал" in shown[2].text else []  # the last to be put right

    claim, reminder, offer, renewed = await eventually(corrected, "the first proposal put right")
    assert offer.text == "🔁 Рекрутер предлагал другое время. Подробности ниже."
    assert (offer.labels, renewed.labels) == ([], BUTTONS[NotificationKind.PROPOSAL_CHANGED])
    assert "Предложение изменилось: " in renewed.text and slot_start(later, None, texts_for("ru")) in renewed.text
    assert claim.text.startswith("✅ Вы записаны!")
    assert reminder.labels == HELD


DETAILS: list[dict[str, object]] = [
    {"recruiter": NamedRef(id="d" * 23 + "2", name="Нина Новая")},
    {"duration_minutes": 45},
    {"video_link": "https://call.example/7"},
    {"online": True},
    {"map_link": "https://maps.example/7"},
    {"directions": "Вход со двора"},
    {"city": YEKATERINBURG},
    {"city": MOSCOW.model_copy(update={"timezone": "Europe/Samara"})},
]


@pytest.mark.parametrize("change", DETAILS, ids=lambda change: next(iter(change)))
async def test_whatever_messages_show_of_a_slot_is_a_claim(
    desk: Desk, bots_database: Database, change: dict[str, object]
) -> None:
    """Of the booked slot and of one that is wanted or proposed. Guards: ``_details``, ``_clocks``: a zone put right."""
    shown, slot = ShownBookings(bots_database), desk.add_slot(2)
    booking = desk.book(1001, desk.add_slot(1))
    for name in ("slot", "requested_slot", "offered_slot"):
        before = booking.model_copy(update={name: slot})
        await shown.replace_claims(1001, 5, [before])
        same = before.model_copy(update={"version": 2})
        assert await shown.outdated_messages(1001, same) == []
        other = same.model_copy(update={name: slot.model_copy(update=change)})
        assert [message.message_id for message in await shown.outdated_messages(1001, other)] == [5]


async def test_what_staff_write_comes_as_they_typed_it_once_with_a_way_to_answer(anna: Person, desk: Desk) -> None:
    """Guards: ``escape`` in ``OtherNews``; ``contact_url``. The report has the text, as every notice's."""
    await anna.writes("/help")
    await anna.sees("Вот что я умею")
    command = StaffMessage(
        message_id=uuid4(),
        correlation_id="desk",
        occurred_at=clock.now(),
        notification_id=uuid4().hex[:24],
        user_telegram_id=anna.id,
        text="Возьмите <b>паспорт</b> & анкету",
    )
    for _ in range(2):
        await desk.send(NOTIFICATION_COMMAND.name, command)
    told = await anna.sees("Возьмите")
    assert (told.text, told.labels) == (command.text, ["Свяжитесь с нами"])
    [report] = await reports(desk)
    assert (report.delivery.status, report.delivery.text) == (DeliveryStatus.SENT, command.text)
    assert [message.text for message in await anna.messages()].count(told.text) == 1
