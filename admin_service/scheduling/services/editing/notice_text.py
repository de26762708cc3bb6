"""What a candidate will read, in the desk before it is sent: the words are the template's, the values the bot's own.

The bot words the same message from the same notice (``interview_bot/dialogs/notice_texts.py``); the acceptance tests
hold one against the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.zones import zone_told
from people.services.links import default_contact
from scheduling.services.impact import Affected
from shared_contracts.directory import BookingStatus, BookingView, SlotView
from shared_contracts.notification import OF_A_MOVE_GIVEN_UP, NotificationCommand, NotificationKind
from shared_contracts.texts.clocks import ToldClocks, clocks_beside, clocks_of, side_by_side
from shared_contracts.texts.message_templates import TemplateView, choose, render
from shared_contracts.venue import is_bare, room_told

_CLOCK, _SHORT, _DAY_AND_TIME, _LONG = "HH:mm", "EEE d MMM, HH:mm", "d MMMM, HH:mm", "EEEE, d MMMM, HH:mm"
_LONGEST_PLACE = 150
_OF_ANOTHER_SLOT = frozenset({NotificationKind.WANTED_CHANGED, NotificationKind.PROPOSAL_CHANGED})
"""What tells of changes of another slot than the booked one."""


def notice_html(row: Affected, language: str, templates: Iterable[TemplateView]) -> str | None:
    """The message that an affected candidate is sent, as Telegram's HTML; None where nothing is sent."""
    zone = row.notice.timezone if row.notice and row.notice.timezone else row.candidate.timezone
    return news_html(row.notice, zone, language, templates, row.zone_was) if row.notice else None


def news_html(
    notice: NotificationCommand,
    zone: str | None,
    language: str,
    templates: Iterable[TemplateView],
    zone_was: str | None = None,
) -> str | None:
    """A message about a booking, as Telegram's HTML; None where there is no text of its kind.

    Args:
        notice: as it is sent.
        zone: the candidate's own, None where the slot's city decides.
        language: theirs.
        templates: those in force.
        zone_was: their own zone until now, where it has been put right.
    """
    template = choose(templates, notice.kind, language, notice.booking.slot.city.id)
    if template is None:
        return None
    with override(language):
        values = _values(notice, zone, zone_was, language)
        return render(template.text, values, online=notice.booking.slot.online)


def _named_besides(notice: NotificationCommand) -> SlotView | None:
    """The other slot that the message names: the one that was proposed, or that a move is, or was, asked to."""
    if notice.kind in {NotificationKind.PROPOSAL_ENDED, *OF_A_MOVE_GIVEN_UP}:
        return notice.slot_before
    if notice.kind is NotificationKind.PROPOSAL_CHANGED:
        return notice.booking.offered_slot
    return notice.booking.requested_slot


def _values(notice: NotificationCommand, zone: str | None, zone_was: str | None, language: str) -> dict[str, str]:
    booking, slot = notice.booking, notice.booking.slot
    words = _Words(Locale.parse(language), zone)
    before = _Words(words.locale, zone_was or words.zone)
    wanted = _named_besides(notice)
    changed = wanted if wanted and notice.kind in _OF_ANOTHER_SLOT else slot
    waits = notice.kind is not NotificationKind.BOOKING_CHANGED or booking.status is BookingStatus.PENDING
    return {
        "name": notice.candidate_name,
        "event": slot.event.name,
        "date": words.start(slot, "EEEE, d MMMM", bare=True),
        "time": words.start(slot, _CLOCK),
        "minutes": str(slot.duration_minutes),
        "place": words.place(slot),
        "city": slot.city.name,
        "recruiter": slot.recruiter.name if slot.recruiter else "",
        "recruiter_link": booking.recruiter_url or "",
        "contact_link": booking.contact_url or default_contact() or "",
        "description": booking.description_in(language),
        "bring": booking.bring_in(language),
        "reason": notice.reason or "",
        "wanted": words.other(wanted, slot) if wanted else "",
        "until": words.deadline(booking.expires_at, booking) if waits and booking.expires_at else "",
        "changes": "\n".join(_all_changes(notice, changed, before, words)),
    }


def _all_changes(notice: NotificationCommand, changed: SlotView, before: "_Words", words: "_Words") -> list[str]:
    """What has changed of the booked slot and of ``changed``; what is so of both once, of the other alone behind 🔁."""
    pairs = ((notice.booked_before, notice.booking.slot), (notice.slot_before, changed))
    first, second = (_changes(was, slot, before, words) if was else [] for was, slot in pairs)
    return first + [f"🔁 {line}" for line in second if line not in first] if first else second


def _changes(was: SlotView, slot: SlotView, before: "_Words", words: "_Words") -> list[str]:
    old, new = side_by_side(slot.starts_at, before.clocks(was), words.clocks(slot))
    when = (before.told(was, old, _DAY_AND_TIME), words.told(slot, new, _DAY_AND_TIME))
    told = [
        ("🕐", *when, ""),
        ("🕐", str(was.duration_minutes), str(slot.duration_minutes), f" {_('min')}"),
        ("📍", *words.places(was, slot), ""),
        ("👤", *(item.recruiter.name if item.recruiter else "—" for item in (was, slot)), ""),
    ]
    lines = [f"{icon} {old} → {new}{unit}" for icon, old, new, unit in told if old != new]
    if room := words.new_room(was, slot):
        lines = [f"📍 {room}" if line.startswith("📍") else line for line in lines]
    if (was.starts_at, was.city.id) == (slot.starts_at, slot.city.id) and when[0] != when[1]:
        same = _("%(new)s: the same moment as before, on the right clocks now. Before, it said: %(old)s.")
        lines[0] = f"🕐 {same % {'old': when[0], 'new': when[1]}}"
    if not lines and was.city.timezone != slot.city.timezone:
        same = _("%(time)s: it is the same time for you.")
        return [f"🕐 {same % {'time': when[1]}}"]
    return lines or [f"📍 {words.place_with_city(slot)}"]


def _same_house(was: SlotView, slot: SlotView) -> bool:
    in_room = was.model_copy(update={"room": slot.room})
    same = (in_room.city.id, in_room.online, in_room.line) == (slot.city.id, slot.online, slot.line)
    return bool(same and was.room and slot.room)


@dataclass(frozen=True, slots=True)
class _Words:
    """How one reader is told of times and places. ``zone``: their own, None where it is not known."""

    locale: Locale
    zone: str | None

    def start(self, slot: SlotView, pattern: str, *, bare: bool = False) -> str:
        """When a slot starts, on the clocks that count; ``bare``: without which they are."""
        clocks = self.clocks(slot)
        return self._format(slot.starts_at, clocks.zone, pattern) if bare else self.told(slot, clocks, pattern)

    def clocks(self, slot: SlotView) -> ToldClocks:
        """The clocks that count."""
        return clocks_of(slot.starts_at, slot.city.timezone, self.zone, online=slot.online)

    def told(self, slot: SlotView, clocks: ToldClocks, pattern: str) -> str:
        """When a slot starts, on these clocks; what there is to say of them stands behind it."""
        text, asides = self._format(slot.starts_at, clocks.zone, pattern), self._asides(slot.starts_at, clocks)
        return f"{text} ({'; '.join(asides)})" if asides else text

    def _asides(self, when: datetime, clocks: ToldClocks) -> list[str]:
        asides = [self._named(when, clocks)] if clocks.named else []
        if clocks.beside:
            there, here = when.astimezone(clocks.zone), when.astimezone(clocks.beside)
            own = self._format(here, clocks.beside, _CLOCK if there.date() == here.date() else _SHORT)
            asides.append(_("your time %(time)s") % {"time": own})
        return asides

    def place(self, slot: SlotView) -> str:
        """Where it is held, with the way there or the link."""
        if not slot.online:
            return "\n".join((slot.told(self.locale.language), *slot.way))
        return f"{_('online')}, {slot.video_link}" if slot.video_link else _("online")

    def place_with_city(self, slot: SlotView) -> str:
        """Where it is held; an online interview is in no city."""
        return self.place(slot) if slot.online else f"{slot.city.name}, {self.place(slot)}"

    def other(self, slot: SlotView, booked: SlotView) -> str:
        """When another slot than the booked one is, and where and with whom if that differs."""
        parts = [self.start(slot, _LONG)]
        if (slot.city.id, slot.line, slot.online) != (booked.city.id, booked.line, booked.online):
            parts.append(self.place_with_city(slot))
        if slot.recruiter and slot.recruiter != booked.recruiter:
            parts.append(slot.recruiter.name)
        return " · ".join(parts)

    def deadline(self, when: datetime, booking: BookingView) -> str:
        """Until when something waits, on the reader's clocks. How near that is, the bot says when it writes."""
        slots = (booking.slot, booking.requested_slot, booking.offered_slot)
        told = [self.clocks(slot) for slot in slots if slot is not None]
        clocks = clocks_beside(when, booking.slot.city.timezone, self.zone, told)
        text = self._format(when, clocks.zone, _DAY_AND_TIME)
        return f"{text} ({self._named(when, clocks)})" if clocks.named else text

    def new_room(self, was: SlotView, slot: SlotView) -> str:
        """That the room of the same building is another, where staff wrote no more than its number or name."""
        if not (_same_house(was, slot) and is_bare(was.room) and is_bare(slot.room)):
            return ""
        return _("The room changed: %(new)s, not %(old)s") % {"new": slot.room, "old": was.room}

    def places(self, was: SlotView, slot: SlotView) -> tuple[str, str]:
        """Where it was held and is now, in a line each; in the same building the rooms alone."""
        if _same_house(was, slot):
            return room_told(was.room, self.locale.language), room_told(slot.room, self.locale.language)
        return self.where(was), self.where(slot)

    def where(self, slot: SlotView) -> str:
        """The same in a line, without the way."""
        line = ", ".join(filter(None, (slot.city.name, slot.told(self.locale.language))))
        clipped = line if len(line) <= _LONGEST_PLACE else f"{line[: _LONGEST_PLACE - 1]}…"
        return _("online") if slot.online else clipped

    def _format(self, when: datetime, zone: ZoneInfo, pattern: str) -> str:
        return str(format_datetime(when, pattern, tzinfo=zone, locale=self.locale))

    def _named(self, when: datetime, clocks: ToldClocks) -> str:
        return zone_told(when, clocks.zone.key, self.locale.language)
