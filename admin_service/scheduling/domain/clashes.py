"""Clashes: two slots that need the same recruiter, room or video call at the same time, or a recruiter who is busy; and
one slot put down twice.

Staff are warned of them before they save; nothing is ever refused for one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class NeedKind(StrEnum):
    """What a slot needs for itself."""

    RECRUITER = "recruiter"
    ROOM = "room"
    VIDEO_CALL = "video_call"
    PLACE = "place"
    """Of an event's slots there only one begins at a moment; others are of other recruiters or rooms."""


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """A recruiter (``key``: their id), a room of a place, a video call, or a place with its event and the moment.

    ``label`` and ``room``: as staff wrote them, if at all.
    """

    kind: NeedKind
    key: str
    label: str = field(default="", compare=False)
    room: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Engagement:
    """What a slot takes up: its needs from its start until its end, both aware.

    ``slot_id`` is None of a slot that is not made yet. ``event_id``, ``city_id``: whose it is, to name it by.
    ``is_outside``: it is no slot at all, but what a recruiter's own calendar has (``busy_with``).
    """

    slot_id: str | None
    starts_at: datetime
    ends_at: datetime
    needs: frozenset[Need]
    event_id: str
    city_id: str
    is_online: bool = False
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Clash:
    """A proposed slot, another one that overlaps it, and what both of them need."""

    proposed: Engagement
    other: Engagement
    shared: tuple[Need, ...]

    @property
    def facts(self) -> list[object]:
        """What whoever goes on in spite of it has seen; plain values."""
        both = (self.proposed, self.other)
        times = [[one.slot_id or "", one.starts_at.timestamp(), one.ends_at.timestamp()] for one in both]
        return [*times, *([need.kind.value, need.key] for need in self.shared)]


def needs_of(
    recruiter_id: str | None,
    city_id: str,
    location: str,
    room: str,
    video_link: str,
    *,
    begins: tuple[str, datetime] | None = None,
) -> frozenset[Need]:
    """What a slot needs. An office without a named room is large enough for everybody.

    ``begins``: the event's id, and when; two that nothing else tells apart are the same slot.
    """
    needs = set()
    if recruiter_id:
        needs.add(Need(NeedKind.RECRUITER, recruiter_id))
    if video_link:
        needs.add(Need(NeedKind.VIDEO_CALL, video_link.strip(), video_link))
    elif room.strip():
        key = "\n".join((city_id, _same_however_typed(location), _same_however_typed(room)))
        needs.add(Need(NeedKind.ROOM, key, location, room))
    elif begins and not recruiter_id:
        key = "\n".join((begins[0], city_id, _same_however_typed(location), str(begins[1].timestamp())))
        needs.add(Need(NeedKind.PLACE, key, location))
    return frozenset(needs)


def busy_with(recruiter_id: str, starts_at: datetime, ends_at: datetime) -> Engagement:
    """What a recruiter is busy with elsewhere: nothing is known of it but when."""
    needs = frozenset({Need(NeedKind.RECRUITER, recruiter_id)})
    return Engagement(None, starts_at, ends_at, needs, event_id="", city_id="", is_outside=True)


def counts(is_active: bool, holders: Sequence[object], ends_at: datetime, now: datetime) -> bool:
    """Whether a slot takes anything up: it can be booked still, or people hold seats in it."""
    return bool(holders) or (is_active and ends_at > now)


def find_clashes(proposed: Sequence[Engagement], others: Iterable[Engagement]) -> list[Clash]:
    """Clashes of proposed slots with others and among themselves, each pair once, by start, however they are ordered.

    Args:
        proposed: new slots, or stored ones as they are to be.
        others: stored ones and what recruiters are busy with elsewhere; those that are proposed anew among them are
            passed over.
    """
    anew = {one.slot_id for one in proposed if one.slot_id}
    every = [*((one, True) for one in proposed), *((one, False) for one in others if one.slot_id not in anew)]
    every.sort(key=lambda item: (item[0].starts_at, item[0].slot_id or ""))
    by_need: dict[Need, list[tuple[int, Engagement, bool]]] = defaultdict(list)
    for number, (one, is_proposed) in enumerate(every):
        for need in one.needs:
            by_need[need].append((number, one, is_proposed))
    shared: dict[tuple[int, int], list[Need]] = defaultdict(list)
    for need, taking in by_need.items():
        for at, (number, one, is_proposed) in enumerate(taking):
            for other_number, other, too in taking[at + 1 :]:
                if other.starts_at >= one.ends_at:
                    break
                if is_proposed or too:
                    shared[number, other_number].append(need)
    return [_clash(every[first], every[second], needs) for (first, second), needs in sorted(shared.items())]


def _clash(first: tuple[Engagement, bool], second: tuple[Engagement, bool], needs: list[Need]) -> Clash:
    one, other = (first[0], second[0]) if first[1] else (second[0], first[0])
    return Clash(one, other, tuple(sorted(needs)))


def _same_however_typed(text: str) -> str:
    return " ".join(text.split()).casefold()
