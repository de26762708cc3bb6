"""What candidates say about coming (R8): their buttons, how their answers ended, and what recruiters see of it."""

from typing import Literal, get_args

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from interview_bot.common import clock
from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action, minute_of, pack
from interview_bot.views.card_buttons import proposable_slots
from interview_bot.views.formatting import (
    DAY_AND_TIME,
    booking_card,
    bring,
    delay_key,
    is_superseded,
    moment,
    other_slot,
    slot_card,
    what_ended,
)
from interview_bot.views.screen import Reader, Screen
from interview_bot.views.texts import Texts
from shared_contracts.attendance import Attendance, AttendanceRequest, DelayAnnounced, DelayMinutes
from shared_contracts.booking import SLOT_GONE, BookingResult, Outcome, TimeAnswered
from shared_contracts.card import CardOccasion, RecruiterCard
from shared_contracts.directory import LIVE_STATUSES, BookingStatus, BookingView

_BUTTONS = (
    ("button.coming", Action.COMING, Attendance.CONFIRMED),
    ("button.not_coming", Action.NOT_COMING, Attendance.DECLINED),
    ("button.ask_time", Action.ASK_TIME, Attendance.RESCHEDULE_ASKED),
)
ANSWERS = frozenset({*get_args(AttendanceRequest), TimeAnswered})
"""Requests that leave a dialog under way as it is."""
AnswerKind = Literal["confirmed", "declined", "reschedule_asked", "delay", "take_time", "keep_time"]
"""What candidates answer; ``request.<kind>`` is the key of the text that is shown until the answer has been taken."""
_THANKS = {
    Attendance.CONFIRMED: "attendance.confirmed",
    Attendance.RESCHEDULE_ASKED: "attendance.time_asked",
    None: "attendance.kept",
}
_ON_CARD = {
    Attendance.CONFIRMED: "card.confirmed",
    Attendance.DECLINED: "card.declined",
    Attendance.RESCHEDULE_ASKED: "card.asks_other_time",
}


_OCCASIONS = {
    Attendance.DECLINED: CardOccasion.CANT_COME,
    Attendance.RESCHEDULE_ASKED: CardOccasion.RESCHEDULE_ASKED,
}


def attendance_keyboard(booking: BookingView, texts: Texts) -> InlineKeyboardMarkup:
    """The answers of R8 that can be given now, without the one that was; each carries the start it is about.

    Who has asked to move already may take that back instead of asking once more.
    """
    begun = _has_begun(booking)
    answers = [
        keyboards.styled(texts, key, pack(action, booking.id, minute_of(booking.slot.starts_at)))
        for key, action, answer in _BUTTONS
        if answer is not booking.attendance and not begun and not (action is Action.ASK_TIME and booking.requested_slot)
    ]
    answers += [] if begun else keyboards.withdraw_move(booking, texts)
    further = [*keyboards.delay(booking, texts), *keyboards.copy_address(booking.slot, texts)]
    return keyboards.column([*keyboards.join(booking, texts), *answers, *further])


def answers_screen(booking: BookingView, reader: Reader) -> Screen:
    """The booking as it stands, with what can be answered, as its reminder says it."""
    parts = [
        booking_card(booking, reader.zone, reader.texts),
        *_questions(reader),
        *_still_asked(booking, reader.texts),
    ]
    return Screen("\n\n".join(parts), _open_answers(booking, reader), (booking,))


def not_coming_question(booking: BookingView, reader: Reader) -> Screen:
    """Whether the seat is to be given up for sure."""
    texts, about = reader.texts, (booking.id, minute_of(booking.slot.starts_at))
    buttons = (("button.cancel_yes", Action.NOT_COMING_CONFIRM), ("button.cancel_no", Action.ANSWERS))
    rows = [[keyboards.styled(texts, key, pack(action, *about))] for key, action in buttons]
    text = f"{texts('cancel.question')}\n\n{booking_card(booking, reader.zone, texts)}"
    return Screen(text, InlineKeyboardMarkup(rows), (booking,))


def delay_question(booking: BookingView, reader: Reader, *, from_list: bool) -> Screen:
    """By how much they will be late; where it is too late to say so, whom to write to.

    ``from_list``: they come from the list of their bookings, and go back there.
    """
    texts = reader.texts
    if not keyboards.can_announce_delay(booking):
        return delay_too_late(booking, reader)
    about = (booking.id, minute_of(booking.slot.starts_at))
    *short, long = (
        InlineKeyboardButton(
            texts.plain(delay_key(minutes, "button.minutes", "button.over_15_minutes"), minutes=minutes),
            callback_data=pack(Action.DELAY_BY, *about, str(minutes)),
        )
        for minutes in get_args(DelayMinutes)
    )
    to_answers = InlineKeyboardButton(texts.plain("button.back"), callback_data=pack(Action.ANSWERS, *about))
    back = keyboards.to_bookings(texts) if from_list else to_answers
    text = f"{texts('attendance.how_late')}\n\n{slot_card(booking.slot, reader.zone, texts)}"
    return Screen(text, InlineKeyboardMarkup([short, [long], [back]]), (booking,))


def attendance_screen(result: BookingResult, booking: BookingView | None, reader: Reader) -> Screen | None:
    """The screen of an answer; None where the outcome's usual words fit.

    Args:
        booking: the booking as it stands, also after a failure, None where that is not known.
    """
    texts, outcome = reader.texts, result.outcome
    if booking is None:
        return None
    delayed = result.asked is DelayAnnounced
    if outcome is Outcome.BOOKED and delayed:
        return _delay_told(booking, reader)
    if outcome is Outcome.BOOKED and booking.attendance in _THANKS:
        asks = booking.attendance is Attendance.RESCHEDULE_ASKED
        untold = asks and not booking.recruiter_reachable
        thanks = texts("attendance.time_noted" if untold else _THANKS[booking.attendance])
        whom_to_write_to = _link_part(booking, reader) if asks else _questions(reader)
        parts = [thanks, _facts(booking, reader), *whom_to_write_to, *_still_asked(booking, texts)]
        return Screen("\n\n".join(parts), _open_answers(booking, reader))
    if outcome is Outcome.CANCELLED and booking.attendance is Attendance.DECLINED:
        ended = what_ended(booking.slot, reader.zone, texts)
        parts = [texts("attendance.declined"), ended, texts("outcome.cancelled_next")]
        return Screen("\n\n".join(parts), keyboards.choose_time(booking.slot.event.id, texts))
    if outcome is Outcome.TOO_LATE:
        return delay_too_late(booking, reader) if delayed else _too_late(booking, reader)
    if outcome is Outcome.FAILED or (outcome in SLOT_GONE and result.asked is TimeAnswered):
        # If a time is still proposed it is not the one they saw, so they are asked about the present one.
        gone = "offer.changed" if booking.offered_slot else "attendance.offer_gone"
        lead = texts("outcome.failed" if outcome is Outcome.FAILED else gone)
        return Screen(f"{lead}\n\n{booking_card(booking, reader.zone, texts)}", _open_answers(booking, reader))
    return None


def _delay_told(booking: BookingView, reader: Reader) -> Screen:
    texts = reader.texts
    told = delay_key(booking.delay_minutes, "attendance.delay_told", "attendance.long_delay_told")
    if not booking.recruiter_reachable:
        told = delay_key(booking.delay_minutes, "attendance.delay_noted", "attendance.long_delay_noted")
    parts = [texts(told, minutes=booking.delay_minutes), _facts(booking, reader), *_link_part(booking, reader)]
    return Screen("\n\n".join([*parts, *_still_asked(booking, texts)]), _open_answers(booking, reader))


def _facts(booking: BookingView, reader: Reader) -> str:
    """What a reminder tells of the interview: a button under it takes none of that away."""
    return "\n".join([slot_card(booking.slot, reader.zone, reader.texts), *bring(booking, reader.texts)])


def _questions(reader: Reader) -> list[str]:
    """Who helps, as a reminder says it."""
    return [reader.texts("attendance.questions", link=reader.contact_url)] if reader.contact_url else []


def _still_asked(booking: BookingView, texts: Texts) -> list[str]:
    """That they are to confirm, as long as the button to do so is shown."""
    open_question = booking.status is BookingStatus.BOOKED and booking.attendance is None
    asks = open_question and booking.offered_slot is None and not _has_begun(booking)
    return [texts("notice.please_confirm")] if asks else []


def _link_part(booking: BookingView, reader: Reader) -> list[str]:
    """Whom to write to: if it is urgent, or in any case where the bot can't tell the recruiter (R4)."""
    key = "attendance.urgent" if booking.recruiter_reachable else "attendance.write_here"
    link = booking.recruiter_url or reader.contact_url
    return [reader.texts(key, link=link)] if link else []


def delay_too_late(booking: BookingView | None, reader: Reader) -> Screen:
    """It can't be passed on any more: whom to write to, above what they need to get there still.

    ``booking``: None where it is over.
    """
    texts = reader.texts
    if booking is None:
        return Screen(texts("attendance.delay_too_late"), keyboards.contact(reader.contact_url, texts))
    link = booking.recruiter_url or reader.contact_url
    rows = [*([button] for button in keyboards.join(booking, texts)), *keyboards.contact_rows(link, texts)]
    text = f"{texts('attendance.delay_too_late')}\n\n{_facts(booking, reader)}"
    return Screen(text, InlineKeyboardMarkup(rows) if rows else None, (booking,))


def _too_late(booking: BookingView, reader: Reader) -> Screen:
    """It has begun, so they can at most be late."""
    texts, begun = reader.texts, _has_begun(booking)
    buttons = [*keyboards.join(booking, texts), *keyboards.delay(booking, texts)] if begun else []
    rows = [*([button] for button in buttons), *keyboards.contact_rows(reader.contact_url, texts)]
    text = f"{texts('attendance.too_late')}\n\n{_facts(booking, reader)}"
    return Screen(text, InlineKeyboardMarkup(rows) if rows else None)


def said_on_card(card: RecruiterCard, texts: Texts, told: CardOccasion | None = None) -> str:
    """What the candidate said about coming, while that matters, and the time that was proposed to them.

    ``told``: what the message tells above, so that it is not said twice.
    """
    booking = card.booking
    live = booking.status in LIVE_STATUSES
    lines = [line for occasion, line in _said(card, texts) if told is None or occasion is not told]
    if booking.offered_slot and live:
        offered = other_slot(booking.offered_slot, booking.slot, card.timezone, texts)
        lines.append(texts("card.time_offered", when=offered))
    elif _awaits_proposal(card) and live:
        lines.append(texts("card.offer_one" if proposable_slots(card, clock.now()) else "card.none_to_offer"))
    return "\n".join(lines)


def delay_on_card(card: RecruiterCard, texts: Texts) -> str:
    """How late the candidate will be, in a line of its own."""
    return next((line for occasion, line in _said(card, texts) if occasion is CardOccasion.DELAY), "")


def _said(card: RecruiterCard, texts: Texts) -> list[tuple[CardOccasion | None, str]]:
    """What the candidate said, a line each, with what it is to the recruiter by a message of its own."""
    booking, lines = card.booking, list[tuple[CardOccasion | None, str]]()
    live = booking.status in LIVE_STATUSES
    declined = booking.attendance is Attendance.DECLINED and booking.status is BookingStatus.CANCELLED
    holds = (live or declined or card.may_mark) and not is_superseded(booking)
    if booking.attendance and booking.attendance_at and holds:
        at = moment(booking.attendance_at, booking, card.timezone, texts, DAY_AND_TIME)
        lines.append((_OCCASIONS.get(booking.attendance), texts(_ON_CARD[booking.attendance], at=at)))
    if booking.delay_minutes and booking.delay_at and (live or card.may_mark):
        at = moment(booking.delay_at, booking, card.timezone, texts, DAY_AND_TIME)
        key = delay_key(booking.delay_minutes, "card.delay", "card.long_delay")
        lines.append((CardOccasion.DELAY, texts(key, minutes=booking.delay_minutes, at=at)))
    return lines


def _awaits_proposal(card: RecruiterCard) -> bool:
    booking = card.booking
    asks = booking.attendance is Attendance.RESCHEDULE_ASKED and not is_superseded(booking)
    return asks and card.yours and not card.may_mark


def _has_begun(booking: BookingView) -> bool:
    return clock.now() >= booking.slot.starts_at


def _open_answers(booking: BookingView, reader: Reader) -> InlineKeyboardMarkup | None:
    """The buttons for what can still be answered."""
    if booking.status is not BookingStatus.BOOKED:
        return None
    if booking.offered_slot is not None:
        return keyboards.proposed_time(booking, booking.offered_slot, reader.texts)
    return attendance_keyboard(booking, reader.texts)
