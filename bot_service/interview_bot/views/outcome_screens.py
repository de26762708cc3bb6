"""How a candidate's request ended: each outcome has its own text and next step (R2)."""

from collections.abc import Callable
from dataclasses import dataclass

from telegram import InlineKeyboardMarkup

from interview_bot.views import keyboards
from interview_bot.views.formatting import (
    DAY_AND_TIME,
    booking_card,
    bring,
    deadline,
    slot_card,
    slot_start,
    what_ended,
)
from interview_bot.views.screen import Screen
from interview_bot.views.texts import Texts
from shared_contracts.booking import BookingResult, MoveWithdrawn, OfferPassed, OfferTaken, Outcome
from shared_contracts.directory import BookingStatus, BookingView
from shared_contracts.requests import BookingRequest


@dataclass(frozen=True)
class _Display:
    """What an outcome's screen has besides its text ``outcome.<value>``.

    ``with_contact``: somebody has to be asked, so the contact link comes first.
    """

    shows_booking: bool = False
    keyboard: Callable[[Texts], InlineKeyboardMarkup] | None = None
    with_contact: bool = False


_DISPLAYS: dict[Outcome, _Display] = {
    Outcome.BOOKED: _Display(shows_booking=True),
    Outcome.PENDING_APPROVAL: _Display(shows_booking=True),
    Outcome.MOVED: _Display(shows_booking=True),
    Outcome.CANCELLED: _Display(keyboard=keyboards.home),
    Outcome.ALREADY_BOOKED: _Display(shows_booking=True, keyboard=keyboards.my_bookings),
    Outcome.BOOKING_NOT_FOUND: _Display(keyboard=keyboards.home),
    Outcome.TOO_LATE: _Display(shows_booking=True, keyboard=keyboards.my_bookings, with_contact=True),
    Outcome.MOVE_LIMIT: _Display(shows_booking=True, keyboard=keyboards.my_bookings, with_contact=True),
    Outcome.VERSION_CONFLICT: _Display(shows_booking=True, keyboard=keyboards.my_bookings),
    Outcome.EXPIRED: _Display(keyboard=keyboards.home),
    Outcome.REJECTED: _Display(with_contact=True),
    Outcome.NOT_ALLOWED: _Display(with_contact=True),
    Outcome.FAILED: _Display(keyboard=keyboards.home),
}
"""All but those in ``SLOT_GONE``: after them the slot menu is shown. An outcome without an entry has its text alone."""
WITH_CONTACT = frozenset(outcome for outcome, display in _DISPLAYS.items() if display.with_contact)
_NOTHING_ELSE = _Display()
_WAYS_OUT = {
    Outcome.BOOKED: "outcome.booked_next",
    Outcome.MOVED: "outcome.booked_next",
    Outcome.PENDING_APPROVAL: "outcome.pending_next",
}
"""What follows an outcome that leaves something standing, where it can be moved."""
SEAT_OFFER_ENDED: dict[tuple[type[BookingRequest] | None, Outcome], str] = {
    (OfferPassed, Outcome.CANCELLED): "offer.passed",
    (OfferPassed, Outcome.EXPIRED): "offer.expired",
    (OfferTaken, Outcome.EXPIRED): "offer.expired",
}
"""Answers to a seat offer that a booking's own words would not fit; the person stays on the waiting list."""


def seat_offer_ended_screen(
    result: BookingResult, event_id: str | None, texts: Texts, *, waits_on: bool = True
) -> Screen | None:
    """The screen of a seat offer that is over; None where the outcome's usual words fit.

    ``waits_on``: another seat may come; else the event or the city is closed by now.
    """
    key = SEAT_OFFER_ENDED.get((result.asked, result.outcome))
    if key is None or event_id is None:
        return None
    if not waits_on:
        return Screen(texts(f"{key}_last"), keyboards.home(texts))
    if result.outcome is Outcome.EXPIRED:
        return seat_offer_lapsed_screen(event_id, texts, waits_on=True)
    return Screen(texts(key), keyboards.stop_waiting(event_id, texts))


def seat_offer_lapsed_screen(event_id: str, texts: Texts, *, waits_on: bool) -> Screen:
    """The seat is held no longer, since nobody answered in time. ``waits_on``: they are on the waiting list still."""
    if not waits_on:
        return Screen(texts("offer.lapsed"), keyboards.choose_time(event_id, texts))
    rows = [*keyboards.choose_time(event_id, texts).inline_keyboard, [keyboards.leave_list(event_id, texts)]]
    return Screen(texts("offer.expired"), InlineKeyboardMarkup(rows))


def outcome_screen(
    result: BookingResult, zone: str | None, texts: Texts, *, contact_url: str | None, writes_to_recruiter: bool
) -> Screen:
    """The screen of a request's outcome.

    Args:
        zone: the reader's own time zone, None where the slot's city decides.
        contact_url: who helps; it is shown after the outcomes in ``WITH_CONTACT``.
        writes_to_recruiter: the recruiter gets no card, so the candidate is to write to them (R4).
    """
    booking, outcome = result.booking, result.outcome
    if booking is not None and outcome is Outcome.ALREADY_BOOKED and booking.status is BookingStatus.OFFERED:
        text = f"{texts('offer.answer_first')}\n\n{booking_card(booking, zone, texts)}"
        return Screen(text, InlineKeyboardMarkup([keyboards.seat_offer_buttons(booking, texts)]))
    display = _DISPLAYS.get(outcome, _NOTHING_ELSE)
    parts = [_what_became(result, zone, texts, writes_to_recruiter)]
    if booking is not None and display.shows_booking:
        parts += _booking_parts(outcome, booking, zone, texts, writes_to_recruiter)
    if outcome is Outcome.CANCELLED:
        parts += [*([what_ended(booking.slot, zone, texts)] if booking else []), texts("outcome.cancelled_next")]
    if outcome is Outcome.EXPIRED and booking is not None:
        parts.append(what_ended(booking.slot, zone, texts))
    rows = keyboards.contact_rows(contact_url, texts) if display.with_contact else []
    if booking is not None and outcome in _WAYS_OUT:
        parts.append(_way_out(outcome, booking, texts))
        if booking.status is BookingStatus.BOOKED and keyboards.is_delay_near(booking):  # they won't be asked any more
            parts[-1] += f"\n{texts('outcome.late_next')}"
        rows += [[button] for button in keyboards.withdraw_move(booking, texts)]
    if display.keyboard:
        rows += [list(row) for row in display.keyboard(texts).inline_keyboard]
    return Screen("\n\n".join(parts), InlineKeyboardMarkup(rows) if rows else None)


def pending_screen(booking: BookingView, zone: str | None, texts: Texts) -> Screen:
    """The screen of a request that awaits a recruiter who has been asked in chat; ``zone`` as above."""
    outcome = Outcome.PENDING_APPROVAL
    parts = [_pending(booking, zone, texts), *_booking_parts(outcome, booking, zone, texts, writes_to_recruiter=False)]
    buttons = keyboards.withdraw_move(booking, texts)
    text = "\n\n".join([*parts, _way_out(outcome, booking, texts)])
    return Screen(text, keyboards.column(buttons) if buttons else None)


def cancelled_off_list(booking: BookingView | None, zone: str | None, texts: Texts) -> Screen:
    """The same of a booking cancelled by somebody off the allow list, who is offered nothing new (FR2)."""
    parts = [texts("outcome.cancelled"), *([what_ended(booking.slot, zone, texts)] if booking else [])]
    return Screen("\n\n".join(parts))


def _what_became(result: BookingResult, zone: str | None, texts: Texts, writes_to_recruiter: bool) -> str:
    outcome, booking, asked = result.outcome, result.booking, result.asked
    if outcome is Outcome.PENDING_APPROVAL and booking is not None and booking.requested_slot is not None:
        return _pending(booking, zone, texts)
    if asked is MoveWithdrawn and outcome is Outcome.BOOKED:
        return texts("outcome.move_withdrawn")
    if writes_to_recruiter:  # nobody is asked in chat, so no answer is promised
        return texts("outcome.pending_by_hand")
    return texts(f"outcome.{outcome.value}")


def _pending(booking: BookingView, zone: str | None, texts: Texts) -> str:
    if booking.requested_slot is None:
        return texts("outcome.pending_approval")
    return texts("outcome.move_pending", when=slot_start(booking.slot, zone, texts, DAY_AND_TIME))


def _way_out(outcome: Outcome, booking: BookingView, texts: Texts) -> str:
    """What to do if one's plans change."""
    if booking.requested_slot is not None:
        return texts("outcome.move_pending_next")
    return texts(_WAYS_OUT[outcome] if keyboards.can_move(booking) else "outcome.booked_next_cancel")


def _whom_to_write_to(booking: BookingView, texts: Texts) -> list[str]:
    """The recruiter who isn't on the bot, with a link to them, else to who helps."""
    recruiter, link = (booking.requested_slot or booking.slot).recruiter, booking.recruiter_url or booking.contact_url
    if recruiter is None or link is None:
        return []
    key = "outcome.pending_contact" if booking.recruiter_url else "outcome.pending_contact_us"
    return [texts(key, name=recruiter.name, link=link)]


def _booking_parts(
    outcome: Outcome, booking: BookingView, zone: str | None, texts: Texts, writes_to_recruiter: bool
) -> list[str]:
    is_new_request = outcome is Outcome.PENDING_APPROVAL and booking.requested_slot is None
    status_is_said = is_new_request or outcome in {Outcome.BOOKED, Outcome.MOVED}
    card = slot_card(booking.slot, zone, texts) if status_is_said else booking_card(booking, zone, texts)
    parts = [card, *bring(booking, texts)] if status_is_said else [card]
    if booking.expires_at and outcome is Outcome.PENDING_APPROVAL:
        until = deadline(booking.expires_at, booking, zone, texts)
        parts.append(texts("booking.held_until" if writes_to_recruiter else "outcome.pending_until", when=until))
        if writes_to_recruiter:
            parts += _whom_to_write_to(booking, texts)
    elif outcome in {Outcome.BOOKED, Outcome.MOVED} and booking.recruiter_url and not booking.recruiter_reachable:
        parts.append(texts("outcome.recruiter_link", link=booking.recruiter_url))
    return parts
