"""Where an interview is held. A new field of it is named here, in the slot's model, and where people read it."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

from shared_contracts.fields import LINE_LENGTH, URL_LENGTH, EntityId, ShortText, Url, WireModel, to_line

VenueLine = Annotated[str, StringConstraints(max_length=URL_LENGTH), AfterValidator(to_line)]
"""A venue in one line, on the wire."""

LONGEST_LINE = URL_LENGTH + LINE_LENGTH
"""Characters of the longest place as a candidate reads it: with a link, or with the way there."""


_ROOM = {"ru": "комн. {room}", "en": "room {room}"}
_SAYS_SO = re.compile(
    r"\b(?:комн|каб|ауд|зал\b|зале\b|холл|переговор|конференц|офис|студи|этаж|к\.|room|office|hall\b|cabinet|suite|studio|"
    r"floor|lounge|auditori|boardroom|classroom|rm\b)",
    re.IGNORECASE,
)
"""How a room's name says what it is."""


def is_bare(room: str) -> bool:
    """Whether a room is only a number or a name, which beside an address reads as a part of it."""
    return bool(room) and not _SAYS_SO.search(room)


def room_told(room: str, language: str) -> str:
    """A room as people read it: ``5`` is ``комн. 5`` or ``room 5``; what says already what it is stays as it is."""
    return _ROOM.get(language, _ROOM["ru"]).format(room=room) if is_bare(room) else room


class _Place(WireModel):
    """What venues have in common, stored or shown.

    ``video_link`` is empty where it is held in an office, ``map_link`` and ``directions`` where the way is not told.
    They are for who has the interview, and for staff.
    """

    location: ShortText
    room: ShortText
    video_link: Literal[""] | Url = ""
    map_link: Literal[""] | Url = ""
    directions: ShortText = ""

    @property
    def line(self) -> str:
        """Location and room in one line, or the link, as it is stored: what tells one place from another.

        People read ``told``.
        """
        return self.video_link or ", ".join(filter(None, (self.location, self.room)))

    def parts(self, language: str) -> tuple[str, str]:
        """What comes first, and what is added to it."""
        return (self.video_link, "") if self.video_link else (self.location, room_told(self.room, language))

    def told(self, language: str) -> str:
        """Location and room in one line, or the link, as people read it."""
        return ", ".join(filter(None, self.parts(language)))

    @property
    def way(self) -> tuple[str, ...]:
        """How to get there, line by line."""
        return tuple(filter(None, (self.map_link, self.directions)))

    def in_city(self, city: str, language: str) -> str:
        """The same with the city, for calendars; a link stands alone, so that they can follow it."""
        return self.video_link or ", ".join(filter(None, (self.told(language), city)))


class Venue(_Place):
    """What a candidate needs to find the interview, beside its city: an office and a room, or a video call's link.

    ``office``: the office that location and way are of, empty where staff typed the location.
    """

    office: Literal[""] | EntityId = ""

    def shown(self, *, link: bool = False) -> "VenueView":
        """As people are shown it; ``link``: to those who come, with the video call's link or the way there."""
        hidden = dict.fromkeys(() if link else ("video_link", "map_link", "directions"), "")
        return VenueView(**{**self.model_dump(exclude={"office"}), **hidden}, online=bool(self.video_link))


class VenueView(_Place):
    """A venue as people are shown it. ``online``: it is a video call, whose link those without a booking don't get."""

    online: bool = False

    def in_city(self, city: str, language: str) -> str:
        """As of any venue; nothing of a video call whose link is not for the reader: it is in no city."""
        return "" if self.online and not self.video_link else super().in_city(city, language)


VENUE_FIELDS = ("location", "room", "video_link", "office", "map_link", "directions")
"""The names of a venue's fields as they are stored, the same in messages and in documents of slots."""
