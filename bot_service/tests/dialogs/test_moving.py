"""FR6: /reschedule, /cancel, /mybooking."""

from shared_contracts.booking import BookingCancelled, BookingRescheduled
from tests.kit.desk import Desk
from tests.kit.telegram import Person, Sandbox


async def test_a_booking_is_moved_and_the_old_seat_kept_until_then(anna: Person, desk: Desk) -> None:
    """FR6: /reschedule offers other slots; the request names the booking's version as it was seen."""
    old = desk.book(1001, desk.slots[f"{1:024x}"])
    await anna.writes("/reschedule")
    slots = await anna.sees("На какое время перенести?")
    assert "каб. 1" in slots.text
    assert not any("каб. 1" in label for label in slots.labels), "its own slot is no choice"
    desk.answering.clear()
    await anna.presses(slots, "каб. 2")
    await anna.presses(await anna.sees("Перенести вашу запись на это время?"), "Подтвердить")
    await anna.sees("Переносим…")
    assert desk.bookings[old.id][1].slot == old.slot
    desk.answering.set()
    moved = await anna.sees("Запись перенесена!")
    assert moved.id == slots.id
    assert "каб. 2" in moved.text
    [request] = desk.requests
    assert isinstance(request, BookingRescheduled)
    assert (request.booking_id, request.expected_version) == (old.id, old.version)
    assert request.payload.old_time != request.payload.new_time


async def test_a_move_into_a_slot_that_filled_keeps_the_booking_and_offers_others(anna: Person, desk: Desk) -> None:
    """FR5, FR6: the choice goes on as a move, not as a second booking."""
    desk.book(1001, desk.slots[f"{1:024x}"])
    await anna.writes("/reschedule")
    await anna.presses(await anna.sees("На какое время перенести?"), "каб. 2")
    details = await anna.sees("Перенести вашу запись")
    desk.take_seats(desk.slots[f"{2:024x}"])
    await anna.presses(details, "Подтвердить")
    again = await anna.sees("Это время только что заняли")
    assert "в силе прежнее" in again.text
    await anna.presses(again, "каб. 3")
    await anna.presses(await anna.sees("Перенести вашу запись"), "Подтвердить")
    await anna.sees("Запись перенесена!")
    assert [type(request) for request in desk.requests] == [BookingRescheduled, BookingRescheduled]


async def test_cancelling_asks_first_and_pressing_twice_cancels_once(anna: Person, desk: Desk) -> None:
    """FR6. Guard: the cancellation's request id follows from booking and version."""
    desk.book(1001, desk.slots[f"{1:024x}"])
    await anna.writes("/cancel")
    question = await anna.sees("Точно отменить эту запись?")
    assert desk.requests == []
    queries = [await anna.presses(question, "Да, отменить") for _ in range(3)]
    await anna.sees("Запись отменена")
    for query in queries:
        await anna.answer_to(query)
    [request] = desk.requests
    assert isinstance(request, BookingCancelled)
    await anna.sees("Запись отменена")
    assert desk.bookings == {}


async def test_a_cancellation_can_be_thought_better_of(anna: Person, desk: Desk) -> None:
    """The other button shows the booking as it is."""
    desk.book(1001, desk.slots[f"{1:024x}"])
    await anna.writes("/cancel")
    await anna.presses(await anna.sees("Точно отменить"), "Нет, оставить")
    await anna.sees("Ваша запись:")
    assert desk.requests == []


async def test_with_several_bookings_the_bot_asks_which(anna: Person, desk: Desk) -> None:
    """FR6: /reschedule and /cancel with two live bookings."""
    desk.book(1001, desk.slots[f"{1:024x}"], number=1)
    second = desk.book(1001, desk.slots[f"{2:024x}"], number=2)
    await anna.writes("/reschedule")
    which = await anna.sees("Какую запись перенести?")
    assert len(which.buttons) == 3
    assert which.labels[2] == "← Назад"
    await anna.sends_data(which, which.buttons[1]["callback_data"])
    await anna.presses(await anna.sees("На какое время перенести?"), "каб. 4")
    await anna.presses(await anna.sees("Перенести вашу запись"), "Подтвердить")
    await anna.sees("Запись перенесена!")
    assert isinstance(desk.requests[0], BookingRescheduled)
    assert desk.requests[0].booking_id == second.id
    await anna.writes("/cancel")
    await anna.sees("Какую запись отменить?")


async def test_my_booking_shows_what_there_is(anna: Person, desk: Desk) -> None:
    """/mybooking without and with a booking."""
    await anna.writes("/mybooking")
    await anna.sees("нет предстоящих собеседований")
    desk.book(1001, desk.slots[f"{5:024x}"])
    await anna.writes("/mybooking")
    shown = await anna.sees("Ваша запись:")
    assert "каб. 5" in shown.text
    assert shown.labels == ["🔁 Перенести", "❌ Отменить"]


async def test_nobody_can_cancel_or_move_someone_elses_booking(sandbox: Sandbox, anna: Person, desk: Desk) -> None:
    """Guard: ``my_bookings.own``; Boris forges the data of Anna's buttons."""
    booking = desk.book(1001, desk.slots[f"{1:024x}"])
    desk.allow(1002, "Борис")
    boris = await sandbox.person(1002, "Борис")
    await boris.writes("/start")
    slots = await boris.sees("Выберите удобное время")
    await boris.sends_data(slots, f"1:cy:{booking.id}:{booking.version}")
    await boris.sees("Этой записи уже нет")
    await boris.sends_data(slots, f"1:ms:{booking.id}:{2:024x}")
    await boris.sees("Этой записи уже нет")
    assert desk.requests == []


async def test_when_the_admin_service_is_down_bookings_are_asked_for_later(anna: Person, desk: Desk) -> None:
    """A plain answer instead of a guess."""
    await anna.writes("/mybooking")
    await anna.sees("нет предстоящих собеседований")
    desk.down = True
    await anna.writes("/mybooking")
    await anna.sees("Попробуйте, пожалуйста, через минуту")
