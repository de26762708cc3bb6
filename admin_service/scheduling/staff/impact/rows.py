"""Whom a change concerns, for the page's template: in groups of those who are told the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.mongo import Document
from message_templates.services.reading import in_force
from message_templates.staff.previewing import shown
from people.services.languages import reads
from people.services.reach import path_to_tell
from people.staff.reaching import why_by_hand
from scheduling.services.editing.notice_text import notice_html
from scheduling.services.impact import Affected, Impact
from scheduling.services.store.slots import by_id
from scheduling.staff.forms.impact import MOST_SHOWN, ImpactForm
from scheduling.staff.moments import differences, start_of
from scheduling.staff.outcomes import status_label
from staffkit.clocks import format_moment

_FEW_GROUPS = 3
"""So many messages are shown open."""
_UNDECIDED = _("What they are told follows from what you choose below.")
_MOST_UNFOLDED, _MOST_NAMED = 12, 5
"""A longer list of people is folded beneath the first names of it."""


def groups_of(
    impact: Impact, form: ImpactForm | None, untold: Iterable[str] = (), *, undecided: bool = False
) -> dict[str, Any]:
    """People by what changes for them and what they are told, in the order of the first of each group.

    Args:
        form: by which something else is chosen for one of them; None: not here.
        untold: ids of the bookings of whom staff keep it from.
        undecided: nothing has been chosen yet, of what must be.
    """
    rows, untold = impact.people[:MOST_SHOWN], set(untold)
    people = {str(row["_id"]): row for row in by_id("users", [row.candidate.id for row in rows])}
    templates, groups = in_force(), dict[Any, dict[str, Any]]()
    for row in rows:
        if person := people.get(row.candidate.id):
            html = notice_html(row, reads(person), templates)
            why = _UNDECIDED if undecided else _why_untold(row, row.booking.id in untold)
            told = _told(row, html, why)
            key = (tuple(told["changes"]), _nameless(html, row), str(told["untold"]))
            groups.setdefault(key, {**told, "reader": row.candidate.name, "people": []})
            groups[key]["people"].append(_person(row, person, form))
    found = sorted(groups.values(), key=lambda group: len(group["people"]))  # what was chosen for one alone comes first
    for position, group in enumerate(found):
        group["open"] = position == 0 or len(found) <= _FEW_GROUPS
        group.update(_folded(group["people"]))
    return {"groups": found, "left_out": len(impact.people) - len(rows), "cards": _cards_of(impact.people)}


def _cards_of(people: Iterable[Affected]) -> str:
    """Which recruiters in chat see it on their cards; the button counts candidates alone."""
    slots = (slot for row in people if _shows(row) for slot in (row.was, row.now) if slot.recruiter_reachable)
    names = list(dict.fromkeys(slot.place.recruiter or "" for slot in slots))
    if not names:
        return ""
    text = ngettext("The recruiter's card follows: %(names)s", "The recruiters' cards follow: %(names)s", len(names))
    return text % {"names": ", ".join(names)}


def _shows(row: Affected) -> bool:
    """Whether a card tells of it: not how many may come, nor who still can; as ``SlotEdited.shows``."""
    as_before = replace(row.now, capacity=row.was.capacity, is_active=row.was.is_active)
    return not row.zone_was and (not row.booking.live or as_before != row.was)


def _folded(people: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Whether a list of people is folded, beneath the names of those at the top and how many there are more."""
    names = ", ".join(str(person["name"]) for person in people[:_MOST_NAMED])
    text = _now("%(names)s and %(count)s more") % {"names": names, "count": max(0, len(people) - _MOST_NAMED)}
    return {"folds": len(people) > _MOST_UNFOLDED and not any(one["opened"] for one in people), "names": text}


def _told(row: Affected, html: str | None, why_untold: Any) -> dict[str, Any]:
    return {
        "changes": changes_of(row),
        "text": shown(html) if html else "",
        "untold": "" if row.notice else why_untold,
    }


def _nameless(html: str | None, row: Affected) -> str:
    name = row.notice.candidate_name if row.notice else ""
    return (html or "").replace(name, "…", 1) if name else html or ""


def single_people(form: ImpactForm) -> dict[str, Any]:
    """Those for whom something else can be chosen, where several ways are shown and each names all of them."""
    rows = [(row, form.own_fields(row.booking.id)) for row in form.asked.people]
    people = [
        {"name": row.candidate.name, "when": changes_of(row)[0][0], "own": own, "opened": _is_chosen(own)}
        for row, own in rows
        if own
    ]
    return {"people": people, **_folded(people)}


def _is_chosen(own: Mapping[str, forms.BoundField]) -> bool:
    return any(field.value() or field.errors for field in own.values())


def _person(row: Affected, person: Document, form: ImpactForm | None) -> dict[str, Any]:
    path = path_to_tell(person)
    own = form.own_fields(row.booking.id) if form else {}
    return {
        "name": row.candidate.name,
        "link": reverse("admin:scheduling_booking_change", args=[row.booking.id]),
        "status": status_label(row.booking.status),
        "wants": row.wants,
        "proposed": row.proposed,
        "by_hand": why_by_hand(path) if row.notice else "",
        "write": path.link,
        "own": own,
        "opened": _is_chosen(own),
    }


def changes_of(row: Affected) -> list[tuple[str, str]]:
    """Old and new, of what is otherwise; without the second where it ends or stays."""
    was, now = row.was, row.now
    if row.zone_was and was.place.venue.video_link and row.candidate.timezone:
        zones = ((was.starts_at, row.zone_was), (now.starts_at, row.candidate.timezone))
        return [(format_moment(*zones[0]), format_moment(*zones[1]))]
    when, then = (start_of(slot.starts_at, slot.place.timezone, slot.place.venue) for slot in (was, now))
    if not row.booking.live:
        return [(when, "")]
    told = differences(was, now) if when == then else [(when, then), *differences(was, now)]
    return told if told and told[0][0] == when else [(when, ""), *told]


def _why_untold(row: Affected, kept_from_them: bool) -> Any:
    if kept_from_them:
        return _("Nothing is sent: you keep it from them. The audit trail says why.")
    if row.wants:
        return _("Nothing is sent: the wish stands, for the slot as it is then.")
    return _("Nothing is sent: the booking stands.")
