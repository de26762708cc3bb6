"""Which slots clash (``scheduling.domain.clashes``): one query for all that are proposed, and one for recruiters."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from bson import ObjectId

from common import clock
from common.mongo import Document, collection, current_session
from people.services.outside.times import busy_between
from scheduling.domain.clashes import Clash, Engagement, NeedKind, busy_with, counts, find_clashes, needs_of
from scheduling.models import LONGEST_MINUTES
from scheduling.services.slots import SlotDraft, end_of
from scheduling.services.store.slots import by_id

_READ = (
    "starts_at",
    "ends_at",
    "recruiter_id",
    "city_id",
    "event_id",
    "location",
    "room",
    "video_link",
    "is_active",
    "booked_users",
)


def of_draft(event_id: str, draft: SlotDraft) -> Engagement:
    """What a slot to be made would take up."""
    venue = draft.venue
    return Engagement(
        slot_id=None,
        starts_at=draft.starts_at,
        ends_at=end_of(draft.starts_at, draft.duration_minutes),
        needs=needs_of(
            draft.recruiter_id,
            draft.city_id,
            venue.get("location", ""),
            venue.get("room", ""),
            venue.get("video_link", ""),
            begins=(event_id, draft.starts_at),
        ),
        event_id=event_id,
        city_id=draft.city_id,
        is_online=bool(venue.get("video_link")),
    )


def of_slot(slot: Document) -> Engagement | None:
    """What a stored slot takes up; None where it takes up nothing (``counts``)."""
    if not counts(slot["is_active"], slot["booked_users"], slot["ends_at"], clock.now()):
        return None
    recruiter_id, city_id, event_id = str(slot["recruiter_id"] or ""), str(slot["city_id"]), str(slot["event_id"])
    location, room, video_link = (slot.get(name) or "" for name in ("location", "room", "video_link"))
    return Engagement(
        slot_id=str(slot["_id"]),
        starts_at=slot["starts_at"],
        ends_at=slot["ends_at"],
        needs=needs_of(recruiter_id, city_id, location, room, video_link, begins=(event_id, slot["starts_at"])),
        event_id=event_id,
        city_id=city_id,
        is_online=bool(video_link),
    )


def clashes_of(proposed: Iterable[Engagement | None]) -> list[Clash]:
    """Clashes of what is proposed, with all other slots, among itself, and with what recruiters are busy with.

    In the transaction under way, if any.
    """
    given = [one for one in proposed if one and one.needs]
    if not given:
        return []
    rows = collection("interview_slots").find(near(given), dict.fromkeys(_READ, 1), session=current_session())
    overlaps = overlapping(given)
    others = (of_slot(row) for row in rows if overlaps(row["starts_at"], row["ends_at"]))
    return find_clashes(given, [*(one for one in others if one), *_elsewhere(given)])


def overlapping(proposed: Iterable[Engagement]) -> Callable[[datetime, datetime], bool]:
    """Tells whether a span overlaps any of these: of the slots that are near them few do."""
    begins, ends = list[datetime](), list[datetime]()
    for one in sorted(proposed, key=lambda one: one.starts_at):
        if ends and one.starts_at <= ends[-1]:
            ends[-1] = max(ends[-1], one.ends_at)
        else:
            begins.append(one.starts_at)
            ends.append(one.ends_at)

    def overlaps(starts_at: datetime, ends_at: datetime) -> bool:
        before = bisect_left(begins, ends_at)
        return before > 0 and ends[before - 1] > starts_at

    return overlaps


def clashes_in(slot_ids: Iterable[str | ObjectId]) -> list[Clash]:
    """Clashes of stored slots; after a change in its transaction: those that it would leave behind."""
    return clashes_of(map(of_slot, by_id("interview_slots", slot_ids)))


def clashing_among(proposed: Iterable[Engagement | None]) -> set[str | None]:
    """The ids of the slots among these, and of others, that clash."""
    return {one.slot_id for clash in clashes_of(proposed) for one in (clash.proposed, clash.other)}


def clashing_with_slots(proposed: Iterable[Engagement | None]) -> set[str | None]:
    """The same without those that clash with nothing but what their recruiter is busy with elsewhere."""
    found = (clash for clash in clashes_of(proposed) if not clash.other.is_outside and not clash.proposed.is_outside)
    return {one.slot_id for clash in found for one in (clash.proposed, clash.other)}


def _elsewhere(proposed: Sequence[Engagement]) -> Iterator[Engagement]:
    """What the recruiters of these are busy with, by their outside calendars."""
    begins, ends = min(one.starts_at for one in proposed), max(one.ends_at for one in proposed)
    for recruiter_id, times in busy_between(_recruiters(proposed), begins, ends).items():
        yield from (busy_with(str(recruiter_id), one.starts_at, one.ends_at) for one in times)


def _recruiters(proposed: Iterable[Engagement]) -> list[ObjectId]:
    keys = {need.key for one in proposed for need in one.needs if need.kind is NeedKind.RECRUITER}
    return [ObjectId(key) for key in keys]


def near(proposed: Sequence[Engagement]) -> Document:
    """Slots that could clash with these: each branch walks an index. None lasts longer than ``LONGEST_MINUTES``."""
    first = min(one.starts_at for one in proposed)
    within = {"$gt": first - timedelta(minutes=LONGEST_MINUTES), "$lt": max(one.ends_at for one in proposed)}
    needs = {(need.kind, need.key) for one in proposed for need in one.needs}
    recruiters = _recruiters(proposed)
    links = [key for kind, key in needs if kind is NeedKind.VIDEO_CALL]
    cities = {ObjectId(one.city_id) for one in proposed if any(need.kind is NeedKind.ROOM for need in one.needs)}
    alone = [one for one in proposed if any(need.kind is NeedKind.PLACE for need in one.needs)]
    branches: list[Document] = []
    if recruiters:
        branches.append({"recruiter_id": {"$in": recruiters}, "starts_at": within})
    if cities:
        branches.append({"city_id": {"$in": list(cities)}, "starts_at": within, "room": {"$gt": ""}})
    if alone:
        events = {ObjectId(one.event_id) for one in alone}
        branches.append({"event_id": {"$in": list(events)}, "starts_at": {"$in": [one.starts_at for one in alone]}})
    if links:
        branches.append({"video_link": {"$in": links}, "starts_at": within})
    return {"$or": branches, "ends_at": {"$gt": first}}
