"""Asking for another time, deputies, and offers to the waiting list, by the rules alone (R3, R7)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from common.quiet_hours import is_quiet
from scheduling.domain.answering import Expire
from scheduling.domain.commands import Actor, ActorKind
from scheduling.domain.decide import AnyCommand, decide
from scheduling.domain.decisions import Decision
from scheduling.domain.model import State
from scheduling.domain.requesting import reminder
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus
from tests.rules import building as a

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
STRANGER = Actor(ActorKind.RECRUITER, "5002")
DEPUTY = Actor(ActorKind.RECRUITER, str(a.DEPUTY))


def only(state: State, command: AnyCommand, now: datetime = a.NOW) -> Decision:
    (decision,), _after = decide(state, [command], now)
    return decision


def end(state: State, command: AnyCommand, now: datetime = a.NOW) -> Outcome | None:
    return only(state, command, now).outcome


def pending(**fields: Any) -> State:
    state = a.world(a.slot("s"), a.slot("t", 3 * DAY), approval_required=True, move_limit=0)
    values: dict[str, Any] = {"status": BookingStatus.PENDING, "expires_at": a.NOW + HOUR, **fields}
    return a.with_booking(state, 1, "s", **values)


def test_asking_for_another_time_keeps_the_request_with_its_seat() -> None:
    """R3."""
    decisions, after = decide(pending(), [a.ask_reschedule()], a.NOW)
    booking = after.bookings["booking"]

    assert decisions[0].outcome is Outcome.PENDING_APPROVAL
    assert (booking.reschedule_asked, booking.version, booking.status) == (True, 2, BookingStatus.PENDING)
    assert (after.slots["s"].free, booking.expires_at) == (0, a.NOW + HOUR)


def test_asking_twice_is_as_asking_once() -> None:
    decisions, _after = decide(pending(), [a.ask_reschedule(), a.ask_reschedule(key=a.key(2))], a.NOW)

    assert [item.outcome for item in decisions] == [Outcome.PENDING_APPROVAL] * 2
    assert [item.changed for item in decisions] == [True, False]


def test_asking_from_an_old_card_or_too_late_changes_no_request() -> None:
    assert end(pending(version=3), a.ask_reschedule()) is Outcome.VERSION_CONFLICT
    assert end(pending(), a.ask_reschedule(), a.NOW + HOUR) is Outcome.EXPIRED
    assert end(pending(status=BookingStatus.BOOKED, expires_at=None), a.ask_reschedule()) is Outcome.BOOKED


def test_a_candidate_who_was_asked_may_move_beyond_cut_off_and_limit_until_the_request_expires() -> None:
    """The event allows no moves at all here."""
    late = a.NOW + 2 * DAY - HOUR
    near = {"expires_at": late + MINUTE}
    asked = pending(reschedule_asked=True, **near)

    assert end(pending(**near), a.move(1, "t"), late) is Outcome.TOO_LATE
    assert end(pending(), a.move(1, "t")) is Outcome.MOVE_LIMIT
    assert end(asked, a.move(1, "t"), late) is Outcome.PENDING_APPROVAL
    assert end(asked, a.move(1, "t"), late + MINUTE) is Outcome.EXPIRED


def test_a_new_choice_is_a_request_again_with_a_new_time_to_wait_and_costs_no_move() -> None:
    decisions, after = decide(pending(reschedule_asked=True), [a.move(1, "t")], a.NOW)
    booking = after.bookings["booking"]

    assert decisions[0].outcome is Outcome.PENDING_APPROVAL
    assert (booking.reschedule_asked, booking.expires_at, booking.moves) == (False, a.NOW + DAY, 0)
    assert (after.slots["s"].free, after.slots["t"].free) == (1, 0)


def test_a_wanted_move_is_asked_to_be_another_and_keeps_both_seats() -> None:
    state = a.with_booking(
        a.world(a.slot("s"), a.slot("t", 3 * DAY), a.slot("u", 4 * DAY), approval_required=True),
        1,
        "s",
        requested_slot_id="t",
        expires_at=a.NOW + HOUR,
    )
    _decisions, asked = decide(state, [a.ask_reschedule()], a.NOW)
    assert (asked.slots["s"].free, asked.slots["t"].free) == (0, 0)
    assert end(asked, a.move(1, "t", expected_version=2)) is Outcome.ALREADY_BOOKED

    _decisions, after = decide(asked, [a.move(1, "u", expected_version=2)], a.NOW)
    assert (after.slots["s"].free, after.slots["t"].free, after.slots["u"].free) == (0, 1, 0)
    assert not after.bookings["booking"].reschedule_asked


@pytest.mark.parametrize("command", [a.approve(), a.reject(), a.cancel(1)])
def test_any_answer_settles_what_was_asked(command: AnyCommand) -> None:
    decision = only(pending(reschedule_asked=True), command)

    assert decision.changed
    assert decision.booking and not decision.booking.reschedule_asked


@pytest.mark.parametrize("command", [a.approve(), a.reject(), a.ask_reschedule()])
def test_the_recruiter_and_their_deputy_may_answer_and_nobody_else_in_chat(command: Any) -> None:
    """Guard: ``_may_touch``."""
    for actor, allowed in ((a.RECRUITER, True), (DEPUTY, True), (a.STAFF, True), (STRANGER, False), (a.by(1), False)):
        outcome = end(pending(), replace(command, actor=actor))
        assert (outcome is not Outcome.BOOKING_NOT_FOUND) is allowed, actor


def test_a_slot_without_a_recruiter_in_chat_can_be_answered_by_nobody_in_chat() -> None:
    state = pending()
    state.slots["s"] = replace(state.slots["s"], recruiter_telegram_id=None, recruiter_deputy_telegram_id=None)

    assert end(state, a.approve(actor=Actor(ActorKind.RECRUITER, "None"))) is Outcome.BOOKING_NOT_FOUND


def test_a_reminder_comes_two_hours_before_the_end_or_half_way() -> None:
    policy = a.world(a.slot("s")).policies["event"]

    assert reminder(a.NOW + DAY, policy, a.NOW, None) == a.NOW + 22 * HOUR
    assert reminder(a.NOW + HOUR, policy, a.NOW, None) == a.NOW + 30 * MINUTE


@pytest.mark.parametrize(
    ("asked", "expires", "told"),
    [
        ("23 12:00", "24 12:00", "24 10:00"),
        ("23 02:00", "24 02:00", "23 21:45"),  # it has expired by the morning
        ("23 05:00", "24 09:00", "24 08:00"),
        ("23 23:00", "24 07:00", None),
    ],
)
def test_a_reminder_leaves_the_recruiter_their_night(asked: str, expires: str, told: str | None) -> None:
    """Guards: ``next_allowed_time`` and ``last_allowed_time`` in ``reminder``."""

    def at(text: str) -> datetime:
        return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZoneInfo("Asia/Vladivostok"))

    policy = a.world(a.slot("s")).policies["event"]
    assert reminder(at(expires), policy, at(asked), "Asia/Vladivostok") == (at(told) if told else None)


@pytest.mark.parametrize(
    ("deputy", "asked", "expires", "told"),
    [
        ("Asia/Vladivostok", "23 09:00", "23 20:00", "23 14:45"),  # 21:45 there
        ("Asia/Vladivostok", "23 15:30", "23 20:00", "23 18:00"),  # it is night there already
        ("Asia/Vladivostok", "23 09:00", "24 09:00", "24 08:00"),  # the deputy is awake then
        ("Europe/Lisbon", "23 09:00", "24 10:30", "24 08:30"),  # 05:30 there; 21:45 there is night in Moscow
    ],
)
def test_a_request_that_expires_in_the_deputys_night_comes_before_it(
    deputy: str, asked: str, expires: str, told: str
) -> None:
    """The recruiter's own time where none suits both. Guard: ``deputy_timezone`` in ``reminder``."""

    def at(text: str) -> datetime:
        return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZoneInfo("Europe/Moscow"))

    policy = a.world(a.slot("s")).policies["event"]
    assert reminder(at(expires), policy, at(asked), "Europe/Moscow", deputy) == at(told)


# Offers


def offered(**policy: Any) -> State:
    state = a.world(a.slot("s"), a.slot("t", 3 * DAY), **policy)
    return decide(state, [a.offer(1, "s")], a.NOW)[1]


def test_an_offer_holds_a_seat_for_a_quarter_of_an_hour() -> None:
    """R7, I1."""
    after = offered()
    booking = after.bookings["booking"]

    assert (booking.status, booking.expires_at) == (BookingStatus.OFFERED, a.NOW + 15 * MINUTE)
    assert after.slots["s"].free == 0
    assert end(after, a.book(2, "s")) is Outcome.SLOT_FULL
    assert end(after, a.book(1, "t")) is Outcome.ALREADY_BOOKED


def test_an_offer_ends_when_booking_closes() -> None:
    closing = a.world(a.slot("s", 2 * HOUR + 5 * MINUTE))
    decision = only(closing, a.offer(1, "s"))

    assert decision.booking and decision.booking.expires_at == a.NOW + 5 * MINUTE
    assert end(a.world(a.slot("s", 2 * HOUR)), a.offer(1, "s")) is Outcome.SLOT_CLOSED


def test_nobody_is_offered_a_seat_in_the_quiet_hours_of_the_slots_city() -> None:
    """12:00 in Moscow is 19:00 in Vladivostok; three hours later people there sleep."""
    place = replace(a.PLACE, timezone="Asia/Vladivostok")
    far = a.slot("s", place=place)

    assert not is_quiet(a.NOW + 3 * HOUR, a.slot("s").place.timezone)
    assert not is_quiet(a.NOW + 3 * HOUR - MINUTE, far.place.timezone)
    assert is_quiet(a.NOW + 3 * HOUR, far.place.timezone)
    assert is_quiet(a.NOW + 13 * HOUR - MINUTE, far.place.timezone)
    assert not is_quiet(a.NOW + 13 * HOUR, far.place.timezone)
    assert end(a.world(far), a.offer(1, "s"), a.NOW + 3 * HOUR) is Outcome.SLOT_CLOSED


def test_a_taken_offer_is_booked_or_asks_for_approval() -> None:
    decisions, _after = decide(offered(), [a.take(1), a.take(1, key=a.key(2))], a.NOW)
    assert [item.outcome for item in decisions] == [Outcome.BOOKED, Outcome.BOOKED]
    assert [item.changed for item in decisions] == [True, False]

    asked = only(offered(approval_required=True), a.take(1))
    assert asked.outcome is Outcome.PENDING_APPROVAL
    assert asked.booking and asked.booking.expires_at == a.NOW + DAY


def test_a_passed_offer_frees_its_seat() -> None:
    decisions, after = decide(offered(), [a.pass_on(1), a.pass_on(1, key=a.key(2))], a.NOW)

    assert [item.outcome for item in decisions] == [Outcome.CANCELLED, Outcome.CANCELLED]
    assert after.slots["s"].free == 1


def test_an_offer_that_nobody_took_expires_and_a_late_press_says_so() -> None:
    late = a.NOW + 15 * MINUTE
    expire = Expire(a.key(), a.SYSTEM, "booking", None)

    assert not only(offered(), expire, late - MINUTE).changed
    assert end(offered(), a.take(1), late) is Outcome.EXPIRED
    assert end(offered(), a.pass_on(1), late) is Outcome.EXPIRED
    decisions, after = decide(offered(), [expire, a.take(1)], late)
    assert [item.outcome for item in decisions] == [Outcome.EXPIRED, Outcome.EXPIRED]
    assert after.slots["s"].free == 1


@pytest.mark.parametrize(
    "command", [a.take(2), a.pass_on(2), a.take(1, actor=a.RECRUITER), a.approve(), a.move(1, "t")]
)
def test_an_offer_is_only_taken_or_passed_and_only_by_who_got_it(command: AnyCommand) -> None:
    decision = only(offered(), command)

    assert decision.outcome is Outcome.BOOKING_NOT_FOUND
    assert not decision.changed


def test_a_removed_person_takes_no_offer() -> None:
    state = offered()
    state.candidates[1001] = a.candidate(1, allowed=False)

    assert end(state, a.take(1)) is Outcome.NOT_ALLOWED
