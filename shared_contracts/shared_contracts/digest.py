"""Messages about no single booking (``bot.digest.command``): a recruiter's tomorrow, the staff's day, a farewell."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from shared_contracts.attendance import Attendance, DelayMinutes
from shared_contracts.directory import TimeZoneName
from shared_contracts.fields import (
    Count,
    EntityId,
    Moment,
    Name,
    ShortText,
    TelegramChatId,
    TelegramMessageId,
    Url,
    WireModel,
)
from shared_contracts.transport.envelope import Message
from shared_contracts.venue import VenueLine, VenueView

Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
"""A calendar day, ``YYYY-MM-DD``."""


class DigestKind(StrEnum):
    """Which list it is. ``access_ended``: none, but what a recruiter is told who is none any more."""

    TOMORROW = "tomorrow"
    STAFF_SUMMARY = "staff_summary"
    ACCESS_ENDED = "access_ended"


class DigestEntry(WireModel):
    """One interview of a recruiter's day. ``link`` opens a chat with the candidate; ``by_hand``: the bot can't.

    ``timezone``: of the place, null where it is the reader's. ``venue``: the place, told in the reader's language; null
    from an admin service that knows the ``place`` alone.
    """

    starts_at: Moment
    candidate: Name
    link: Url
    event: ShortText
    place: VenueLine
    attendance: Attendance | None = None
    delay_minutes: DelayMinutes | None = None
    by_hand: bool = False
    timezone: TimeZoneName | None = None
    online: bool = False
    venue: VenueView | None = None


class SummaryLine(WireModel):
    """Tomorrow's interviews of one event in one city."""

    event: ShortText
    city: ShortText
    interviews: Count
    confirmed: Count


class DaySummary(WireModel):
    """How the staff's day went and what tomorrow brings; numbers only, for it may go to a group.

    ``pending``: requests that wait for a recruiter. ``failed``: automatic messages of the day that did not arrive.
    """

    attended: Count = 0
    late: Count = 0
    no_show: Count = 0
    recruiter_absent: Count = 0
    unmarked: Count = 0
    pending: Count = 0
    reschedule_asked: Count = 0
    by_hand: Count = 0
    failed: Count = 0
    tomorrow: Annotated[list[SummaryLine], Field(max_length=50)] = []


class Farewell(WireModel):
    """What became of the coming interviews of a recruiter who is none any more, open requests among them.

    ``successor``: who sees to them now, null for coordinators. ``contact_url``: whom to ask about it.
    """

    became: Literal["handed_over", "cancelled", "kept"]
    interviews: Count
    successor: Name | None = None
    contact_url: Url | None = None


class DigestCommand(Message):
    """Send a list to a chat, once per ``digest_id``; ``attempt`` and ``not_after`` as for a notification.

    ``entries`` are a recruiter's (``more`` were left out), ``summary`` is the staff's, ``farewell`` of
    ``access_ended``. ``language`` is the group's,
    null for a person, whose own the bot knows; ``thread_id`` the topic in which the group
    reads it. ``timezone`` is the reader's, ``day`` the day the list is about.
    """

    digest_id: EntityId
    kind: DigestKind
    attempt: Count = 0
    chat_id: TelegramChatId
    thread_id: TelegramMessageId | None = None
    language: Literal["ru", "en"] | None = None
    day: Day
    timezone: TimeZoneName
    not_after: Moment
    entries: Annotated[list[DigestEntry], Field(max_length=100)] = []
    more: Count = 0
    summary: DaySummary | None = None
    farewell: Farewell | None = None


digest_command: TypeAdapter[DigestCommand] = TypeAdapter(DigestCommand)
"""Reads a body of ``bot.digest.command``."""
