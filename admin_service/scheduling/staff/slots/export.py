"""Slots for spreadsheets."""

from django.utils.translation import gettext as _

from common.texts.language import desk_language
from common.zones import MOSCOW, local, zone_told
from exports.lists import headings
from scheduling.models import InterviewSlot
from scheduling.staff.forms.venues import slot_venue, venue_labels, venue_values


def slot_titles() -> list[str]:
    """The header of a table of slots."""
    when = [_("Date"), _("Time"), _("Time zone"), _("Minutes")]
    seats = headings(_("capacity"), _("seats taken"), _("active"))
    return [*when, _("City"), *venue_labels(), _("Recruiter"), _("Interview event"), *seats, _("Id")]


def slot_row(slot: InterviewSlot) -> list[object]:
    """A slot, its time as the list tells it: of its place, or online ours."""
    venue = slot_venue(slot)
    zone = MOSCOW if venue.video_link else slot.city.timezone
    there = local(slot.starts_at, zone)
    when = [there.date(), there.time(), zone_told(slot.starts_at, zone, desk_language()), slot.duration_minutes]
    seats = [slot.max_users, len(slot.booked_users), _("yes") if slot.is_active else _("no")]
    return [*when, slot.city.name, *venue_values(venue), slot.recruiter or "", slot.event.title, *seats, slot.pk]
