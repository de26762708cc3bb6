"""Where an interview is held. A new field of it is named here, in the slot's model, and where people read it."""

from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

from shared_contracts.fields import URL_LENGTH, ShortText, Url, WireModel, to_line

VenueLine = Annotated[str, StringConstraints(max_length=URL_LENGTH), AfterValidator(to_line)]
"""A venue in one line, on the wire."""

LONGEST_LINE = URL_LENGTH + len("онлайн, ")
"""Characters of the longest place that the desk lets through, as people read it."""


class Venue(WireModel):
    """What a candidate needs to find the interview, beside its city: an office and a room, or a video call's link.

    ``video_link`` is empty where it is held in an office. It is for who has the interview, and for staff.
    """

    location: ShortText
    room: ShortText
    video_link: Literal[""] | Url = ""

    @property
    def parts(self) -> tuple[str, str]:
        """What comes first, and what is added to it."""
        return (self.video_link, "") if self.video_link else (self.location, self.room)

    @property
    def line(self) -> str:
        """Location and room in one line, or the link."""
        return ", ".join(filter(None, self.parts))

    def shown(self, *, link: bool = False) -> "VenueView":
        """As people are shown it; ``link``: to those who may join the video call."""
        stored = self.model_dump()
        return VenueView(**{**stored, "video_link": self.video_link if link else ""}, online=bool(self.video_link))

    def in_city(self, city: str) -> str:
        """The same with the city, for calendars; a link stands alone, so that they can follow it."""
        return self.video_link or ", ".join(filter(None, (self.line, city)))


class VenueView(Venue):
    """A venue as people are shown it. ``online``: it is a video call, whose link those without a booking don't get."""

    online: bool = False


VENUE_FIELDS = ("location", "room", "video_link")
"""The names of a venue's fields as they are stored, the same in messages, in documents of slots and in forms."""
