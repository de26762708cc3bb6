"""What waits for staff about what candidates were asked: wishes for another time, and questions without an answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.mongo import Document, collection
from reminders.domain.states import MessageState
from reminders.services.summary import wishes
from reminders.staff.asked_time import wish_of
from scheduling.staff.errands import about_booking, written_to_candidate
from shared_contracts.directory import BookingStatus
from staffkit.errands import Errand, ErrandKind, Press, register
from staffkit.views import may

_ASKED_WITHIN = timedelta(days=2)
"""No question is asked earlier before its interview: in the evening before, at the earliest."""


def unanswered(now: datetime) -> Document:
    """The MongoDB condition of interviews to come whose candidate was asked and has not answered (R8).

    The questions are found by ``auto_due``, the bookings by their ids.
    """
    asked = collection("auto_messages").find(
        {
            "state": MessageState.SENT.value,
            "due_at": {"$gt": now - _ASKED_WITHIN, "$lte": now},
            "starts_at": {"$gt": now},
            "asks_attendance": True,
        },
        {"booking_id": 1},
    )
    return {
        "_id": {"$in": [row["booking_id"] for row in asked]},
        "status": BookingStatus.BOOKED.value,
        "attendance": "",
        "starts_at": {"$gt": now},
    }


def to_answer(request: HttpRequest, rows: Sequence[Document]) -> list[Errand]:
    """Wishes for another time, with what the recruiter knows of them."""
    found = []
    for row in rows:
        wish = wish_of(row)
        move = reverse("admin:scheduling_booking_move", args=[row["_id"]])
        presses = [Press(_("Move"), move, main=True)] if may(request, "scheduling.change_booking") else []
        since = row["attendance_at"] or row["updated_at"]
        found.append(about_booking(row, since, wish["known"] if wish else "", presses))
    return found


def to_ask_again(request: HttpRequest, rows: Sequence[Document]) -> list[Errand]:
    """Interviews whose candidate was asked and is silent; waiting since the question went out."""
    query = {"booking_id": {"$in": [row["_id"] for row in rows]}, "state": MessageState.SENT.value}
    asked = collection("auto_messages").find({**query, "asks_attendance": True}, {"booking_id": 1, "sent_at": 1})
    since = {row["booking_id"]: row["sent_at"] for row in asked}
    found = []
    for row in rows:
        why = [_("asked, no answer")]
        presses = written_to_candidate(row, why)
        if may(request, "scheduling.change_booking"):
            presses.append(Press(_("Cancel"), reverse("admin:scheduling_booking_cancel", args=[row["_id"]])))
        found.append(about_booking(row, since.get(row["_id"]) or row["updated_at"], why[0], presses))
    return found


register(
    ErrandKind(
        name="wish",
        label=gettext_lazy("wish for another time"),
        counted=lambda count: ngettext("wish for another time", "wishes for another time", count),
        model="scheduling.Booking",
        condition=wishes,
        query=lambda: "now=wish",
        order="starts_at",
        errands=to_answer,
    ),
    ErrandKind(
        name="silent",
        label=gettext_lazy("no answer to “will you come?”"),
        counted=lambda count: ngettext(
            "candidate has not answered “will you come?”", "candidates have not answered “will you come?”", count
        ),
        model="scheduling.Booking",
        condition=unanswered,
        query=lambda: "now=silent",
        order="starts_at",
        errands=to_ask_again,
    ),
)
