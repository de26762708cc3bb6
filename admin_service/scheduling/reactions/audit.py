"""The audit trail of bookings and slots."""

from django.utils.translation import gettext_lazy as _

from common import audit
from common.mongo import Document
from scheduling.domain.events import (
    AttendanceAnswered,
    BookingApproved,
    BookingCancelled,
    BookingClosed,
    BookingEvent,
    BookingFollowedSlot,
    BookingMade,
    BookingMoved,
    BookingRejected,
    BookingRequested,
    DelayAnnounced,
    MarkTakenBack,
    MoveApproved,
    MoveRejected,
    MoveRequested,
    OutcomeMarked,
    ProposedTimeDeclined,
    ProposedTimeLost,
    ProposedTimeTaken,
    RequestExpired,
    RescheduleAsked,
    SeatOffered,
    SeatOfferExpired,
    SeatOfferPassed,
    SeatOfferTaken,
    SlotEdited,
    TimeProposed,
    WantedSlotEdited,
)
from scheduling.services.audit import booking_facts, slot_facts
from scheduling.services.reacting import Batch, Effects
from scheduling.services.requests import Request
from shared_contracts.attendance import Attendance

ACTIONS: dict[type[BookingEvent], str] = {
    BookingMade: "created",
    BookingRequested: "created",
    BookingApproved: "booked",
    BookingRejected: "rejected",
    BookingMoved: "moved",
    MoveRequested: "pending_approval",
    MoveApproved: "moved",
    MoveRejected: "rejected",
    RescheduleAsked: "reschedule_asked",
    RequestExpired: "expired",
    WantedSlotEdited: "slot_changed",
    BookingCancelled: "cancelled",
    BookingClosed: "expired",
    BookingFollowedSlot: "slot_changed",
    SeatOffered: "offered",
    SeatOfferTaken: "offer_taken",
    SeatOfferPassed: "offer_passed",
    SeatOfferExpired: "expired",
    DelayAnnounced: "delay_announced",
    TimeProposed: "time_offered",
    ProposedTimeTaken: "time_taken",
    ProposedTimeDeclined: "time_kept",
    ProposedTimeLost: "time_gone",
    OutcomeMarked: "outcome_marked",
    MarkTakenBack: "mark_taken_back",
}
_ANSWERS = {
    Attendance.CONFIRMED: "attendance_confirmed",
    Attendance.DECLINED: "attendance_declined",
    Attendance.RESCHEDULE_ASKED: "reschedule_wanted",
}

ACTION_LABELS = {
    "slot_changed": _("its slot changed"),
    "booked": _("approved"),
    "moved": _("moved"),
    "cancelled": _("cancelled"),
    "rejected": _("rejected"),
    "expired": _("ended by itself"),
    "pending_approval": _("asked for approval"),
    "reschedule_asked": _("another time asked for"),
    "offered": _("offered to the waiting list"),
    "offer_taken": _("the offered seat taken"),
    "offer_passed": _("the offered seat passed on"),
    "attendance_confirmed": _("said they will come"),
    "attendance_declined": _("said they can't come"),
    "reschedule_wanted": _("asked for another time"),
    "delay_announced": _("said they will be late"),
    "time_offered": _("another time offered"),
    "time_taken": _("the offered time taken"),
    "time_kept": _("kept the time they had"),
    "time_gone": _("the offered time was gone"),
    "outcome_marked": _("outcome marked"),
    "mark_taken_back": _("the mark was taken back"),
}
"""What staff read for it; "created" is every app's word."""


def action_of(event: BookingEvent) -> str:
    """What the audit trail calls it. Names are stored: they stay."""
    return _ANSWERS[event.answer] if isinstance(event, AttendanceAnswered) else ACTIONS[type(event)]


def keep_trail(batch: Batch) -> Effects:
    """An entry for each change of a booking, and for each edit of a slot."""
    effects = Effects()
    for request, edited in batch.events(SlotEdited):
        facts = slot_facts(edited.before), slot_facts(edited.after)
        effects.inserts["audit_entries"].append(_entry(request, batch, "slot", edited.after.id, "changed", *facts))
    for request, event in batch.events(BookingEvent):
        changes = booking_facts(event.before), booking_facts(event.after)
        entry = _entry(request, batch, "booking", event.after.id, action_of(event), *changes)
        effects.inserts["audit_entries"].append(entry)
    return effects


def _entry(
    request: Request,
    batch: Batch,
    subject: str,
    subject_id: str,
    action: str,
    before: Document | None,
    after: Document | None,
) -> Document:
    return audit.entry(
        subject,
        subject_id,
        action,
        actor=str(request.command.actor),
        via=request.via,
        now=batch.now,
        correlation_id=request.correlation_id,
        before=before,
        after=after,
        reason=request.command.reason,
    )
