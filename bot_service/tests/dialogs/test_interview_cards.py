"""R8: recruiters offer another time and mark how interviews went, from the card."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from interview_bot.common import clock
from interview_bot.dialogs.requests import shown_slot
from interview_bot.views.card_buttons import can_change
from interview_bot.views.recruiter.by_hand import notice_to_send_by_hand
from interview_bot.views.recruiter.card_screens import card_screen, refusal
from interview_bot.views.recruiter.schedule_screens import by_day, today_of
from interview_bot.views.texts import texts_for
from shared_contracts.attendance import Attendance
from shared_contracts.booking import (
    BookingCancelledByRecruiter,
    BookingMovedByRecruiter,
    Outcome,
    OutcomeMarked,
    TimeOffered,
)
from shared_contracts.card import CardAttention, CardOccasion, DecidedBy, RecruiterCard
from shared_contracts.directory import BookingStatus, NamedRef, Rejection
from shared_contracts.notification import CacheName, NotificationKind
from shared_contracts.transport.topology import CARD_COMMAND
from tests.kit.desk import MOSCOW, Desk
from tests.kit.recruiting import RECRUITER_ID, RITA
from tests.kit.telegram import Message, Person, eventually

MARKS = {
    "✅ Собеседование прошло": (BookingStatus.ATTENDED, "Собеседование состоялось"),
    "✅ Прошло с опозданием": (BookingStatus.LATE, "состоялось с опозданием"),
    "❌ Кандидата не было": (BookingStatus.NO_SHOW, "Кандидата не было"),
    "❌ Меня не было": (BookingStatus.RECRUITER_ABSENT, "Рекрутера не было"),
}

CHANGES = ["🔁 Перенести", "❌ Отменить"]
"""Under the card of an approved interview to come."""


def booked_card(desk: Desk, **changes: Any) -> RecruiterCard:
    """Anna's booking of the first slot, as Rita's card; it is over where it can be marked."""
    slot = desk.add_slot(1, hours=-2) if changes.get("may_mark") else desk.slots.get(f"{1:024x}") or desk.add_slot(1)
    return desk.recruiting.booked_card(RITA, desk.book(1001, slot), **changes)


async def shown(rita: Person, desk: Desk, card: RecruiterCard, text: str) -> Message:
    """The card in Rita's chat."""
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, card, CardAttention.NEW))
    return await rita.sees(text)


async def asking(rita: Person, desk: Desk, **changes: Any) -> Message:
    """Rita's card of Anna, who asks for another time; two slots are free."""
    free = [desk.add_slot(number) for number in (3, 4)]
    asked = {"attendance": Attendance.RESCHEDULE_ASKED, "attendance_at": clock.now(), "free_slots": free}
    return await shown(rita, desk, booked_card(desk, **(asked | changes)), "Кандидат просит другое время")


async def reads(person: Person, message_id: int, text: str) -> Message:
    """Wait until a message reads so."""

    async def look() -> Message | None:
        return next((m for m in await person.messages() if m.id == message_id and text in m.text), None)

    return await eventually(look, f"{text!r} in the card")


async def reads_label(person: Person, message_id: int, label: str) -> Message:
    """Wait until a message has such a button."""

    async def look() -> Message | None:
        found = (m for m in await person.messages() if m.id == message_id)
        return next((m for m in found if any(label in item for item in m.labels)), None)

    return await eventually(look, f"the button {label!r}")


async def test_todays_and_the_weeks_interviews_open_their_cards(rita: Person, desk: Desk) -> None:
    """/today and /schedule: by day, with a sign for what candidates said; the card leads back to its day."""
    tomorrow = desk.slots[f"{1:024x}"].model_copy(update={"starts_at": clock.now() + timedelta(days=1)})
    coming, late = {"attendance": Attendance.CONFIRMED, "attendance_at": clock.now()}, {"delay_minutes": 10}
    desk.recruiting.booked_card(RITA, desk.book(1001, tomorrow), **coming, **late, delay_at=clock.now())
    await rita.writes("/today")
    none = await rita.sees("Сегодня,")
    assert "собеседований нет" in none.text and none.labels[-1] == "← Все дни"
    await rita.writes("/schedule")
    days = await rita.sees("Ваши собеседования по дням")
    assert [label.endswith("· 1 собеседование") for label in days.labels[:-1]] == [True]
    assert none.labels[0] == days.labels[0].replace(" · 1 собеседование", " →"), "the next day with some is named"
    assert days.labels[-1] == "Заявки кандидатов"
    await rita.presses(days, "1 собеседование")
    day = await reads(rita, days.id, "✅ — придёт\n⏱ — опоздает")
    assert day.labels[0].endswith(" ✅ ⏱ · Анна <Смелая>") and day.labels[-1] == "← Все дни"
    await rita.presses(day, "Анна")
    card = await reads(rita, days.id, "Подтверждена")
    assert card.labels == [*CHANGES, "← К собеседованиям дня"]
    desk.add_slot(3, recruiter=NamedRef(id=RECRUITER_ID, name="Рита Рекрутер"))
    await desk.invalidate(CacheName.SLOTS)
    await rita.presses(card, "Перенести")
    await rita.presses(await reads_label(rita, days.id, "каб. 3"), "каб. 3")
    moved = await reads(rita, days.id, "новая")
    assert moved.labels == card.labels, "guard: ``opened_from``"
    await rita.presses(moved, "К собеседованиям дня")
    await reads_label(rita, days.id, "← Все дни")


def test_today_goes_by_the_places_clock(desk: Desk) -> None:
    """An interview at 9:00 in Vladivostok is today there while it is still yesterday in Moscow. Guard: ``by_day``."""
    vladivostok = MOSCOW.model_copy(update={"id": "c" * 24, "timezone": "Asia/Vladivostok"})
    night = datetime(2026, 11, 26, 22, 0, tzinfo=UTC)  # 08:00 of the 27th there, 01:00 of the 27th in Moscow
    evening = night - timedelta(hours=2)  # 06:00 of the 27th there, 23:00 of the 26th in Moscow
    slot = desk.add_slot(1, city=vladivostok).model_copy(update={"starts_at": night + timedelta(hours=1)})
    cards = [desk.recruiting.booked_card(RITA, desk.book(1001, slot))]
    day = date(2026, 11, 27)
    assert list(by_day(cards, evening)) == [day]
    assert today_of(cards, "Europe/Moscow", evening) == day
    assert by_day(cards, night + timedelta(days=1)) == {}


async def test_a_free_time_is_offered_with_one_press(rita: Person, desk: Desk) -> None:
    """R8: each free slot is a button; the card then says what was offered and offers the rest."""
    card = await asking(rita, desk)
    assert [label.partition(" ")[0] for label in card.labels[:2]] == ["Предложить:", "Предложить:"]
    assert card.labels[2:] == CHANGES
    assert "каб. 3" in card.labels[0]
    desk.answering.clear()
    await rita.presses(card, "каб. 3")
    waiting = await rita.sees("Предлагаем кандидату это время…")
    assert (waiting.id, waiting.buttons) == (card.id, [])
    desk.answering.set()
    offered = await rita.sees("Предложено:")
    assert "Ждём ответа кандидата" in offered.text
    assert (offered.id, offered.labels[1:]) == (card.id, CHANGES)
    assert "каб. 4" in offered.labels[0]
    [request] = desk.requests
    assert isinstance(request, TimeOffered)
    assert (request.slot_id, request.expected_version, request.user_telegram_id) == (f"{3:024x}", 1, RITA)
    assert request.shown == shown_slot(desk.slots[f"{3:024x}"])


async def test_an_approved_interview_moves_in_two_presses(rita: Person, desk: Desk) -> None:
    """The recruiter's own free times, without the booked one; at once, in the card, though sign-up is over."""
    desk.events = []
    card = await shown(rita, desk, booked_card(desk), "Подтверждена")
    assert card.labels == CHANGES
    theirs = NamedRef(id=RECRUITER_ID, name="Рита Рекрутер")
    for number in range(3, 13):
        desk.add_slot(number, recruiter=theirs)
    await rita.presses(card, "Перенести")
    times = await rita.sees("На какое время перенести?")
    assert (times.id, len(times.labels), times.labels[-1]) == (card.id, 10, "← Назад")
    assert "каб. 2" in times.labels[0]  # каб. 1 is the booked one
    await rita.presses(times, times.labels[-2])
    await rita.presses(await reads_label(rita, card.id, "каб. 12"), "каб. 12")
    moved = await reads(rita, card.id, "новая")
    assert moved.labels == CHANGES
    [request] = desk.requests
    assert isinstance(request, BookingMovedByRecruiter)
    assert (request.slot_id, request.expected_version) == (f"{12:024x}", 1)
    assert request.shown == shown_slot(desk.slots[f"{12:024x}"])


@pytest.mark.parametrize("changed", ["time", "room", "recruiter", "full", "old button"])
async def test_an_interview_is_never_moved_to_what_was_not_listed(rita: Person, desk: Desk, changed: str) -> None:
    """R2: staff change a listed slot. Guard: ``seen`` at the press: the times are listed anew, with a word why."""
    theirs = NamedRef(id=RECRUITER_ID, name="Рита Рекрутер")
    listed, other = (desk.add_slot(number, recruiter=theirs) for number in (3, 4))
    card = await shown(rita, desk, booked_card(desk), "Подтверждена")
    await rita.presses(card, "Перенести")
    times = await rita.sees("На какое время перенести?")
    changes: dict[str, dict[str, Any]] = {
        "time": {"starts_at": listed.starts_at + timedelta(minutes=5)},
        "room": {"room": "каб. 99"},
        "recruiter": {"recruiter": NamedRef(id=f"{77:024x}", name="Пётр Орлов")},
        "full": {"free": 0},
        "old button": {},
    }
    desk.slots[listed.id] = listed.model_copy(update=changes[changed])
    await desk.invalidate(CacheName.SLOTS)
    data = times.data("каб. 3") if changed != "old button" else f"1:cg:b{1:023x}:1:{listed.id}"
    await rita.sends_data(times, data)
    again = await reads(rita, card.id, "Список изменился, поэтому пока ничего не перенесли")
    assert desk.requests == []
    await rita.presses(again, "каб. 4")
    await reads(rita, card.id, "новая")
    [request] = desk.requests
    assert isinstance(request, BookingMovedByRecruiter)
    assert request.shown == shown_slot(other)


@pytest.mark.parametrize(
    ("reason", "slot"),
    [
        ("Рекрутер на больничном", "Отменить, время снять"),
        ("Без причины", "Отменить, время оставить"),
        ("typed", "Отменить, время снять"),
        ("typed", "Отменить, время оставить"),
    ],
)
async def test_an_approved_interview_is_called_off_with_a_reason(
    rita: Person, desk: Desk, reason: str, slot: str
) -> None:
    """Back leads to the step before. Guards: ``take_reason`` and ``withdraws_slot``, what is asked about."""
    card = await shown(rita, desk, booked_card(desk), "Подтверждена")
    await rita.presses(card, "Отменить")
    await rita.presses(await rita.sees("Отменить собеседование?"), "Назад")
    again = await reads_label(rita, card.id, "Перенести")
    await rita.writes("Просто мысли вслух")
    await rita.presses(again, "Отменить")
    await rita.presses(await reads(rita, card.id, "Отменить собеседование?"), slot)
    await rita.presses(await reads(rita, card.id, "Почему отменяем?"), "Назад")
    await rita.writes("Ещё мысли вслух")
    await rita.presses(await reads(rita, card.id, "Отменить собеседование?"), slot)
    question = await reads(rita, card.id, "Почему отменяем?")
    if reason == "typed":
        await rita.writes("Офис закрыт")
    else:
        await rita.presses(question, reason)
    off = await reads(rita, card.id, "Отменена")
    [request] = desk.requests
    assert isinstance(request, BookingCancelledByRecruiter)
    assert (request.withdraws_slot, "Время снято" in off.text) == ((slot == "Отменить, время снять",) * 2)
    # the candidate has never written to the bot, whose first language is Russian
    assert request.reason == {"typed": "Офис закрыт", "Без причины": None}.get(reason, reason)


async def test_a_reason_button_of_before_leaves_the_time_to_others(rita: Person, desk: Desk) -> None:
    """It was shown before the time was asked about, and carries a digit alone."""
    card = await shown(rita, desk, booked_card(desk), "Подтверждена")
    await rita.presses(card, "Отменить")
    question = await reads(rita, card.id, "Отменить собеседование?")
    await rita.sends_data(question, question.data("снять").replace(":ce:", ":cq:").removesuffix("w") + "1")
    await reads(rita, card.id, "Отменена")
    [request] = desk.requests
    assert isinstance(request, BookingCancelledByRecruiter)
    assert (request.reason, request.withdraws_slot) == ("Рекрутер на больничном", False)


@pytest.mark.parametrize(
    ("rejection", "words"),
    [(Rejection.TIME, "не это время"), (Rejection.PERSON, "не этот кандидат"), (None, "Отклонена\n")],
)
def test_a_card_says_what_was_rejected(desk: Desk, rejection: Rejection | None, words: str) -> None:
    """Guard: ``rejection`` in ``_state``; of before it was asked about nothing is said."""
    card = desk.recruiting.booked_card(RITA, desk.book(1001, desk.add_slot(1)), status=BookingStatus.REJECTED)
    assert words in card_screen(card.model_copy(update={"rejection": rejection}), texts_for("ru"), 0).text.replace(
        "</b>", ""
    )


def test_a_card_says_where_others_keep_the_time_on_offer(desk: Desk) -> None:
    """Guard: ``slot_withdrawn`` false is not none."""
    booking = desk.book(1001, desk.add_slot(1))
    card = desk.recruiting.booked_card(RITA, booking, status=BookingStatus.CANCELLED)
    card = card.model_copy(update={"slot_withdrawn": False})
    assert "записаны и другие" in card_screen(card, texts_for("ru"), 0).text
    left = card.model_copy(update={"slot_withdrawn": None, "slot_left": True})
    assert "Время оставлено" in card_screen(left, texts_for("ru"), 0).text


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.TOO_LATE, "уже началось"),
        (Outcome.SLOT_FULL, "уже заняли"),
        (Outcome.SLOT_CLOSED, "перенести уже нельзя"),
        (Outcome.SLOT_NOT_FOUND, "изменили или убрали"),
        (Outcome.WRONG_PLACE, "изменили или убрали"),
        (Outcome.WRONG_CITY, "изменили или убрали"),
        (Outcome.WRONG_RECRUITER, "изменили или убрали"),
        (Outcome.ALREADY_BOOKED, "другое собеседование"),
        (Outcome.VERSION_CONFLICT, "тем временем изменилась"),
    ],
)
def test_a_move_that_is_refused_says_why(outcome: Outcome, words: str) -> None:
    """R2."""
    assert words in refusal(BookingMovedByRecruiter, outcome, texts_for("ru"))


@pytest.mark.parametrize(
    "changes",
    [
        {"yours": False},
        {"status": BookingStatus.PENDING},
        {"status": BookingStatus.CANCELLED},
        {"requested_slot": "slot"},
        {"slot": "begun"},
    ],
)
def test_only_an_approved_interview_of_ones_own_can_be_moved_or_called_off(desk: Desk, changes: dict[str, Any]) -> None:
    """Guard: ``can_change``, for the buttons and at the press."""
    slots = {"slot": desk.add_slot(1), "begun": desk.add_slot(2, hours=-1)}
    card = booked_card(desk)
    assert can_change(card, clock.now())
    changed = {name: slots.get(str(value), value) for name, value in changes.items()}
    yours = changed.pop("yours", True)
    other = card.model_copy(update={"booking": card.booking.model_copy(update=changed), "yours": yours})
    assert not can_change(other, clock.now())


async def test_two_presses_on_two_times_are_one_request(rita: Person, desk: Desk) -> None:
    """Guards: the request's id follows from the card as shown; the closed message."""
    card = await asking(rita, desk)
    desk.answering.clear()
    for button in ("каб. 3", "каб. 4", "каб. 3"):
        await rita.answer_to(await rita.presses(card, button))
    desk.answering.set()
    await rita.sees("Предложено:")
    assert len(desk.requests) == 1


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.TOO_LATE, "собеседование началось"),
        (Outcome.SLOT_FULL, "уже заняли"),
        (Outcome.SLOT_CLOSED, "Запись на это время закрыта"),
        (Outcome.SLOT_NOT_FOUND, "изменили или убрали"),
        (Outcome.WRONG_PLACE, "изменили или убрали"),
        (Outcome.VERSION_CONFLICT, "тем временем изменилась"),
        (Outcome.BOOKING_NOT_FOUND, "тем временем изменилась"),
    ],
)
async def test_a_time_that_can_not_be_offered_says_why_and_leaves_the_others(
    rita: Person, desk: Desk, outcome: Outcome, words: str
) -> None:
    """R2. The next press is a new request: guard ``turn``."""
    card = await asking(rita, desk)
    desk.outcome = outcome
    await rita.presses(card, "каб. 3")
    refused = await rita.sees(words)
    desk.outcome = None
    await rita.presses(refused, "каб. 4")
    await rita.sees("Предложено:")
    assert len(desk.requests) == 2


@pytest.mark.parametrize("press", ["2:0:0", "1:7:0", "1:0:2", "1:0:5"])
async def test_a_time_of_another_card_is_stale(rita: Person, desk: Desk, press: str) -> None:
    """Guard: revision, turn and number in ``cards.propose_time``."""
    card = await asking(rita, desk)
    data = card.data("каб. 3").rsplit(":", 3)[0]
    answer = await rita.answer_to(await rita.sends_data(card, f"{data}:{press}"))
    assert "устарела" in answer["text"]
    assert desk.requests == []


async def test_a_press_on_a_time_of_an_older_card_never_offers_another(rita: Person, desk: Desk) -> None:
    """Guard: the revision: the same number is another slot by now."""
    card = await asking(rita, desk)
    old = card.data("каб. 3")
    newer = desk.recruiting.cards[RITA, f"b{1:023x}"].model_copy(
        update={"revision": 2, "free_slots": [desk.slots[f"{4:024x}"]]}
    )
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, newer, CardAttention.UPDATE))

    async def updated() -> bool:
        return len((await rita.messages())[-1].labels) == 1 + len(CHANGES)

    await eventually(updated, "the update")
    answer = await rita.answer_to(await rita.sends_data(card, old))
    assert "устарела" in answer["text"]
    assert desk.requests == []


async def test_a_time_that_closed_meanwhile_is_not_offered(rita: Person, desk: Desk) -> None:
    """FR9. Guard: ``proposable_slot``, for the button and at the press."""
    closed = desk.add_slot(3, closes_at=clock.now() - timedelta(minutes=1))
    asked = {"attendance": Attendance.RESCHEDULE_ASKED, "attendance_at": clock.now()}
    card = await shown(rita, desk, booked_card(desk, free_slots=[closed, desk.add_slot(4)], **asked), "другое время")
    assert card.labels[1:] == CHANGES
    forged = card.data("каб. 4")[:-1] + "0"
    assert "устарела" in (await rita.answer_to(await rita.sends_data(card, forged)))["text"]
    assert desk.requests == []


@pytest.mark.parametrize("label", list(MARKS))
async def test_an_interview_is_marked_in_one_press_and_the_mark_taken_back(
    rita: Person, desk: Desk, label: str
) -> None:
    """The four buttons; undo brings them back."""
    card = await shown(rita, desk, booked_card(desk, may_mark=True), "Как прошло собеседование?")
    assert card.labels == list(MARKS)
    status, words = MARKS[label]
    await rita.presses(card, label)
    marked = await rita.sees(words)
    assert "Отметка: Рита Рекрутер" in marked.text
    assert (marked.id, marked.labels) == (card.id, ["↩️ Отменить отметку"])
    await rita.presses(marked, "Отменить отметку")
    again = await rita.sees("Как прошло собеседование?")
    assert again.labels == list(MARKS)
    assert [request.mark for request in desk.requests if isinstance(request, OutcomeMarked)] == [status, None]
    assert [request.expected_version for request in desk.requests if isinstance(request, OutcomeMarked)] == [1, 2]


@pytest.mark.parametrize(
    ("minutes", "delay", "words"),
    [
        (5, None, "Время собеседования"),
        (25, None, "Как прошло"),
        (25, 10, "Время собеседования"),
        (31, 10, "Как прошло"),
    ],
)
def test_how_it_went_is_asked_once_it_can_be_over(desk: Desk, minutes: int, delay: int | None, words: str) -> None:
    """Not while a candidate who is late is waited for. Guard: ``_is_over``; ``about`` asks in any case."""
    slot = desk.add_slot(1).model_copy(update={"starts_at": clock.now() - timedelta(minutes=minutes)})
    late = {"delay_minutes": delay, "delay_at": clock.now()} if delay else {}
    card = desk.recruiting.booked_card(RITA, desk.book(1001, slot), may_mark=True, **late)
    screen = card_screen(card, texts_for("ru"), 0)
    assert words in screen.text
    assert screen.keyboard and len(screen.keyboard.inline_keyboard) == len(MARKS)
    assert "Как прошло" in card_screen(card, texts_for("ru"), 0, about=CardOccasion.OUTCOME_DUE).text


def test_a_move_is_told_from_a_new_request_at_a_glance(desk: Desk) -> None:
    """Also when it comes again; who took it back, or chose another time after asking for one, is told of once."""
    texts, booking = texts_for("ru"), desk.book(1001, desk.add_slot(1))
    waits = {"requested_slot": desk.add_slot(2), "expires_at": clock.now() + timedelta(hours=3)}
    asked = {"attendance": Attendance.RESCHEDULE_ASKED, "attendance_at": clock.now()}
    card = desk.recruiting.booked_card(RITA, booking, free_slots=[desk.add_slot(3)], **waits, **asked)
    screen = card_screen(card, texts, 0)
    assert screen.text.startswith("🔁 <b>Перенос ждёт вашего ответа</b>")
    assert screen.text.count("🔁") == 2 and "Предложите" not in screen.text
    assert screen.keyboard and len(screen.keyboard.inline_keyboard) == 2, "yes or no to the time they chose"
    again = card_screen(card, texts, 0, reminds=True).text
    assert again.startswith("🔁 <b>Перенос ждёт вашего ответа</b>\n⏰ <b>Осталось 3 часа</b>")
    ends = (DecidedBy(kind="candidate"), "больше не просит о переносе"), (DecidedBy(kind="staff"), "Перенос снят")
    for by, words in ends:
        off = desk.recruiting.booked_card(RITA, booking, move_end="withdrawn", decided_by=by)
        assert words in card_screen(off, texts, 0).text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"told": NotificationKind.BOOKING_CHANGED}, True),
        ({"told": NotificationKind.BOOKING_MOVED}, True),
        ({"told": NotificationKind.BOOKING_CHANGED, "may_mark": True}, False),
        ({"may_mark": True}, False),
        ({"status": BookingStatus.UNMARKED}, False),
        ({"status": BookingStatus.NO_SHOW}, True),
    ],
)
def test_a_reason_is_read_as_long_as_what_it_is_the_reason_of(desk: Desk, changes: dict[str, Any], says: bool) -> None:
    """Why staff put a slot right is of no use once the interview has begun. Guard: ``edited`` in ``_decision``."""
    card = booked_card(desk, decided_by=DecidedBy(kind="staff"), reason="ремонт", **changes)
    assert ("ремонт" in card_screen(card, texts_for("ru"), 0).text) is says


async def test_marks_pressed_together_are_one_request(rita: Person, desk: Desk) -> None:
    """Guards: the request's id follows from the card as shown; the closed message."""
    card = await shown(rita, desk, booked_card(desk, may_mark=True), "Как прошло")
    desk.answering.clear()
    for label in (*MARKS, *MARKS):
        await rita.answer_to(await rita.presses(card, label))
    desk.answering.set()
    await rita.sees("Собеседование состоялось")
    assert len(desk.requests) == 1


@pytest.mark.parametrize(
    ("press", "card"),
    [
        ("1:0:u", "unmarked"),
        ("1:0:a", "marked"),
        ("1:0:a", "upcoming"),
        ("2:0:a", "unmarked"),
        ("1:7:a", "unmarked"),
    ],
)
async def test_a_mark_that_is_not_offered_can_not_be_pressed(rita: Person, desk: Desk, press: str, card: str) -> None:
    """Guards: ``can_mark``, version and turn at the press."""
    kinds: dict[str, dict[str, Any]] = {
        "unmarked": {"may_mark": True},
        "marked": {"status": BookingStatus.LATE, "undo_until": clock.now() + timedelta(hours=1)},
        "upcoming": {},
    }
    message = await shown(rita, desk, booked_card(desk, **kinds[card]), "👤 ")
    answer = await rita.answer_to(await rita.sends_data(message, f"1:cm:b{1:023x}:{press}"))
    assert "устарела" in answer["text"]
    assert desk.requests == []


async def test_a_mark_can_not_be_taken_back_when_the_day_is_over(rita: Person, desk: Desk) -> None:
    """Undo for a day. Guard: ``undo_until`` in ``can_mark``, for the button and at the press."""
    over = {"status": BookingStatus.ATTENDED, "undo_until": clock.now() - timedelta(seconds=1)}
    card = await shown(rita, desk, booked_card(desk, **over), "состоялось")
    assert card.buttons == []
    answer = await rita.answer_to(await rita.sends_data(card, f"1:cm:b{1:023x}:1:0:u"))
    assert "устарела" in answer["text"]
    assert desk.requests == []


async def test_a_mark_that_is_refused_says_why(rita: Person, desk: Desk) -> None:
    """R2: the admin service decides about the time."""
    card = await shown(rita, desk, booked_card(desk, may_mark=True), "Как прошло")
    desk.outcome = Outcome.TOO_LATE
    await rita.presses(card, "Кандидата не было")
    refused = await rita.sees("Отметить сейчас нельзя")
    assert refused.labels == list(MARKS)


async def test_the_list_says_what_each_card_waits_for(rita: Person, desk: Desk) -> None:
    """/requests has who asks for another time and what is to be marked too."""
    asked = {"attendance": Attendance.RESCHEDULE_ASKED, "attendance_at": clock.now()}
    desk.add_slot(2, hours=-2)
    for number, changes in ((1, asked), (2, {"may_mark": True})):
        desk.recruiting.booked_card(RITA, desk.book(1001, desk.slots[f"{number:024x}"], number), **changes)
    desk.recruiting.card(RITA, desk.book(1001, desk.add_slot(3), 3))
    await rita.writes("/requests")
    found = await rita.sees("ждут вашего ответа:")
    assert "🔁 — кандидат просит другое время, 🏁 — отметьте" in found.text
    assert [label[0] for label in found.labels[:2]] == ["🔁", "🏁"]
    assert found.labels[2][0].isdigit()
    await rita.presses(found, "🏁")
    assert (await reads(rita, found.id, "Как прошло")).labels == [*MARKS, "Заявки кандидатов"]


@pytest.mark.parametrize(
    ("attendance", "ru", "en"),
    [
        (Attendance.CONFIRMED, "✅ Кандидат придёт (ответ: 24 ноября, 12:05)", "✅ The candidate is coming"),
        (Attendance.DECLINED, "❌ Кандидат не сможет прийти (ответ", "❌ The candidate can't come"),
        (Attendance.RESCHEDULE_ASKED, "🔁 Кандидат просит другое время (ответ", "🔁 The candidate asks for another"),
    ],
)
def test_the_answer_about_coming_is_on_the_card_with_its_time(
    desk: Desk, attendance: Attendance, ru: str, en: str
) -> None:
    """R8, in both languages; it goes when the interview is over."""
    desk.add_slot(1)
    at = clock.now().replace(month=11, day=24, hour=9, minute=5)
    status = BookingStatus.CANCELLED if attendance is Attendance.DECLINED else BookingStatus.BOOKED
    card = booked_card(desk, attendance=attendance, attendance_at=at, status=status)
    assert ru in card_screen(card, texts_for("ru"), 0).text
    assert en in card_screen(card, texts_for("en"), 0).text
    over = card.model_copy(
        update={"booking": card.booking.model_copy(update={"status": BookingStatus.NO_SHOW}), "free_slots": []}
    )
    assert ru not in card_screen(over, texts_for("ru"), 0).text


def test_who_asks_for_another_time_is_offered_one_or_written_to(desk: Desk) -> None:
    """The card says what to do next, as long as nothing was offered."""
    free = desk.add_slot(1)
    asks = {"attendance": Attendance.RESCHEDULE_ASKED, "attendance_at": clock.now()}
    with_slots, without = booked_card(desk, free_slots=[free], **asks), booked_card(desk, **asks)
    offered = booked_card(desk, offered_slot=free, **asks)
    hints = ("Предложите свободное время кнопкой ниже", "Свободного времени у вас сейчас нет", "Предложено:")
    for card, hint in zip((with_slots, without, offered), hints, strict=True):
        text = card_screen(card, texts_for("ru"), 0).text
        assert [known for known in hints if known in text] == [hint]


def test_a_deputy_does_not_say_i_was_absent(desk: Desk) -> None:
    """The absent one is the recruiter they stand in for."""
    desk.add_slot(1)
    keyboard = card_screen(booked_card(desk, may_mark=True, for_deputy=True), texts_for("ru"), 0).keyboard
    assert keyboard is not None
    assert keyboard.inline_keyboard[3][0].text == "❌ Рекрутера не было"


def test_who_no_longer_holds_the_card_can_neither_offer_nor_mark(desk: Desk) -> None:
    """Guard: ``yours`` in ``proposable_slot`` and ``can_mark``."""
    slot = desk.add_slot(1)
    until = clock.now() + timedelta(hours=1)
    card = booked_card(desk, may_mark=True, undo_until=until, free_slots=[slot], yours=False)
    assert card_screen(card, texts_for("ru"), 0).keyboard is None


def test_an_unreachable_candidate_is_told_by_hand_what_fits_the_moment(desk: Desk) -> None:
    """R4: the offered time, a missed interview; no congratulations once it has begun."""
    slot = desk.add_slot(1)
    card = booked_card(desk, decided_by=DecidedBy(kind="recruiter"))
    far = card.model_copy(update={"candidate": card.candidate.model_copy(update={"reachable": False})})

    def kind(card: RecruiterCard, **changes: Any) -> NotificationKind | None:
        return notice_to_send_by_hand(card.model_copy(update={"booking": card.booking.model_copy(update=changes)}))

    assert kind(far) is NotificationKind.BOOKING_APPROVED
    assert kind(far, offered_slot=slot) is NotificationKind.TIME_OFFERED
    assert kind(far, status=BookingStatus.NO_SHOW) is NotificationKind.NO_SHOW
    assert kind(far, status=BookingStatus.RECRUITER_ABSENT) is NotificationKind.RECRUITER_ABSENT
    assert kind(far, status=BookingStatus.ATTENDED) is None
    assert kind(far.model_copy(update={"may_mark": True})) is None
    assert "если нужно, напишите" in card_screen(far.model_copy(update={"may_mark": True}), texts_for("ru"), 0).text
