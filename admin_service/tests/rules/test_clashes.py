"""Which slots clash (FR10). Guard, unless named otherwise: ``find_clashes``."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.clashes import Clash, Engagement, NeedKind, counts, find_clashes, needs_of

TEN = datetime(2026, 12, 7, 10, tzinfo=UTC)
MOSCOW, KAZAN = "c" * 24, "d" * 24
ANNA, BORIS = "a" * 24, "b" * 24
ROOM = {"location": "Офис на Тверской", "room": "Переговорная 5"}


def slot(
    at: int = 0, lasts: int = 20, *, id: str | None = None, recruiter: str = "", city: str = MOSCOW, **venue: str
) -> Engagement:
    where = {"location": "Офис", "room": "", "video_link": "", **venue}
    starts_at = TEN + timedelta(minutes=at)
    needs = needs_of(recruiter, city, **where, begins=("e" * 24, starts_at))
    return Engagement(id, starts_at, starts_at + timedelta(minutes=lasts), needs, "e" * 24, city)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ({"recruiter": ANNA}, {"recruiter": ANNA}, [NeedKind.RECRUITER]),
        ({"recruiter": ANNA}, {"recruiter": ANNA, "city": KAZAN, "video_link": "https://x"}, [NeedKind.RECRUITER]),
        ({"recruiter": ANNA}, {"recruiter": BORIS}, []),
        (ROOM, ROOM, [NeedKind.ROOM]),
        (ROOM, {**ROOM, "room": " переговорная  5"}, [NeedKind.ROOM]),
        (ROOM, {**ROOM, "room": "Переговорная 6"}, []),
        (ROOM, {**ROOM, "location": "Офис на Бауманской"}, []),
        (ROOM, {**ROOM, "city": KAZAN}, []),
        ({}, {}, [NeedKind.PLACE]),
        ({}, {"location": " офис "}, [NeedKind.PLACE]),
        ({}, {"at": 10}, []),
        ({}, {"city": KAZAN}, []),
        ({}, {"recruiter": ANNA}, []),
        ({"video_link": "https://x"}, {"video_link": "https://x", "city": KAZAN}, [NeedKind.VIDEO_CALL]),
        ({"video_link": "https://x"}, {"video_link": "https://y"}, []),
        ({**ROOM, "recruiter": ANNA}, {**ROOM, "recruiter": ANNA}, [NeedKind.RECRUITER, NeedKind.ROOM]),
    ],
)
def test_two_slots_clash_by_what_both_need(one: dict[str, Any], other: dict[str, Any], shared: list[NeedKind]) -> None:
    """A room is one of a place in a city, however it is typed; an office without a named room is never full, but two
    slots there that begin at once and differ in nothing are one slot twice. Guard: ``needs_of``."""
    found = find_clashes([slot(**one)], [slot(**other, id="1")])
    assert [need.kind for clash in found for need in clash.shared] == shared


@pytest.mark.parametrize(
    ("at", "lasts", "overlap"), [(-20, 20, False), (-20, 21, True), (5, 5, True), (19, 20, True), (20, 20, False)]
)
def test_what_ends_when_another_begins_does_not_clash(at: int, lasts: int, overlap: bool) -> None:
    assert bool(find_clashes([slot(recruiter=ANNA)], [slot(at, lasts, id="1", recruiter=ANNA)])) is overlap


def test_proposed_slots_clash_among_themselves_and_not_with_what_they_were() -> None:
    """Moved by ten minutes, a slot overlaps its own old time; others that clashed before are nobody's news."""
    moved = [slot(10, id="1", recruiter=ANNA), slot(15, recruiter=ANNA)]
    old = [slot(0, id="1", recruiter=ANNA), slot(0, id="2", recruiter=BORIS), slot(0, id="3", recruiter=BORIS)]
    (clash,) = find_clashes(moved, old)
    assert {clash.proposed, clash.other} == set(moved)


@pytest.mark.parametrize(
    ("is_active", "holders", "is_over", "does"),
    [
        (True, [], False, True),
        (False, [], False, False),
        (True, [], True, False),
        (False, ["maria"], False, True),
        (False, ["maria"], True, True),
    ],
)
def test_what_nobody_can_book_counts_only_while_people_hold_seats(
    is_active: bool, holders: list[str], is_over: bool, does: bool
) -> None:
    """Guard: ``counts``."""
    ends_at = TEN - timedelta(minutes=1) if is_over else TEN + timedelta(minutes=1)
    assert counts(is_active, holders, ends_at, TEN) is does


_SLOTS = st.lists(
    st.builds(
        slot,
        st.integers(0, 90),
        st.integers(1, 45),
        recruiter=st.sampled_from(["", ANNA, BORIS]),
        room=st.sampled_from(["", "1", "2"]),
    ),
    max_size=6,
)


@given(_SLOTS, _SLOTS)
def test_each_pair_that_overlaps_and_shares_a_need_is_found_once(
    proposed: list[Engagement], stored: list[Engagement]
) -> None:
    """As looking at every pair would find them."""

    def pair(one: Engagement, other: Engagement) -> bool:
        return one.starts_at < other.ends_at and other.starts_at < one.ends_at and bool(one.needs & other.needs)

    every = [*combinations(proposed, 2), *((one, other) for one in proposed for other in stored)]
    found: list[Clash] = find_clashes(proposed, stored)
    assert len(found) == sum(pair(*both) for both in every)
    assert all(set(clash.shared) == clash.proposed.needs & clash.other.needs for clash in found)
