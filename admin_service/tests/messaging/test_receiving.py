"""A holder of the bot's broker account alone asks for nothing in anybody's name (NFR3)."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from common import clock
from common.mongo import collection
from config.consumers import DIALOGS
from messaging import dead_letters, receiving
from messaging.broker import Broker
from messaging.consuming import Handler, Worker
from messaging.dialogs import DialogCommands
from messaging.receiving import Receiver
from people.models import Candidate, Recruiter
from scheduling.consumer import BookingEvents
from scheduling.models import Booking
from scheduling.services.staff_commands import book_for
from shared_contracts.transport.envelope import Message, encode
from shared_contracts.transport.signing import sign
from shared_contracts.transport.topology import BOOKING_EVENT, BOOKING_RESULT, DIALOG_COMMAND, Queue
from tests.conftest import MakeSlot
from tests.helpers import asking, broker_tools, claiming

KEY, OLDER = "k" * 40, "o" * 40


@pytest.fixture(autouse=True)
def _empty_queues() -> None:
    broker_tools.empty_queues()


@contextmanager
def consumers(receiver: Receiver) -> Iterator[None]:
    """Consumers that take only what the bot has signed."""
    stopping = threading.Event()
    handlers: list[Handler[Any]] = [BookingEvents(receiver), DialogCommands(DIALOGS, receiver)]
    brokers = [Broker(settings.ENV.amqp_url, "consumer under test", handler.queue) for handler in handlers]
    threads = [
        threading.Thread(target=Worker(broker, handler, stopping).run)
        for broker, handler in zip(brokers, handlers, strict=True)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join(timeout=60)


def sent(queue: Queue, message: Message, key: str | None = None) -> None:
    body = encode(message)
    broker_tools.send(queue, (str(message.message_id), sign(body, queue, key) if key else body))


def buried(queue: Queue, count: int) -> list[str]:
    assert broker_tools.wait_until(lambda: broker_tools.depth(queue.dead_name) == count)
    return [letter.reason for letter in dead_letters.read(broker_tools.operator_url(), queue)]


def test_whoever_only_may_publish_books_cancels_and_approves_nothing(
    make_slot: MakeSlot, maria: Candidate, ivan: Candidate, olga: Recruiter
) -> None:
    """Guard: ``Receiver.open``. Every id and version is right; nobody is answered, so no chat is misled either."""
    slot = make_slot(capacity=3, recruiter=olga)
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    collection("outbox").delete_many({})
    booking = asking.the_booking(maria)
    with consumers(Receiver((KEY,))):
        sent(BOOKING_EVENT, asking.book(ivan, slot))
        sent(BOOKING_EVENT, asking.cancel(maria, booking))
        sent(BOOKING_EVENT, asking.approve(olga, booking), OLDER)
        reasons = buried(BOOKING_EVENT, 3)

    assert sorted(reasons) == ["not_signed: signature is missing"] * 2 + ["not_signed: signature is wrong"]
    assert [(row.status, row.version) for row in Booking.objects.all()] == [("booked", 1)]
    assert collection("outbox").count_documents({"queue": BOOKING_RESULT.name}) == 0


def test_whoever_only_may_publish_comes_in_by_no_link(maria: Candidate) -> None:
    """The sibling: dialogs' commands."""
    command = claiming.opens(claiming.link(Candidate.objects.create(first_name="Пётр")), 70_009)
    with consumers(Receiver((KEY,))):
        sent(DIALOG_COMMAND, command)
        assert buried(DIALOG_COMMAND, 1) == ["not_signed: signature is missing"]
        sent(DIALOG_COMMAND, command, KEY)
        assert broker_tools.wait_until(lambda: Candidate.objects.filter(telegram_id=70_009).exists())


def test_while_keys_are_changed_both_are_taken(make_slot: MakeSlot, maria: Candidate, ivan: Candidate) -> None:
    slot = make_slot(capacity=3)
    with consumers(Receiver((KEY, OLDER))):
        sent(BOOKING_EVENT, asking.book(maria, slot), KEY)
        sent(BOOKING_EVENT, asking.book(ivan, slot), OLDER)
        assert broker_tools.wait_until(lambda: Booking.objects.count() == 2)


def test_what_was_under_way_when_keys_came_is_taken_for_an_hour(
    make_slot: MakeSlot, maria: Candidate, ivan: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: ``_is_of_before``. A wrong mark is refused all the same."""
    collection("inbox").insert_one({"_id": str(uuid.uuid4())})
    monkeypatch.setattr(settings.ENV, "request_signing_keys", [KEY])
    in_grace = receiving.receiver()
    assert in_grace.unsigned_until == receiving.receiver().unsigned_until
    slot = make_slot(capacity=3)
    with consumers(in_grace):
        sent(BOOKING_EVENT, asking.book(maria, slot))
        sent(BOOKING_EVENT, asking.book(ivan, slot), OLDER)
        assert buried(BOOKING_EVENT, 1) == ["not_signed: signature is wrong"]
        assert broker_tools.wait_until(lambda: Booking.objects.count() == 1)

    assert in_grace.unsigned_until and in_grace.unsigned_until > clock.now() + timedelta(minutes=50)
    collection("signing").update_one({}, {"$set": {"unsigned_until": clock.now()}})
    with consumers(receiving.receiver()):
        sent(BOOKING_EVENT, asking.book(ivan, slot))
        assert len(buried(BOOKING_EVENT, 2)) == 2


def test_a_new_installation_takes_nothing_unsigned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.ENV, "request_signing_keys", [KEY])
    until = receiving.receiver().unsigned_until
    assert until and until <= clock.now()
