"""FR3, FR4, FR5, R2: from /start to the outcome."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from interview_bot.common import clock
from interview_bot.common.database import Database
from interview_bot.views.texts import texts_for
from shared_contracts.booking import BookingCreated, Outcome
from shared_contracts.transport.topology import BOOKING_RESULT
from tests.kit.desk import YEKATERINBURG, Desk
from tests.kit.inbox import handled, repeats
from tests.kit.line import Line
from tests.kit.telegram import Message, Person, Sandbox, eventually

UNAVAILABLE = "Это время только что заняли."


async def open_slots(person: Person) -> Message:
    """/start, up to the slots of the only event."""
    await person.writes("/start")
    return await person.sees("Ничего не подходит?")


async def open_details(person: Person, room: str = "каб. 2") -> Message:
    """Up to Confirm / Back."""
    await person.presses(await open_slots(person), room)
    return await person.sees("Записать вас на это время?")


async def test_a_candidate_signs_up_and_is_booked_in_the_same_message(anna: Person, desk: Desk) -> None:
    """FR3, FR4: /start offers three slots; the same message then shows details and the outcome, without a keyboard."""
    slots = await open_slots(anna)
    assert len(slots.labels) == 5, slots.labels
    await anna.presses(slots, "каб. 2")
    details = await anna.sees("Записать вас на это время?")
    assert details.id == slots.id
    for part in ("Офис на Тверской", "каб. 2", "Москва", "20 мин"):
        assert part in details.text
    query = await anna.presses(details, "Подтвердить")
    booked = await anna.sees("Вы записаны!")
    assert booked.id == slots.id
    assert booked.buttons == []
    assert "/reschedule" in booked.text
    assert (await anna.answer_to(query))["answered_at"]
    [request] = desk.requests
    assert isinstance(request, BookingCreated)
    assert request.reply is not None
    assert request.reply.message_id == slots.id
    assert request.payload.location == "Офис на Тверской"


async def test_an_english_reader_gets_english(sandbox: Sandbox, anna: Person, desk: Desk) -> None:
    """Texts follow Telegram's language; English for readers of neither language."""
    desk.allow(1003, "Emma")
    emma = await sandbox.person(1003, "Emma", "de")
    await emma.writes("/start")
    slots = await emma.sees("Choose a time that suits you")
    await emma.presses(slots, "каб. 1")
    await emma.presses(await emma.sees("Shall we book this time for you?"), "Confirm")
    await emma.sees("You are booked!")


async def test_confirm_shows_that_it_is_being_booked_until_the_answer_comes(anna: Person, desk: Desk) -> None:
    """FR4: acknowledged at once; "booking…" without buttons; never "booked" before the admin service says so."""
    desk.answering.clear()
    query = await anna.presses(await open_details(anna), "Подтвердить")
    await anna.answer_to(query)
    waiting = await anna.sees("Записываем…")
    assert waiting.buttons == []
    desk.answering.set()
    assert (await anna.sees("Вы записаны!")).id == waiting.id


async def test_confirm_pressed_five_times_is_one_request(anna: Person, desk: Desk) -> None:
    """Guard: the request id that follows from the button (``request_id``) and the closed message."""
    details = await open_details(anna)
    queries = [await anna.presses(details, "Подтвердить") for _ in range(5)]
    await anna.sees("Вы записаны!")
    for query in queries:
        await anna.answer_to(query)
    assert len({request.message_id for request in desk.requests}) == 1
    assert len(desk.requests) == 1


async def test_confirm_pressed_again_is_one_request_even_when_redis_forgot(
    anna: Person, desk: Desk, redis: Redis
) -> None:
    """Guard: the outbox's unique id. The closed message lives in Redis only."""
    details = await open_details(anna)
    await anna.presses(details, "Подтвердить")
    await anna.sees("Вы записаны!")
    await redis.flushdb()
    answer = await anna.answer_to(await anna.presses(details, "Подтвердить"))
    assert "уже отправлена" in answer["text"]
    assert len(desk.requests) == 1
    await anna.sees("Вы записаны!")


async def test_a_late_press_of_an_old_button_does_not_overwrite_the_outcome(anna: Person, desk: Desk) -> None:
    """Guard: ``DialogStates.close_message``: a Back still on its way when the booking is done."""
    details = await open_details(anna)
    await anna.presses(details, "Подтвердить")
    await anna.sees("Вы записаны!")
    answer = await anna.answer_to(await anna.presses(details, "Назад"))
    assert "уже отправлена" in answer["text"]
    await anna.sees("Вы записаны!")


async def test_what_it_is_about_and_what_to_bring_are_said_with_the_slot(anna: Person, desk: Desk) -> None:
    """With the question; what to bring also once booked, and with the booking."""
    desk.change_event(description="Двадцать минут о вас & о работе.", bring="паспорт")
    details = await open_details(anna)
    assert "Двадцать минут о вас & о работе.\n\n🎒 Возьмите с собой: паспорт" in details.text
    await anna.presses(details, "Подтвердить")
    await anna.sees("Вы записаны!")
    _, booking = next(iter(desk.bookings.values()))
    moved = booking.model_copy(update={"bring": "паспорт", "version": 2})
    desk.bookings[booking.id] = (1001, moved)
    await desk.send(BOOKING_RESULT.name, desk.result_of(desk.requests[0], outcome=Outcome.MOVED, booking=moved))
    assert "🎒 Возьмите с собой: паспорт" in (await anna.sees("Запись перенесена!")).text
    await anna.writes("/mybooking")
    assert "🎒 Возьмите с собой: паспорт" in (await anna.sees("Ваша запись:")).text


async def test_a_slot_taken_meanwhile_is_said_so_with_the_current_slots(anna: Person, desk: Desk) -> None:
    """FR5: what happened and the slots as they are now, in the same message; then another choice works."""
    details = await open_details(anna)
    desk.take_seats(desk.slots[f"{2:024x}"])
    await anna.presses(details, "Подтвердить")
    again = await anna.sees(f"{UNAVAILABLE} Вот что свободно:")
    assert again.id == details.id
    assert not any("каб. 2" in label for label in again.labels), again.labels
    await anna.presses(again, "каб. 3")
    await anna.presses(await anna.sees("Записать вас на это время?"), "Подтвердить")
    await anna.sees("Вы записаны!")
    assert len(desk.requests) == 2


@pytest.mark.parametrize("outcome", list(Outcome))
async def test_every_outcome_has_a_text_of_its_own(anna: Person, desk: Desk, outcome: Outcome) -> None:
    """R2: each outcome ends the dialog with its own words, none as "slot taken" unless it is.

    Whom the list has, and the admin service refuses, has questions to answer first.
    """
    desk.outcome = outcome
    await anna.presses(await open_details(anna), "Подтвердить")
    key = "questionnaire.comes_first" if outcome is Outcome.NOT_ALLOWED else f"outcome.{outcome.value}"
    shown = await anna.sees(texts_for("ru").plain(key))
    assert (UNAVAILABLE in shown.text) == (outcome is Outcome.SLOT_FULL)


async def test_paging_leads_through_all_slots_and_stops_at_both_ends(anna: Person) -> None:
    """FR3: Earlier and Later are shown only where they lead somewhere."""
    first = await open_slots(anna)
    assert first.labels[3:] == ["Позже →", "Другие дни"]
    await anna.presses(first, "Позже")
    second = await _shows(anna, "каб. 4")
    assert second.id == first.id
    assert [label[-1] for label in second.labels[:3]] == ["4", "5", "6"]
    assert second.labels[3:] == ["← Раньше", "Другие дни"]
    await anna.presses(second, "Раньше")
    assert (await _shows(anna, "каб. 1")).labels == first.labels


async def test_back_returns_to_the_page_it_came_from(anna: Person) -> None:
    """FR4: Back under a slot of the second page."""
    await anna.presses(await open_slots(anna), "Позже")
    await anna.presses(await _shows(anna, "каб. 4"), "каб. 5")
    await anna.presses(await anna.sees("Записать вас"), "Назад")
    await _shows(anna, "каб. 4")


async def test_a_slot_past_its_closing_time_is_hidden(anna: Person, desk: Desk) -> None:
    """FR9. Guard: the filter on ``closes_at`` in ``Directory.slots``."""
    soon = desk.add_slot(9, hours=-2)
    assert soon.closes_at < clock.now() < soon.starts_at
    assert not any("каб. 9" in label for label in (await open_slots(anna)).labels)


async def test_no_slot_to_offer_shows_the_contact_link(anna: Person, desk: Desk) -> None:
    """R7."""
    desk.slots.clear()
    await anna.writes("/start")
    message = await anna.sees("Свободного времени сейчас нет")
    assert message.buttons[0] == {"text": "Свяжитесь с нами", "url": "https://t.me/responsible_person"}


async def test_times_are_the_places_with_the_readers_own_beside(anna: Person, desk: Desk) -> None:
    """On buttons, too; the city is not named twice. Guard: ``clocks_of``."""
    slot = desk.slots[f"{1:024x}"]
    moscow = (slot.starts_at + timedelta(hours=3)).strftime("%H:%M")
    assert moscow in (await open_slots(anna)).labels[0]
    desk.slots = {slot.id: slot.model_copy(update={"city": YEKATERINBURG})}
    desk.allow(1001, timezone=None)
    await anna.presses(await anna.sees("Ничего не подходит?"), "Позже")  # the cache still offers the old list
    desk.allow(1004, "Борис", timezone="Asia/Vladivostok")
    boris = await anna.sandbox.person(1004, "Борис")
    offered = await open_slots(boris)
    there, here = (f"{slot.starts_at + timedelta(hours=hours):%H:%M}" for hours in (3, 10))
    assert there in offered.labels[0]
    beside = rf"{there} \(Москва; у вас {here}\)|Москва; там .*{there} — у вас .*{here}"
    assert re.search(beside, f"{offered.labels[0]}\n{offered.text}"), "above the buttons where their day is another"


async def test_what_staff_typed_is_shown_as_text(anna: Person, desk: Desk) -> None:
    """Guard: escaping in ``Texts.__call__``; unescaped, Telegram would refuse the message."""
    desk.slots.clear()
    desk.add_slot(1, room="<b>5</b> & 6")
    await anna.presses(await open_slots(anna), "& 6")
    assert "<b>5</b> & 6" in (await anna.sees("Записать вас на это время?")).text


async def test_with_the_broker_away_the_request_waits_and_is_answered_later(
    anna: Person, desk: Desk, broker_line: Line
) -> None:
    """I5. Guards: the outbox and its relay; the same message id, so it is one request."""
    details = await open_details(anna)
    broker_line.cut()
    await anna.presses(details, "Подтвердить")
    waiting = await anna.sees("Сохранили, но прямо сейчас")
    assert desk.requests == []
    broker_line.mend()
    booked = await anna.sees("Вы записаны!", seconds=20)
    assert booked.id == waiting.id
    assert len({request.message_id for request in desk.requests}) == 1


async def test_a_stalled_broker_does_not_keep_the_person_waiting(anna: Person, desk: Desk, broker_line: Line) -> None:
    """Guard: the time-out around publishing; a publish on a stalled broker hangs."""
    details = await open_details(anna)
    broker_line.stall()
    await anna.presses(details, "Подтвердить")
    await anna.sees("Сохранили, но прямо сейчас")
    broker_line.mend()
    await anna.sees("Вы записаны!", seconds=20)


async def test_an_older_version_never_overwrites_a_newer_one(anna: Person, desk: Desk, bots_database: Database) -> None:
    """Guard: the conditional update of ``ShownBookings.claim``."""
    await anna.presses(await open_details(anna), "Подтвердить")
    await anna.sees("Вы записаны!")
    [request] = desk.requests
    _, booking = next(iter(desk.bookings.values()))
    newer = booking.model_copy(update={"version": 3, "slot": desk.slots[f"{3:024x}"]})
    moved = desk.result_of(request, outcome=Outcome.MOVED, booking=newer)
    await desk.send(BOOKING_RESULT.name, moved)
    await anna.sees("каб. 3")
    older = desk.result_of(request, outcome=Outcome.MOVED, booking=booking.model_copy(update={"version": 2}))
    await desk.send(BOOKING_RESULT.name, older)
    await handled(bots_database, BOOKING_RESULT.name, count=3)
    assert "каб. 3" in (await anna.messages())[-1].text


async def test_a_result_that_comes_twice_is_shown_once(anna: Person, desk: Desk, bots_database: Database) -> None:
    """Guard: the inbox. The message has moved on to another screen since."""
    desk.outcome = Outcome.SLOT_CLOSED
    await anna.presses(await open_details(anna), "Подтвердить")
    closed = await anna.sees("запись на него закрыта")
    again = desk.result_of(desk.requests[0], message_id=uuid4())
    await desk.send(BOOKING_RESULT.name, again)
    await handled(bots_database, BOOKING_RESULT.name, count=2)
    await anna.presses(closed, "каб. 3")
    await anna.sees("Записать вас на это время?")
    before = repeats(BOOKING_RESULT.name)
    await desk.send(BOOKING_RESULT.name, again)

    async def dropped() -> bool:
        return repeats(BOOKING_RESULT.name) > before

    await eventually(dropped, "the repeat is dropped")
    await anna.sees("Записать вас на это время?")


@pytest.mark.parametrize("outcome", [Outcome.SLOT_CLOSED, Outcome.WRONG_RECRUITER])
async def test_a_time_that_staff_took_off_is_said_to_be_off(anna: Person, desk: Desk, outcome: Outcome) -> None:
    """Not too soon, and nobody else's either. Guard: ``withdrawn``."""
    desk.outcome, desk.withdrawn = outcome, True
    await anna.presses(await open_details(anna), "Подтвердить")
    await anna.sees("Этого времени больше нет в расписании")


async def test_an_outcome_whose_message_is_gone_comes_as_a_new_message(
    anna: Person, desk: Desk, sandbox: Sandbox
) -> None:
    """On the wire: if the edit fails for good, a new message is sent."""
    desk.answering.clear()
    await anna.presses(await open_details(anna), "Подтвердить")
    waiting = await anna.sees("Записываем…")
    await sandbox.fault("editMessageText", error_code=400, description="Bad Request: message to edit not found")
    desk.answering.set()
    assert (await anna.sees("Вы записаны!")).id != waiting.id


async def test_an_edit_that_fails_for_now_is_made_later(anna: Person, desk: Desk, sandbox: Sandbox) -> None:
    """Guard: the consumer's retries of passing faults."""
    desk.answering.clear()
    await anna.presses(await open_details(anna), "Подтвердить")
    await anna.sees("Записываем…")
    await sandbox.fault("editMessageText", error_code=502, times=2)
    desk.answering.set()
    await anna.sees("Вы записаны!")


async def test_an_outcome_for_someone_who_blocked_the_bot_is_no_dead_letter(
    anna: Person, desk: Desk, bots_database: Database
) -> None:
    """Guard: the permanent trouble in ``BookingResults.show``; the request was decided, nobody is there to read it."""
    desk.answering.clear()
    await anna.presses(await open_details(anna), "Подтвердить")
    await anna.sees("Записываем…")
    await anna.sandbox.fault("editMessageText", error_code=403)
    desk.answering.set()
    await handled(bots_database, BOOKING_RESULT.name, count=1)
    chat = await bots_database["chats"].find_one({"_id": 1001})
    assert chat is not None
    assert not chat["reachable"]


async def test_one_correlation_id_leads_from_the_press_to_the_request(anna: Person, desk: Desk) -> None:
    """NFR4: the API is asked, and the request sent, under the press's id."""
    await anna.presses(await open_details(anna), "Подтвердить")
    await anna.sees("Вы записаны!")
    assert len(desk.requests[0].correlation_id) == 32
    assert all(desk.correlation_ids)


async def _shows(person: Person, label: str) -> Message:
    async def look() -> Message | None:
        last = (await person.messages())[-1]
        return last if any(label in shown for shown in last.labels) else None

    return await eventually(look, f"a button {label!r}")


async def test_an_edit_that_telegram_refuses_for_whatever_reason_becomes_a_new_message(
    anna: Person, sandbox: Sandbox
) -> None:
    """I5. Guards: ``edit`` in ``telegram.sending``: nothing told is worse than told twice; ``take_buttons_away``."""
    await anna.writes("/start")
    await anna.presses(await anna.sees("Выберите удобное время"), "каб. 1")
    asked = await anna.sees("Записать вас на это время?")
    refusal = "Bad Request: there is no text in the message to edit"
    await sandbox.fault("editMessageText", error_code=400, description=refusal, times=99, chat_id=anna.id)
    await anna.presses(asked, "Подтвердить")
    booked = await anna.sees("Вы записаны!")
    assert booked.id > asked.id

    async def left_alone() -> bool:
        return not any(message.labels for message in await anna.messages() if message.id == asked.id)

    await eventually(left_alone, "the old question has no buttons")
