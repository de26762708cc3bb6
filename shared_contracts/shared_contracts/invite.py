"""The calendar file that goes with a booking (iCalendar, RFC 5545)."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared_contracts.fields import LARGEST_VERSION, ShortText, WireModel


class CalendarFile(WireModel):
    """An interview as an ``.ics`` file. ``uid`` is the same for a booking's whole life, ``sequence`` rises with it.

    ``PUBLISH`` adds or changes it: ``REQUEST`` is an invitation, which needs e-mail addresses to answer to.
    """

    uid: ShortText
    sequence: Annotated[int, Field(ge=0, le=LARGEST_VERSION)]
    method: Literal["PUBLISH", "CANCEL"]
    content: Annotated[str, StringConstraints(min_length=1, max_length=8_000)]
