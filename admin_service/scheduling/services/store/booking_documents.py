"""A booking as its document keeps it."""

from bson import Int64, ObjectId

from common.mongo import Document
from scheduling.domain.model import Booking, Candidate, Slot


def booking_document(booking: Booking, slot: Slot, candidate: Candidate) -> Document:
    """A booking's stored fields, with the snapshots that lists, search and export read instead of joining."""
    place = slot.place
    return {
        "user_id": ObjectId(booking.candidate_id),
        "telegram_id": Int64(booking.telegram_id),
        "event_id": ObjectId(booking.event_id),
        "slot_id": ObjectId(booking.slot_id),
        "requested_slot_id": ObjectId(booking.requested_slot_id) if booking.requested_slot_id else None,
        "city_id": ObjectId(slot.city_id),
        "recruiter_id": ObjectId(slot.recruiter_id) if slot.recruiter_id else None,
        "status": booking.status.value,
        "live": booking.live,
        "awaits_approval": booking.awaits_approval,
        "reschedule_asked": booking.reschedule_asked,
        "version": Int64(booking.version),
        "moves": Int64(booking.moves),
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "location": place.venue.location,
        "expires_at": booking.expires_at,
        **booking.coming.model_dump(),
        "attendance": booking.attendance.value if booking.attendance else "",
        "offered_slot_id": ObjectId(booking.proposed_slot_id) if booking.proposed_slot_id else None,
        "marked_at": booking.marked_at,
        "ended_by": booking.ended_by,
        "reason": booking.reason,
        "rejection": booking.rejection.value if booking.rejection else "",
        "rejected_slot_ids": [ObjectId(item) for item in sorted(booking.rejected_slot_ids)],
        "user": user_snapshot(candidate),
        "slot": {
            "duration_minutes": slot.duration_minutes,
            **place.venue.model_dump(exclude={"location"}),
            "city": place.city,
            "timezone": place.timezone,
            "recruiter": place.recruiter or "",
            "event": place.event,
        },
        "search": search_text(candidate),
    }


def user_snapshot(candidate: Candidate) -> Document:
    """What a booking repeats of its candidate."""
    return {
        "telegram_id": Int64(candidate.telegram_id),
        "username": candidate.username,
        "first_name": candidate.first_name,
        "last_name": candidate.last_name,
    }


def search_text(candidate: Candidate) -> str:
    """What a booking is found by."""
    return " ".join((str(candidate.telegram_id), candidate.username, candidate.first_name, candidate.last_name)).lower()
