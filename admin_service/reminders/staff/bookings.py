"""The booking's page with what the ledger knows: its automatic messages, and who knows of a wish for another time."""

from typing import Any

from bson import ObjectId
from django.contrib import admin
from django.urls import reverse

from common.mongo import Document, collection
from reminders.models import KIND_LABELS, STATE_LABELS, SUPPRESSION_LABELS
from reminders.staff.asked_time import wish_of
from scheduling.models import Booking
from scheduling.staff.bookings.booking_pages import BookingPage
from staffkit.clocks import format_moment

_KINDS, _STATES, _REASONS = dict(KIND_LABELS), dict(STATE_LABELS), dict(SUPPRESSION_LABELS)
_IN_ORDER = [("due_at", 1)]
MOST_MESSAGES = 200


@admin.register(Booking)
class BookingAdmin(BookingPage):
    """Bookings."""

    change_form_before_template = "reminders/asked_time.html"
    change_form_after_template = "reminders/booking.html"

    def on_page(self, object_id: ObjectId) -> dict[str, Any]:
        """With a wish for another time, and the automatic messages."""
        found = super().on_page(object_id)
        row = collection("bookings").find_one({"_id": object_id})
        if row:
            found["wish"] = wish_of(row)
            found["auto_messages"] = messages_of(object_id, row["slot"]["timezone"])
        return found


def messages_of(booking_id: ObjectId, zone: str) -> list[dict[str, Any]]:
    """The booking's messages in the order of their times, which are told in ``zone``; by index ``auto_booking``."""
    rows = collection("auto_messages").find({"booking_id": booking_id}).sort(_IN_ORDER).limit(MOST_MESSAGES)
    return [_shown(row, zone) for row in rows]


def _shown(row: Document, zone: str) -> dict[str, Any]:
    return {
        "due": format_moment(row["due_at"], zone),
        "what": _KINDS.get(row["kind"], row["kind"]),
        "state": _STATES.get(row["state"], row["state"]),
        "why": _REASONS.get(row["why"], row["why"]),
        "failed": row["state"] == "failed",
        "attempts": row["attempts"],
        "text": row["text"],
        "link": reverse("admin:reminders_automessage_change", args=[row["_id"]]),
    }
