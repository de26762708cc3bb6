"""A booking's life where a recruiter approves it: asked for in chat, decided in the desk."""

from collections.abc import Iterator

import pytest

from acceptance.desk import Desk
from acceptance.driving import CONFIRM, Chats, Person, Store, eventually

WAITS = "Место держим"


@pytest.fixture(autouse=True)
def _approval_is_required(desk: Desk, store: Store) -> Iterator[None]:
    desk.require_approval(True)
    eventually(
        lambda: store.db.interview_events.count_documents({"approval_required": True, "is_open": True}) == 1, "saved"
    )
    yield
    desk.require_approval(False)


def ask(person: Person) -> None:
    """Up to the request that waits."""
    details = person.opens_details()
    person.presses(details, CONFIRM)
    person.sees(WAITS, details.id)


def test_a_request_is_approved_in_the_desk_and_the_candidate_congratulated(
    chats: Chats, desk: Desk, store: Store
) -> None:
    sofia = chats.person(1009, "София")
    ask(sofia)
    (request,) = store.bookings_of(1009)
    assert request["status"] == "pending"

    desk.decide_request(request["_id"], "Approve", "")

    sofia.sees("поздравляем!")
    assert store.bookings_of(1009)[0]["status"] == "booked"
    sofia.cancels()


def test_a_rejected_request_frees_its_seat_and_the_candidate_is_told_why(
    chats: Chats, desk: Desk, store: Store
) -> None:
    roman = chats.person(1010, "Роман")
    ask(roman)
    (request,) = store.bookings_of(1010)

    desk.decide_request(request["_id"], "Reject", "Позиция закрыта")

    assert "Позиция закрыта" in roman.sees("пригласить вас на собеседование").text
    assert store.bookings_of(1010) == []
