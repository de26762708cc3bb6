"""Where an interview is held. A new field of it is named here, in the slot's model, and where people read it."""

from shared_contracts.fields import ShortText, WireModel


class Venue(WireModel):
    """What a candidate needs to find the interview, beside its city."""

    location: ShortText
    room: ShortText

    @property
    def line(self) -> str:
        """Location and room in one line."""
        return ", ".join(part for part in (self.location, self.room) if part)


VENUE_FIELDS = tuple(Venue.model_fields)
"""The names of a venue's fields, the same in messages, in documents of slots and in forms."""
