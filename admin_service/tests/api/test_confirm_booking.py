"""Booking without a broker: the chat's decision, once per Idempotency-Key (FR4, R2, I2)."""

import json
from typing import Any

import pytest
from django.test import Client

from people.models import Candidate
from scheduling.models import Booking, InterviewEvent, InterviewSlot
from scheduling.services.staff_commands import approve_booking
from shared_contracts.booking import ConfirmBookingAnswer, Outcome
from shared_contracts.notification import NotificationKind
from tests.conftest import MakeSlot
from tests.helpers.card_tools import kinds, news

URL = "/api/confirm-booking"


def ask(client: Client, person: Candidate, slot: InterviewSlot, key: str = "first") -> Any:
    body = {"user_telegram_id": person.telegram_id, "event_id": str(slot.event_id), "slot_id": str(slot.pk)}
    return client.post(URL, json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key})


def test_a_seat_is_booked(bot: Client, maria: Candidate, make_slot: MakeSlot) -> None:
    slot = make_slot()
    response = ask(bot, maria, slot)
    answer = ConfirmBookingAnswer.model_validate_json(response.content)
    assert (response.status_code, answer.outcome) == (201, Outcome.BOOKED)
    assert answer.booking and answer.booking.slot.id == str(slot.pk)
    assert Booking.objects.get().telegram_id == maria.telegram_id


def test_a_request_for_approval_is_accepted(
    bot: Client, maria: Candidate, make_slot: MakeSlot, approval_event: InterviewEvent
) -> None:
    response = ask(bot, maria, make_slot(of=approval_event))
    assert (response.status_code, response.json()["outcome"]) == (202, "pending_approval")


def test_the_candidate_is_told_in_chat_with_the_calendar_file_and_once(
    bot: Client, maria: Candidate, make_slot: MakeSlot
) -> None:
    """Guard: ``about`` asks whether there is a chat that shows the answer. The same key again tells nothing more."""
    slot = make_slot()
    ask(bot, maria, slot)
    ask(bot, maria, slot)
    ask(bot, maria, slot, "another")
    (told,) = news()
    assert (told.user_telegram_id, told.kind, told.reason) == (maria.telegram_id, NotificationKind.BOOKING_MADE, None)
    assert told.booking.slot.id == str(slot.pk)
    assert told.calendar_entry and (told.calendar_entry.method, told.calendar_entry.sequence) == ("PUBLISH", 1)


def test_a_request_for_approval_is_told_of_once_it_is_approved(
    bot: Client, maria: Candidate, make_slot: MakeSlot, approval_event: InterviewEvent
) -> None:
    """R3. Guard: the outcome in ``_kind``: a request is no booking yet."""
    ask(bot, maria, make_slot(of=approval_event))
    assert kinds() == []
    approve_booking(str(Booking.objects.get().pk), expected_version=1, actor="anna")
    assert kinds() == [(maria.telegram_id, NotificationKind.BOOKING_APPROVED)]


def test_a_full_slot_is_refused_with_what_could_be_had(
    bot: Client, maria: Candidate, ivan: Candidate, make_slot: MakeSlot
) -> None:
    slot, other = make_slot(), make_slot()
    ask(bot, maria, slot)
    response = ask(bot, ivan, slot, "second")
    answer = ConfirmBookingAnswer.model_validate_json(response.content)
    assert (response.status_code, answer.outcome) == (409, Outcome.SLOT_FULL)
    assert [view.id for view in answer.alternatives] == [str(other.pk)]


def test_in_a_closed_event_there_is_nothing_else_to_be_had(
    bot: Client, maria: Candidate, make_slot: MakeSlot, event: InterviewEvent
) -> None:
    """Guard: ``is_open`` in ``_event_to_choose_in``."""
    slot, _other = make_slot(), make_slot()
    InterviewEvent.objects.filter(pk=event.pk).update(is_open=False)
    answer = ConfirmBookingAnswer.model_validate_json(ask(bot, maria, slot).content)
    assert (answer.outcome, answer.alternatives) == (Outcome.SLOT_CLOSED, [])


def test_the_same_request_again_gets_the_first_answer(bot: Client, maria: Candidate, make_slot: MakeSlot) -> None:
    slot = make_slot()
    first, again = ask(bot, maria, slot), ask(bot, maria, slot)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert Booking.objects.count() == 1


def test_a_key_used_for_another_request_is_refused(
    bot: Client, maria: Candidate, ivan: Candidate, make_slot: MakeSlot
) -> None:
    slot = make_slot(capacity=2)
    ask(bot, maria, slot)
    response = ask(bot, ivan, slot)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert Booking.objects.count() == 1


def test_two_clients_may_use_the_same_key(bot: Client, maria: Candidate, ivan: Candidate, make_slot: MakeSlot) -> None:
    slot = make_slot(capacity=2)
    other = Client(headers={"Authorization": "Bearer token-of-another-client"})
    assert ask(bot, maria, slot).status_code == 201
    assert ask(other, ivan, slot).status_code == 201


@pytest.mark.parametrize("key", [None, "", "с пробелом", "a" * 201, "a b"])
def test_the_key_must_be_there_and_plain(bot: Client, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    response = bot.post(URL, "{}", content_type="application/json", headers=headers)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (" ", 400, "body"),
        ("[]", 400, "body"),
        ('{"user_telegram_id": NaN}', 400, "body"),
        ('{"user_telegram_id": "1001"}', 400, "user_telegram_id"),
        ('{"user_telegram_id": 1001}', 400, "event_id"),
        ('{"user_telegram_id": 1001, "event_id": "x", "slot_id": "y"}', 400, "event_id"),
        ('{"a": "' + "x" * 70_000 + '"}', 413, "body"),
    ],
)
def test_a_wrong_body_is_named(bot: Client, body: str, status: int, field: str) -> None:
    response = bot.post(URL, body, content_type="application/json", headers={"Idempotency-Key": "k"})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (status, field)


def test_only_json_is_read(bot: Client) -> None:
    response = bot.post(URL, "a=b", content_type="text/plain", headers={"Idempotency-Key": "k"})
    assert response.status_code == 415
