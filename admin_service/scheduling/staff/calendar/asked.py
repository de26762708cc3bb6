"""What of the calendar is looked at; it stands in the address, so that it can be kept, sent and come back to."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import urlencode

from staffkit.clocks import today

_LONGEST_ID = 400
_YEARS = range(2000, 2200)
_WEEK = 7


class View(StrEnum):
    """How many days are shown."""

    DAY = "day"
    WEEK = "week"


class By(StrEnum):
    """What has a column of its own."""

    RECRUITER = "recruiter"
    PLACE = "place"
    CITY = "city"


@dataclass(frozen=True, slots=True)
class Asked:
    """``only``: the id of the one column that is shown; empty: all."""

    view: View
    day: date
    by: By
    only: str = ""

    @property
    def first(self) -> date:
        """The first day that is shown; weeks begin on Monday."""
        return self.day if self.view is View.DAY else self.day - timedelta(days=self.day.weekday())

    @property
    def days(self) -> int:
        """How many are shown."""
        return 1 if self.view is View.DAY else _WEEK

    @property
    def last(self) -> date:
        """The last of them."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def query(self) -> str:
        """As it stands in the address."""
        return urlencode(
            {"view": self.view.value, "date": self.day.isoformat(), "by": self.by.value, "only": self.only}
        )

    @property
    def address(self) -> str:
        """Of the page that shows it."""
        return f"{reverse('admin:scheduling_interviewslot_calendar')}?{self.query}"

    def other(self, **changes: Any) -> "Asked":
        """The same but for this."""
        return replace(self, **changes)

    def later(self, steps: int) -> "Asked":
        """So many days or weeks on."""
        return replace(self, day=self.day + timedelta(days=steps * self.days))


def asked(query: QueryDict) -> Asked:
    """What an address asks for; what it leaves out is the present week, by recruiter.

    Raises:
        BadRequest: a value is none that can be asked for.
    """
    try:
        day = parse_date(query.get("date") or today().isoformat())
        view, by = View(query.get("view") or View.WEEK), By(query.get("by") or By.RECRUITER)
    except ValueError as error:
        raise BadRequest("a parameter of the calendar can't be read") from error
    only = query.get("only", "")
    if day is None or day.year not in _YEARS or len(only) > _LONGEST_ID:
        raise BadRequest("a parameter of the calendar can't be read")
    return Asked(view, day, by, only)


def from_here(it: Asked) -> str:
    """The query of an address that is opened from the calendar, and leads back to it."""
    return urlencode({"from": f"calendar?{it.query}"})


def back_to_calendar(request: HttpRequest, usual: str) -> str:
    """Where a slot's page leads when it is done: to the calendar for who came from there, else ``usual``."""
    origin, _mark, query = request.GET.get("from", "").partition("?")
    if origin != "calendar":
        return usual
    try:
        return asked(QueryDict(query)).address
    except BadRequest:
        return usual
