"""The slots to which people can be moved, found by the page's search: by the server, as it is typed."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from bson import ObjectId
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common import clock
from common.scope import INTERVIEWS, scope_of
from scheduling.domain.model import Slot
from scheduling.services.clashes import clashing_among, of_slot
from scheduling.services.store.slots import available, by_id, load_slots
from scheduling.staff.forms.impact import MOVES_TO
from scheduling.staff.forms.slot_choice import Offered, found_among, free_name, listed, searched_by, typed_name
from scheduling.staff.moments import name_of
from staffkit.views import may
from staffkit.who_can import who_adds

MOST = 500
_EVENT, _FIELD, _WITHOUT = "targets_of", "targets_for", "targets_without"


def targets_for(
    request: HttpRequest, event_ids: Iterable[str], without: Collection[str]
) -> dict[str, Sequence[Offered]]:
    """Of each event the slots that can be booked, of those the login may see, soonest first; of none no entry.

    Args:
        without: ids of those that the change concerns itself.
    """
    own = INTERVIEWS.match(scope_of(request))
    found = {}
    for event_id in sorted(set(event_ids)):
        query: dict[str, Any] = {"$and": [own, available([event_id], clock.now())]}
        if slots := [slot for slot in load_slots(query, limit=MOST) if slot.id not in without]:
            found[event_id] = _named(slots)
    return found


def asks_of(event_ids: Iterable[str], without: Collection[str]) -> dict[str, Mapping[str, str]]:
    """For the search of each event: where it asks what is found (``found_targets``), and with what.

    By a form that is sent, since an address has no room for the ids of a whole week's slots.
    """
    address, left_out = reverse("admin:scheduling_interviewslot_targets"), " ".join(sorted(without))
    return {
        event_id: {
            "hx-post": address,
            "hx-vals": json.dumps({_EVENT: event_id, _WITHOUT: left_out}),
            "hx-params": "not _once,_sealed",
        }
        for event_id in event_ids
    }


def why_not_moved(request: HttpRequest, lacking: Collection[str], targets: Collection[str]) -> str:
    """What to say where people could be moved but for the want of a free seat, and how one comes to be; as HTML.

    Args:
        lacking: ids of the events that have none.
        targets: of those that have.
    """
    if not lacking:
        return ""
    all_of_them = _("Nobody can be moved: no other slot of the interview event has a free seat.")
    some = _("Some can't be moved: no other slot of their interview event has a free seat.")
    ways: SafeString | str = who_adds()
    if may(request, "scheduling.add_interviewslot"):
        rows = by_id("interview_events", lacking)
        links = (
            (reverse("admin:scheduling_interviewevent_add_slots", args=[row["_id"]]), row["title"]) for row in rows
        )
        ways = format_html_join(" ", '<a class="desk-link" href="{}" target="_blank">{}: {}</a>',
                                ((link, title, _("Add slots")) for link, title in links))  # fmt: skip
    return format_html("{} {}", some if targets else all_of_them, ways)


def found_targets(request: HttpRequest) -> HttpResponse:
    """What a search on the page finds.

    Raises:
        BadRequest: it is none of that page's.
    """
    sent = request.POST
    event_id, name = sent.get(_EVENT, ""), request.headers.get("HX-Target", "").removesuffix("-found")
    if not ObjectId.is_valid(event_id) or not name.startswith(MOVES_TO):
        raise BadRequest("no search of the page about people")
    offered = targets_for(request, [event_id], sent.get(_WITHOUT, "").split()).get(event_id, ())
    return HttpResponse(listed(name, found_among(offered, sent.get(typed_name(name), ""))))


def _named(slots: Sequence[Slot]) -> Sequence[Offered]:
    offered = dict[str, Offered]()
    clashing = clashing_among(map(of_slot, by_id("interview_slots", [slot.id for slot in slots])))
    for slot in slots:
        name = free_name(name_of(slot), offered)
        free = _("free: %(free)s of %(seats)s") % {"free": slot.free, "seats": slot.capacity}
        words = f"{free} · {_('clash')}" if slot.id in clashing else free
        offered[name] = Offered(slot.id, name, words, searched_by(slot))
    return list(offered.values())
