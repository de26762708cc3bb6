"""What the audit trail calls what happens to events, slots, bookings and the waiting list."""

from typing import get_args

from bson import ObjectId
from django.contrib.admin.utils import label_for_field
from django.utils.translation import gettext_lazy as _

from common.mongo import collection
from common.zones import MOSCOW
from scheduling.domain.decide import AnyBookingEvent
from scheduling.models import ATTENDANCE_LABELS, STATUS_LABELS, Booking, InterviewSlot
from scheduling.services.audit import SAID_FIELDS
from scheduling.services.store.slots import venue_of
from shared_contracts.venue import VENUE_FIELDS
from staffkit.audit_labels import AuditLabels, named_in, register
from staffkit.clocks import format_moment


def _slot_name(slot_id: ObjectId) -> str:
    slot = collection("interview_slots").find_one({"_id": slot_id})
    if slot is None:
        return str(slot_id)
    city = collection("cities").find_one({"_id": slot["city_id"]}, {"timezone": 1})
    when = format_moment(slot["starts_at"], city["timezone"] if city else MOSCOW)
    return ", ".join(filter(None, (when, venue_of(slot).line)))


register(
    AuditLabels(
        subjects={
            "booking": _("booking"),
            "slot": _("slot"),
            "event": _("interview event"),
            "waiting": _("waiting list"),
        },
        actions={
            **{kind.action: _(kind.label) for kind in get_args(AnyBookingEvent) if kind.label},
            "reminded": _("the recruiter was reminded"),
            "waiting_joined": _("joined the waiting list"),
            "waiting_left": _("left the waiting list"),
        },
        fields={
            "starts_at": _("starts"),
            "slot_id": _("slot"),
            "requested_slot_id": _("wanted slot"),
            "expires_at": _("waits until"),
            **{name: label_for_field(name, Booking) for name in SAID_FIELDS},
            "offered_slot_id": _("offered time"),
            "marked_at": _("marked"),
            "duration_minutes": _("minutes"),
            "max_users": _("capacity"),
            **{name: label_for_field(name, InterviewSlot) for name in VENUE_FIELDS},
            "is_open": _("open for sign-up"),
            "chooses_recruiter": _("the candidate chooses a recruiter"),
            "approval_required": _("a recruiter approves each request"),
            "pending_hours": _("a request waits for approval, hours"),
            "reminder_minutes": _("the recruiter is reminded, minutes before a request expires"),
            "booking_cutoff_minutes": _("closes for booking, minutes before the start"),
            "move_cutoff_minutes": _("may be moved until, minutes before the start"),
            "cancel_cutoff_minutes": _("may be cancelled until, minutes before the start"),
            "move_limit": _("how many moves (empty: any number)"),
        },
        choices={"status": dict(STATUS_LABELS), "attendance": dict(ATTENDANCE_LABELS)},
        moments={"starts_at", "expires_at", "marked_at"},
        names={
            "slot_id": _slot_name,
            "requested_slot_id": _slot_name,
            "offered_slot_id": _slot_name,
            "event_id": named_in("interview_events", "title"),
        },
    )
)
