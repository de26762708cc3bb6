"""The form of one slot."""

from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from common.zones import local
from people.staff.forms import offer_open_cities
from people.staff.reaching import tell_reach
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewSlot
from scheduling.services.clashes import clashes_in, clashes_of, of_draft
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.services.slots import SlotDraft, create_slots
from scheduling.staff.calendar.asked import back_to_calendar
from scheduling.staff.clashes import require_tick, tick_field
from scheduling.staff.forms.reasons import REASON_LENGTH
from scheduling.staff.forms.venues import VENUE_INPUTS, given_venue, venue_inputs
from scheduling.staff.impact.asking import AskingForm
from scheduling.staff.impact.question import EVERY_CHOICE, Question
from staffkit.clocks import from_wall_clock
from staffkit.forms.inputs import DayAndTimeInput, OwnWords
from staffkit.scoping import narrow
from staffkit.views import page_of

_YEARS = range(2000, 2201)


class SlotForm(AskingForm):
    """A slot. Its start is typed and shown on the clocks of its city."""

    starts_at = forms.SplitDateTimeField(
        label=_("Start"), widget=DayAndTimeInput(), help_text=_("On the clocks of the slot's city.")
    )
    reason = OwnWords(
        label=_("Reason of the change"),
        max_length=REASON_LENGTH,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
        help_text=_("Those who are booked read it, if something changes for them."),
    )
    despite_clashes = tick_field(_("Save anyway"))

    class Meta:
        model = InterviewSlot
        fields = (
            "event",
            "city",
            "recruiter",
            "starts_at",
            "duration_minutes",
            "max_users",
            *VENUE_INPUTS,
            "is_active",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {name: field for name, field in venue_inputs().items() if name in self.fields}
        offer_open_cities(self)
        tell_reach(self, "recruiter")
        self._offer_active()
        if self.request:
            narrow(self, self.request)
        if self.instance.pk and "event" in self.fields:
            self.fields["event"].disabled = True

    def _offer_active(self) -> None:
        """Only active recruiters and open offices to choose, and those that are chosen already."""
        for name, chosen in (("recruiter", self.instance.recruiter_id), ("office", self.instance.office or None)):
            field: Any = self.fields.get(name)
            if field is not None:
                every = field.queryset.model.objects.all() if name == "office" else field.queryset
                own = Q(pk=ObjectId(chosen)) if chosen else Q(pk__in=[])
                field.queryset = every.filter(Q(is_active=True) | own).order_by(*field.queryset.query.order_by)

    def shown(self, instance: models.Model) -> dict[str, Any]:
        """As stored, but for the start."""
        values = super().shown(instance)
        if isinstance(instance, InterviewSlot) and "starts_at" in values:
            values["starts_at"] = local(instance.starts_at, instance.city.timezone).replace(tzinfo=None)
        return values

    def clean_starts_at(self) -> datetime:
        """The digits as typed; ``clean`` puts them on the city's clocks."""
        wall_clock: datetime = self.cleaned_data["starts_at"].replace(tzinfo=None)
        if wall_clock.year not in _YEARS:
            raise ValidationError(_now("Give a day of this century."))
        return wall_clock

    def clean(self) -> dict[str, Any]:
        """The start as a moment."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "starts_at" in data:
            try:
                data["starts_at"] = self._moment(data)
            except ValidationError as error:
                self.add_error("starts_at", error)
        for name in (*_PLAIN, *VENUE_INPUTS):
            self._check(name, data)
        return data

    def _moment(self, data: dict[str, Any]) -> datetime:
        """The stored one while its digits and its city are: they may stand for two."""
        own = self.instance.city if self.instance.pk else None
        city = data.get("city") or own
        if own is not None and city == own:
            stored = local(self.instance.starts_at, own.timezone)
            if data["starts_at"] == stored.replace(second=0, microsecond=0, tzinfo=None):
                return stored.astimezone(UTC)
        return from_wall_clock(data["starts_at"], city.timezone if city else "UTC").astimezone(UTC)

    def _check(self, name: str, data: dict[str, Any]) -> None:
        """The model's own limits, which Django checks only for what it saves itself."""
        try:
            if name in data:
                field: Any = InterviewSlot._meta.get_field(name)
                field.run_validators(data[name])
        except ValidationError as error:
            self.add_error(name, error)

    def _post_clean(self) -> None:
        # A slot being edited keeps the stored values: the use case decides what becomes of them.
        if self.instance.pk:
            self._compare()
        else:
            super()._post_clean()

    def question(self) -> Question:
        """Whom it concerns, where somebody is booked."""
        assert self.request is not None
        words = _("Change the slot"), _("Change")
        back = back_to_calendar(self.request, page_of(self.instance))
        return Question(*words, back, offers=EVERY_CHOICE, slots=[str(self.instance.pk)])

    def carry_out(self) -> None:
        """Make the slot, or change what was changed."""
        data = self.cleaned_data
        recruiter_id = str(data["recruiter"].pk) if data["recruiter"] else ""
        if self.instance.pk:
            changes = {name: data[name] for name in self.changed_data if name in _PLAIN}
            changes["venue"] = given_venue(data, self.changed_data)
            if "city" in self.changed_data:
                changes["city_id"] = str(data["city"].pk)
            if "recruiter" in self.changed_data:
                changes["recruiter_id"] = recruiter_id
            if "city" in self.changed_data or "starts_at" in self.changed_data:
                changes["starts_at"] = data["starts_at"]
            words = {"reason": data["reason"], "choices": self.chosen.choices}
            edit_slot(str(self.instance.pk), SlotChanges(**changes), actor=self.actor, **words)
            if _MAY_CLASH & set(self.changed_data):
                require_tick(self, clashes_in([self.instance.pk]), self.request)
            return
        plain = {name: data[name] for name in ("starts_at", "duration_minutes", "max_users")}
        city_id = str(data["city"].pk)
        draft = SlotDraft(**plain, venue=given_venue(data), city_id=city_id, recruiter_id=recruiter_id or None)
        event_id = str(data["event"].pk)
        require_tick(self, clashes_of([of_draft(event_id, draft)]), self.request)
        (made,) = create_slots(event_id, [draft], actor=self.actor)
        self.instance = InterviewSlot.objects.get(pk=made)


_PLAIN = ("starts_at", "duration_minutes", "max_users", "is_active")
_MAY_CLASH = {"starts_at", "duration_minutes", "is_active", "city", "recruiter", *VENUE_INPUTS}
