"""Forms for making and changing slots. Times are typed on the clocks of the slot's city."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from common import clock
from common.mongo import collection
from common.refusals import RefusedError
from people.models import City, Recruiter
from scheduling.models import DEFAULT_DURATION_MINUTES, InterviewEvent
from scheduling.services.slots import SlotDraft, check_drafts
from scheduling.staff.forms.venues import given_venue, venue_inputs
from staffkit.clocks import format_moment, from_wall_clock, today
from staffkit.forms.inputs import DateInput
from staffkit.forms.use_case import show_refusal

MOST_SLOTS = 500
FURTHEST_DAYS = 366
_WORKDAYS = ["0", "1", "2", "3", "4"]
_DAY_FORMS = ("%d.%m.%Y", "%Y-%m-%d")


class AddSlotsForm(forms.Form):
    """Many slots at once: days × times. Once valid, ``drafts`` holds them."""

    city = forms.ModelChoiceField(
        City.objects.filter(is_active=True).order_by("name"), label=_("City"), widget=UnfoldAdminSelectWidget()
    )
    recruiter = forms.ModelChoiceField(
        Recruiter.objects.filter(is_active=True).order_by("name"),
        label=_("Recruiter"),
        required=False,
        widget=UnfoldAdminSelectWidget(),
    )
    first_day = forms.DateField(label=_("From day"), required=False, widget=DateInput())
    last_day = forms.DateField(label=_("To day"), required=False, widget=DateInput())
    weekdays = forms.MultipleChoiceField(
        label=_("On these weekdays"),
        choices=[(str(number), name) for number, name in WEEKDAYS_ABBR.items()],
        initial=_WORKDAYS,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )
    days = forms.CharField(
        label=_("Other days"),
        required=False,
        max_length=1_000,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("A list such as 24.11.2026, 30.11.2026; instead of the days above, or besides."),
    )
    times = forms.CharField(
        label=_("Times"),
        max_length=1_000,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("On the city's clocks, such as 10:00, 10:20, 14:30."),
    )
    duration_minutes = forms.IntegerField(
        label=_("Minutes"),
        initial=DEFAULT_DURATION_MINUTES,
        min_value=1,
        max_value=24 * 60,
        widget=UnfoldAdminTextInputWidget(),
    )
    max_users = forms.IntegerField(
        label=_("Capacity"), initial=1, min_value=1, max_value=1_000, widget=UnfoldAdminTextInputWidget()
    )

    def __init__(self, *args: Any, event: InterviewEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= venue_inputs()
        self.event = event
        self.drafts: list[SlotDraft] = []
        self.left_out = 0

    def clean_times(self) -> list[time]:
        """Distinct times of day, in order."""
        return sorted({_time(word) for word in _words(self.cleaned_data["times"])})

    def clean_days(self) -> list[date]:
        """Single days."""
        return [_day(word) for word in _words(self.cleaned_data["days"])]

    def clean(self) -> dict[str, Any]:
        """Work out the slots; those in the past, and those that exist already, are left out."""
        super().clean()
        if self.errors:
            return self.cleaned_data
        days = sorted({*self.cleaned_data["days"], *self._range()})
        if not days:
            raise ValidationError(_now("Give days: a range with weekdays, or a list."))
        if days[-1] > today() + timedelta(days=FURTHEST_DAYS):
            raise ValidationError(_now("Days can be at most a year ahead."))
        if len(days) * len(self.cleaned_data["times"]) > MOST_SLOTS:
            raise ValidationError(_now("That makes more than %(most)s slots. Take fewer days.") % {"most": MOST_SLOTS})
        try:
            self._prepare(days)
        except RefusedError as error:
            show_refusal(self, error)
        except ValidationError as error:
            self.add_error("times", error)
        return self.cleaned_data

    def _prepare(self, days: list[date]) -> None:
        every = [self._draft(day, start) for day in days for start in self.cleaned_data["times"]]
        self.drafts = [draft for draft in every if draft.starts_at > clock.now() and not self._exists(draft)]
        self.left_out = len(every) - len(self.drafts)
        check_drafts(self.event, self.drafts)

    def preview(self) -> list[str]:
        """The slots' times, as they will be shown."""
        return [
            format_moment(draft.starts_at, self.cleaned_data["city"].timezone, ours=bool(draft.venue.get("video_link")))
            for draft in self.drafts
        ]

    def _range(self) -> Iterator[date]:
        given = [day for name in ("first_day", "last_day") if (day := self.cleaned_data.get(name))]
        if not given:
            return
        first, last = given[0], given[-1]
        if not timedelta() <= last - first <= timedelta(days=FURTHEST_DAYS):
            raise ValidationError(_now("The last day must not be before the first, nor a year after it."))
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if str(day.weekday()) in self.cleaned_data["weekdays"]:
                yield day

    def _draft(self, day: date, start: time) -> SlotDraft:
        data = self.cleaned_data
        return SlotDraft(
            starts_at=from_wall_clock(datetime.combine(day, start), data["city"].timezone),
            duration_minutes=data["duration_minutes"],
            max_users=data["max_users"],
            venue=given_venue(data),
            recruiter_id=str(data["recruiter"].pk) if data["recruiter"] else None,
            city_id=str(data["city"].pk),
        )

    def _exists(self, draft: SlotDraft) -> bool:
        same = {"starts_at": draft.starts_at, **draft.venue}
        return collection("interview_slots").find_one({"event_id": self.event.pk, **same}, {"_id": 1}) is not None


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[,;\s]+", text) if word]


def _time(word: str) -> time:
    try:
        return datetime.strptime(word, "%H:%M").time()  # noqa: DTZ007
    except ValueError:
        raise ValidationError(_now("“%(word)s” is not a time such as 10:30.") % {"word": word}) from None


def _day(word: str) -> date:
    for form in _DAY_FORMS:
        try:
            return datetime.strptime(word, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValidationError(_now("“%(word)s” is not a day such as 24.11.2026.") % {"word": word})
