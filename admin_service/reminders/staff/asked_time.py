"""A candidate's wish for another time (R8), as the booking's page explains it: who knows, and what staff can do."""

from typing import Any

from bson import ObjectId
from django.utils.translation import gettext as _

from common import clock
from common.mongo import Document, collection
from reminders.domain.kinds import ReminderKind
from reminders.domain.states import MessageState
from shared_contracts.attendance import Attendance
from shared_contracts.directory import BookingStatus
from staffkit.clocks import format_moment

_NEWEST_FIRST = [("turn", -1)]
_ON_ITS_WAY = frozenset({MessageState.SCHEDULED, MessageState.QUEUED})


def wish_of(booking: Document) -> dict[str, Any] | None:
    """What to say of an open wish: ``known`` about the recruiter, ``alarm`` where they have to be told by hand.

    None where the candidate does not ask for another time, or the interview has begun.
    """
    asks = booking["status"] == BookingStatus.BOOKED and booking["attendance"] == Attendance.RESCHEDULE_ASKED
    if not asks or booking["starts_at"] <= clock.now():
        return None
    if booking["offered_slot_id"]:
        known, alarm = _("The recruiter has offered another time, see below. The candidate has yet to answer."), False
    else:
        known, alarm = _known_to_recruiter(booking)
    return {"known": known, "alarm": alarm}


def _known_to_recruiter(booking: Document) -> tuple[str, bool]:
    """What the recruiter knows, and whether that needs staff."""
    if booking["recruiter_id"] is None:
        return _("The slot has no recruiter, so it is for you to answer."), True
    told = _newest_notice(booking["_id"])
    if told and told["state"] == MessageState.SENT:
        return _("The recruiter knows, and can offer another time in their chat with the bot."), False
    if told and told["state"] in _ON_ITS_WAY:
        when = format_moment(told["due_at"], booking["slot"]["timezone"])
        return _("The recruiter will hear of it: %(when)s.") % {"when": when}, False
    return _("The bot could not tell the recruiter: please write to them."), True


def _newest_notice(booking_id: ObjectId) -> Document | None:
    """The last message to the recruiter about a change; by index ``auto_booking``."""
    query = {"booking_id": booking_id, "kind": ReminderKind.CHANGE.value}
    found: Document | None = collection("auto_messages").find_one(query, {"state": 1, "due_at": 1}, sort=_NEWEST_FIRST)
    return found
