"""What the forms that make many slots at once have in common."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from common import clock
from common.mongo import Document, collection
from common.zones import MOSCOW
from people.services.zones import zones_of_cities
from scheduling.domain.clashes import Engagement
from scheduling.models import InterviewEvent
from scheduling.services.clashes import of_draft
from scheduling.services.slots import SlotDraft, check_drafts
from scheduling.staff.clashes import tick_field
from scheduling.staff.forms.venues import VENUE_SHOWN
from staffkit.clocks import format_moment, today

MOST_SLOTS = 500
FURTHEST_DAYS = 366
_DAY_FORMS = ("%d.%m.%Y", "%Y-%m-%d")


class DaysField(forms.CharField):
    """A list of days, as a list of dates."""

    def __init__(self, label: Any, help_text: Any = "") -> None:
        widget = UnfoldAdminTextInputWidget()
        super().__init__(label=label, required=False, max_length=1_000, widget=widget, help_text=help_text)

    def clean(self, value: Any) -> Any:
        """The days."""
        return [_day(word) for word in words(super().clean(value))]


class DraftsForm(forms.Form):
    """Makes many slots of an event. Once valid, ``drafts`` holds them; ``left_out``: how many there could not be."""

    despite_clashes = tick_field(_("Make them anyway"))

    def __init__(self, *args: Any, event: InterviewEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        self.drafts: list[SlotDraft] = []
        self.left_out = 0

    @property
    def engagements(self) -> list[Engagement]:
        """What the slots would take up."""
        return [of_draft(str(self.event.pk), draft) for draft in self.drafts]

    def keep(self, every: Sequence[SlotDraft]) -> None:
        """Take those that are to come and don't exist already.

        Raises:
            RefusedError: naming a wrong field.
        """
        known = self._known(every)
        self.drafts = [draft for draft in every if draft.starts_at > clock.now() and _key(draft) not in known]
        self.left_out += len(every) - len(self.drafts)
        check_drafts(self.event, self.drafts)

    def preview(self) -> list[str]:
        """The slots' times, as they will be shown."""
        zones = {str(city): zone for city, zone in zones_of_cities().items()}
        return [
            format_moment(draft.starts_at, zones.get(draft.city_id, MOSCOW), ours=bool(draft.venue.get("video_link")))
            for draft in self.drafts
        ]

    def _known(self, every: Sequence[SlotDraft]) -> set[tuple[Any, ...]]:
        """The same slots of the event, by one query."""
        starts = [draft.starts_at for draft in every]
        rows = collection("interview_slots").find({"starts_at": {"$in": starts}, "event_id": self.event.pk})
        return {_stored_key(row) for row in rows}


def check_days(days: Sequence[date], times: int) -> None:
    """Refuse more, or later, than anybody plans.

    Raises:
        ValidationError: saying what to take less of.
    """
    if days and max(days) > today() + timedelta(days=FURTHEST_DAYS):
        raise ValidationError(_now("Days can be at most a year ahead."))
    if len(days) * times > MOST_SLOTS:
        raise ValidationError(_now("That makes more than %(most)s slots. Take fewer days.") % {"most": MOST_SLOTS})


def words(text: str) -> list[str]:
    """A list as people type it."""
    return [word for word in re.split(r"[,;\s]+", text) if word]


def time_of(word: str) -> time:
    """A time of day.

    Raises:
        ValidationError: it is none.
    """
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


def _key(draft: SlotDraft) -> tuple[Any, ...]:
    where = (draft.venue.get(name, "") for name in VENUE_SHOWN)
    return draft.starts_at, draft.recruiter_id, draft.city_id, *where


def _stored_key(row: Document) -> tuple[Any, ...]:
    recruiter_id = str(row["recruiter_id"]) if row["recruiter_id"] else None
    return row["starts_at"], recruiter_id, str(row["city_id"]), *(row.get(name) or "" for name in VENUE_SHOWN)
