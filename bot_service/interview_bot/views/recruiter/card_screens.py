"""A recruiter's card of a request: its text and buttons (R3, R4)."""

from collections.abc import Iterable
from datetime import timedelta
from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import MessageLimit

from interview_bot.common import clock
from interview_bot.views.attendance_screens import said_on_card
from interview_bot.views.callback_data import Action, pack
from interview_bot.views.card_buttons import MARKS, can_change, card_keyboard, proposal_labels
from interview_bot.views.formatting import deadline, other_slot, slot_card, slot_date
from interview_bot.views.html_text import clip, visible_length
from interview_bot.views.recruiter.reasons import reason_in
from interview_bot.views.screen import Screen
from interview_bot.views.texts import Texts
from shared_contracts.attendance import Attendance
from shared_contracts.booking import (
    BookingApproved,
    BookingCancelledByRecruiter,
    BookingMovedByRecruiter,
    BookingRejected,
    Outcome,
    OutcomeMarked,
    RescheduleAsked,
    TimeOffered,
)
from shared_contracts.card import CardAnswer, CardOccasion, RecruiterCard
from shared_contracts.directory import LIVE_STATUSES, BookingStatus, BookingView, Rejection
from shared_contracts.notification import NotificationKind
from shared_contracts.requests import BookingRequest
from shared_contracts.telegram.names import isolated, username_beside
from shared_contracts.telegram.text import utf16_length

_REASON_SHOWN = 1_000
_LONG_ANSWER = 200
"""UTF-16 units, about five lines of a phone: longer ones are folded."""
_MINUTES_TOLD = 90
"""What is longer is told in hours."""
_STATES = {
    BookingStatus.BOOKED: "card.booked",
    BookingStatus.OFFERED: "card.offered",
    BookingStatus.REJECTED: "card.rejected",
    BookingStatus.EXPIRED: "card.expired",
    BookingStatus.CANCELLED: "card.cancelled",
    BookingStatus.ATTENDED: "card.attended",
    BookingStatus.LATE: "card.late",
    BookingStatus.NO_SHOW: "card.no_show",
    BookingStatus.RECRUITER_ABSENT: "card.recruiter_absent",
    BookingStatus.UNMARKED: "card.over",
}
_REJECTED = {Rejection.TIME: "card.rejected_time", Rejection.PERSON: "card.rejected_person"}
_MOVE_ENDS = {
    "rejected": "card.move_rejected",
    "expired": "card.move_expired",
    "withdrawn": "card.move_withdrawn",
}
_AS_ASKED: dict[type[BookingRequest] | None, set[Outcome]] = {
    BookingApproved: {Outcome.BOOKED, Outcome.MOVED},
    BookingRejected: {Outcome.REJECTED},
    RescheduleAsked: {Outcome.PENDING_APPROVAL},
    TimeOffered: {Outcome.BOOKED},
    OutcomeMarked: {Outcome.BOOKED},
    BookingMovedByRecruiter: {Outcome.MOVED},
    BookingCancelledByRecruiter: {Outcome.CANCELLED},
}
RECRUITER_REQUESTS = frozenset(_AS_ASKED)
"""Requests that are made from a card; their results are shown in it."""
_REFUSED = {
    Outcome.EXPIRED: "card.refused_expired",
    Outcome.VERSION_CONFLICT: "card.refused_changed",
    Outcome.NOT_ALLOWED: "card.refused_not_yours",
    Outcome.FAILED: "card.refused_failed",
}
_SLOT_CHANGED = (Outcome.SLOT_NOT_FOUND, Outcome.WRONG_RECRUITER, Outcome.WRONG_CITY, Outcome.WRONG_PLACE)
"""The slot is not the one any more that was listed."""
_REFUSED_HERE: dict[tuple[type[BookingRequest] | None, Outcome], str] = {
    (TimeOffered, Outcome.TOO_LATE): "card.refused_offer_late",
    (TimeOffered, Outcome.SLOT_FULL): "card.refused_slot_full",
    (TimeOffered, Outcome.SLOT_CLOSED): "card.refused_slot_closed",
    **{(TimeOffered, outcome): "card.refused_slot_changed" for outcome in _SLOT_CHANGED},
    (OutcomeMarked, Outcome.TOO_LATE): "card.refused_mark_late",
    (BookingMovedByRecruiter, Outcome.TOO_LATE): "card.refused_begun",
    (BookingMovedByRecruiter, Outcome.SLOT_FULL): "card.refused_move_full",
    (BookingMovedByRecruiter, Outcome.SLOT_CLOSED): "card.refused_move_closed",
    **{(BookingMovedByRecruiter, outcome): "card.refused_move_changed" for outcome in _SLOT_CHANGED},
    (BookingMovedByRecruiter, Outcome.ALREADY_BOOKED): "card.refused_move_overlaps",
    (BookingCancelledByRecruiter, Outcome.TOO_LATE): "card.refused_begun",
}
_DECIDING = frozenset({BookingApproved, BookingRejected, RescheduleAsked})


def card_screen(
    card: RecruiterCard,
    texts: Texts,
    turn: int,
    *,
    lead: str = "",
    text_by_hand: str = "",
    reminds: bool = False,
    about: CardOccasion | None = None,
) -> Screen:
    """The card as it stands, below ``lead``; ``text_by_hand`` is the plain text to send by hand. Fits one message.

    ``reminds``: it comes again since nobody has answered, so it says how long is left. ``about``: what the message is
    about, which ``lead`` tells.
    """
    state = (reminds and _time_left(card, texts)) or _state(card, texts, about)
    proposals = "\n".join(proposal_labels(card, texts).facts)
    parts = (state, _request(card, texts), said_on_card(card, texts, about), proposals, _decision(card, texts))
    head = "\n\n".join(part for part in (lead, *parts) if part)
    tail = _by_hand(card, texts, text_by_hand, MessageLimit.MAX_TEXT_LENGTH - visible_length(head) - 2)
    room = MessageLimit.MAX_TEXT_LENGTH - visible_length(head) - visible_length(tail) - 4
    answers = _answers(card.answers, texts, room)
    text = "\n\n".join(part for part in (head, answers, tail) if part)
    return Screen(text, card_keyboard(card, texts, turn))


def waiting_screen(card: RecruiterCard, texts: Texts, key: str) -> Screen:
    """The card without buttons while the answer to a press is under way."""
    return Screen(card_screen(card, texts, 0, lead=texts(key)).text)


def is_in_day(card: RecruiterCard) -> bool:
    """Whether the card is in the list of its day's interviews, and not in that of what waits."""
    return can_change(card, clock.now()) and card.booking.attendance is not Attendance.RESCHEDULE_ASKED


def with_list_button(screen: Screen, card: RecruiterCard, texts: Texts, *, to_day: bool) -> Screen:
    """The card's screen with the way to its day's interviews, or to the list of what waits."""
    data, key = pack(Action.CARD_LIST, card.booking.id), "button.requests"
    if to_day:
        day = slot_date(card.booking.slot, card.timezone)
        data, key = pack(Action.CARD_DAY, card.booking.id, f"{day:%Y%m%d}"), "button.day"
    to_list = InlineKeyboardButton(texts.plain(key), callback_data=data)
    rows = screen.keyboard.inline_keyboard if screen.keyboard else ()
    return Screen(screen.text, InlineKeyboardMarkup([*rows, [to_list]]))


def card_below_screen(card: RecruiterCard, texts: Texts) -> Screen:
    """The message of a card that is shown further below by now."""
    return Screen(texts("card.below", name=isolated(card.candidate.name)))


def refusal(asked: type[BookingRequest] | None, outcome: Outcome, texts: Texts) -> str:
    """Why a request made from a card was refused; empty where it went as asked."""
    if outcome in _AS_ASKED[asked]:
        return ""
    special = _REFUSED_HERE.get((asked, outcome))
    otherwise = "card.refused_decided" if asked in _DECIDING else "card.refused_changed"
    return texts(special or _REFUSED.get(outcome, otherwise))


def _state(card: RecruiterCard, texts: Texts, about: CardOccasion | None) -> str:
    booking = card.booking
    move_end = _move_end(card)
    if move_end and not card.yours and booking.status is BookingStatus.BOOKED:
        return texts(move_end)  # it was asked of them
    if card.handed_over_to:
        return texts("card.handed_over_to", name=card.handed_over_to)
    if card.left:
        return texts("card.left")
    if not card.yours:
        # Somebody else decides on the move; until they do the interview stands.
        return texts("card.moving_away" if booking.requested_slot else "card.handed_over")
    if card.may_mark:
        asked = about is CardOccasion.OUTCOME_DUE or _is_over(booking)
        return texts("card.to_mark" if asked else "card.begun")
    if not card.awaits_answer:
        if booking.status is BookingStatus.BOOKED and card.approval_required and not card.move_end:
            return texts("card.approved")
        if booking.status is BookingStatus.REJECTED and card.rejection:
            return texts(_REJECTED[card.rejection])
        return texts(move_end or _STATES[booking.status])
    waits, asked = "card.move_waits" if booking.requested_slot else "card.waits", booking.reschedule_asked
    key, limit = ("card.reschedule_asked", "card.kept_until") if asked else (waits, "card.until")
    if booking.expires_at is None:
        return texts(key)
    until = deadline(booking.expires_at, booking, card.timezone, texts)
    return f"{texts(key)}\n{texts(limit, when=until)}"


def _move_end(card: RecruiterCard) -> str | None:
    """The text's key for a move that was asked for and not made; None where there was none."""
    if card.move_end == "withdrawn" and card.decided_by and card.decided_by.kind == "candidate":
        return "card.move_taken_back"
    return _MOVE_ENDS[card.move_end] if card.move_end else None


def _is_over(booking: BookingView) -> bool:
    """Whether it has been long enough since the start; who comes later is waited for as long."""
    lasts = timedelta(minutes=booking.slot.duration_minutes + (booking.delay_minutes or 0))
    return clock.now() >= booking.slot.starts_at + lasts


def _time_left(card: RecruiterCard, texts: Texts) -> str:
    """How long a request can still be answered; empty where that is not what it is about."""
    expires_at, left = card.booking.expires_at, timedelta()
    if card.awaits_answer and not card.booking.reschedule_asked and expires_at:
        left = expires_at - clock.now()
    if not expires_at or left <= timedelta():
        return ""
    minutes = round(left / timedelta(minutes=1)) or 1
    hours = round(minutes / 60)
    told = texts.counted("card.minutes_left", minutes) if minutes < _MINUTES_TOLD else ""
    until = deadline(expires_at, card.booking, card.timezone, texts, says_left=False)
    lines = [told or texts.counted("card.hours_left", hours), texts("card.until", when=until)]
    return "\n".join([*([texts("card.move_waits")] if card.booking.requested_slot else []), *lines])


def _request(card: RecruiterCard, texts: Texts) -> str:
    person, booking = card.candidate, card.booking
    lines = [texts("card.handed_over_by", name=card.handed_over_by)] if card.handed_over_by else []
    lines += [texts("card.for_deputy", name=card.recruiter_name)] if card.for_deputy else []
    lines.append(texts("card.candidate", name=isolated(person.name), link=person.link))
    if beside := username_beside(person.name, person.username):
        lines[-1] += f" ({escape(beside)})"
    if person.city:
        lines[-1] += f" · {escape(person.city)}"
    lines.append(slot_card(booking.slot.model_copy(update={"recruiter": None}), card.timezone, texts))
    if booking.requested_slot:  # what stands comes first, what is asked for instead after it
        lines.append(texts("card.move", when=other_slot(booking.requested_slot, booking.slot, card.timezone, texts)))
    return "\n".join(lines)


def _decision(card: RecruiterCard, texts: Texts) -> str:
    lines = [_decided_by(card, texts)]
    edited = card.told in _SLOT_EDITED and card.booking.status in LIVE_STATUSES and not card.may_mark
    if card.reason and (lines[0] or edited):  # of what is not said any more there is no reason to be read
        lines.append(texts("notice.reason", reason=clip(reason_in(texts, card.reason), _REASON_SHOWN)))
    if card.slot_withdrawn is not None:
        lines.append(texts("card.slot_withdrawn" if card.slot_withdrawn else "card.slot_kept"))
    elif card.slot_left:
        lines.append(texts("card.slot_left"))
    return "\n".join(line for line in lines if line)


_SLOT_EDITED = frozenset(
    {NotificationKind.BOOKING_CHANGED, NotificationKind.WANTED_CHANGED}
    | {NotificationKind.PROPOSAL_CHANGED, NotificationKind.PROPOSAL_ENDED}
)


def _decided_by(card: RecruiterCard, texts: Texts) -> str:
    by, status = card.decided_by, card.booking.status
    if card.told in _SLOT_EDITED:
        return ""  # staff put the slot right, which the card shows; nothing was decided about the request
    if by is None or card.may_mark or (card.awaits_answer and not card.booking.reschedule_asked):
        return ""
    if status is BookingStatus.UNMARKED or (by.kind == "candidate" and status is BookingStatus.BOOKED):
        return ""  # they answered about coming or took a proposed time, which the card says above; nobody decided
    named = by.kind == "recruiter" and by.name
    if status in MARKS.values():
        return texts("card.marked_by_name", name=by.name) if named else texts("card.marked_by_staff")
    return texts("card.by_name" if named else f"card.by_{by.kind}", name=by.name)


def _by_hand(card: RecruiterCard, texts: Texts, text_by_hand: str, room: int) -> str:
    if card.candidate.reachable:
        return ""
    if not text_by_hand:
        return texts("card.unreachable" if card.awaits_answer else "card.unreachable_now")
    intro = texts("card.by_hand")
    return f"{intro}\n<pre>{escape(clip(text_by_hand, room - visible_length(intro) - 1))}</pre>"


def _answers(answers: Iterable[CardAnswer], texts: Texts, room: int) -> str:
    """The questionnaire, cut with an ellipsis where the message is full."""
    lines = [texts("card.answers")]
    room -= visible_length(lines[0])
    for answer in answers:
        question, given = (text.in_(texts.language) for text in (answer.question, answer.answer))
        taken = utf16_length(question) + 3
        if room < taken + 2:
            lines.append("…")
            break
        shown = clip(given, room - taken - 2)
        lines.append(f"<i>{escape(question)}</i>\n{_folded(shown)}")
        room -= taken + utf16_length(shown)
        if shown != given:
            break
    return "\n".join(lines) if len(lines) > 1 else ""


def _folded(answer: str) -> str:
    """An answer as HTML; a long one shows its beginning until the reader opens it."""
    long = utf16_length(answer) > _LONG_ANSWER
    return f"<blockquote expandable>{escape(answer)}</blockquote>" if long else escape(answer)
