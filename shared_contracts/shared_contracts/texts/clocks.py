"""On whose clocks the time of an interview is told: one rule for chat and desk, for buttons, cards, lists, exports."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MOSCOW = "Europe/Moscow"
"""The company's zone: of whoever and whatever belongs to no city."""


@dataclass(frozen=True, slots=True)
class ToldClocks:
    """How a time is told.

    Attributes:
        zone: the clocks it is told on.
        named: these clocks are named beside it.
        beside: other clocks, on which it is told in brackets; None where there are none to tell.
        offset: stands beside their name: which of two moments it is where the clocks show the time twice; else empty.
    """

    zone: ZoneInfo
    named: bool
    beside: ZoneInfo | None = None
    offset: str = ""


def clocks_of(moment: datetime, place: str, reader: str | None, *, online: bool) -> ToldClocks:
    """The clocks for an interview.

    In an office the place's clock counts, named where the reader's or the company's shows another time, with the
    reader's own beside it where that does. Online it is the reader's, named where the company's shows another time.
    An hour that comes twice, since the clocks are put back, is told by its offset.

    Args:
        moment: when it starts, aware; zones count as one where their clocks agree then.
        place: the zone of the slot's city, IANA.
        reader: the reader's zone, IANA: a candidate's city's, a recruiter's, for staff the company's. None where
            it is not known: then the slot's city decides.
    """
    own = zone_of(reader, place)
    if online:
        return _told_on(moment, own, named=_differ(moment, own, zone_of(MOSCOW)))
    there = zone_of(place)
    others = _differ(moment, there, own)
    named = others or _differ(moment, there, zone_of(MOSCOW))
    return _told_on(moment, there, named=named, beside=own if others else None)


def clocks_beside(moment: datetime, place: str, reader: str | None, told: Iterable[ToldClocks]) -> ToldClocks:
    """The clocks for what is no interview but stands beside its time, such as until when an answer is awaited.

    They are the reader's own, named where the company's or those that the interview is told on show another time.

    Args:
        moment: what is told, aware.
        place, reader: as above.
        told: the clocks of every interview's time beside it.
    """
    own = zone_of(reader, place)
    others = (zone_of(MOSCOW), *(clocks.zone for clocks in told))
    return _told_on(moment, own, named=any(_differ(moment, own, other) for other in others))


def side_by_side(moment: datetime, old: ToldClocks, new: ToldClocks) -> tuple[ToldClocks, ToldClocks]:
    """The clocks of an interview's old and new time, which stand beside each other: named where they differ.

    ``moment``: when it starts now, aware.
    """
    if not _differ(moment, old.zone, new.zone):
        return old, new
    return replace(old, named=True), replace(new, named=True)


def zone_of(*names: str | None) -> ZoneInfo:
    """The first zone of these that is known here, else the company's."""
    for name in names:
        if name:
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError):
                continue
    return ZoneInfo(MOSCOW)


def utc_offset(there: datetime) -> str:
    """How far the clocks are on which an aware moment is, where a zone changes its own: ``UTC+10``, ``UTC+5:45``."""
    offset = f"{there:%z}"
    minutes = "" if offset[3:5] == "00" else f":{offset[3:5]}"
    return f"UTC{offset[0]}{int(offset[1:3])}{minutes}"


def offset_if_twice(moment: datetime, zone: ZoneInfo) -> str:
    """What tells an aware moment from the other at which these clocks show the same; empty where there is none."""
    there = moment.astimezone(zone)
    early, late = (there.replace(fold=fold).utcoffset() for fold in (0, 1))
    return "" if early == late else utc_offset(there)


def _told_on(moment: datetime, zone: ZoneInfo, *, named: bool, beside: ZoneInfo | None = None) -> ToldClocks:
    offset = offset_if_twice(moment, zone)
    return ToldClocks(zone, named or bool(offset), beside, offset)


def _differ(moment: datetime, one: ZoneInfo, other: ZoneInfo) -> bool:
    return moment.astimezone(one).utcoffset() != moment.astimezone(other).utcoffset()
