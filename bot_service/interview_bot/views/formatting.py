"""How slots and bookings are written. An interview is told on the clocks that ``shared_contracts`` says, and only here;
anything else, such as until when an answer is awaited, on the reader's own."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta

from interview_bot.common import clock
from interview_bot.views.html_text import clip
from interview_bot.views.texts import Texts
from shared_contracts.attendance import OVER_15_MINUTES, Attendance, DelayMinutes
from shared_contracts.directory import BookingStatus, BookingView, EventWords, SlotView
from shared_contracts.texts.clocks import ToldClocks, clocks_beside, clocks_of, side_by_side
from shared_contracts.venue import is_bare, room_told

_ATTENDANCE: dict[Attendance | None, str] = {
    Attendance.CONFIRMED: "booking.confirmed",
    Attendance.RESCHEDULE_ASKED: "booking.time_asked",
}


def is_superseded(booking: BookingView) -> bool:
    """Whether its candidate asked for another time, and has chosen one since: that says it."""
    return booking.attendance is Attendance.RESCHEDULE_ASKED and booking.requested_slot is not None


DAY_AND_TIME = "d MMMM, HH:mm"
"""A moment inside a sentence: a weekday would have to be declined."""
SHORT = "EEE d MMM, HH:mm"
"""A moment where there is little room."""
LONG = "EEEE, d MMMM, HH:mm"
CLOCK = "HH:mm"
_PLACE_IN_CHANGES = 150
_TIME_LEFT_SAID = timedelta(hours=1)
"""Until when somebody waits is said with the time left where that is no more than this."""


def moment(when: datetime, booking: BookingView, own_zone: str | None, texts: Texts, pattern: str = LONG) -> str:
    """A moment that is no interview's, told beside those of a booking: on the reader's clocks, named where need be."""
    return start(when, _clocks_beside(when, booking, own_zone), texts, pattern)


def deadline(
    when: datetime, booking: BookingView, own_zone: str | None, texts: Texts, *, says_left: bool = True
) -> str:
    """Until when something waits, on the same clocks: ``17:58 сегодня (15 минут)``. It stands after "until".

    ``says_left`` false: how long is left stands elsewhere.
    """
    clocks = _clocks_beside(when, booking, own_zone)
    zone = clocks.zone
    now, day = clock.now(), when.astimezone(zone).date()
    near = {0: "until.today", 1: "until.tomorrow"}.get((day - now.astimezone(zone).date()).days)
    text = format_datetime(when, CLOCK if near else DAY_AND_TIME, tzinfo=zone, locale=texts.locale)
    asides = [clocks_name(clocks, texts)] if clocks.named else []
    left = when - now
    if says_left and timedelta(minutes=1) <= left <= _TIME_LEFT_SAID:
        asides.append(format_timedelta(left, granularity="minute", threshold=60, locale=texts.locale))
    text = texts.plain(near, time=text) if near else text
    return f"{text} ({'; '.join(asides)})" if asides else text


def slot_start(slot: SlotView, own_zone: str | None, texts: Texts, pattern: str = LONG) -> str:
    """When an interview starts: ``17:00 (Владивосток; у вас 10:00)``, after the date where the pattern has one."""
    return start(slot.starts_at, _clocks(slot, own_zone), texts, pattern)


def slot_day(slot: SlotView, own_zone: str | None, texts: Texts, pattern: str) -> str:
    """The day of an interview, on the same clocks."""
    return format_datetime(slot.starts_at, pattern, tzinfo=_clocks(slot, own_zone).zone, locale=texts.locale)


def slot_date(slot: SlotView, own_zone: str | None) -> date:
    """The same day, to look slots up by."""
    return slot.starts_at.astimezone(_clocks(slot, own_zone).zone).date()


def start(when: datetime, clocks: ToldClocks, texts: Texts, pattern: str) -> str:
    """An interview's start on these clocks: which they are, and what the reader's show, stands behind it."""
    text = format_datetime(when, pattern, tzinfo=clocks.zone, locale=texts.locale)
    asides = [clocks_name(clocks, texts)] if clocks.named else []
    if clocks.beside:
        there, here = when.astimezone(clocks.zone), when.astimezone(clocks.beside)
        own = CLOCK if there.date() == here.date() else SHORT
        asides.append(texts.plain("slot.own_time", time=format_datetime(here, own, locale=texts.locale)))
    return f"{text} ({'; '.join(asides)})" if asides else text


def _clocks(slot: SlotView, own_zone: str | None) -> ToldClocks:
    return clocks_of(slot.starts_at, slot.city.timezone, own_zone, online=slot.online)


def shared_clocks(slots: Sequence[SlotView], own_zone: str | None, texts: Texts) -> str | None:
    """On which clocks these slots' times are told, and what the reader's show then, as an HTML line to say it once.

    Empty where there is nothing to say; None where it is not the same of all.
    """
    told = {_told_on(slot, own_zone) for slot in slots}
    if len(told) > 1:
        return None
    slot = slots[0]
    clocks = _clocks(slot, own_zone)
    if not clocks.beside:
        return texts("slots.zone", zone=clocks_name(clocks, texts)) if clocks.named else ""
    there, here = (slot.starts_at.astimezone(zone) for zone in (clocks.zone, clocks.beside))
    pattern = CLOCK if there.date() == here.date() else SHORT
    times = {name: format_datetime(at, pattern, locale=texts.locale) for name, at in (("there", there), ("here", here))}
    return texts("slots.own_zone", zone=clocks_name(clocks, texts), **times)


def _told_on(slot: SlotView, own_zone: str | None) -> tuple[ToldClocks, timedelta | None]:
    """A slot's clocks, and how far the reader's are from them then."""
    clocks = _clocks(slot, own_zone)
    there, here = (slot.starts_at.astimezone(zone).utcoffset() for zone in (clocks.zone, clocks.beside or clocks.zone))
    return clocks, here - there if here is not None and there is not None else None


def _clocks_beside(when: datetime, booking: BookingView, own_zone: str | None) -> ToldClocks:
    slots = (booking.slot, booking.requested_slot, booking.offered_slot)
    told = [_clocks(slot, own_zone) for slot in slots if slot is not None]
    return clocks_beside(when, booking.slot.city.timezone, own_zone, told)


def clocks_name(clocks: ToldClocks, texts: Texts) -> str:
    """The clocks by their zone; and by their offset where it tells two times apart."""
    return ", ".join(filter(None, (zone_name(clocks.zone, texts), clocks.offset)))


def zone_name(zone: ZoneInfo, texts: Texts) -> str:
    """The zone by its city, as people there call it."""
    named = texts.locale.time_zones.get(zone.key, {}).get("city")
    return str(named or zone.key.split("/")[-1].replace("_", " "))


def place(slot: SlotView, texts: Texts) -> str:
    """Where a slot is held, in the language of ``texts``; plain. With its link or the way there for who is given it."""
    if not slot.online:
        return "\n".join((slot.told(texts.language), *slot.way))
    online = texts.plain("slot.online")
    return f"{online}, {slot.video_link}" if slot.video_link else online


def slot_card(slot: SlotView, own_zone: str | None, texts: Texts) -> str:
    """A slot in full, as HTML: event, date, time, place."""
    lines = [
        texts("slot.event", event=slot.event.name),
        texts("slot.date", date=slot_day(slot, own_zone, texts, "EEEE, d MMMM y")),
        texts("slot.time", time=slot_start(slot, own_zone, texts, CLOCK), minutes=slot.duration_minutes),
        texts("slot.place", place=place_with_city(slot, texts)),
    ]
    if slot.recruiter:
        lines.append(texts("slot.recruiter", name=slot.recruiter.name))
    return "\n".join(lines)


def sought(event: str, city: str | None, texts: Texts) -> str:
    """The interview event, and the city if it is one of several, that somebody wants a seat in."""
    return "\n".join([texts("slot.event", event=event), *([texts("slot.city", city=city)] if city else [])])


def what_ended(slot: SlotView, own_zone: str | None, texts: Texts) -> str:
    """Of a booking that is over, which one it was: the way there is of no use any more."""
    when = slot_start(slot, own_zone, texts, DAY_AND_TIME)
    return f"{texts('slot.event', event=slot.event.name)}\n{texts('slot.at', when=when)}"


def other_slot(other: SlotView, booked: SlotView, own_zone: str | None, texts: Texts) -> str:
    """When another slot than the booked one is, and where and with whom if that differs; plain."""
    parts = [slot_start(other, own_zone, texts)]
    if (other.city.id, other.line, other.online) != (booked.city.id, booked.line, booked.online):
        parts.append(place_with_city(other, texts))
    if other.recruiter and other.recruiter != booked.recruiter:
        parts.append(other.recruiter.name)
    return " · ".join(parts)


def place_with_city(slot: SlotView, texts: Texts) -> str:
    """Where a slot is held; an online interview is in no city."""
    return ", ".join([*([] if slot.online else [slot.city.name]), place(slot, texts)])


def bring(event: EventWords, texts: Texts) -> list[str]:
    """The line that says what to bring, as HTML, if anything."""
    what = event.bring_in(texts.language)
    return [texts("event.bring", bring=what)] if what else []


def all_changes(
    own: tuple[SlotView | None, SlotView],
    told: tuple[SlotView | None, SlotView],
    own_zone: str | None,
    texts: Texts,
    zone_was: str | None = None,
) -> list[str]:
    """What has changed of the slot that is told about, (before, after), as ``slot_changes`` has it.

    ``own``: the booked slot, where it has changed along with another that is asked for. What is so of both is said
    once, what is so of the other alone behind 🔁.
    """
    first, second = (slot_changes(was, slot, own_zone, texts, zone_was) if was else [] for was, slot in (own, told))
    return first + [f"🔁 {line}" for line in second if line not in first] if first else second


def slot_changes(
    before: SlotView, after: SlotView, own_zone: str | None, texts: Texts, zone_was: str | None = None
) -> list[str]:
    """What is otherwise about a slot, a line each, old → new; plain. Where none of it shows, the place as it is now.

    ``zone_was``: the reader's own when they were told of it, where it is another now.
    """
    clocks = side_by_side(after.starts_at, _clocks(before, zone_was or own_zone), _clocks(after, own_zone))
    starts = zip((before, after), clocks, strict=True)
    told = [
        ("slot.new_time", *(start(slot.starts_at, told_on, texts, DAY_AND_TIME) for slot, told_on in starts)),
        ("slot.new_minutes", str(before.duration_minutes), str(after.duration_minutes)),
        _places(before, after, texts),
        ("slot.new_recruiter", *(slot.recruiter.name if slot.recruiter else "—" for slot in (before, after))),
    ]
    if (before.starts_at, before.city.id) == (after.starts_at, after.city.id):  # only the clocks were put right
        told[0] = ("slot.same_moment", *told[0][1:])
    lines = [texts.plain(key, old=old, new=new) for key, old, new in told if old != new]
    if not lines and before.city.timezone != after.city.timezone:
        return [texts.plain("slot.same_time", time=told[0][2])]
    return lines or [texts.plain("slot.place", place=place_with_city(after, texts))]


def _places(before: SlotView, after: SlotView, texts: Texts) -> tuple[str, str, str]:
    """How it is said where a slot was held and is now, in a line each; in the same building the rooms alone."""
    in_room = before.model_copy(update={"room": after.room})
    same_house = (in_room.city.id, in_room.online, in_room.line) == (after.city.id, after.online, after.line)
    if same_house and before.room and after.room:
        if is_bare(before.room) and is_bare(after.room):
            return "slot.new_room", before.room, after.room
        return "slot.new_place", room_told(before.room, texts.language), room_told(after.room, texts.language)
    return "slot.new_place", _where(before, texts), _where(after, texts)


def _where(slot: SlotView, texts: Texts) -> str:
    """Where a slot is held, in one line, without a link or the way there; plain."""
    if slot.online:
        return texts.plain("slot.online")
    return clip(", ".join(part for part in (slot.city.name, slot.told(texts.language)) if part), _PLACE_IN_CHANGES)


def booking_card(booking: BookingView, own_zone: str | None, texts: Texts) -> str:
    """A booking in full, as HTML, with a move that awaits approval, the answer about coming and a proposed time."""
    lines = [slot_card(booking.slot, own_zone, texts), *bring(booking, texts), texts(f"status.{booking.status.value}")]
    if booking.status is BookingStatus.OFFERED and booking.expires_at:
        until = deadline(booking.expires_at, booking, own_zone, texts)
        lines.append(texts("booking.held_until", when=until))
    if booking.requested_slot:
        wanted = other_slot(booking.requested_slot, booking.slot, own_zone, texts)
        lines.append(texts("booking.requested", when=wanted))
    if booking.attendance in _ATTENDANCE and not is_superseded(booking):
        lines.append(texts(_ATTENDANCE[booking.attendance]))
    if booking.delay_minutes:
        key = delay_key(booking.delay_minutes, "booking.delay", "booking.long_delay")
        lines.append(texts(key, minutes=booking.delay_minutes))
    if booking.offered_slot:
        offered = other_slot(booking.offered_slot, booking.slot, own_zone, texts)
        lines.append(texts("booking.time_offered", when=offered))
    return "\n".join(lines)


def delay_key(minutes: DelayMinutes | None, key: str, long: str) -> str:
    """The text for being so many minutes late, or more than 15."""
    return long if minutes == OVER_15_MINUTES else key
