"""R7 and "A booking's life": the waiting list, seats offered from it, and being asked for another time."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from interview_bot.common import clock
from shared_contracts.booking import BookingRescheduled, OfferPassed, OfferTaken, Outcome
from shared_contracts.broadcast import DeliveryStatus, NotificationDelivered
from shared_contracts.dialog import DialogOutcome, WaitingListJoined, WaitingListLeft
from shared_contracts.directory import BookingStatus, BookingView, WaitingPlace
from shared_contracts.notification import (
    CacheName,
    NotificationCommand,
    NotificationKind,
    SeatOfferLapsed,
    WaitingEnded,
)
from shared_contracts.transport.topology import BOOKING_RESULT, DIALOG_RESULT, NOTIFICATION_COMMAND
from tests.kit.desk import EVENT, Desk
from tests.kit.interview_cards import reads
from tests.kit.telegram import Person, Sandbox, eventually


async def full(anna: Person, desk: Desk) -> Any:
    """Anna looks for a slot and there is none."""
    desk.slots.clear()
    await anna.writes("/start")
    return await anna.sees("Свободного времени сейчас нет")


async def test_with_no_slot_the_person_can_wait_for_one_and_stop_waiting(anna: Person, desk: Desk) -> None:
    """R7: the city's link and the waiting list, in one message."""
    nothing = await full(anna, desk)
    assert nothing.labels == ["Свяжитесь с нами", "🔔 Сообщить, когда появятся места"]
    assert EVENT.name in nothing.text
    assert nothing.buttons[0]["url"] == "https://t.me/responsible_person"
    await anna.presses(nothing, "Сообщить")
    joined = await anna.sees("Записали вас в лист ожидания")
    assert (joined.id, joined.labels) == (nothing.id, ["Больше не ждать", "← Назад"])
    await anna.presses(joined, "Назад")
    waits = await anna.sees("Вы в листе ожидания: как только")  # guard: ``with_waiting``
    assert (waits.id, waits.labels) == (nothing.id, ["Свяжитесь с нами", "Больше не ждать"])
    desk.dialogs.waiting[1001] = desk.dialogs.waiting[1001].model_copy(update={"turned_down": True})
    await anna.writes("/start")
    but_some = await anna.sees("кроме тех, от которых вы отказались")
    assert but_some.labels == ["Свяжитесь с нами", "🔔 Сообщать и о них", "Больше не ждать"]
    await anna.presses(but_some, "Больше не ждать")
    left = await anna.sees("больше не будем писать")
    assert left.id == but_some.id
    await anna.presses(left, "Выбрать время")
    await anna.presses(await anna.sees("Свободного времени сейчас нет"), "Сообщить")
    await anna.sees("Записали вас в лист ожидания")
    commands = [c for c in desk.dialog_commands if isinstance(c, WaitingListJoined | WaitingListLeft)]
    assert [type(c) for c in commands] == [WaitingListJoined, WaitingListLeft, WaitingListJoined]
    assert isinstance(commands[0], WaitingListJoined)
    assert (commands[0].event_id, commands[0].city_id) == (EVENT.id, None)


async def test_joining_twice_is_one_wish(anna: Person, desk: Desk) -> None:
    """Guard: the closed message."""
    nothing = await full(anna, desk)
    desk.dialogs.answering.clear()
    queries = [await anna.presses(nothing, "Сообщить") for _ in range(3)]
    for query in queries:
        await anna.answer_to(query)
    await anna.sees("Записываем в лист ожидания…")
    desk.dialogs.answering.set()
    await anna.sees("Записали вас в лист ожидания")
    assert len([c for c in desk.dialog_commands if isinstance(c, WaitingListJoined)]) == 1


@pytest.mark.parametrize(
    ("outcome", "words", "labels"),
    [
        (DialogOutcome.ALREADY_JOINED, "уже в листе ожидания", ["Больше не ждать", "← Назад"]),
        (DialogOutcome.ALREADY_BOOKED, "у вас уже есть запись", ["Моя запись"]),
        (DialogOutcome.NOT_ALLOWED, "не получилось", ["Выбрать время"]),
        (DialogOutcome.NOT_ALLOWED, "В этом городе собеседований больше нет", ["Записаться"]),
        (DialogOutcome.NOT_ALLOWED, "Запись на это собеседование уже закрыта", ["Выбрать время"]),
        (DialogOutcome.FAILED, "что-то сломалось", ["Выбрать время"]),
    ],
)
async def test_each_answer_has_its_words_and_next_step(
    anna: Person, desk: Desk, outcome: DialogOutcome, words: str, labels: list[str]
) -> None:
    """R2."""
    nothing = await full(anna, desk)
    desk.dialogs.answering.clear()
    await anna.presses(nothing, "Сообщить")

    async def joined() -> WaitingListJoined | None:
        return next((c for c in desk.dialog_commands if isinstance(c, WaitingListJoined)), None)

    command = await eventually(joined, "the wish")
    closed = "city" if "городе" in words else "event" if "закрыта" in words else None
    await desk.send(DIALOG_RESULT.name, desk.dialogs.result_of(command, outcome=outcome, closed=closed))
    shown = await anna.sees(words)
    assert (shown.id, shown.labels) == (nothing.id, labels)
    desk.dialogs.outcome = outcome
    desk.dialogs.answering.set()


@pytest.mark.parametrize(
    ("city", "free", "words", "label"),
    [
        ("Самара", True, "Есть время в другом городе или онлайн", "Записаться"),
        ("Самара", False, "но там можно подождать", "Записаться"),
        (None, True, "Запись на «Стажировка» закрыта", "Выбрать время"),
    ],
)
async def test_whose_waiting_has_ended_is_told_once_and_what_there_is(
    anna: Person, desk: Desk, city: str | None, free: bool, words: str, label: str
) -> None:
    """R7. Guards: ``is_open_for`` in ``OtherNews``, ``_has_slots``; who was removed since is told nothing."""
    await anna.writes("/help")
    await anna.sees("Вот что я умею")
    if not free:
        desk.slots.clear()
    command = WaitingEnded(
        message_id=uuid4(),
        correlation_id="desk",
        occurred_at=clock.now(),
        notification_id=uuid4().hex[:24],
        user_telegram_id=anna.id,
        event=EVENT,
        city=city,
    )
    for _ in range(2):
        await desk.send(NOTIFICATION_COMMAND.name, command)
    told = await anna.sees(words)
    assert ("в городе Самара больше не будет" in told.text) == (city is not None)
    assert told.labels == [label]
    removed = command.model_copy(update={"user_telegram_id": 4041, "notification_id": uuid4().hex[:24]})
    await desk.send(NOTIFICATION_COMMAND.name, removed.model_copy(update={"message_id": uuid4()}))

    async def reports() -> list[DeliveryStatus] | None:
        found = [event.delivery.status for event in desk.delivery_events if isinstance(event, NotificationDelivered)]
        return found if len(found) >= 2 else None

    found = await eventually(reports, "both reports")
    assert {DeliveryStatus.SENT, DeliveryStatus.SUPPRESSED} == set(found)
    assert [message.text for message in await anna.messages()].count(told.text) == 1


async def test_nobody_waits_for_a_slot_to_move_to(anna: Person, desk: Desk) -> None:
    """A booking is held already."""
    desk.book(1001, desk.slots[f"{1:024x}"])
    desk.slots.clear()
    await anna.writes("/reschedule")
    assert (await anna.sees("Другого свободного времени")).labels == ["Свяжитесь с нами", "Оставить как есть"]


def offered(desk: Desk) -> BookingView:
    """A seat held for Anna."""
    booking = desk.book(1001, desk.slots[f"{1:024x}"]).model_copy(
        update={"status": BookingStatus.OFFERED, "expires_at": clock.now() + timedelta(minutes=15)}
    )
    desk.bookings[booking.id] = (1001, booking)
    return booking


async def tell(desk: Desk, kind: NotificationKind, booking: BookingView) -> None:
    """Anna is told."""
    command = NotificationCommand(
        message_id=uuid4(),
        correlation_id="desk",
        occurred_at=clock.now(),
        notification_id=uuid4().hex[:24],
        kind=kind,
        user_telegram_id=1001,
        booking=booking,
    )
    await desk.send(NOTIFICATION_COMMAND.name, command)


async def test_an_offered_seat_is_taken(anna: Person, desk: Desk) -> None:
    """Take, pressed twice, is one request; "booked" comes after the commit."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    await tell(desk, NotificationKind.SLOT_OFFERED, offered(desk))
    notice = await anna.sees("Освободилось место")
    assert "Держим до" in notice.text
    desk.answering.clear()
    queries = [await anna.presses(notice, "Беру") for _ in range(2)]
    for query in queries:
        await anna.answer_to(query)
    desk.answering.set()
    booked = await anna.sees("Вы записаны!")
    assert booked.id == notice.id
    [request] = desk.requests
    assert isinstance(request, OfferTaken)


async def test_an_offered_seat_is_passed_on(anna: Person, desk: Desk) -> None:
    """Its own words: nothing of the candidate's was cancelled."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    await tell(desk, NotificationKind.SLOT_OFFERED, offered(desk))
    await anna.presses(await anna.sees("Освободилось место"), "Пропустить")
    assert (await anna.sees("предложим это место другим")).labels == ["Больше не ждать", "← Назад"]
    assert isinstance(desk.requests[0], OfferPassed)


async def test_an_offer_whose_time_is_up_says_so(anna: Person, desk: Desk) -> None:
    """``expired`` in an offer's own words; ``failed`` can be tried again from the same message."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    await tell(desk, NotificationKind.SLOT_OFFERED, offered(desk))
    notice = await anna.sees("Освободилось место")
    desk.outcome = Outcome.FAILED
    await anna.presses(notice, "Беру")
    await anna.sees("что-то сломалось")
    desk.outcome = Outcome.EXPIRED
    await anna.sends_data(notice, notice.data("Беру"))
    over = await anna.sees("это место за вами больше не держим")
    assert "Вы всё ещё в листе ожидания" in over.text
    assert over.labels == ["Выбрать время", "Больше не ждать"]
    assert len(desk.requests) == 2
    desk.bookings.clear()
    await anna.sends_data(notice, notice.data("Беру"))
    closed = await anna.sees("Это предложение уже не действует")
    assert (closed.labels, "запис" in closed.text) == (["Выбрать время"], False)


@pytest.mark.parametrize("waits", [True, False])
async def test_an_offer_that_nobody_answered_says_so_where_it_was_made(anna: Person, desk: Desk, waits: bool) -> None:
    """Without a new message; what there is now says that they wait. Guards: ``lapsed_offer``, ``_with_list``."""
    await anna.writes("/help")
    await anna.sees("Вот что я умею")
    if waits:
        desk.dialogs.waiting[1001] = WaitingPlace(event_id=EVENT.id, city_id=None)
    await tell(desk, NotificationKind.SLOT_OFFERED, booking := offered(desk))
    notice = await anna.sees("Освободилось место")
    desk.bookings.clear()
    lapsed = booking.model_copy(update={"version": 2, "status": BookingStatus.EXPIRED, "expires_at": None})
    facts: dict[str, Any] = {"message_id": uuid4(), "correlation_id": "desk", "occurred_at": clock.now()}
    await desk.send(NOTIFICATION_COMMAND.name, SeatOfferLapsed(**facts, user_telegram_id=1001, booking=lapsed))
    over = await anna.sees("это место за вами больше не держим")
    assert (over.id, "Вы всё ещё в листе ожидания" in over.text) == (notice.id, waits)
    assert EVENT.name in over.text
    assert over.labels == ["Выбрать время", *(["Больше не ждать"] if waits else [])]
    await anna.presses(over, "Выбрать время")
    slots = await anna.sees("Выберите удобное время")
    assert ("⏳ Вы в листе ожидания" in slots.text, "Больше не ждать" in slots.labels) == (waits, waits)


async def test_who_is_taken_off_the_list_while_they_wait_is_told_once(anna: Person, desk: Desk) -> None:
    """Guard: ``off_list`` in ``_send``; not who is back on it by then."""
    await anna.writes("/help")
    await anna.sees("Вот что я умею")
    facts: dict[str, Any] = {"message_id": uuid4(), "correlation_id": "desk", "occurred_at": clock.now()}
    command = WaitingEnded(**facts, notification_id=uuid4().hex[:24], user_telegram_id=1001, event=EVENT, off_list=True)
    await desk.send(NOTIFICATION_COMMAND.name, command)

    async def reports() -> list[DeliveryStatus]:
        return [event.delivery.status for event in desk.delivery_events if isinstance(event, NotificationDelivered)]

    assert await eventually(reports, "a report") == [DeliveryStatus.SUPPRESSED]
    desk.remove(1001)
    again = {"message_id": uuid4(), "notification_id": uuid4().hex[:24]}
    await desk.send(NOTIFICATION_COMMAND.name, command.model_copy(update=again))
    told = await anna.sees("Запись для вас сейчас закрыта")
    assert (EVENT.name in told.text, told.labels) == (True, ["Свяжитесь с нами"])


async def test_my_booking_shows_an_offer_with_its_two_answers(anna: Person, desk: Desk) -> None:
    """An offered booking can't be moved."""
    offered(desk)
    await anna.writes("/mybooking")
    shown = await anna.sees("Место держим для вас")
    assert "Держим для вас до" in shown.text
    assert shown.labels == ["✅ Беру", "Пропустить"]
    for command in ("/reschedule", "/cancel"):
        await anna.writes(command)
        assert (await anna.sees("Ваша запись:")).labels == ["✅ Беру", "Пропустить"]


async def test_who_asks_for_a_slot_while_one_is_held_for_them_answers_the_offer_first(anna: Person, desk: Desk) -> None:
    """``already_booked`` by an offer: not "you are booked", but Take / Pass."""
    await anna.writes("/start")
    await anna.presses(await anna.sees("Выберите"), "каб. 2")
    details = await anna.sees("Записать вас")
    offered(desk)
    desk.outcome = Outcome.ALREADY_BOOKED
    await anna.presses(details, "Подтвердить")
    await anna.sees("сначала займите его или пропустите")
    await anna.writes("/start")
    shown = await anna.sees("Здравствуйте")
    assert "сначала займите его или пропустите" in shown.text
    assert "каб. 1" in shown.text
    assert shown.labels == ["✅ Беру", "Пропустить"]
    desk.outcome = None
    await anna.presses(shown, "Пропустить")
    await anna.sees("предложим это место другим")


async def test_someone_elses_offer_or_an_older_one_can_not_be_answered(
    sandbox: Sandbox, anna: Person, desk: Desk
) -> None:
    """Guards: ``my_bookings.own`` and the version and state in ``answer_seat_offer``."""
    booking = offered(desk)
    desk.allow(1002, "Борис")
    boris = await sandbox.person(1002, "Борис")
    await boris.writes("/start")
    slots = await boris.sees("Выберите удобное время")
    for action in ("ot", "op"):
        await boris.sends_data(slots, f"1:{action}:{booking.id}:1")
        await boris.sees("Это предложение уже не действует")
    await anna.writes("/mybooking")
    shown = await anna.sees("Место держим для вас")
    await anna.sends_data(shown, f"1:ot:{booking.id}:2")
    again = await anna.sees("уже неактуально")
    taken = booking.model_copy(update={"status": BookingStatus.BOOKED})
    desk.bookings[booking.id] = (1001, taken)
    await anna.presses(again, "Пропустить")
    await anna.sees("✅ Вы записаны")
    assert desk.requests == []


async def test_asked_for_another_time_the_candidate_chooses_again(anna: Person, desk: Desk) -> None:
    """R3: RESCHEDULE_ASKED leads to the slots in the same message; the request is a move."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    booking = desk.book(1001, desk.slots[f"{1:024x}"])
    await tell(desk, NotificationKind.RESCHEDULE_ASKED, booking.model_copy(update={"reschedule_asked": True}))
    notice = await anna.sees("просит другое время")
    await anna.presses(notice, "Выбрать другое время")
    slots = await anna.sees("На какое время перенести?")
    assert slots.id == notice.id
    await anna.presses(slots, "каб. 2")
    await anna.presses(await anna.sees("Перенести вашу запись"), "Подтвердить")
    await anna.sees("Запись перенесена!")
    assert isinstance(desk.requests[0], BookingRescheduled)


@pytest.mark.parametrize(("in_chat", "moves"), [(True, False), (False, False), (True, True), (False, True)])
async def test_a_request_for_a_recruiter_without_chat_names_their_link(
    anna: Person, desk: Desk, in_chat: bool, moves: bool
) -> None:
    """R4: nobody who isn't asked in chat, nor by a deputy, is said to answer there; once they are the message says so.

    Guards: ``writes_to_recruiter``, ``JoinedRecruiters``, ``note_awaited``.
    """
    desk.dialogs.employ(None)  # the recruiter themselves: a deputy gets the card all the same
    await anna.writes("/start")
    desk.answering.clear()
    await anna.presses(await anna.sees("Выберите"), "каб. 1")
    await anna.presses(await anna.sees("Записать вас"), "Подтвердить")
    await anna.sees("Записываем…")

    async def asked() -> bool:
        return bool(desk.requests)

    await eventually(asked, "a request")
    result = desk.result_of(desk.requests[0])
    assert result.booking is not None
    update = {
        "status": BookingStatus.PENDING,
        "expires_at": clock.now() + timedelta(hours=24),
        "recruiter_url": "https://t.me/rita_recruiter",
        "recruiter_reachable": in_chat is not moves,  # of a move it is who holds the wanted slot that counts
        "asked_reachable": in_chat,
        "requested_slot": desk.slots[f"{2:024x}"] if moves else None,
    }
    pending = {"outcome": Outcome.PENDING_APPROVAL, "booking": result.booking.model_copy(update=update)}
    await desk.send(BOOKING_RESULT.name, result.model_copy(update=pending))
    words = "запись подтверждает рекрутер" if in_chat else "должен подтвердить рекрутер"
    shown = await anna.sees("Перенос ждёт" if moves else words)
    assert ("https://t.me/rita_recruiter" in shown.text) is not in_chat
    assert "Ответим до" in shown.text if in_chat else "Ответим до" not in shown.text
    assert moves or ("Ответ придёт сюда" in shown.text) is in_chat
    if not in_chat:
        booking = result.booking.model_copy(update=update | {"recruiter_reachable": True, "asked_reachable": True})
        desk.bookings[booking.id] = (1001, booking)
        await desk.invalidate(CacheName.RECRUITERS)
        now = await reads(anna, shown.id, "Ответим до")
        assert "rita_recruiter" not in now.text and "каб. 1" in now.text
        assert ("Перенос ждёт" if moves else "Ответ придёт сюда") in now.text
    desk.answering.set()
