"""R8: recruiters move an approved interview, or call it off, from its card."""

from datetime import timedelta
from typing import Any

import pytest

from interview_bot.common import clock
from interview_bot.dialogs.requests import shown_slot
from interview_bot.views.card_buttons import can_change
from interview_bot.views.recruiter.card_screens import card_screen, refusal
from interview_bot.views.texts import texts_for
from shared_contracts.attendance import Attendance
from shared_contracts.booking import (
    BookingCancelledByRecruiter,
    BookingMovedByRecruiter,
    Outcome,
)
from shared_contracts.card import DecidedBy
from shared_contracts.directory import BookingStatus, NamedRef, Rejection
from shared_contracts.notification import CacheName, NotificationKind
from tests.kit.desk import Desk
from tests.kit.interview_cards import CHANGES, booked_card, reads, reads_label, shown
from tests.kit.recruiting import RECRUITER_ID, RITA
from tests.kit.telegram import Person


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
