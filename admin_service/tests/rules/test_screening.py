"""The questionnaire, and the recruiter who has left, in the pure rules (R9, R2)."""

from dataclasses import replace

from scheduling.domain.decide import AnyCommand, decide
from scheduling.domain.model import State
from shared_contracts.booking import Outcome
from tests.rules import building as a


def end(state: State, command: AnyCommand) -> Outcome | None:
    (decision,), _after = decide(state, [command], a.NOW)
    return decision.outcome


def test_a_candidate_who_has_not_passed_gets_no_seat() -> None:
    """Guard: ``State.screened``."""
    state = a.world(a.slot("s"), questionnaire_required=True)

    assert end(state, a.book(1, "s")) is Outcome.NOT_ALLOWED
    assert end(replace(state, screened={("person-1", "other")}), a.book(1, "s")) is Outcome.NOT_ALLOWED
    assert end(replace(state, screened={("person-2", "event")}), a.book(1, "s")) is Outcome.NOT_ALLOWED
    assert end(replace(state, screened={("person-1", "event")}), a.book(1, "s")) is Outcome.BOOKED


def test_staff_book_without_the_questionnaire() -> None:
    state = a.world(a.slot("s"), questionnaire_required=True)

    assert end(state, a.book(1, "s", actor=a.STAFF)) is Outcome.BOOKED


def test_a_candidate_who_has_not_agreed_gets_no_new_seat() -> None:
    """Guard: ``_must_agree_first``; what they have booked is theirs to move and cancel, and staff book for them."""
    state = replace(a.world(a.slot("s"), a.slot("t")), to_agree={"person-1"})

    assert end(state, a.book(1, "s")) is Outcome.NOT_ALLOWED
    assert end(state, a.book(2, "s")) is Outcome.BOOKED
    assert end(state, a.book(1, "s", actor=a.STAFF)) is Outcome.BOOKED
    booked = a.with_booking(state, 1, "s")
    assert end(booked, a.move(1, "t")) is Outcome.MOVED
    assert end(booked, a.cancel(1)) is Outcome.CANCELLED


def test_nobody_is_booked_with_a_recruiter_who_has_left() -> None:
    """Guard: ``Slot.recruiter_active``."""
    gone = a.slot("gone", recruiter_active=False)

    assert end(a.world(gone), a.book(1, "gone")) is Outcome.WRONG_RECRUITER
    booked = a.with_booking(a.world(a.slot("s"), gone), 1, "s")
    assert end(booked, a.move(1, "gone")) is Outcome.WRONG_RECRUITER
    assert end(booked, a.cancel(1)) is Outcome.CANCELLED
