"""FR6: /reschedule, /cancel, /mybooking."""

from interview_bot.common import clock
from shared_contracts.booking import BookingCancelled, BookingRescheduled, MoveWithdrawn, Outcome
from shared_contracts.directory import BookingStatus
from shared_contracts.notification import CacheName, NotificationKind
from shared_contracts.transport.topology import NOTIFICATION_COMMAND
from tests.inbound.test_notifications import notice
from tests.kit.desk import EVENT, Desk
from tests.kit.interview_cards import reads
from tests.kit.telegram import Person, Sandbox, eventually


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


async def test_who_is_booked_moves_though_sign_up_is_over(anna: Person, desk: Desk) -> None:
    """FR6: the event is closed for new bookings alone. Guard: ``for_move`` in ``Directory.slots``."""
    event = desk.events[0]
    await anna.writes("/start")
    await anna.presses(await anna.sees("Выберите удобное время"), "каб. 1")
    late = await anna.sees("Записать вас на это время?")
    desk.events, desk.outcome = [], Outcome.SLOT_CLOSED
    await desk.invalidate(CacheName.EVENTS, CacheName.SLOTS)
    await anna.presses(late, "Подтвердить")
    await anna.sees("Запись на это собеседование уже закрыта")
    desk.outcome = None

    desk.book(1001, desk.slots[f"{1:024x}"])
    await anna.writes(f"/start e_{event.id}")
    await anna.presses(await anna.sees("У вас уже есть запись"), "Перенести")
    await anna.presses(await anna.sees("На какое время перенести?"), "каб. 2")
    await anna.presses(await anna.sees("Перенести вашу запись на это время?"), "Подтвердить")
    await anna.sees("Запись перенесена!")


async def test_the_way_back_shows_the_booking_as_it_is_by_then(anna: Person, desk: Desk) -> None:
    """Staff change or cancel it while another time is looked for. Guard: ``_as_it_is_now``, in both who call it."""
    booking = desk.book(1001, desk.slots[f"{1:024x}"])
    await anna.writes("/reschedule")
    await anna.presses(await anna.sees("На какое время перенести?"), "каб. 2")
    details = await anna.sees("Перенести вашу запись на это время?")
    slot = booking.slot.model_copy(update={"room": "77"})
    desk.bookings[booking.id] = (1001, booking.model_copy(update={"version": 2, "slot": slot}))
    await anna.presses(details, "Назад")
    assert "77" in (await anna.sees("На какое время перенести?")).text
    slot = booking.slot.model_copy(update={"room": "78"})
    desk.bookings[booking.id] = (1001, booking.model_copy(update={"version": 3, "slot": slot}))
    await anna.writes("а можно позже?")
    slots = await anna.sees("78")
    await anna.presses(slots, "каб. 2")
    details = await anna.sees("Перенести вашу запись на это время?")
    del desk.bookings[booking.id]
    await anna.presses(details, "Назад")
    await anna.sees("Этой записи уже нет")


async def test_who_is_booked_by_then_goes_back_to_their_booking(anna: Person, desk: Desk) -> None:
    """FR3. Guard: ``show_if_settled`` in ``_as_it_is_now``."""
    await anna.writes("/start")
    await anna.presses(await anna.sees("Выберите удобное время"), "каб. 2")
    details = await anna.sees("Записать вас на это время?")
    desk.book(1001, desk.slots[f"{1:024x}"])
    await anna.presses(details, "Назад")
    await anna.sees("У вас уже есть запись")


async def test_a_request_is_not_called_a_booking_while_another_time_is_asked_for(anna: Person, desk: Desk) -> None:
    """FR6: every text says what is in force, and of a request nothing is. Guard: ``move_key``."""
    booking = desk.book(1001, desk.slots[f"{1:024x}"])
    desk.bookings[booking.id] = (1001, booking.model_copy(update={"status": BookingStatus.PENDING}))
    await anna.writes("/reschedule")
    slots = await anna.sees("её ещё не подтвердили")
    assert "в силе" not in slots.text
    await anna.presses(slots, "каб. 2")
    await anna.presses(await anna.sees("Попросить это время вместо прежнего?"), "Назад")
    await anna.sees("её ещё не подтвердили")
    desk.slots.clear()
    await desk.invalidate(CacheName.SLOTS)
    await anna.writes("/reschedule")
    assert "в силе" not in (await anna.sees("Заявка ждёт ответа")).text


async def test_an_open_dialog_stops_saying_what_is_no_longer_so(anna: Person, desk: Desk) -> None:
    """The list of times claims something, as the bookings do. Guards: ``tells_of``, ``replace_claims``."""
    booking = desk.book(1001, desk.slots[f"{1:024x}"])
    waits = booking.model_copy(update={"requested_slot": desk.slots[f"{3:024x}"], "version": 2})
    desk.bookings[booking.id] = (1001, waits)
    await anna.writes("/mybooking")
    listed = await anna.sees("Ваша запись:")
    await anna.writes("/reschedule")
    slots = await anna.sees("На какое время перенести?")
    await anna.writes("/help")  # whose message claims nothing
    moved = waits.model_copy(update={"slot": waits.requested_slot, "requested_slot": None, "version": 3})
    desk.bookings[booking.id] = (1001, moved)
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, NotificationKind.MOVE_APPROVED, booking=moved))

    async def look() -> bool:
        put_right = {m.id for m in await anna.messages() if "Время изменилось, было" in m.text and not m.labels}
        return put_right == {listed.id, slots.id}

    await eventually(look, "both messages say how it stands")


async def test_a_wish_to_move_is_taken_back_alone(anna: Person, desk: Desk) -> None:
    """FR6: from wherever it is told, or another time is looked for. Guards: ``withdraw_move``, ``keep``,
    ``_has_already``; who was quicker is told how it stands."""
    booking = desk.book(1001, desk.slots[f"{1:024x}"])
    waits = booking.model_copy(update={"requested_slot": desk.slots[f"{3:024x}"], "version": 2})
    desk.bookings[booking.id] = (1001, waits)
    await anna.writes("/mybooking")
    listed = await anna.sees("Ждёт рекрутера")
    assert listed.labels == ["↩️ Не переносить", "🔁 Перенести", "❌ Отменить"]
    await anna.writes("/reschedule")
    slots = await anna.sees("На какое время перенести?")
    assert slots.labels[-2:] == ["Дальше ждать ответа", "↩️ Не переносить"]
    assert not any("каб. 3" in label for label in slots.labels), "it is asked for already"
    await anna.presses(slots, "Дальше ждать")
    again = await reads(anna, slots.id, "Ждёт рекрутера")
    await anna.presses(again, "Не переносить")
    kept = await reads(anna, slots.id, "не переносим")
    assert "каб. 1" in kept.text and "Ждёт рекрутера" not in kept.text and kept.labels == []
    [request] = desk.requests
    assert isinstance(request, MoveWithdrawn)
    assert (request.booking_id, request.expected_version) == (booking.id, 2)

    old = await reads(anna, listed.id, "Вы просили перенести запись")
    assert old.labels == []
    desk.bookings[booking.id] = (1001, waits.model_copy(update={"version": 4}))
    await anna.writes("/mybooking")
    open_still = await anna.sees("Ждёт рекрутера")
    desk.bookings[booking.id] = (1001, booking.model_copy(update={"version": 5}))
    await anna.presses(open_still, "Не переносить")
    await reads(anna, open_still.id, "уже не ждёт ответа")
    assert len(desk.requests) == 1


async def test_below_the_message_that_tells_all_a_line_names_the_command(anna: Person, desk: Desk) -> None:
    """What is in full above may be elsewhere by and by. Guard: ``is_below``."""
    desk.book(1001, desk.slots[f"{1:024x}"])
    await anna.writes("/reschedule")
    slots = await anna.sees("На какое время перенести?")
    await anna.writes("/mybooking")
    listed = await anna.sees("Ваша запись:")
    await anna.presses(slots, "каб. 2")
    await anna.presses(await reads(anna, slots.id, "Перенести вашу запись на это время?"), "Подтвердить")
    await reads(anna, slots.id, "Запись перенесена")

    async def look() -> str | None:
        texts = [m.text for m in await anna.messages() if m.id == listed.id and not m.labels]
        return next(iter(texts), None)

    line = await eventually(look, "the list gives way to a line")
    assert line.startswith("🔁 Время изменилось, было ") and line.endswith(" Подробности: /mybooking")


async def test_what_cannot_be_moved_any_more_is_not_offered_but_asking_is(anna: Person, desk: Desk) -> None:
    """FR6, R8. Guards: ``can_move`` in ``_start_moving`` and ``start_moving``, ``can_cancel``."""
    booking = desk.book(1001, desk.slots[f"{1:024x}"])
    await anna.writes("/mybooking")
    before = await anna.sees("Ваша запись:")
    assert before.labels == ["🔁 Перенести", "❌ Отменить"]
    late = booking.model_copy(update={"move_closes_at": clock.now()})
    desk.bookings[booking.id] = (1001, late)
    await anna.presses(before, "Перенести")
    shown = await anna.sees("сами его уже не перенесёте")
    assert shown.labels == ["🔁 Просьба перенести", "❌ Отменить"]
    await anna.writes("/reschedule")
    assert (await anna.sees("сами его уже не перенесёте")).labels == shown.labels

    desk.bookings[booking.id] = (1001, late.model_copy(update={"cancel_closes_at": clock.now(), "may_move": False}))
    await anna.writes("/cancel")
    await anna.sees("здесь запись уже не изменить")
    await anna.writes("/reschedule")
    await anna.sees("Сами эту запись вы больше не перенесёте")


async def test_a_time_that_was_refused_is_not_listed_again(anna: Person, desk: Desk) -> None:
    """Guards: ``refused`` in ``slot_menu``, and in ``_new_choice`` of a move and of a new booking."""
    desk.refused = [f"{2:024x}"]
    await anna.writes("/start")
    first = await anna.sees("Ничего не подходит?")
    assert any("каб. 1" in label for label in first.labels)
    assert not any("каб. 2" in label for label in first.labels)
    desk.book(1001, desk.slots[f"{1:024x}"])
    await anna.writes("/reschedule")
    slots = await anna.sees("На какое время перенести?")
    assert any("каб. 3" in label for label in slots.labels)
    assert not any("каб. 2" in label for label in slots.labels)


async def test_who_was_refused_is_offered_nothing_more_of_the_event(anna: Person, desk: Desk) -> None:
    """A no to the person, not the time: no other times, at Sign up or in an old list, and it is listed no more. Guards:
    ``show_if_settled``, ``refused_events``."""
    await anna.writes("/start")
    slots = await anna.sees("Ничего не подходит?")
    desk.refused_events = [EVENT.id]
    await anna.presses(slots, "каб. 1")
    told = await anna.sees("Ответ по этому собеседованию уже был")
    assert (told.id, told.labels) == (slots.id, ["Свяжитесь с нами"])
    await anna.writes("/mybooking")
    await anna.sees("нет предстоящих")
    await anna.writes("/start")
    await anna.sees("Ответ по этому собеседованию уже был")
    desk.open_event(2, "Практика")
    await desk.invalidate(CacheName.EVENTS)
    await anna.writes("/start")
    others = await anna.sees("На какое собеседование")
    assert (others.labels, f"«{EVENT.name}» ответ уже был" in others.text) == (["Практика"], True)
    assert desk.requests == []


async def test_who_keeps_a_booking_off_the_list_reads_their_own_time_and_a_recruiter_serves_both_roles(
    anna: Person, desk: Desk
) -> None:
    """FR2. Guards: ``removed`` in ``zone``, ``for_kept_booking``."""
    desk.allow(1001, timezone="Asia/Vladivostok")
    await desk.invalidate(CacheName.ALLOWED_USERS)
    booking = desk.book(1001, desk.slots[f"{1:024x}"])

    async def own_time() -> bool:
        await anna.writes("/mybooking")
        return "у вас" in (await anna.sees("Ваша запись:")).text

    await eventually(own_time, "the zone is known")
    desk.remove(1001)
    await desk.invalidate(CacheName.ALLOWED_USERS)

    async def kept() -> bool:
        await anna.writes("/mybooking")
        return (await anna.sees("Ваша запись:", seconds=2)).labels == ["❌ Отменить"]

    await eventually(kept, "off the list")
    assert "у вас" in (await anna.sees("Ваша запись:")).text
    desk.dialogs.employ(1001, "Анна")
    await desk.invalidate(CacheName.RECRUITERS)

    async def recruits() -> bool:
        await anna.writes("/requests")
        return bool(await anna.sees("нет заявок", seconds=1))

    await eventually(recruits, "a recruiter, too")
    await anna.writes("/mybooking")
    assert (await anna.sees("Ваша запись:")).labels == ["❌ Отменить"]
    await anna.writes("/cancel")
    await anna.presses(await anna.sees("Точно отменить"), "Да, отменить")
    await anna.sees("Запись отменена")
    assert booking.id not in desk.bookings


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
    """FR6. Guards: the cancellation's request id follows from booking and version; ``what_ended``."""
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
    ended = (await anna.sees("Запись отменена")).text
    assert all(part in ended for part in (EVENT.name, "🕐 ", "передумаете")), "which one it was"
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
