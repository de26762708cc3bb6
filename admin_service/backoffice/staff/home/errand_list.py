"""The errands on the first page: what waits for staff, oldest first, of all kinds that the login may do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.staff.home.numbers import kinds
from common.mongo import collection
from common.scope import scope_of
from common.zones import MOSCOW
from staffkit.clocks import format_moment
from staffkit.coming_back import place_on_home
from staffkit.errands import Errand, Press
from staffkit.sending.once import new_key

MOST_OF_A_KIND = 10


@dataclass(frozen=True, slots=True)
class ShownPress:
    """A press with the address that leads back to the errand's place."""

    press: Press
    url: str
    key: str


@dataclass(frozen=True, slots=True)
class Row:
    """An errand in its place in the list, from 1; ``about``: which interview, and whose."""

    place: int
    kind: Any
    errand: Errand
    about: str
    since: str
    waits: str
    presses: list[ShownPress]


def errand_rows(request: HttpRequest, now: datetime) -> list[Row]:
    """The oldest of each kind, together the oldest first."""
    found = [
        (kind, errand) for kind, own in kinds(request) for errand in kind.oldest(request, own, now, MOST_OF_A_KIND)
    ]
    found.sort(key=lambda pair: pair[1].since)
    several = bool(found) and collection("interview_events").count_documents({"is_open": True}, limit=2) > 1
    return [_row(request, place, kind, errand, now, several) for place, (kind, errand) in enumerate(found, 1)]


def how_long(span: timedelta) -> str:
    """In one unit, such as "3 h", at least a minute."""
    if span < timedelta(hours=1):
        return _("%(count)s min") % {"count": max(span // timedelta(minutes=1), 1)}
    if span < timedelta(days=2):
        return _("%(count)s h") % {"count": span // timedelta(hours=1)}
    return ngettext("%(count)s day", "%(count)s days", span.days) % {"count": span.days}


def _row(request: HttpRequest, place: int, kind: Any, errand: Errand, now: datetime, several: bool) -> Row:
    """``several``: interview events are open."""
    recruiter = "" if scope_of(request).recruiter_id else errand.recruiter
    about = " · ".join(filter(None, (errand.about, recruiter, errand.event if several else "")))
    presses = [_shown(request, press, place) for press in errand.presses]
    since = format_moment(errand.since, MOSCOW)
    return Row(place, kind, errand, about, since, how_long(now - errand.since), presses)


def _shown(request: HttpRequest, press: Press, place: int) -> ShownPress:
    if not press.url.startswith("/"):
        return ShownPress(press, press.url, "")
    key = "" if press.fields is None else new_key(request, press.url)
    return ShownPress(press, f"{press.url}?{place_on_home(place)}", key)
