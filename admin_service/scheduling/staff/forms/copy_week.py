"""The form that copies an event's slots of one week into others."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from common.mongo import Document, collection
from common.refusals import RefusedError
from common.zones import local
from people.services.zones import zones_of_cities
from scheduling.services.slots import SlotDraft
from scheduling.services.store.slots import find_slots
from scheduling.staff.forms.drafts import DaysField, DraftsForm, check_days
from shared_contracts.venue import VENUE_FIELDS
from staffkit.clocks import from_wall_clock, today
from staffkit.forms.inputs import DateInput
from staffkit.forms.use_case import show_refusal

MOST_WEEKS = 12
_WEEK = timedelta(days=7)
_A_DAY = timedelta(days=1)  # more than any two clocks differ


class CopyWeekForm(DraftsForm):
    """The active slots of a week, at the same times on the same weekdays of others.

    ``own``: the condition of the slots that the login may see. Those whose recruiter, city or office is not active any
    more are left out, and those at a time that the clocks skip or show twice.
    """

    week = forms.DateField(label=_("Copy the week of"), widget=DateInput(), help_text=_("Any day of it."))
    into = forms.DateField(label=_("Into the week of"), widget=DateInput())
    weeks = forms.IntegerField(
        label=_("So many weeks in a row"),
        initial=1,
        min_value=1,
        max_value=MOST_WEEKS,
        widget=UnfoldAdminTextInputWidget(),
    )
    except_days = DaysField(_("Except these days"), _("Holidays and the like: 31.12.2026, 04.01.2027."))

    def __init__(self, *args: Any, own: Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = own
        week = self._soonest()
        self.fields["week"].initial, self.fields["into"].initial = week, week + _WEEK

    def clean(self) -> dict[str, Any]:
        """Work out the slots."""
        super().clean()
        if self.errors:
            return self.cleaned_data
        data = self.cleaned_data
        week, into = _monday(data["week"]), _monday(data["into"])
        if into == week:
            raise ValidationError({"into": _now("This is the same week.")})
        shifts = [into - week + number * _WEEK for number in range(data["weeks"])]
        rows = self._slots_of(week)
        if not rows:
            raise ValidationError({"week": _now("There are no active slots of this event in that week.")})
        check_days([into + len(shifts) * _WEEK - _A_DAY], 1)
        check_days([into] * len(shifts), len(rows))
        try:
            self.keep(self._drafts(rows, shifts))
        except RefusedError as error:
            show_refusal(self, error)
        return data

    def _soonest(self) -> date:
        """A day of the first week, from this one on, that has something to copy; today where none has."""
        within = {"$gte": datetime.combine(_monday(today()), time(), UTC)}
        found = find_slots({"$and": [{**self._active, "starts_at": within}, self._own]}, limit=1)
        return local(found[0]["starts_at"], zones_of_cities()[found[0]["city_id"]]).date() if found else today()

    @property
    def _active(self) -> Document:
        return {"event_id": self.event.pk, "is_active": True}

    def _slots_of(self, week: date) -> list[Document]:
        """With ``there``: their start on the clocks of their city."""
        begins = datetime.combine(week, time(), UTC)
        within = {"$gte": begins - _A_DAY, "$lt": begins + _WEEK + _A_DAY}
        rows = find_slots({"$and": [{**self._active, "starts_at": within}, self._own]})
        zones = zones_of_cities()
        for row in rows:
            row["there"] = local(row["starts_at"], zones[row["city_id"]]).replace(tzinfo=None)
            row["zone"] = zones[row["city_id"]]
        return [row for row in rows if _monday(row["there"].date()) == week]

    def _drafts(self, rows: Sequence[Document], shifts: Sequence[timedelta]) -> list[SlotDraft]:
        usable, excepted = _still_usable(rows), self.cleaned_data["except_days"]
        for when in sorted(row["there"] + shift for shift in shifts for row in rows if row not in usable):
            self.skip(_now("recruiter, city or office is not active any more"), date_format(when, "D d.m.Y, H:i"))
        moved = [(row, row["there"] + shift) for shift in shifts for row in usable]
        self.skip_days({there.date() for _row, there in moved} & {*excepted})
        return [draft for row, there in moved if there.date() not in excepted and (draft := self._draft(row, there))]

    def _draft(self, row: Document, there: datetime) -> SlotDraft | None:
        """None where the clocks are changed then: the others are made all the same."""
        try:
            starts_at = from_wall_clock(there, row["zone"])
        except ValidationError:
            why = _now("the clocks are changed then; add these at another time")
            self.skip(why, date_format(there, "D d.m.Y, H:i"))
            return None
        return SlotDraft(
            starts_at=starts_at,
            duration_minutes=row["duration_minutes"],
            max_users=row["max_users"],
            venue={name: row.get(name) or "" for name in VENUE_FIELDS},
            recruiter_id=str(row["recruiter_id"]) if row["recruiter_id"] else None,
            city_id=str(row["city_id"]),
        )


def _still_usable(rows: Sequence[Document]) -> list[Document]:
    """Those that nobody has retired from: their recruiter, city and office."""
    retired = {
        str(row["_id"])
        for name in ("recruiters", "cities", "offices")
        for row in collection(name).find({"is_active": False}, {"_id": 1})
    }
    return [
        row
        for row in rows
        if not retired & {str(row["recruiter_id"]), str(row["city_id"]), str(row.get("office") or "")}
    ]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
