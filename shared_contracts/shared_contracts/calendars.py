"""A booking as an entry of its candidate's calendar. ``icalendar_text`` makes the file of it (RFC 5545)."""

import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared_contracts.fields import LARGEST_VERSION, LongText, Moment, ShortText, WireModel

CalendarMethod = Literal["PUBLISH", "CANCEL"]
"""``PUBLISH`` adds or changes an entry: ``REQUEST`` is an invitation, which needs e-mail addresses to answer to."""

Sequence = Annotated[int, Field(ge=0, le=LARGEST_VERSION)]


_UID = re.compile(r"[0-9a-f]{24}@slotdesk")


def uid_of(booking_id: str) -> str:
    """What calendars know a booking's entry by, for its whole life."""
    return f"{booking_id}@slotdesk"


def is_uid_of_ours(uid: str) -> bool:
    """Whether an entry of somebody's calendar is a booking's of ours."""
    return bool(_UID.fullmatch(uid.strip()))


class CalendarEntry(WireModel):
    """An interview as calendars show it; whoever sends it makes the file.

    Attributes:
        uid: the same for a booking's whole life.
        sequence: rises with every change; of two entries with one ``uid`` the higher one counts.
        place: office, room and city on one line.
        stamp: when this was so.
    """

    uid: ShortText
    sequence: Sequence
    method: CalendarMethod
    starts_at: Moment
    ends_at: Moment
    summary: LongText
    place: LongText
    description: LongText
    stamp: Moment


class CalendarFile(WireModel):
    """An entry as an ``.ics`` file. ``uid`` and ``sequence`` are the entry's."""

    uid: ShortText
    sequence: Sequence
    method: CalendarMethod
    content: Annotated[str, StringConstraints(min_length=1, max_length=8_000)]
