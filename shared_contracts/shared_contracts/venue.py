"""Where an interview is held. A new field of it is named here, in the slot's model, and where people read it."""

from shared_contracts.fields import ShortText, WireModel

VenueLine = ShortText
"""A venue in one line, on the wire."""

LONGEST_LINE = 182
"""Characters of the longest ``Venue.line`` that the desk lets through."""


class Venue(WireModel):
    """What a candidate needs to find the interview, beside its city."""

    location: ShortText
    room: ShortText

    @property
    def parts(self) -> tuple[str, str]:
        """What comes first, and what is added to it."""
        return self.location, self.room

    @property
    def line(self) -> str:
        """Location and room in one line."""
        return ", ".join(filter(None, self.parts))

    def shown(self) -> "VenueView":
        """As people are shown it."""
        return VenueView(**self.model_dump())

    def in_city(self, city: str) -> str:
        """The same with the city, for calendars."""
        return ", ".join(filter(None, (self.line, city)))


class VenueView(Venue):
    """A venue as people are shown it."""


VENUE_FIELDS = ("location", "room")
"""The names of a venue's fields as they are stored, the same in messages, in documents of slots and in forms."""
