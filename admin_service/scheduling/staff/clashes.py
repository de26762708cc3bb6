"""Clashes as staff are told of them, and the tick with which they go on in spite of them.

The tick's value is the seal of the clashes beside which it stands: with others, or more, it is asked for again.
"""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId
from django import forms
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from unfold.widgets import UnfoldBooleanWidget

from common.mongo import collection
from common.refusals import RefusedError
from common.texts.language import desk_language
from common.zones import MOSCOW, local
from people.services.zones import zones_of_cities
from scheduling.domain.clashes import Clash, Engagement, Need, NeedKind
from scheduling.models import InterviewSlot
from scheduling.services.store.slots import by_id
from shared_contracts.venue import room_told
from staffkit.clocks import format_moment
from staffkit.forms.inputs import AnswerField
from staffkit.scoping import own_rows
from staffkit.sending.sealed import seal

TICK = "despite_clashes"
"""The name of the field, in every form that may make a clash."""
_MOST_SHOWN = 30


class TickInput(UnfoldBooleanWidget):
    """A checkbox that stands for just these clashes; never ticked by itself."""

    def __init__(self, clashes: str) -> None:
        super().__init__(check_test=lambda _value: False)
        self._clashes = clashes

    def format_value(self, value: Any) -> str:
        """What the tick agrees to."""
        return self._clashes


def tick_field(label: Any) -> AnswerField:
    """The field ``TICK`` of a form: there to be seen once there is a clash."""
    return AnswerField(label=label, required=False, widget=forms.HiddenInput())


def require_tick(form: forms.BaseForm, clashes: Sequence[Clash], request: HttpRequest | None) -> None:
    """Let only who has seen these clashes go on.

    Raises:
        RefusedError: naming them beside the tick, which the form now shows. The browser goes to it, script or no.
    """
    if clashes and request and not is_ticked(form, clashes, request):
        form.fields[TICK].widget.attrs["autofocus"] = True
        words = _now("Nothing is done yet: tick this to go on all the same, or change what clashes.")
        raise RefusedError(
            {TICK: format_html('<b class="desk-danger">{}</b> {}', words, named_clashes(clashes, request))}
        )


def is_ticked(form: forms.BaseForm, clashes: Sequence[Clash], request: HttpRequest) -> bool:
    """Whether the form was sent with a tick for just these clashes; from now on it shows the tick for them."""
    shown = seal(request, [clash.facts for clash in clashes])
    form.fields[TICK].widget = TickInput(shown)
    return constant_time_compare(form.data.get(form.add_prefix(TICK), ""), shown)


def named_clashes(clashes: Sequence[Clash], request: HttpRequest) -> SafeString:
    """The clashes, a line each: when, who or what is needed twice, and the other slot with a link."""
    names = _Names(clashes, request)
    lines = [names.line(clash) for clash in clashes[:_MOST_SHOWN]]
    context = {"lines": lines, "left_out": len(clashes) - len(lines)}
    return SafeString(render_to_string("scheduling/clashes.html", context))


class _Names:
    """What clashes are told by: titles, names and links that the login may follow, each read once."""

    def __init__(self, clashes: Sequence[Clash], request: HttpRequest) -> None:
        shown = clashes[:_MOST_SHOWN]
        self._zones = {str(city): zone for city, zone in zones_of_cities().items()}
        self._events = _texts(
            "interview_events", {clash.other.event_id for clash in shown if clash.other.event_id}, "title"
        )
        needed = {need.key for clash in shown for need in clash.shared if need.kind is NeedKind.RECRUITER}
        self._recruiters = _texts("recruiters", needed, "name")
        others = [ObjectId(clash.other.slot_id) for clash in shown if clash.other.slot_id]
        own = own_rows(request, InterviewSlot)
        found = collection("interview_slots").find({"$and": [{"_id": {"$in": others}}, own or {}]}, {"_id": 1})
        self._linked = set() if own is None else {str(row["_id"]) for row in found}

    def line(self, clash: Clash) -> SafeString:
        """A clash in one line."""
        shared = " · ".join(self._need(need) for need in clash.shared)
        return format_html("{} · {} — {}", self._when(clash.proposed), shared, self._other(clash))

    def _when(self, one: Engagement) -> str:
        return format_moment(one.starts_at, self._zones.get(one.city_id, MOSCOW), ours=one.is_online)

    def _span(self, clash: Clash) -> str:
        """From when until when, on the clocks on which the slot is told; with the day where that is another."""
        one, other = clash.proposed, clash.other
        zone = MOSCOW if one.is_online else self._zones.get(one.city_id, MOSCOW)
        day = local(one.starts_at, zone).date()
        ends = [local(moment, zone) for moment in (other.starts_at, other.ends_at)]
        return "–".join(f"{end:%H:%M}" if end.date() == day else date_format(end, "D d.m.Y, H:i") for end in ends)

    def _need(self, need: Need) -> str:
        if need.kind is NeedKind.RECRUITER:
            return self._recruiters.get(need.key, "—")
        return ", ".join(filter(None, (need.label, room_told(need.room, desk_language()))))

    def _other(self, clash: Clash) -> str:
        other = clash.other
        if other.is_outside:
            return _now("busy by their own calendar, %(times)s") % {"times": self._span(clash)}
        if other.slot_id is None:
            name = _now("another of the new slots")
        else:
            name = _now("“%(event)s”") % {"event": self._events.get(other.event_id, "—")}
        told = name if other.starts_at == clash.proposed.starts_at else f"{name}, {self._when(other)}"
        if other.slot_id not in self._linked:
            return told
        address = reverse("admin:scheduling_interviewslot_change", args=[other.slot_id])
        return format_html('<a href="{}" target="_blank">{}</a>', address, told)


def _texts(name: str, ids: set[str], field: str) -> dict[str, str]:
    return {str(row["_id"]): str(row[field]) for row in by_id(name, ids)}
