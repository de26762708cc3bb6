"""Requests and news in their readers' quiet hours (R8; spec, "Time"): who is told when, and how loudly."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from common import clock
from common.mongo import collection
from people.models import Candidate, City, Recruiter
from scheduling import tasks
from scheduling.domain.booking import Cancel
from scheduling.domain.commands import Actor, ActorKind, SlotChanges
from scheduling.domain.decisions import Decision
from scheduling.domain.events import BookingEvent
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.reactions.candidate_news import KINDS, tell_candidates
from scheduling.services import staff_commands
from scheduling.services.editing.city_zones import Kept, put_zone_right
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.services.reacting import Batch
from scheduling.services.recruiter_cards.request_reminders import due_rings
from scheduling.services.requests import Request
from scheduling.services.store.loading import Loaded
from shared_contracts.notification import NotificationCommand
from tests.api.test_indexes import planned
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import cards, news
from tests.reminders.tools import Clock, clock_at, slot_at
from tests.rules import building

OLGA, VERA = 5001, 7_501


@pytest.fixture
def at() -> Iterator[Clock]:
    """Sets the clock to Moscow's time; it stands still until set again."""
    with clock_at() as setting:
        yield setting


@pytest.fixture
def vera() -> Recruiter:
    """Who gets up at one in the morning in Moscow, Olga's time."""
    east = City.objects.create(name="Владивосток", timezone="Asia/Vladivostok")
    return Recruiter.objects.create(name="Вера", city=east, telegram_id=VERA, started_at=clock.now())


@pytest.fixture
def slot(at: Clock, approval_event: InterviewEvent, make_slot: MakeSlot, vera: Recruiter) -> InterviewSlot:
    """Vera's, on Wednesday the 25th at 16:00."""
    return slot_at(make_slot, "2026-11-25 16:00", of=approval_event, recruiter=vera)


def came() -> list[tuple[int, str]]:
    """To whom cards have come since this was last asked, and how loudly."""
    rows = list(collection("outbox").find({"queue": "bot.card.command"}))
    fresh = [item for item in cards() if any(str(item.message_id) in row["body"] for row in rows)]
    collection("outbox").delete_many({"queue": "bot.card.command"})
    return [(item.recruiter_telegram_id, item.attention.value + " silent" * item.silent) for item in fresh]


def hand_over(slot: InterviewSlot, to: Recruiter) -> None:
    edit_slot(str(slot.pk), SlotChanges(recruiter_id=str(to.pk)), actor="anna")
    slot.refresh_from_db()


def morning(at: Clock, *moments: str) -> list[tuple[str, int, str]]:
    """What comes to whom in one scan at each of the moments."""
    told = []
    for moment in moments:
        at(moment)
        tasks.remind_recruiters()
        told += [(moment[-5:], *item) for item in came()]
    return told


def test_a_request_handed_over_in_somebodys_night_comes_in_their_morning(
    at: Clock, slot: InterviewSlot, maria: Candidate, vera: Recruiter, olga: Recruiter
) -> None:
    """Whose it was sees at once that it is no more. Guard: ``waiting`` in ``over_night``."""
    at("2026-11-24 01:05")
    asking.outcome(asking.book(maria, slot))
    assert came() == [(VERA, "new")]
    hand_over(slot, olga)
    assert came() == [(VERA, "update")]
    at("2026-11-24 02:00")
    edit_slot(str(slot.pk), SlotChanges(venue={"room": "9"}), actor="anna")
    assert OLGA not in {person for person, _how in came()}
    told = morning(at, "2026-11-24 07:59", "2026-11-24 08:00", "2026-11-24 08:01")
    assert told == [("08:00", OLGA, "new")]
    assert asking.outcome(asking.approve(olga, asking.the_booking(maria))) == "booked"


def test_a_request_that_was_decided_in_the_night_rings_nobody(
    at: Clock, slot: InterviewSlot, maria: Candidate, olga: Recruiter
) -> None:
    at("2026-11-24 01:05")
    asking.outcome(asking.book(maria, slot))
    hand_over(slot, olga)
    staff_commands.approve_booking(str(asking.the_booking(maria)["_id"]), expected_version=None, actor="anna")
    came()
    assert morning(at, "2026-11-24 08:00") == []


def test_what_cannot_wait_until_the_morning_is_told_in_the_night(
    at: Clock, approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, vera: Recruiter, olga: Recruiter
) -> None:
    """Guard: ``Arrival.ALOUD``. The second recruiter hears of it once it is brought forward."""
    early = slot_at(make_slot, "2026-11-24 08:50", of=approval_event, recruiter=vera)
    at("2026-11-24 01:05")
    asking.outcome(asking.book(maria, early))
    came()
    hand_over(early, olga)
    assert (OLGA, "new") in came()


def test_a_request_that_is_brought_forward_waits_no_longer(
    at: Clock, slot: InterviewSlot, maria: Candidate, olga: Recruiter
) -> None:
    at("2026-11-24 01:05")
    asking.outcome(asking.book(maria, slot))
    hand_over(slot, olga)
    came()
    soon = at("2026-11-24 02:00") + timedelta(hours=6, minutes=30)
    edit_slot(str(slot.pk), SlotChanges(starts_at=soon), actor="anna")
    assert (OLGA, "new") in came()
    assert morning(at, "2026-11-24 08:00") == []


def test_a_candidate_who_asks_at_night_wakes_nobody_and_is_told_of_in_the_morning(
    at: Clock, slot: InterviewSlot, maria: Candidate, olga: Recruiter
) -> None:
    """Guard: ``Arrival.SILENT``."""
    hand_over(slot, olga)
    at("2026-11-24 03:00")
    asking.outcome(asking.book(maria, slot))
    assert came() == [(OLGA, "new silent")]
    told = morning(at, "2026-11-24 07:59", "2026-11-24 08:00", "2026-11-24 08:01")
    assert told == [("08:00", OLGA, "reminder")]


def test_who_is_to_be_reminded_in_the_morning_is_told_once(
    at: Clock, approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    """It expires at 09:30, so both are due at eight. Guard: ``_ALOUD`` for reminders."""
    early = slot_at(make_slot, "2026-11-24 10:30", of=approval_event, recruiter=olga)
    at("2026-11-24 01:00")
    asking.outcome(asking.book(maria, early))
    assert came() == [(OLGA, "new silent")]
    assert morning(at, "2026-11-24 08:00", "2026-11-24 08:01") == [("08:00", OLGA, "reminder")]


def test_a_move_asked_for_and_handed_over_in_the_night(
    at: Clock,
    slot: InterviewSlot,
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    maria: Candidate,
    olga: Recruiter,
) -> None:
    """Who has the interview sees that a move is asked for; the one who is asked hears in the morning."""
    hand_over(slot, olga)
    asking.outcome(asking.book(maria, slot))
    asking.in_batch(asking.approve(olga, asking.the_booking(maria)))
    came()
    at("2026-11-24 01:05")
    pavel = Recruiter.objects.create(name="Павел", city=olga.city, telegram_id=5002, started_at=clock.now())
    other = slot_at(make_slot, "2026-11-26 12:00", of=approval_event, recruiter=olga)
    asking.outcome(asking.move(maria, asking.the_booking(maria), other))
    assert came() == [(OLGA, "new silent")]
    hand_over(other, pavel)
    assert came() == [(OLGA, "update silent")]
    assert set(morning(at, "2026-11-24 08:00")) == {("08:00", 5002, "new"), ("08:00", OLGA, "update")}


@pytest.mark.parametrize(("when", "silent"), [("24 01:05", True), ("24 12:00", False), ("25 07:30", False)])
def test_what_others_do_in_a_candidates_night_comes_without_a_sound(
    at: Clock, slot: InterviewSlot, maria: Candidate, when: str, silent: bool
) -> None:
    """Unless it concerns the next morning: the interview is brought forward to 09:40. Guard: ``_is_silent``."""
    asking.outcome(asking.book(maria, slot))
    staff_commands.approve_booking(str(asking.the_booking(maria)["_id"]), expected_version=None, actor="anna")
    now = at(f"2026-11-{when}")
    changes = (
        SlotChanges(venue={"room": "9"})
        if when.startswith("24")
        else SlotChanges(starts_at=now + timedelta(minutes=130))
    )
    edit_slot(str(slot.pk), changes, actor="anna")
    assert news()[-1].silent is silent


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(("hour", "silent"), [(0, True), (11, False)])
def test_every_kind_of_news_comes_to_who_sleeps_without_a_sound(
    kind: type[BookingEvent], hour: int, silent: bool
) -> None:
    """A new kind can't forget it. Guards: ``_is_silent``, ``silent`` of ``notification``."""
    ids: dict[str, Any] = {"event_id": "e" * 24, "city_id": "d" * 24, "recruiter_id": None}
    state = building.with_booking(building.world(building.slot("a" * 24, **ids)), 1, "a" * 24, name="b" * 24)
    booking, actor = state.bookings["b" * 24], Actor(ActorKind.STAFF, "anna")
    command = Cancel(building.key(), actor, booking.id, None)
    decision = Decision(command, None, events=(kind(actor, booking, booking),))
    now = building.NOW.replace(hour=hour)
    batch = Batch(Loaded(state, {}), state, state, [(Request(command, "desk", "c-1"), decision)], now)
    (told,) = [item.message for items in tell_candidates(batch).news.values() for item in items]
    assert isinstance(told, NotificationCommand) and told.silent is silent


def test_who_is_told_of_another_clock_in_their_night_hears_nothing(
    at: Clock, slot: InterviewSlot, maria: Candidate, moscow: City
) -> None:
    """An online interview elsewhere, whose reader's own zone is put right. Guard: ``comes_silently``."""
    kazan = City.objects.create(name="Казань")
    Candidate.objects.filter(pk=maria.pk).update(city=moscow)
    link = {"video_link": "https://meet.example/x", "location": "", "room": ""}
    InterviewSlot.objects.filter(pk=slot.pk).update(city=kazan, **link)
    asking.outcome(asking.book(maria, InterviewSlot.objects.get(pk=slot.pk)))
    at("2026-11-24 01:05")
    moscow.timezone = "Asia/Yekaterinburg"
    put_zone_right(moscow, Kept.INSTANT, actor="anna")
    assert news()[-1].silent and news()[-1].timezone == "Asia/Yekaterinburg"


def test_what_came_in_the_night_is_looked_up() -> None:
    """R1."""
    assert "bookings_ringing" in planned("bookings", due_rings(clock.now()), [("ring_at", 1)])
