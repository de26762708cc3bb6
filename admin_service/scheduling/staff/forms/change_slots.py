"""The form that changes several slots at once; what is left empty stays as it is."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from common import clock
from common.zones import local
from people.models import Recruiter
from people.staff.reaching import tell_reach
from scheduling.domain.clashes import Engagement
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewSlot
from scheduling.services.clashes import of_slot
from scheduling.services.editing.slot_edits import too_few_seats
from scheduling.staff.clashes import TICK, tick_field
from scheduling.staff.forms.drafts import FURTHEST_DAYS
from shared_contracts.telegram.names import clean_name
from staffkit.clocks import from_wall_clock

_DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Planned:
    """A slot, what would become of it, or why it stays as it is."""

    slot: InterviewSlot
    changes: SlotChanges = field(default_factory=SlotChanges)
    recruiter: Recruiter | None = None
    why_not: str = ""

    @property
    def changed(self) -> InterviewSlot:
        """The slot as it would be; for looking at."""
        changed = copy(self.slot)
        given = {name: getattr(self.changes, name) for name in ("starts_at", "max_users", "is_active")}
        for name, value in {**given, **self.changes.venue, "recruiter": self.recruiter}.items():
            if value is not None:
                setattr(changed, name, value)
        return changed

    @property
    def engagement(self) -> Engagement | None:
        """What it would take up."""
        changed = self.changed
        ends_at = changed.starts_at + timedelta(minutes=changed.duration_minutes)
        return of_slot({**vars(changed), "_id": changed.pk, "ends_at": ends_at})


class ChangeSlotsForm(forms.Form):
    """Other values for several slots."""

    days = forms.IntegerField(
        label=_("Move by days"),
        required=False,
        min_value=-FURTHEST_DAYS,
        max_value=FURTHEST_DAYS,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("At the same time of day. Back: with a minus."),
    )
    minutes = forms.IntegerField(
        label=_("Move by minutes"),
        required=False,
        min_value=-_DAY_MINUTES,
        max_value=_DAY_MINUTES,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Such as 15, or -30 for earlier."),
    )
    recruiter = forms.ModelChoiceField(
        Recruiter.objects.filter(is_active=True).order_by("name"),
        label=_("Recruiter"),
        required=False,
        empty_label=_("as it is"),
        widget=UnfoldAdminSelectWidget(),
    )
    room = forms.CharField(label=_("Room"), required=False, max_length=60, widget=UnfoldAdminTextInputWidget())
    max_users = forms.IntegerField(
        label=_("Capacity"), required=False, min_value=1, max_value=1_000, widget=UnfoldAdminTextInputWidget()
    )
    is_active = forms.ChoiceField(
        label=_("Open for booking"),
        required=False,
        choices=[("", _("as it is")), ("yes", _("yes")), ("no", _("no"))],
        widget=UnfoldAdminSelectWidget(),
    )
    despite_clashes = tick_field(_("Change them anyway"))

    def __init__(self, *args: Any, slots: Sequence[InterviewSlot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tell_reach(self, "recruiter")
        self._slots = slots
        self.planned: list[Planned] = []
        self.left: list[Planned] = []

    def clean_room(self) -> str:
        """As it is kept; one of which nothing can be seen is none."""
        return clean_name(self.cleaned_data["room"])

    def clean(self) -> dict[str, Any]:
        """Work out what becomes of each: ``planned``, and ``left`` with the reasons."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        if not any(data[name] for name in self.fields if name != TICK):
            raise ValidationError(_now("Say what is to change."))
        every = [self._plan(slot) for slot in self._slots]
        self.planned = [one for one in every if not one.why_not]
        self.left = [one for one in every if one.why_not]
        return data

    def _plan(self, slot: InterviewSlot) -> Planned:
        why_not = self._why_not(slot)
        if why_not:
            return Planned(slot, why_not=why_not)
        data = self.cleaned_data
        changes = SlotChanges(
            max_users=data["max_users"],
            venue={"room": data["room"]} if data["room"] else {},
            recruiter_id=str(data["recruiter"].pk) if data["recruiter"] else None,
            is_active={"yes": True, "no": False}.get(data["is_active"]),
        )
        try:
            moved = self._moved(slot)
        except ValidationError as error:
            return Planned(slot, why_not=" ".join(error.messages))
        if moved == slot.starts_at:
            return Planned(slot, changes, data["recruiter"])
        if moved <= clock.now():
            return Planned(slot, why_not=_now("That time is past."))
        return Planned(slot, replace(changes, starts_at=moved), data["recruiter"])

    def _why_not(self, slot: InterviewSlot) -> str:
        data, booked = self.cleaned_data, len(slot.booked_users)
        if slot.ends_at <= clock.now():
            return _now("It is over.")
        if data["max_users"] and data["max_users"] < booked:
            return too_few_seats(str(slot.pk), booked)
        if data["room"] and slot.video_link:
            return _now("It is held online.")
        return ""

    def _moved(self, slot: InterviewSlot) -> datetime:
        """Days go by the clocks of its city, minutes by any, but to no time that these show twice."""
        starts_at: datetime = slot.starts_at
        zone = slot.city.timezone
        if self.cleaned_data["days"]:
            there = local(starts_at, zone).replace(tzinfo=None)
            starts_at = from_wall_clock(there + timedelta(days=self.cleaned_data["days"]), zone)
        if self.cleaned_data["minutes"]:
            starts_at += timedelta(minutes=self.cleaned_data["minutes"])
            from_wall_clock(local(starts_at, zone).replace(tzinfo=None), zone)
        return starts_at
