"""The page's button, which says what pressing it does: how many bookings end, and how many people are told."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from people.services.reach import path_to_tell
from scheduling.services.impact import Impact
from scheduling.services.store.slots import by_id
from shared_contracts.directory import BookingStatus

LOOK = _("See what that means")
"""It only shows that: of choices whose texts nobody has seen yet."""


def button_texts(verb: Any, impacts: Mapping[str, Impact]) -> dict[str, str]:
    """What the button says of each way.

    Args:
        verb: what is done, as "Change".
        impacts: what each way means.
    """
    return {way: _text(_with_the_ended(verb, impact), _told(impact)) for way, impact in impacts.items()}


def _with_the_ended(verb: Any, impact: Impact) -> Any:
    """What is done, with how many bookings end by it: whose, the list above says."""
    ended = sum(row.booking.status is BookingStatus.CANCELLED for row in impact.people)
    if not ended:
        return verb
    text = ngettext("%(what)s, cancel %(count)s booking", "%(what)s, cancel %(count)s bookings", ended)
    return text % {"what": verb, "count": ended}


def _told(impact: Impact) -> int:
    """To how many people the bot's word gets; the others are to be told by hand."""
    ids = {row.candidate.id for row in impact.people if row.notice}
    return sum(path_to_tell(person).by_bot for person in by_id("users", list(ids)))


def _text(verb: Any, told: int) -> str:
    if not told:
        return str(verb)
    text = ngettext("%(what)s and tell %(count)s person", "%(what)s and tell %(count)s people", told)
    return text % {"what": verb, "count": told}
