"""R8: recruiters open the cards of their day and mark how interviews went."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from interview_bot.common import clock
from interview_bot.views.recruiter.by_hand import notice_to_send_by_hand
from interview_bot.views.recruiter.card_screens import card_screen
from interview_bot.views.recruiter.schedule_screens import by_day, today_of
from interview_bot.views.texts import texts_for
from shared_contracts.attendance import Attendance
from shared_contracts.booking import (
    Outcome,
    OutcomeMarked,
)
from shared_contracts.card import CardOccasion, DecidedBy, RecruiterCard
from shared_contracts.directory import BookingStatus, NamedRef
from shared_contracts.notification import CacheName, NotificationKind
from tests.kit.desk import MOSCOW, Desk
from tests.kit.interview_cards import CHANGES, MARKS, booked_card, reads, reads_label, shown
from tests.kit.recruiting import RECRUITER_ID, RITA
from tests.kit.telegram import Person


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
