"""What the audit trail calls what happens to events, slots, bookings and the waiting list."""

from datetime import datetime
from typing import Any, get_args

from django.contrib.admin.utils import label_for_field
from django.utils.translation import gettext_lazy as _

from common.texts.language import desk_language
from scheduling.domain.decide import AnyBookingEvent
from scheduling.models import ATTENDANCE_LABELS, STATUS_LABELS, Booking, InterviewEvent, InterviewSlot
from scheduling.services.audit import SAID_FIELDS, SLOTS_AS_THEY_WERE, ZONE
from scheduling.staff.moments import named, slot_name
from shared_contracts.directory import EventWords
from shared_contracts.venue import VENUE_FIELDS, Venue
from staffkit.audit_labels import AuditLabels, named_in, register
from staffkit.clocks import format_moment


def start_then(facts: dict[str, Any]) -> str:
    """When a booking's interview was to begin by what an entry keeps; empty where it is an older one."""
    kept = facts.get(SLOTS_AS_THEY_WERE, {}).get(facts.get("slot_id"))
    return _start(kept) if kept else ""


def _start(kept: dict[str, Any]) -> str:
    return format_moment(datetime.fromisoformat(kept["starts_at"]), kept[ZONE], ours=kept["online"])


def _slot_then(slot_id: str, facts: dict[str, Any]) -> str:
    """When and where a slot was; an entry made before these were kept has at most the time of the booking's own."""
    kept = facts.get(SLOTS_AS_THEY_WERE, {}).get(slot_id)
    if kept:
        place = Venue(**kept["venue"]).in_city(kept["city"], desk_language()) if "venue" in kept else kept["place"]
        return named(_start(kept), place)
    own = facts.get("starts_at") if facts.get("slot_id") == slot_id else None
    return slot_name(slot_id, datetime.fromisoformat(own) if own else None) or slot_id


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
            "told_by_hand": _("told by hand"),
            "kept_untold": _("changed without a word to the candidate"),
            "waiting_joined": _("joined the waiting list"),
            "waiting_left": _("left the waiting list"),
            "waiting_served": _("waits no longer: booked"),
            "waiting_paused": _("waits no longer: off the allow list"),
            "waiting_again": _("waits again: back on the allow list"),
            "waiting_closed": _("waits no longer: the city or the event is closed"),
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
            **{name: label_for_field(name, InterviewEvent) for name in EventWords.model_fields},
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
        names={"event_id": named_in("interview_events", "title")},
        names_then=dict.fromkeys(("slot_id", "requested_slot_id", "offered_slot_id"), _slot_then),
    )
)
