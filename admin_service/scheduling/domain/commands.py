"""What people, staff and jobs can ask the rules for; most commands are with the rule that decides them.

Ids are 24 hex digits; moments are aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ActorKind(StrEnum):
    """Who asks: it decides which limits hold."""

    CANDIDATE = "candidate"
    RECRUITER = "recruiter"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. ``ref``: the Telegram id in chat, the login in the desk, the job's name."""

    kind: ActorKind
    ref: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.ref}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the asker saw of the slot; None where the client did not say."""

    starts_at: datetime | None = None
    city_id: str | None = None
    recruiter_id: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """What every command has. ``key`` is its message id: one decision per key.

    ``beyond_limits``: staff act past cut-offs and the move limit, with a reason (FR10); capacity holds for all.
    """

    key: str
    actor: Actor
    beyond_limits: bool = field(default=False, kw_only=True)
    reason: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Book(Command):
    """A seat in ``slot_id`` for the person."""

    telegram_id: int
    event_id: str
    slot_id: str
    new_booking_id: str
    shown: Shown = Shown()


@dataclass(frozen=True, slots=True)
class BookingCommand(Command):
    """About an existing booking. ``expected_version`` is the one its asker saw, None to take it as it is."""

    booking_id: str
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class SlotChanges:
    """New values for a slot; None leaves a field as it is, ``recruiter_id`` "" takes the recruiter away.

    ``venue``: some of ``VENUE_FIELDS`` with their new values. ``clocks_were``: the zone in which it was told until now,
    where that of its city has just been put right.
    """

    starts_at: datetime | None = None
    duration_minutes: int | None = None
    max_users: int | None = None
    venue: Mapping[str, str] = field(default_factory=dict)
    recruiter_id: str | None = None
    city_id: str | None = None
    is_active: bool | None = None
    clocks_were: str | None = None
