"""What a recruiter tells a candidate by hand whom the bot can't write to: which message it is (R4)."""

from datetime import datetime, timedelta

from interview_bot.common import clock
from interview_bot.views.formatting import slot_date
from shared_contracts.card import RecruiterCard
from shared_contracts.directory import BookingStatus, BookingView, Rejection
from shared_contracts.notification import NotificationKind
from shared_contracts.texts.clocks import zone_of

_SOON = timedelta(hours=2)
_TOLD_OF_MOVE = {
    "rejected": NotificationKind.MOVE_REJECTED,
    "expired": NotificationKind.MOVE_EXPIRED,
    "withdrawn": NotificationKind.BOOKING_KEPT,
}
_TOLD_BY_HAND = {
    BookingStatus.BOOKED: NotificationKind.BOOKING_APPROVED,
    BookingStatus.REJECTED: NotificationKind.BOOKING_REJECTED,
    BookingStatus.EXPIRED: NotificationKind.BOOKING_EXPIRED,
    BookingStatus.CANCELLED: NotificationKind.BOOKING_CANCELLED,
    BookingStatus.NO_SHOW: NotificationKind.NO_SHOW,
    BookingStatus.RECRUITER_ABSENT: NotificationKind.RECRUITER_ABSENT,
}
_MARKED = frozenset({BookingStatus.NO_SHOW, BookingStatus.RECRUITER_ABSENT})
"""What is told of these follows from the mark, some time after it."""


def notice_to_send_by_hand(card: RecruiterCard) -> NotificationKind | None:
    """What the recruiter has to tell a candidate whom the bot can't write to (R4); None where there is nothing.

    It is what the bot would have told them last: of a decision or a change, or else that the interview is near.
    """
    if card.candidate.reachable:
        return None
    by_candidate = card.decided_by is not None and card.decided_by.kind == "candidate"
    if card.awaits_answer:
        asked = NotificationKind.RESCHEDULE_ASKED if card.booking.reschedule_asked else card.told
        return None if by_candidate else asked
    if not card.yours or card.may_mark:  # the interview has begun, so there is nothing to tell before it
        return None
    if by_candidate:  # who made or moved it knows of it, and may have to be reminded
        return None if card.booking.attendance else reminder_by_hand(card.booking, clock.now())
    if card.told and card.booking.status not in _MARKED:
        return card.told
    if card.booking.status is BookingStatus.BOOKED and card.booking.offered_slot:
        return NotificationKind.TIME_OFFERED
    if card.move_end:
        return _TOLD_OF_MOVE[card.move_end]
    if card.rejection is Rejection.TIME:
        return NotificationKind.TIME_REJECTED
    if card.booking.status is BookingStatus.BOOKED and not card.approval_required:
        return NotificationKind.BOOKING_MADE
    return _TOLD_BY_HAND.get(card.booking.status)


def reminder_by_hand(booking: BookingView, now: datetime) -> NotificationKind | None:
    """The reminder that is the last to have gone out by ``now`` (aware), told by the interview's day where it is held.

    None where it is not booked, is over, or is later than tomorrow.
    """
    left = booking.slot.starts_at - now
    if booking.status is not BookingStatus.BOOKED or left <= timedelta():
        return None
    if left <= _SOON:
        return NotificationKind.REMINDER_SOON
    day = slot_date(booking.slot, None)
    today = now.astimezone(zone_of(booking.slot.city.timezone)).date()
    reminders = {0: NotificationKind.REMINDER_TODAY, 1: NotificationKind.REMINDER_TOMORROW}
    return reminders.get((day - today).days)
