"""A Monday and its bookings, with time given rather than waited for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bson import Int64, ObjectId

from common.mongo import Document, collection
from common.zones import MOSCOW
from messaging.outbox import Outgoing
from people.models import Candidate, City, Recruiter
from reminders.models import ReminderRule
from reminders.services.digests import digest_for
from reminders.services.rules import save_rule
from scheduling.models import InterviewEvent
from shared_contracts.digest import DigestCommand
from tests.conftest import MakeCandidate

MakeInterview = Callable[..., ObjectId]
MONDAY = datetime(2027, 3, 1, tzinfo=ZoneInfo(MOSCOW))
TUESDAY = MONDAY + timedelta(days=1)


def at(clock: str, day: datetime = MONDAY, zone: str = MOSCOW) -> datetime:
    """A wall-clock time as a moment in UTC."""
    hour, minute = map(int, clock.split(":"))
    return day.replace(hour=hour, minute=minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


TOMORROW_AT_14 = at("14:00", TUESDAY)


@pytest.fixture
def interview(moscow: City, olga: Recruiter, event: InterviewEvent, make_candidate: MakeCandidate) -> MakeInterview:
    """Puts a booking down as it is stored: Olga's, tomorrow at 14:00, unless told otherwise."""

    def make(starts_at: datetime = TOMORROW_AT_14, person: Candidate | None = None, **fields: Any) -> ObjectId:
        candidate = person or make_candidate(started_at=MONDAY)
        recruiter = fields.pop("recruiter", olga)
        snapshot = {
            "first_name": candidate.first_name,
            "last_name": candidate.last_name,
            "username": candidate.username,
        }
        row = {
            "user_id": candidate.pk,
            "telegram_id": Int64(candidate.telegram_id or 0),
            "event_id": event.pk,
            "slot_id": ObjectId(),
            "city_id": moscow.pk,
            "recruiter_id": recruiter.pk,
            "status": "booked",
            "live": True,
            "starts_at": starts_at,
            "location": "Офис на Тверской",
            "attendance": "",
            "candidate_by_hand": False,
            "recruiter_by_hand": False,
            "user": {"telegram_id": Int64(candidate.telegram_id or 0), **snapshot},
            "slot": {"room": "3.14", "city": "Москва", "event": event.title, "timezone": MOSCOW, "recruiter": ""},
        }
        return ObjectId(collection("bookings").insert_one({**row, **fields}).inserted_id)

    return make


def the_row() -> Document:
    """The one row of the ledger."""
    row = collection("auto_messages").find_one({})
    assert row is not None
    return row


def command(row: Document, now: datetime) -> DigestCommand:
    """What is sent for a row."""
    outgoing = digest_for(row, now)
    assert isinstance(outgoing, Outgoing) and isinstance(outgoing.message, DigestCommand)
    return outgoing.message


def set_time(kind: str, clock: str, **fields: Any) -> None:
    """Staff set another time."""
    save_rule(ReminderRule(kind=kind, at=clock, **fields), actor="anna")
