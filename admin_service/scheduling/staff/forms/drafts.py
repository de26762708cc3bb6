"""What the forms that make many slots at once have in common."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from common import clock
from common.mongo import Document, collection
from common.texts.language import desk_language
from common.zones import MOSCOW, local, zone_name
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
_MOST_SKIPPED = 20
"""Times that are listed for one reason; of more there is the number."""
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
    """Makes many slots of an event. Once valid, ``drafts`` holds them, and ``skipped`` by why what is not made."""

    despite_clashes = tick_field(_("Make them anyway"))

    def __init__(self, *args: Any, event: InterviewEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        self.drafts: list[SlotDraft] = []
        self.skipped: dict[str, list[str]] = {}
        self._zones = {str(city): zone for city, zone in zones_of_cities().items()}

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
        for draft in every:
            if draft.starts_at <= clock.now():
                self.skip(_now("already past"), self.told(draft))
            elif _key(draft) in known:
                self.skip(_now("there is this slot already"), self.told(draft))
            else:
                self.drafts.append(draft)
        check_drafts(self.event, self.drafts)

    def skip(self, why: str, when: str) -> None:
        """Say in the preview that this is not made."""
        self.skipped.setdefault(why, []).append(when)

    def skip_days(self, days: Iterable[date]) -> None:
        """Say so of days that staff excepted."""
        for day in sorted(days):
            self.skip(_now("excepted days"), date_format(day, "D d.m.Y"))

    def told(self, draft: SlotDraft) -> str:
        """When it starts, as it will be shown."""
        return format_moment(draft.starts_at, self._zone_of(draft), ours=bool(draft.venue.get("video_link")))

    def skipped_lines(self) -> list[str]:
        """What is not made, a line for each reason."""
        return [f"{why}: {listed(times)}" for why, times in self.skipped.items()]

    def preview(self) -> list[tuple[str, list[str]]]:
        """A line a day, under whose clocks its times are on; empty where all of it is Moscow's."""
        days: dict[str, dict[date, list[str]]] = {}
        for draft in sorted(self.drafts, key=lambda draft: draft.starts_at):
            zone = MOSCOW if draft.venue.get("video_link") else self._zone_of(draft)
            there = local(draft.starts_at, zone)
            days.setdefault(zone, {}).setdefault(there.date(), []).append(f"{there:%H:%M}")
        named = {*days, *map(self._zone_of, self.drafts)} != {MOSCOW}
        return [
            (
                _now("Time zone: %(name)s") % {"name": zone_name(zone, desk_language())} if named else "",
                [f"{date_format(day, 'D d.m.Y')}: {', '.join(_counted(times))}" for day, times in by_day.items()],
            )
            for zone, by_day in days.items()
        ]

    def _zone_of(self, draft: SlotDraft) -> str:
        return self._zones.get(draft.city_id, MOSCOW)

    def _known(self, every: Sequence[SlotDraft]) -> set[tuple[Any, ...]]:
        """The same slots of the event, by one query."""
        starts = [draft.starts_at for draft in every]
        rows = collection("interview_slots").find({"starts_at": {"$in": starts}, "event_id": self.event.pk})
        return {_stored_key(row) for row in rows}


def _counted(times: Sequence[str]) -> list[str]:
    """Each time once, with how many slots begin then."""
    return [time if count == 1 else f"{time} ×{count}" for time, count in Counter(times).items()]


def listed(times: Sequence[str]) -> str:
    """The first of them in a line, and how many there are more."""
    shown = " · ".join(times[:_MOST_SKIPPED])
    more = len(times) - _MOST_SKIPPED
    return f"{shown} · {_now('and %(count)s more') % {'count': more}}" if more > 0 else shown


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
