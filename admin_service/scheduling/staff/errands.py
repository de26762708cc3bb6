"""What waits for staff about bookings: requests, people to tell by hand, interviews that nobody has marked."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from bson import ObjectId
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.mongo import Document, collection
from common.scope import scope_of
from common.texts.names import name_in
from people.services.links import recruiter_link
from scheduling.models import STATUS_LABELS
from scheduling.services.reading.to_mark import WITHIN_DAYS, unmarked, unmarked_in_parts
from scheduling.services.recruiter_cards.request_reminders import (
    AWAITING_APPROVAL,
    candidates_by_hand,
    to_tell_by_hand,
)
from scheduling.services.store.slots import venue_of_booking
from scheduling.staff.bookings.by_hand import reason_about_recruiter, recruiters_to_tell, why_no_candidate
from scheduling.staff.bookings.hand_texts import copied, texts_for_candidates
from scheduling.staff.moments import named, place_of, start_of
from scheduling.staff.moves import answer_labels, moves_of
from shared_contracts.booking import MARKS
from shared_contracts.directory import BookingStatus
from staffkit.clocks import format_moment, today
from staffkit.errands import Errand, ErrandKind, Press, register
from staffkit.views import may

_MAY = "scheduling.change_booking"


def to_approve(request: HttpRequest, rows: Sequence[Document]) -> list[Errand]:
    """Requests, with what a move would change and the two answers."""
    since, moves, may_decide = _last_changes(rows), moves_of(rows), may(request, _MAY)
    found = []
    for row in rows:
        until = _("until %(when)s") % {"when": format_moment(row["expires_at"], row["slot"]["timezone"])}
        presses = _answers(row) if may_decide else []
        errand = about_booking(row, since.get(row["_id"]) or row["created_at"], until, presses)
        found.append(replace(errand, asked=moves.get(row["_id"], "")))
    return found


def _answers(row: Document) -> list[Press]:
    """What is approved is what is shown: the version goes along."""
    approve, reject = answer_labels(row.get("requested_slot_id"))
    seen = {"version": row["version"], "reason": ""}
    return [Press(str(approve), _button(row, "approve"), seen, main=True), Press(str(reject), _button(row, "reject"))]


def to_tell(request: HttpRequest, rows: Sequence[Document]) -> list[Errand]:
    """Bookings of which somebody is to be told, with why the bot can't and where to write."""
    since = _last_changes(rows)
    recruiters, own = recruiters_to_tell(rows), scope_of(request).recruiter_id
    people = _by_id("users", (row["user_id"] for row in rows))
    texts = texts_for_candidates(rows)
    found = []
    for row in rows:
        why, presses = [], []
        tells_recruiter = row["recruiter_by_hand"] and not row["recruiter_told"] and own is None
        if tells_recruiter:
            recruiter = recruiters.get(row["_id"])
            why.append(reason_about_recruiter(recruiter))
            presses += _written(_("Write to the recruiter"), recruiter_link(recruiter) if recruiter else None, why)
        if row["candidate_by_hand"]:
            why.append(f"{_('the candidate')}: {why_no_candidate(people.get(row['user_id']))}")
            presses += written_to_candidate(row, why)
        if may(request, _MAY):
            presses.append(Press(_("They know"), _button(row, "note_told"), {}, main=True))
        errand = about_booking(row, since.get(row["_id"]) or row["created_at"], "; ".join(why), presses)
        text, named = texts.get(row["_id"]), "" if tells_recruiter else errand.recruiter  # one is named above
        found.append(replace(errand, copied=copied(text) if text else "", recruiter=named))
    return found


def to_mark(request: HttpRequest, rows: Sequence[Document]) -> list[Errand]:
    """Interviews that are over, with the marks."""
    labels = dict(STATUS_LABELS)
    marks = MARKS if may(request, _MAY) else ()
    return [
        about_booking(
            row,
            row["ends_at"],
            "",
            [
                Press(
                    capfirst(str(labels[mark.value])),
                    _button(row, "mark"),
                    {"version": row["version"], "mark": mark.value},
                    main=mark is BookingStatus.ATTENDED,
                )
                for mark in marks
            ],
        )
        for row in rows
    ]


def about_booking(row: Document, since: datetime, why: str, presses: Sequence[Press] = ()) -> Errand:
    """An errand about a booking: whose, when and where, with whom and what for."""
    start = start_of(row["starts_at"], row["slot"]["timezone"], venue_of_booking(row))
    return Errand(
        id=str(row["_id"]),
        since=since,
        who=name_in(row["user"]),
        link=reverse("admin:scheduling_booking_change", args=[row["_id"]]),
        about=named(start, place_of(venue_of_booking(row))),
        why=why,
        presses=presses,
        recruiter=row["slot"]["recruiter"],
        event=row["slot"]["event"],
    )


def written_to_candidate(row: Document, why: list[str]) -> list[Press]:
    """Where to write to a booking's candidate; ``why`` grows where there is no link."""
    username = row["user"]["username"]
    return _written(_("Write to the candidate"), f"https://t.me/{username}" if username else None, why)


def _written(label: str, link: str | None, why: list[str]) -> list[Press]:
    if link:
        return [Press(label, link)]
    why[-1] = ", ".join((why[-1], _("no link")))
    return []


def _button(row: Document, name: str) -> str:
    return reverse(f"admin:scheduling_booking_{name}", args=[row["_id"]])


def _last_changes(rows: Sequence[Document]) -> dict[ObjectId, datetime]:
    """When bookings last changed, by the audit trail: what still waits, waits since then; by ``audit_subject``."""
    entries = collection("audit_entries").find(
        {"subject_id": {"$in": [row["_id"] for row in rows]}, "action": {"$nin": ["reminded", "told_by_hand"]}},
        {"subject_id": 1, "created_at": 1},
    )
    return {row["subject_id"]: row["created_at"] for row in entries.sort("created_at", 1)}


def _by_id(name: str, ids: Iterable[Any]) -> dict[ObjectId, Document]:
    return {row["_id"]: row for row in collection(name).find({"_id": {"$in": [item for item in ids if item]}})}


def _unmarked(_now: datetime) -> Document:
    return unmarked(today() - timedelta(days=WITHIN_DAYS - 1), today())


def _unmarked_in_parts(_now: datetime) -> list[Document]:
    return unmarked_in_parts(today() - timedelta(days=WITHIN_DAYS - 1), today())


def _unmarked_query() -> str:
    first = today() - timedelta(days=WITHIN_DAYS - 1)
    days = {"starts_at_from": f"{first:%Y-%m-%d}", "starts_at_to": f"{today():%Y-%m-%d}"}
    return urlencode({"status__exact": BookingStatus.UNMARKED.value, **days})


register(
    ErrandKind(
        name="approval",
        label=gettext_lazy("request"),
        counted=lambda count: ngettext("request awaits approval", "requests await approval", count),
        model="scheduling.Booking",
        condition=lambda _now: AWAITING_APPROVAL,
        query=lambda: "now=approval",
        order="expires_at",
        errands=to_approve,
    ),
    ErrandKind(
        name="by-hand",
        label=gettext_lazy("contact by hand"),
        counted=lambda count: ngettext("booking to tell of by hand", "bookings to tell of by hand", count),
        model="scheduling.Booking",
        condition=to_tell_by_hand,
        query=lambda: "now=by-hand",
        order="starts_at",
        errands=to_tell,
        recruiters=candidates_by_hand,
    ),
    ErrandKind(
        name="marking",
        label=gettext_lazy("not marked"),
        counted=lambda count: ngettext(
            "interview of the last two weeks is not marked", "interviews of the last two weeks are not marked", count
        ),
        model="scheduling.Booking",
        condition=_unmarked,
        query=_unmarked_query,
        order="starts_at",
        errands=to_mark,
        page=lambda request: reverse("admin:scheduling_booking_mark_day") if may(request, _MAY) else "",
        parts=_unmarked_in_parts,
    ),
)
