"""Requests as the bot sends them, and what is stored afterwards."""

import uuid
from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from bson import ObjectId

from common import clock
from common.mongo import Document, collection
from people.models import Candidate, Recruiter
from scheduling.consumer import BookingEvents, request_of
from scheduling.models import InterviewSlot
from scheduling.services.batch import decide_one
from shared_contracts.attendance import Attendance, AttendanceAnswered, DelayAnnounced, DelayMinutes
from shared_contracts.booking import (
    AnyBookingRequest,
    BookingApproved,
    BookingCancelled,
    BookingCancelledByRecruiter,
    BookingCreated,
    BookingMovedByRecruiter,
    BookingRejected,
    BookingRescheduled,
    ConfirmBookingAnswer,
    MoveWithdrawn,
    OfferPassed,
    OfferTaken,
    Outcome,
    OutcomeMarked,
    RescheduleAsked,
    TimeAnswered,
    TimeOffered,
)
from shared_contracts.directory import BookingStatus, Rejection
from shared_contracts.requests import ReplyTo, ShownSlot


def _base(telegram_id: int, message_id: uuid.UUID | None = None) -> dict[str, Any]:
    now = clock.now()
    return {
        "message_id": message_id or uuid.uuid4(),
        "correlation_id": uuid.uuid4().hex,
        "occurred_at": now,
        "timestamp": now,
        "user_telegram_id": telegram_id,
        "reply": ReplyTo(chat_id=telegram_id, message_id=7),
    }


def shown(slot: InterviewSlot) -> ShownSlot:
    """The slot as its asker saw it."""
    return ShownSlot(
        id=str(slot.pk),
        starts_at=slot.starts_at,
        city_id=str(slot.city_id),
        recruiter_id=str(slot.recruiter_id) if slot.recruiter_id else None,
        place=", ".join(filter(None, (slot.location, slot.room))),
    )


def book(person: Candidate, slot: InterviewSlot, message_id: uuid.UUID | None = None) -> BookingCreated:
    """A candidate presses Confirm."""
    return BookingCreated(**_base(person.telegram_id, message_id), event_id=str(slot.event_id), slot=shown(slot))


def move(person: Candidate, booking: Document, slot: InterviewSlot) -> BookingRescheduled:
    """A candidate asks for another slot."""
    return BookingRescheduled(
        **_base(person.telegram_id),
        booking_id=str(booking["_id"]),
        expected_version=booking["version"],
        slot=shown(slot),
    )


def cancel(person: Candidate, booking: Document) -> BookingCancelled:
    """A candidate gives a booking up."""
    return BookingCancelled(
        **_base(person.telegram_id), booking_id=str(booking["_id"]), expected_version=booking["version"]
    )


def withdraw_move(person: Candidate, booking: Document) -> MoveWithdrawn:
    """A candidate asks for no other slot any more."""
    return MoveWithdrawn(
        **_base(person.telegram_id), booking_id=str(booking["_id"]), expected_version=booking["version"]
    )


def approve(recruiter: Recruiter, booking: Document) -> BookingApproved:
    """A recruiter says yes."""
    return BookingApproved(
        **_base(recruiter.telegram_id or 0),
        booking_id=str(booking["_id"]),
        expected_version=booking["version"],
    )


def reject(recruiter: Recruiter, booking: Document, reason: str, rejection: Rejection | None = None) -> BookingRejected:
    """A recruiter says no."""
    return BookingRejected(
        **_base(recruiter.telegram_id or 0),
        booking_id=str(booking["_id"]),
        expected_version=booking["version"],
        reason=reason,
        rejection=rejection,
    )


def ask_reschedule(recruiter: Recruiter, booking: Document) -> RescheduleAsked:
    """A recruiter wants another time."""
    return RescheduleAsked(
        **_base(recruiter.telegram_id or 0),
        booking_id=str(booking["_id"]),
        expected_version=booking["version"],
    )


def take(person: Candidate, booking: Document) -> OfferTaken:
    """Someone takes the seat that is held for them."""
    return OfferTaken(**_base(person.telegram_id), booking_id=str(booking["_id"]), expected_version=booking["version"])


def pass_on(person: Candidate, booking: Document) -> OfferPassed:
    """Someone lets the offered seat go to the next."""
    return OfferPassed(**_base(person.telegram_id), booking_id=str(booking["_id"]), expected_version=booking["version"])


def says(person: Candidate, booking: Document, answer: Attendance) -> AttendanceAnswered:
    """A candidate says whether they come."""
    return AttendanceAnswered(
        **_base(person.telegram_id), booking_id=str(booking["_id"]), starts_at=booking["starts_at"], answer=answer
    )


def late(person: Candidate, booking: Document, minutes: DelayMinutes) -> DelayAnnounced:
    """A candidate says how late they will be."""
    return DelayAnnounced(
        **_base(person.telegram_id), booking_id=str(booking["_id"]), starts_at=booking["starts_at"], minutes=minutes
    )


def offer_time(recruiter: Recruiter, booking: Document, slot: InterviewSlot) -> TimeOffered:
    """A recruiter offers another time."""
    return TimeOffered(
        **_base(recruiter.telegram_id or 0),
        booking_id=str(booking["_id"]),
        expected_version=booking["version"],
        slot_id=str(slot.pk),
        shown=shown(slot),
    )


def move_interview(recruiter: Recruiter, booking: Document, slot: InterviewSlot) -> BookingMovedByRecruiter:
    """A recruiter moves an approved interview."""
    return BookingMovedByRecruiter(
        **_base(recruiter.telegram_id or 0),
        booking_id=str(booking["_id"]),
        expected_version=booking["version"],
        slot_id=str(slot.pk),
        shown=shown(slot),
    )


def cancel_interview(
    recruiter: Recruiter, booking: Document, reason: str = "", *, withdraws_slot: bool = False
) -> BookingCancelledByRecruiter:
    """A recruiter calls an approved interview off; ``withdraws_slot``: and nobody else is to be offered its time."""
    return BookingCancelledByRecruiter(
        **_base(recruiter.telegram_id or 0),
        booking_id=str(booking["_id"]),
        expected_version=booking["version"],
        reason=reason or None,
        withdraws_slot=withdraws_slot,
    )


def answer_time(person: Candidate, booking: Document, slot: InterviewSlot, take: bool) -> TimeAnswered:
    """A candidate takes the offered time as ``slot`` shows it, or keeps their own."""
    return TimeAnswered(
        **_base(person.telegram_id),
        booking_id=str(booking["_id"]),
        slot_id=str(slot.pk),
        take=take,
        shown=shown(slot),
    )


def mark(recruiter: Recruiter, booking: Document, status: BookingStatus | None) -> OutcomeMarked:
    """A recruiter says how it went, or takes that back."""
    return OutcomeMarked(
        **_base(recruiter.telegram_id or 0),
        booking_id=str(booking["_id"]),
        expected_version=booking["version"],
        mark=status,  # type: ignore[arg-type]  # the contract refuses other statuses
    )


def let_begin(booking: Document, ago: timedelta = timedelta(minutes=1)) -> Document:
    """The booking as it is once its interview has begun, ``ago``."""
    starts_at = clock.now().replace(microsecond=0) - ago
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=20)}
    collection("bookings").update_one({"_id": booking["_id"]}, {"$set": times})
    times["closes_at"] = starts_at - timedelta(hours=2)
    collection("interview_slots").update_one({"_id": booking["slot_id"]}, {"$set": times})
    return collection("bookings").find({"_id": booking["_id"]})[0]


def decided(request: AnyBookingRequest) -> ConfirmBookingAnswer:
    """The answer to one request."""
    return decide_one(request_of(request))


def outcome(request: AnyBookingRequest) -> Outcome:
    """How one request ends."""
    return decided(request).outcome


def in_batch(*requests: AnyBookingRequest) -> list[Document]:
    """The outbox rows of a batch, as the consumer publishes them."""
    return BookingEvents().handle(requests)


def the_booking(person: Candidate) -> Document:
    """The person's newest booking."""
    return collection("bookings").find({"user_id": person.pk}).sort("created_at", -1).limit(1)[0]


def slot_now(slot: InterviewSlot) -> Document:
    """The slot as stored now."""
    row = collection("interview_slots").find_one({"_id": slot.pk})
    assert row is not None
    return row


def assert_sound() -> None:
    """I1, I3 and I7: seats and bookings agree, capacity holds, one live booking each, one audit entry a version."""
    seats: Counter[tuple[ObjectId, ObjectId]] = Counter()
    events: Counter[tuple[ObjectId, ObjectId]] = Counter()
    versions: defaultdict[ObjectId, list[int]] = defaultdict(list)
    for entry in collection("audit_entries").find({"version": {"$ne": None}}):
        versions[entry["subject_id"]].append(entry["version"])
    for row in collection("bookings").find():
        assert sorted(versions[row["_id"]]) == list(range(1, row["version"] + 1)), "I7"
        if row["live"]:
            events[row["user_id"], row["event_id"]] += 1
            for slot_id in filter(None, (row["slot_id"], row["requested_slot_id"])):
                seats[slot_id, row["user_id"]] += 1
    assert all(count == 1 for count in events.values()), "I3"
    stored: Counter[tuple[ObjectId, ObjectId]] = Counter()
    for slot in collection("interview_slots").find():
        assert len(slot["booked_users"]) <= slot["max_users"], "I1: more people than seats"
        assert slot["has_room"] == (len(slot["booked_users"]) < slot["max_users"])
        for user_id in slot["booked_users"]:
            stored[slot["_id"], user_id] += 1
    assert stored == seats, "I1: booked_users and bookings disagree"
