"""Cities in the desk: another time zone asks first what becomes of the slots there, and of those who are booked."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.mongo import Document
from common.zones import zone_names
from people.models import City
from people.staff.places import CityForm, CityPage
from scheduling.services.clashes import clashes_in
from scheduling.services.editing.city_zones import DoubtfulSlot, Kept, ZoneShift, coming_in, put_zone_right, shift_of
from scheduling.services.impact import Impact
from scheduling.services.store.slots import venue_of
from scheduling.staff.clashes import TICK, require_tick, tick_field
from scheduling.staff.forms.drafts import listed
from scheduling.staff.forms.impact import StartChoice
from scheduling.staff.impact.asking import AskingForm
from scheduling.staff.impact.question import EVERY_CHOICE, Question
from scheduling.staff.moments import named, place_of, start_of
from scheduling.staff.retiring import PlaceAdmin
from staffkit.clocks import format_moment, why_no_moment
from staffkit.views import page_of

_WAYS = [
    (Kept.CLOCK.value, _("Keep the clock: 10:00 stays 10:00, at another moment, wherever it can")),
    (Kept.INSTANT.value, _("Keep the moment: the same instant, told on the right clocks")),
]
_KEPT = Kept.INSTANT.value
"""Said of a single slot: its moment stays, though the others keep their clock."""


class CityZoneForm(AskingForm, CityForm):
    """A city. Another zone asks what stays of the slots there: their clock or their moment."""

    despite_clashes = tick_field(_("Save anyway"))

    def question(self) -> Question:
        """What stays, where slots shift."""
        shift = self._shift()
        return Question(
            title=_now("Another time zone: %(city)s") % {"city": self.instance},
            verb=_("Change the zone"),
            back=page_of(self.instance),
            ways=_WAYS if shift and (shift.slots or shift.past) else (("", ""),),
            facts=lambda foreseen: _facts(shift, self.instance.timezone, foreseen) if shift else [],
            offers=EVERY_CHOICE,
            slots=[str(item) for item in coming_in(self.instance)],
            starts=[_asked_of(one, self.instance.timezone) for one in shift.doubtful] if shift else [],
        )

    def carry_out(self) -> None:
        """Save it, with what was chosen for its slots."""
        if self._shift() is None:
            super().carry_out()
        else:
            kept, given = Kept(self.chosen.way or Kept.INSTANT), {"actor": self.actor, "reason": self.why}
            said = {key: datetime.fromisoformat(text) for key, text in self.chosen.starts.items() if text != _KEPT}
            put_zone_right(self.instance, kept, choices=self.chosen.choices, starts=said, **given)
            if self.chosen.confirmed and self.chosen.way == Kept.CLOCK:
                require_tick(self, clashes_in(coming_in(self.instance)), self.request)

    def _shift(self) -> ZoneShift | None:
        """What the zone that is sent shifts; None where it is the stored one."""
        zone, was = self.instance.timezone, City.objects.get(pk=self.instance.pk).timezone if self.instance.pk else ""
        return None if not was or zone == was or zone not in zone_names() else shift_of(self.instance.pk, was, zone)


@admin.register(City)
class CityAdmin(PlaceAdmin, CityPage):
    """Cities."""

    form = CityZoneForm

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The tick only where there is something to change."""
        every: list[Any] = list(super().get_fields(request, obj))
        changes = obj and self.has_change_permission(request, obj)
        return every if changes else [name for name in every if name != TICK]


def _asked_of(doubtful: DoubtfulSlot, zone: str) -> StartChoice:
    slot, change = doubtful.slot, doubtful.change
    options = [(moment.isoformat(), format_moment(moment, zone)) for moment in doubtful.starts]
    kept = _now("the moment stays: %(time)s") % {"time": format_moment(slot["starts_at"], zone)}
    why = named(why_no_moment(change), place_of(venue_of(slot)))
    return StartChoice(str(slot["_id"]), why, [*options, (_KEPT, kept)], Kept.CLOCK)


def _facts(shift: ZoneShift, zone: str, foreseen: Mapping[str, Impact]) -> list[str]:
    """Counts, of what there is any of; and what is not as the choice of all says."""
    people = len(next(iter(foreseen.values())).people)
    every: list[tuple[Any, int]] = [
        (_now("Slots that shift: %(count)s"), shift.slots),
        (_now("Of these, slots whose clock can stay: %(count)s"), shift.staying if shift.staying != shift.slots else 0),
        (_now("Bookings in them: %(count)s"), shift.bookings),
        (_now("Slots that have begun and are put right without a word: %(count)s"), shift.past),
        (_now("People concerned: %(count)s"), people),
    ]
    named_ones = [
        (_now("Their clock time has passed there, so they keep their moment: %(slots)s"), shift.overtaken),
        (_now("At night there, if the moment is kept: %(slots)s"), shift.at_night),
    ]
    counted = [text % {"count": count} for text, count in every if count]
    return counted + [text % {"slots": _listed(slots, zone)} for text, slots in named_ones if slots]


def _listed(slots: Iterable[Document], zone: str) -> str:
    rows = sorted(slots, key=lambda slot: slot["starts_at"])
    return listed([named(start_of(row["starts_at"], zone, venue_of(row)), place_of(venue_of(row))) for row in rows])
