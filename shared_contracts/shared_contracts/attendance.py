"""What candidates say about coming (R8): their requests, and what a booking keeps of it."""

from datetime import timedelta
from enum import StrEnum
from typing import Literal

from shared_contracts.fields import EntityId, Moment, WireModel
from shared_contracts.requests import BookingRequest


class Attendance(StrEnum):
    """What a candidate last said about coming (R8)."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"
    RESCHEDULE_ASKED = "reschedule_asked"


DelayMinutes = Literal[5, 10, 15, 20]
"""How late somebody will be (R8)."""
OVER_15_MINUTES: DelayMinutes = 20
"""Stands for "more than 15"."""
DELAY_AHEAD = timedelta(hours=2, minutes=30)
"""From so long before the start "I'm late" is offered wherever a booking is shown: whoever books later than that is
not asked whether they come (R8). Under that question it is offered whenever it comes."""
DELAY_WITHIN = timedelta(minutes=15)
"""R8: so long after the start people can still say that they will be late."""


class Coming(WireModel):
    """What a candidate has said about coming; it goes with the time, so a move takes it away (R8).

    The fields have the same names in documents of bookings. ``attendance``: their last answer, ``attendance_at``: when.
    ``delay_minutes``: how late they will be (20: more than 15), as they last said at ``delay_at``.
    """

    attendance: Attendance | None = None
    attendance_at: Moment | None = None
    delay_minutes: DelayMinutes | None = None
    delay_at: Moment | None = None

    @property
    def is_answered(self) -> bool:
        """Whether they need not be asked any more."""
        return self.attendance is not None or self.delay_minutes is not None


class AttendanceAnswered(BookingRequest):
    """The candidate says whether they come (R8). ``starts_at``: of the interview the question was about.

    Outcomes: ``booked`` (confirmed, or asked for another time: the booking says which), ``cancelled`` (can't come),
    ``too_late`` from the start on, ``version_conflict`` when the interview was moved since.
    """

    event_type: Literal["attendance.answered"] = "attendance.answered"
    booking_id: EntityId
    starts_at: Moment
    answer: Attendance


class DelayAnnounced(BookingRequest):
    """The candidate will be late (R8). ``starts_at``: of the interview it is about; ``minutes``: 20 is more than 15.

    Outcomes: ``booked`` (the recruiter is told; the booking stays as it is), ``too_late`` from 15 minutes after the
    start on, ``version_conflict`` when the interview was moved since.
    """

    event_type: Literal["attendance.delay_announced"] = "attendance.delay_announced"
    booking_id: EntityId
    starts_at: Moment
    minutes: DelayMinutes


AttendanceRequest = AttendanceAnswered | DelayAnnounced
"""The candidate's answers to "do you come?"."""
