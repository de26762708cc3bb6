"""The form that makes the slots of many days. Times are typed on the clocks of the slots' city."""

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

from common.refusals import RefusedError
from people.models import City, Recruiter
from people.staff.reaching import tell_reach
from scheduling.models import DEFAULT_DURATION_MINUTES
from scheduling.services.slots import SlotDraft
from scheduling.staff.forms.drafts import FURTHEST_DAYS, DaysField, DraftsForm, check_days, time_of, words
from scheduling.staff.forms.venues import given_venue, venue_inputs
from staffkit.clocks import from_wall_clock
from staffkit.forms.inputs import DateInput, TimeInput
from staffkit.forms.use_case import show_refusal

_WORKDAYS = ["0", "1", "2", "3", "4"]
_DAY_MINUTES = 24 * 60


class AddSlotsForm(DraftsForm):
    """Many slots at once: days × times."""

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
    except_days = DaysField(_("Except these days"), _("Holidays and the like: 31.12.2026, 04.01.2027."))
    days = DaysField(
        _("Other days"), _("A list such as 24.11.2026, 30.11.2026; instead of the days above, or besides.")
    )
    from_time = forms.TimeField(label=_("From time"), required=False, widget=TimeInput())
    to_time = forms.TimeField(
        label=_("Until"), required=False, widget=TimeInput(), help_text=_("The last interview ends by then.")
    )
    every_minutes = forms.IntegerField(
        label=_("Every, minutes"),
        required=False,
        min_value=1,
        max_value=_DAY_MINUTES,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Empty: one after the other, without a break."),
    )
    times = forms.CharField(
        label=_("Other times"),
        max_length=1_000,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("A list such as 10:00, 10:20, 14:30; instead of the times above, or besides."),
    )
    duration_minutes = forms.IntegerField(
        label=_("Lasts, minutes"),
        initial=DEFAULT_DURATION_MINUTES,
        min_value=1,
        max_value=_DAY_MINUTES,
        widget=UnfoldAdminTextInputWidget(),
    )
    max_users = forms.IntegerField(
        label=_("Capacity"), initial=1, min_value=1, max_value=1_000, widget=UnfoldAdminTextInputWidget()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= venue_inputs()
        tell_reach(self, "recruiter")

    def clean_times(self) -> list[time]:
        """Times of day."""
        return [time_of(word) for word in words(self.cleaned_data["times"])]

    def clean(self) -> dict[str, Any]:
        """Work out the slots."""
        super().clean()
        if self.errors:
            return self.cleaned_data
        wanted, excepted = {*self.cleaned_data["days"], *self._range()}, {*self.cleaned_data["except_days"]}
        days = sorted(wanted - excepted)
        self.skip_days(wanted & excepted)
        if not days:
            raise ValidationError(_now("Give days: a range with weekdays, or a list."))
        times = sorted({*self.cleaned_data["times"], *self._row()})
        if not times:
            raise ValidationError({"from_time": _now("Give times: from and to, or a list.")})
        check_days(days, len(times))
        try:
            self._prepare(days, times)
        except RefusedError as error:
            show_refusal(self, error)
        return self.cleaned_data

    def _prepare(self, days: list[date], times: list[time]) -> None:
        venue = given_venue(self.cleaned_data)
        try:
            every = [self._draft(day, start, venue) for day in days for start in times]
        except ValidationError as error:
            self.add_error("times", error)
        else:
            self.keep(every)

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

    def _row(self) -> Iterator[time]:
        """Times from – to – every."""
        first, last = self.cleaned_data["from_time"], self.cleaned_data["to_time"]
        if first is None and last is None:
            return
        if first is None or last is None:
            raise ValidationError({"to_time" if first else "from_time": _now("Give both: from and to.")})
        lasts = self.cleaned_data["duration_minutes"]
        begins, ends = (clock_time.hour * 60 + clock_time.minute for clock_time in (first, last))
        if begins + lasts > ends:
            text = _now("From %(first)s on there is no room for %(minutes)s minutes until then.")
            raise ValidationError({"to_time": text % {"first": f"{first:%H:%M}", "minutes": lasts}})
        step = self.cleaned_data["every_minutes"] or lasts
        yield from (time(*divmod(minute, 60)) for minute in range(begins, ends - lasts + 1, step))

    def _draft(self, day: date, start: time, venue: dict[str, str]) -> SlotDraft:
        data = self.cleaned_data
        return SlotDraft(
            starts_at=from_wall_clock(datetime.combine(day, start), data["city"].timezone),
            duration_minutes=data["duration_minutes"],
            max_users=data["max_users"],
            venue=venue,
            recruiter_id=str(data["recruiter"].pk) if data["recruiter"] else None,
            city_id=str(data["city"].pk),
        )
