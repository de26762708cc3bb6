"""How slots and bookings are written: in the reader's zone, which is named when it is not Moscow time."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_datetime, format_time

from interview_bot.views.texts import Texts
from shared_contracts.directory import Attendance, BookingStatus, BookingView, SlotView

MOSCOW = "Europe/Moscow"
_ATTENDANCE: dict[Attendance | None, str] = {
    Attendance.CONFIRMED: "booking.confirmed",
    Attendance.RESCHEDULE_ASKED: "booking.time_asked",
}


def reader_zone(own: str | None, slot: SlotView) -> ZoneInfo:
    """The zone times are shown in: the reader's own, else the slot's city's, else Moscow."""
    for name in (own, slot.city.timezone):
        if name:
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError):
                continue
    return ZoneInfo(MOSCOW)


DAY_AND_TIME = "d MMMM, HH:mm"
"""A moment inside a sentence: a weekday would have to be declined."""


def moment(when: datetime, zone: ZoneInfo, texts: Texts, pattern: str = "EEEE, d MMMM, HH:mm") -> str:
    """A date with weekday and time, and the zone's name when it is not Moscow's."""
    text = format_datetime(when, pattern, tzinfo=zone, locale=texts.locale)
    return text if zone.key == MOSCOW else f"{text} ({zone_name(zone, texts)})"


def clock_time(when: datetime, zone: ZoneInfo, texts: Texts) -> str:
    """The time alone, and the zone's name when it is not Moscow's."""
    text = format_time(when, "HH:mm", tzinfo=zone, locale=texts.locale)
    return text if zone.key == MOSCOW else f"{text} ({zone_name(zone, texts)})"


def zone_name(zone: ZoneInfo, texts: Texts) -> str:
    """The zone by its city, as people there call it."""
    named = texts.locale.time_zones.get(zone.key, {}).get("city")
    return str(named or zone.key.split("/")[-1].replace("_", " "))


def short_moment(slot: SlotView, own_zone: str | None, texts: Texts) -> str:
    """A slot's start where there is little room."""
    return moment(slot.starts_at, reader_zone(own_zone, slot), texts, "EEE d MMM, HH:mm")


def place(slot: SlotView, texts: Texts) -> str:
    """Where a slot is held, in the language of ``texts``; plain. With its link or the way there for who is given it."""
    if not slot.online:
        return "\n".join((slot.line, *slot.way))
    online = texts.plain("slot.online")
    return f"{online}, {slot.video_link}" if slot.video_link else online


def slot_button(slot: SlotView, own_zone: str | None, texts: Texts, with_city: bool = False) -> str:
    """A slot on a button: date, weekday, time, the city where there are several, location and room."""
    city = slot.city.name if with_city else ""
    return " · ".join(part for part in (short_moment(slot, own_zone, texts), city, place(slot, texts)) if part)


def slot_card(slot: SlotView, own_zone: str | None, texts: Texts) -> str:
    """A slot in full, as HTML: event, date, time, place."""
    zone = reader_zone(own_zone, slot)
    day = format_datetime(slot.starts_at, "EEEE, d MMMM y", tzinfo=zone, locale=texts.locale)
    lines = [
        texts("slot.event", event=slot.event.name),
        texts("slot.date", date=day),
        texts("slot.time", time=clock_time(slot.starts_at, zone, texts), minutes=slot.duration_minutes),
        texts("slot.place", place=", ".join([*([] if slot.online else [slot.city.name]), place(slot, texts)])),
    ]
    if slot.recruiter:
        lines.append(texts("slot.recruiter", name=slot.recruiter.name))
    return "\n".join(lines)


def booking_card(booking: BookingView, own_zone: str | None, texts: Texts) -> str:
    """A booking in full, as HTML, with a move that awaits approval, the answer about coming and a proposed time."""
    lines = [slot_card(booking.slot, own_zone, texts), texts(f"status.{booking.status.value}")]
    if booking.status is BookingStatus.OFFERED and booking.expires_at:
        until = moment(booking.expires_at, reader_zone(own_zone, booking.slot), texts)
        lines.append(texts("booking.held_until", when=until))
    if booking.requested_slot:
        wanted = moment(booking.requested_slot.starts_at, reader_zone(own_zone, booking.requested_slot), texts)
        lines.append(texts("booking.requested", when=wanted))
    if booking.attendance in _ATTENDANCE:
        lines.append(texts(_ATTENDANCE[booking.attendance]))
    if booking.offered_slot:
        offered = moment(booking.offered_slot.starts_at, reader_zone(own_zone, booking.offered_slot), texts)
        lines.append(texts("booking.time_offered", when=offered))
    return "\n".join(lines)
