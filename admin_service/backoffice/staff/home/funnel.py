"""The way of candidates on the first page: how many came to each step, in all, by city and by recruiter."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.mongo import collection
from people.models import Candidate
from scheduling.models import Booking
from scheduling.services.reading.funnel import OF_BOOKINGS, STEPS, Ways, ways, ways_to_recruiter
from scheduling.staff.funnel import LABELS
from staffkit.scoping import own_rows

MOST_ROWS = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A number with the list it counts; without a link where the login has no such list."""

    label: str
    value: int
    share: int
    link: str


@dataclass(frozen=True, slots=True)
class Funnel:
    """``bars``: of all. ``cities`` and ``recruiters``: names with their numbers, the largest first."""

    bars: list[Cell]
    cities: list[tuple[str, list[Cell]]]
    recruiters: list[tuple[str, list[Cell]]]
    whole: bool


def funnel(request: HttpRequest, now: datetime) -> Funnel | None:
    """Of the login's own people; a recruiter's begins where somebody asks them for a time."""
    people, bookings = own_rows(request, Candidate), own_rows(request, Booking)
    if people is None and bookings is None:
        return None
    whole = people is not None
    every = ways(people, now) if people is not None else ways_to_recruiter(bookings or {}, now)
    bars = _cells(_counts(every.steps), STEPS if whole else OF_BOOKINGS, whole)
    return Funnel(bars, _by_city(every) if whole else [], _by_recruiter(every, whole), whole)


def _counts(steps: Mapping[str, Collection[bytes]]) -> dict[str, int]:
    return {step: len(people) for step, people in steps.items()}


def _by_city(every: Ways) -> list[tuple[str, list[Cell]]]:
    counted = {
        city: {step: len(people & there) for step, people in every.steps.items()}
        for city, there in every.cities.items()
    }
    names = {row["_id"]: row["name"] for row in collection("cities").find({}, {"name": 1})}
    return [
        (names.get(city, _("no city")), _cells(counts, STEPS, city is not None, city__id__exact=city))
        for city, counts in _largest(counted, STEPS[0])
    ]


def _by_recruiter(every: Ways, linked: bool) -> list[tuple[str, list[Cell]]]:
    counted = {recruiter: _counts(steps) for recruiter, steps in every.with_recruiter.items()}
    rows = collection("recruiters").find({"_id": {"$in": list(counted)}}, {"name": 1})
    names = {row["_id"]: row["name"] for row in rows}
    return [
        (names.get(recruiter, "—"), _cells(counts, OF_BOOKINGS, linked, recruiter))
        for recruiter, counts in _largest(counted, OF_BOOKINGS[0])
    ]


def _largest(counted: dict[Any, dict[str, int]], first: str) -> list[tuple[Any, dict[str, int]]]:
    return sorted(counted.items(), key=lambda pair: -pair[1][first])[:MOST_ROWS]


def _cells(
    counts: dict[str, int], steps: Iterable[str], linked: bool, recruiter: Any = None, **query: Any
) -> list[Cell]:
    """A cell for each step; shares are of the first."""
    names = list(steps)
    every, address = counts[names[0]], reverse("admin:people_candidate_changelist")
    return [
        Cell(
            label=capfirst(str(LABELS[name])),
            value=counts[name],
            share=round(100 * counts[name] / every) if every else 0,
            link=f"{address}?{urlencode({'step': f'{name}.{recruiter}' if recruiter else name, **query})}"
            if linked
            else "",
        )
        for name in names
    ]
