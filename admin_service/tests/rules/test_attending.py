"""Whether candidates come, and other times for those who ask, by the rules alone (R8)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from scheduling.domain.commands import Actor, ActorKind, Shown
from scheduling.domain.decide import AnyCommand, decide
from scheduling.domain.decisions import Decision
from scheduling.domain.model import State
from shared_contracts.attendance import Attendance
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus
from tests.rules import building as a

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
START = a.NOW + 2 * DAY
STRANGER = Actor(ActorKind.RECRUITER, "5002")
DEPUTY = Actor(ActorKind.RECRUITER, str(a.DEPUTY))
COMES, STAYS_AWAY, WANTS_ANOTHER = Attendance.CONFIRMED, Attendance.DECLINED, Attendance.RESCHEDULE_ASKED
EVERY_ANSWER = [COMES, STAYS_AWAY, WANTS_ANOTHER]


def only(state: State, command: AnyCommand, now: datetime = a.NOW) -> Decision:
    (decision,), _after = decide(state, [command], now)
    return decision


def end(state: State, command: AnyCommand, now: datetime = a.NOW) -> Outcome | None:
    return only(state, command, now).outcome


def booked(**fields: Any) -> State:
    """Candidate 1 in slot "s" in two days; "t" is free a day later."""
    return a.with_booking(a.world(a.slot("s"), a.slot("t", 3 * DAY), cancel_cutoff=DAY), 1, "s", **fields)


def asking(**fields: Any) -> State:
    return booked(attendance=WANTS_ANOTHER, attendance_at=a.NOW - HOUR, **fields)


def offered(**fields: Any) -> State:
    return asking(proposed_slot_id="t", **fields)


def removed(state: State) -> State:
    after = state.copy()
    after.candidates[1001] = replace(after.candidates[1001], allowed=False)
    return after


@pytest.mark.parametrize("answer", [COMES, WANTS_ANOTHER])
def test_an_answer_is_noted_with_its_time_and_keeps_the_seat(answer: Attendance) -> None:
    decisions, after = decide(booked(), [a.says(1, answer)], a.NOW)
    booking = after.bookings["booking"]

    assert decisions[0].outcome is Outcome.BOOKED
    assert (booking.attendance, booking.coming.attendance_at, booking.version) == (answer, a.NOW, 2)
    assert (booking.status, after.slots["s"].free) == (BookingStatus.BOOKED, 0)


def test_who_cannot_come_gives_the_seat_back_until_the_start_whatever_the_cut_off() -> None:
    """R8: "They work until the start"; this event lets nobody cancel on the last day."""
    late = START - MINUTE
    assert end(booked(), a.cancel(1), late) is Outcome.TOO_LATE

    decisions, after = decide(booked(proposed_slot_id="t"), [a.says(1, STAYS_AWAY)], late)
    booking = after.bookings["booking"]

    assert decisions[0].outcome is Outcome.CANCELLED
    assert (booking.status, booking.attendance, booking.coming.attendance_at) == (
        BookingStatus.CANCELLED,
        STAYS_AWAY,
        late,
    )
    assert (booking.ended_by, booking.proposed_slot_id, after.slots["s"].free) == ("candidate:1001", None, 1)


@pytest.mark.parametrize("answer", EVERY_ANSWER)
def test_answers_work_until_the_start_and_not_from_then_on(answer: Attendance) -> None:
    assert end(booked(), a.says(1, answer), START - timedelta(seconds=1)) is not Outcome.TOO_LATE
    assert end(booked(), a.says(1, answer), START) is Outcome.TOO_LATE


@pytest.mark.parametrize("answer", EVERY_ANSWER)
def test_the_same_answer_twice_is_as_once(answer: Attendance) -> None:
    decisions, _after = decide(booked(), [a.says(1, answer), a.says(1, answer, key=a.key(2))], a.NOW)

    assert decisions[0].outcome is decisions[1].outcome
    assert [item.changed for item in decisions] == [True, False]


@pytest.mark.parametrize("answer", EVERY_ANSWER)
def test_an_answer_about_another_time_than_the_bookings_is_none(answer: Attendance) -> None:
    """I4: the interview was moved since the question. Guard: ``starts_at``."""
    assert end(booked(), a.says(1, answer, starts_at=START - DAY)) is Outcome.VERSION_CONFLICT


@pytest.mark.parametrize("status", [BookingStatus.PENDING, BookingStatus.OFFERED])
def test_nobody_is_asked_before_the_booking_stands(status: BookingStatus) -> None:
    state = booked(status=status, expires_at=a.NOW + HOUR)
    decision = only(state, a.says(1, COMES))

    assert (decision.outcome, decision.booking) == (Outcome.BOOKING_NOT_FOUND, None)


def test_an_ended_booking_is_answered_with_how_it_ended() -> None:
    assert end(booked(status=BookingStatus.CANCELLED), a.says(1, COMES)) is Outcome.CANCELLED
    assert end(booked(status=BookingStatus.UNMARKED), a.says(1, COMES)) is Outcome.TOO_LATE


def test_someone_off_the_list_says_whether_they_come_and_asks_for_nothing_more() -> None:
    """FR2: they may cancel what they keep. Guard: ``who_is_off_the_list``."""
    for command in (a.says(1, WANTS_ANOTHER), a.answer_proposed_time(1, "t", True), a.propose_time("t")):
        assert end(removed(offered()), command) is Outcome.NOT_ALLOWED
    assert end(removed(booked()), a.says(1, WANTS_ANOTHER)) is Outcome.NOT_ALLOWED
    assert end(removed(booked()), a.says(1, COMES)) is Outcome.BOOKED
    assert end(removed(booked()), a.says(1, STAYS_AWAY)) is Outcome.CANCELLED


def test_nobody_answers_for_another_candidate() -> None:
    """Guard: ``_may_touch``."""
    for command in (a.says(2, STAYS_AWAY), a.answer_proposed_time(2, "t", True)):
        decision = only(offered(), command)
        assert (decision.outcome, decision.booking) == (Outcome.BOOKING_NOT_FOUND, None)


def test_a_candidate_offers_no_times_and_a_recruiter_answers_for_nobody() -> None:
    """Guard: ``_may_touch``."""
    theirs = (a.propose_time("t", actor=a.by(1)), a.says(1, COMES, actor=a.RECRUITER))
    for command in (*theirs, a.answer_proposed_time(1, "t", True, actor=a.RECRUITER)):
        assert end(asking(), command) is Outcome.BOOKING_NOT_FOUND


def test_who_will_come_after_all_is_offered_no_other_time_any_more() -> None:
    decision = only(offered(), a.says(1, COMES))

    assert decision.booking and (decision.booking.attendance, decision.booking.proposed_slot_id) == (COMES, None)


@pytest.mark.parametrize("actor", [a.RECRUITER, DEPUTY, a.STAFF])
def test_a_recruiter_offers_another_time_without_a_seat_held_there(actor: Actor) -> None:
    decisions, after = decide(asking(), [a.propose_time("t", actor=actor)], a.NOW)
    booking = after.bookings["booking"]

    assert decisions[0].outcome is Outcome.BOOKED
    assert (booking.proposed_slot_id, booking.version, booking.attendance) == ("t", 2, WANTS_ANOTHER)
    assert (after.slots["s"].free, after.slots["t"].free) == (0, 1)


def test_another_recruiter_offers_nothing() -> None:
    """Guard: ``_may_touch``."""
    decision = only(asking(), a.propose_time("t", actor=STRANGER))
    assert (decision.outcome, decision.booking) == (Outcome.BOOKING_NOT_FOUND, None)


def test_whose_booking_it_is_offers_while_a_wanted_move_waits_for_another_recruiter() -> None:
    """The interview stands with Olga; the move is not hers to approve."""
    state = asking(requested_slot_id="t", expires_at=a.NOW + HOUR)
    state.slots["u"] = a.slot("u", 4 * DAY)
    state.slots["t"] = replace(state.slots["t"], recruiter_telegram_id=5002, recruiter_deputy_telegram_id=None)

    assert end(state, a.propose_time("u")) is Outcome.BOOKED
    assert end(state, a.propose_time("u", actor=STRANGER)) is Outcome.BOOKING_NOT_FOUND
    assert end(state, a.approve()) is Outcome.BOOKING_NOT_FOUND
    assert end(state, a.approve(actor=STRANGER)) is Outcome.MOVED


def test_the_same_offer_twice_is_as_once_and_another_takes_its_place() -> None:
    state = asking()
    state.slots["u"] = a.slot("u", 4 * DAY)
    asked = [a.propose_time("t"), a.propose_time("t", key=a.key(2)), a.propose_time("u", expected_version=2)]
    decisions, after = decide(state, asked, a.NOW)

    assert [item.outcome for item in decisions] == [Outcome.BOOKED] * 3
    assert [item.changed for item in decisions] == [True, False, True]
    assert after.bookings["booking"].proposed_slot_id == "u"


def test_a_time_is_offered_only_to_who_asks_for_one_before_the_start() -> None:
    assert end(booked(), a.propose_time("t")) is Outcome.VERSION_CONFLICT
    assert end(booked(attendance=COMES), a.propose_time("t")) is Outcome.VERSION_CONFLICT
    assert end(asking(version=2), a.propose_time("t")) is Outcome.VERSION_CONFLICT
    assert end(asking(), a.propose_time("t"), START) is Outcome.TOO_LATE
    assert end(asking(status=BookingStatus.CANCELLED), a.propose_time("t")) is Outcome.CANCELLED
    assert end(asking(status=BookingStatus.PENDING), a.propose_time("t")) is Outcome.BOOKING_NOT_FOUND


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"event_id": "other"}, Outcome.SLOT_NOT_FOUND),
        ({"recruiter_id": "pavel"}, Outcome.SLOT_NOT_FOUND),
        ({"is_active": False}, Outcome.SLOT_CLOSED),
        ({"starts_at": a.NOW}, Outcome.SLOT_CLOSED),
        ({"recruiter_active": False}, Outcome.SLOT_CLOSED),
        ({"holders": frozenset({"person-2"})}, Outcome.SLOT_FULL),
        ({"closes_at": a.NOW}, Outcome.BOOKED),
    ],
)
def test_only_a_free_future_slot_of_the_recruiters_own_is_offered(fields: dict[str, Any], outcome: Outcome) -> None:
    """Past its closing time is no matter: who asks for it asks the recruiter."""
    state = asking()
    state.slots["t"] = replace(state.slots["t"], **fields)
    decision = only(state, a.propose_time("t"))

    assert (decision.outcome, decision.changed) == (outcome, outcome is Outcome.BOOKED)


def test_neither_the_bookings_own_slot_nor_one_that_is_gone_is_offered() -> None:
    assert end(asking(), a.propose_time("s")) is Outcome.SLOT_NOT_FOUND
    assert end(asking(), a.propose_time("deleted")) is Outcome.SLOT_NOT_FOUND


def test_an_offered_time_is_taken_with_one_press_without_approval_or_limit() -> None:
    """The event asks for approval, allows no moves, and "t" has closed for booking; a wanted move is given up."""
    slots = a.slot("s"), a.slot("t", 3 * DAY, closes_at=a.NOW), a.slot("w", 5 * DAY)
    state = a.world(*slots, approval_required=True, move_limit=0)
    wish: dict[str, Any] = {"attendance": WANTS_ANOTHER, "attendance_at": a.NOW, "proposed_slot_id": "t"}
    waits: dict[str, Any] = {"requested_slot_id": "w", "expires_at": a.NOW + HOUR, "reschedule_asked": True}
    state = a.with_booking(state, 1, "s", **wish, **waits)
    decisions, after = decide(state, [a.answer_proposed_time(1, "t", True)], a.NOW)
    booking = after.bookings["booking"]

    assert decisions[0].outcome is Outcome.MOVED
    assert (booking.slot_id, booking.starts_at, booking.version, booking.moves) == ("t", a.NOW + 3 * DAY, 2, 0)
    assert (booking.attendance, booking.proposed_slot_id, booking.awaits_approval) == (None, None, False)
    assert [after.slots[name].free for name in ("s", "t", "w")] == [1, 0, 1]


def test_who_keeps_their_time_has_it_as_before_the_question() -> None:
    decisions, after = decide(offered(), [a.answer_proposed_time(1, "t", False)], a.NOW)
    booking = after.bookings["booking"]

    assert decisions[0].outcome is Outcome.BOOKED
    assert (booking.slot_id, booking.proposed_slot_id, booking.attendance, booking.coming.attendance_at) == (
        "s",
        None,
        None,
        None,
    )
    assert booking.version == 2


@pytest.mark.parametrize("take", [True, False])
def test_an_answer_to_an_offer_twice_is_as_once(take: bool) -> None:
    decisions, _after = decide(
        offered(), [a.answer_proposed_time(1, "t", take), a.answer_proposed_time(1, "t", take, key=a.key(2))], a.NOW
    )

    assert decisions[0].outcome is decisions[1].outcome
    assert [item.changed for item in decisions] == [True, False]


@pytest.mark.parametrize("take", [True, False])
def test_an_answer_to_an_offer_that_was_replaced_changes_nothing(take: bool) -> None:
    """Guard: ``proposed_slot_id``. A slot that was never offered can't be had this way."""
    for state in (asking(proposed_slot_id="u"), asking()):
        assert end(state, a.answer_proposed_time(1, "t", take)) is Outcome.VERSION_CONFLICT


@pytest.mark.parametrize("take", [True, False])
def test_an_offer_is_answered_before_the_start_only(take: bool) -> None:
    assert end(offered(), a.answer_proposed_time(1, "t", take), START) is Outcome.TOO_LATE


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"holders": frozenset({"person-2"})}, Outcome.SLOT_FULL),
        ({"is_active": False}, Outcome.SLOT_CLOSED),
        ({"starts_at": a.NOW}, Outcome.SLOT_CLOSED),
        (None, Outcome.SLOT_NOT_FOUND),
    ],
)
def test_an_offered_time_that_is_gone_leaves_the_booking_and_the_wish(
    fields: dict[str, Any] | None, outcome: Outcome
) -> None:
    """FR5, I1: capacity holds for offers too. The recruiter may offer another."""
    state = offered()
    if fields is None:
        del state.slots["t"]
    else:
        state.slots["t"] = replace(state.slots["t"], **fields)
    decision = only(state, a.answer_proposed_time(1, "t", True))

    assert decision.outcome is outcome
    assert decision.booking and (decision.booking.slot_id, decision.booking.proposed_slot_id) == ("s", None)
    assert (decision.booking.attendance, decision.booking.version) == (WANTS_ANOTHER, 2)


@pytest.mark.parametrize(
    ("shown", "outcome"),
    [
        (Shown(starts_at=a.NOW + 3 * DAY - HOUR), Outcome.SLOT_NOT_FOUND),
        (Shown(city_id="kazan"), Outcome.WRONG_CITY),
        (Shown(recruiter_id="pavel"), Outcome.WRONG_RECRUITER),
        (Shown(place="Office, 5"), Outcome.WRONG_PLACE),
    ],
)
def test_an_offered_time_that_is_another_than_was_shown_is_not_taken_and_stays_on_offer(
    shown: Shown, outcome: Outcome
) -> None:
    """R2. Guard: ``changed_since_shown``. Who keeps their time may do so whatever was shown."""
    decision = only(offered(), a.answer_proposed_time(1, "t", True, shown=shown))
    assert (decision.outcome, decision.changed) == (outcome, False)
    assert end(offered(), a.answer_proposed_time(1, "t", False, shown=shown)) is Outcome.BOOKED


def test_an_offered_time_is_taken_as_it_was_shown() -> None:
    shown = Shown(a.NOW + 3 * DAY, "moscow", "olga")
    assert end(offered(), a.answer_proposed_time(1, "t", True, shown=shown)) is Outcome.MOVED


def test_an_offered_time_that_meets_another_interview_is_refused() -> None:
    state = offered()
    state.slots["o"] = a.slot("o", 3 * DAY + 10 * MINUTE, event_id="other")
    state = a.with_booking(state, 1, "o", name="elsewhere")
    decision = only(state, a.answer_proposed_time(1, "t", True))

    assert (decision.outcome, decision.changed) == (Outcome.ALREADY_BOOKED, False)


def test_a_move_asks_the_question_anew_and_takes_the_offer_away() -> None:
    state = offered()
    state.slots["u"] = a.slot("u", 4 * DAY)
    decision = only(state, a.move(1, "u"))

    assert decision.booking and (decision.booking.attendance, decision.booking.proposed_slot_id) == (None, None)
