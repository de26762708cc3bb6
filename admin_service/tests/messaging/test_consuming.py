"""The consumer on real RabbitMQ and MongoDB: answers, repeats, poison, crashes (I2, I6, R2)."""

import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pika
import pytest
from django.conf import settings
from django.core.management import call_command

from common.mongo import Document, collection
from messaging import dead_letters
from messaging.broker import Broker, Delivery
from messaging.consuming import MAX_ATTEMPTS, Worker
from people.models import Candidate
from scheduling.consumer import BookingEvents
from shared_contracts.booking import BookingResult, Outcome
from shared_contracts.transport.envelope import Message, encode
from shared_contracts.transport.topology import BOOKING_EVENT, BOOKING_RESULT
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking, broker_tools


@pytest.fixture(autouse=True)
def _empty_queues() -> None:
    broker_tools.empty_queues()


@contextmanager
def consumer() -> Iterator[None]:
    """A consumer of booking events at work."""
    stopping = threading.Event()
    broker = Broker(settings.ENV.amqp_url, "consumer under test", BOOKING_EVENT)
    thread = threading.Thread(target=Worker(broker, BookingEvents(), stopping).run)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(timeout=60)


def sent(*messages: Message) -> None:
    broker_tools.send(BOOKING_EVENT, *((str(message.message_id), encode(message)) for message in messages))


def answers(count: int) -> list[BookingResult]:
    return [BookingResult.model_validate_json(body) for body in broker_tools.receive(BOOKING_RESULT.name, count)]


def dead() -> list[dead_letters.DeadLetter]:
    return dead_letters.read(broker_tools.operator_url(), BOOKING_EVENT)


def test_a_request_is_answered_once_with_its_own_reply_address(make_slot: MakeSlot, maria: Candidate) -> None:
    request = asking.book(maria, make_slot())
    with consumer():
        sent(request)
        (answer,) = answers(1)

    assert (answer.request_id, answer.correlation_id) == (request.message_id, request.correlation_id)
    assert (answer.outcome, answer.reply) == (Outcome.BOOKED, request.reply)
    assert answer.booking and answer.booking.version == 1
    assert broker_tools.depth(BOOKING_EVENT.name) == 0
    assert collection("outbox").count_documents({"status": "sent", "queue": BOOKING_RESULT.name}) == 1


def test_a_request_that_comes_three_times_has_one_effect_and_one_answer(make_slot: MakeSlot, maria: Candidate) -> None:
    """I2. Guard: the inbox."""
    request, slot = asking.book(maria, make_slot(capacity=5)), make_slot()
    with consumer():
        sent(request, request)
        first = answers(1)
        sent(request)
        sent(asking.book(maria, slot))  # after it, nothing of the repeats can still be under way
        last = answers(1)

    assert [answer.outcome for answer in first + last] == [Outcome.BOOKED, Outcome.ALREADY_BOOKED]
    asking.assert_sound()


def test_a_burst_is_decided_in_order_of_arrival(make_slot: MakeSlot, make_candidate: MakeCandidate) -> None:
    slot, people = make_slot(capacity=7), [make_candidate() for _ in range(120)]
    with consumer():
        sent(*(asking.book(person, slot) for person in people))
        results = answers(len(people))

    booked = [answer.user_telegram_id for answer in results if answer.outcome is Outcome.BOOKED]
    assert sorted(booked) == [person.telegram_id for person in people[:7]]
    assert sum(answer.outcome is Outcome.SLOT_FULL for answer in results) == 113


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda _body: b"{", "invalid_json"),
        (lambda body: body.replace(b'"schema_version":1', b'"schema_version":9'), "unknown_version"),
        (lambda body: body.replace(b'"event_type":"booking.created"', b'"event_type":"booking.eaten"'), "wrong_fields"),
        (lambda body: body[:-1] + b',"deep":' + b"[" * 40 + b"]" * 40 + b"}", "too_deep"),
        (
            lambda body: re.sub(rb'"(occurred_at|timestamp)":"[^"]*"', rb'"\1":"0001-01-01T00:00:00+23:00"', body),
            "wrong_fields",
        ),
    ],
)
def test_poison_goes_to_the_dead_letters_with_its_reason_and_harms_no_neighbour(
    spoil: Callable[[bytes], bytes], reason: str, make_slot: MakeSlot, maria: Candidate, ivan: Candidate
) -> None:
    """I6. Guards: ``Worker._bury``, ``dead_letters.note``."""
    slot = make_slot(capacity=3)
    poison = spoil(encode(asking.book(maria, slot)))
    good = asking.book(ivan, slot)
    with consumer():
        broker_tools.send(BOOKING_EVENT, ("poison", poison), (str(good.message_id), encode(good)))
        assert broker_tools.wait_until(lambda: broker_tools.depth(BOOKING_EVENT.dead_name) == 1)
        outcomes = {answer.user_telegram_id: answer.outcome for answer in answers(1)}

    (letter,) = dead()
    assert letter.reason.startswith(reason)
    assert letter.body == poison
    (noted,) = collection("dead_letters").find()  # after the consumer has ended
    assert (noted["key"], noted["telegram_id"]) == ("poison", None if reason == "invalid_json" else maria.telegram_id)
    assert noted["reason"].startswith(reason)
    assert outcomes.get(ivan.telegram_id, Outcome.BOOKED) is Outcome.BOOKED
    assert collection("bookings").count_documents({"user_id": ivan.pk, "live": True}) == 1


def test_a_dead_lettered_request_is_answered_failed(make_slot: MakeSlot, maria: Candidate) -> None:
    """Spec, "On the wire": each request gets an answer, one of an unknown version too."""
    request = asking.book(maria, make_slot())
    with consumer():
        body = encode(request).replace(b'"schema_version":1', b'"schema_version":9')
        broker_tools.send(BOOKING_EVENT, (str(request.message_id), body))
        assert broker_tools.wait_until(lambda: collection("outbox").count_documents({}) == 1)

    row = collection("outbox").find_one({})
    assert row
    answer = json.loads(row["body"])
    assert (answer["outcome"], answer["request_id"]) == ("failed", str(request.message_id))
    assert answer["reply"] == {"chat_id": maria.telegram_id, "message_id": 7}


def test_a_request_that_breaks_the_handler_is_buried_alone(
    make_slot: MakeSlot, maria: Candidate, ivan: Candidate
) -> None:
    """I6. Guard: a failed batch is tried one by one. Maria's document is damaged, so deciding for her raises."""
    slot = make_slot(capacity=3)
    collection("users").update_one({"_id": maria.pk}, {"$unset": {"is_allowed": ""}})
    sent(asking.book(maria, slot), asking.book(ivan, slot))
    broker = Broker(settings.ENV.amqp_url, "consumer under test", BOOKING_EVENT)
    broker.start()
    batch = _taken(broker, 2)

    Worker(broker, BookingEvents(), threading.Event()).work(batch)
    (answer,) = answers(1)
    assert broker_tools.wait_until(lambda: broker_tools.depth(BOOKING_EVENT.dead_name) == 1)
    broker.stop()

    assert (answer.user_telegram_id, answer.outcome) == (ivan.telegram_id, Outcome.BOOKED)
    assert dead()[0].reason == "handling failed: KeyError"
    assert collection("outbox").count_documents({"body": {"$regex": '"outcome":"failed"'}}) == 1
    assert collection("dead_letters").count_documents({}) == 1


def _taken(broker: Broker, count: int) -> list[Delivery]:
    batch: list[Delivery] = []
    while len(batch) < count:
        taken = broker.take(count, wait_seconds=10)
        assert taken, "the messages did not come"
        batch += taken
    return batch


def test_a_message_that_crashed_its_consumer_too_often_is_given_up(make_slot: MakeSlot, maria: Candidate) -> None:
    """I6. Guard: ``Worker._count_attempt``. The crashes before are on record; this redelivery is one too many."""
    request = asking.book(maria, make_slot())
    collection("delivery_attempts").insert_one({"_id": str(request.message_id), "attempts": MAX_ATTEMPTS})
    sent(request)
    _deliver_without_acknowledging()
    with consumer():
        assert broker_tools.wait_until(lambda: broker_tools.depth(BOOKING_EVENT.dead_name) == 1)

    assert dead()[0].reason.startswith(f"given up after {MAX_ATTEMPTS}")
    assert collection("bookings").count_documents({}) == 0


def test_tries_that_had_an_effect_are_not_counted(make_slot: MakeSlot, maria: Candidate) -> None:
    """Spec, "Messaging rules". Guard: ``Worker._handle`` ends the count with the effect."""
    request = asking.book(maria, make_slot())
    sent(request)
    _deliver_without_acknowledging()
    with consumer():
        (answer,) = answers(1)

    assert answer.outcome is Outcome.BOOKED
    assert collection("delivery_attempts").count_documents({}) == 0


def test_what_was_decided_stays_decided_however_often_it_comes_again(make_slot: MakeSlot, maria: Candidate) -> None:
    """I2. Guard: ``Worker._is_decided``. On the sixth redelivery chat once heard that nothing was carried out."""
    request = asking.book(maria, make_slot())
    with consumer():
        sent(request)
        (answer,) = answers(1)
    collection("delivery_attempts").insert_one({"_id": str(request.message_id), "attempts": MAX_ATTEMPTS})
    sent(request)
    _deliver_without_acknowledging()
    with consumer():
        assert broker_tools.wait_until(lambda: collection("delivery_attempts").count_documents({}) == 0)
        assert broker_tools.wait_until(lambda: broker_tools.depth(BOOKING_EVENT.name) == 0)

    assert answer.outcome is Outcome.BOOKED
    assert dead() == []
    assert collection("dead_letters").count_documents({}) == 0
    assert _answered_failed() == 0


@pytest.mark.parametrize(
    "spoil", [(b'"schema_version":1', b'"schema_version":9'), (b"booking.created", b"booking.eaten")]
)
def test_a_decided_request_that_comes_again_unreadable_is_not_answered_anew(
    spoil: tuple[bytes, bytes], make_slot: MakeSlot, maria: Candidate
) -> None:
    """I2. Guard: ``is_decided`` where a request is given up."""
    request = asking.book(maria, make_slot())
    with consumer():
        sent(request)
        answers(1)
        body = encode(request).replace(*spoil)
        broker_tools.send(BOOKING_EVENT, (str(request.message_id), body))
        assert broker_tools.wait_until(lambda: broker_tools.depth(BOOKING_EVENT.dead_name) == 1)

    assert _answered_failed() == 0


def _answered_failed() -> int:
    return collection("outbox").count_documents({"body": {"$regex": '"outcome":"failed"'}})


def test_a_count_that_is_spoilt_stops_no_message(make_slot: MakeSlot, maria: Candidate) -> None:
    """I6. Guard: ``Worker._count_attempt``. Kind: one row stops a queue."""
    request = asking.book(maria, make_slot())
    collection("delivery_attempts").insert_one({"_id": str(request.message_id), "attempts": "many"})
    sent(request)
    _deliver_without_acknowledging()
    with consumer():
        (answer,) = answers(1)

    assert answer.outcome is Outcome.BOOKED


class _Fragile:
    """A queue whose reader breaks on a number that is not there, as a library may on what nobody thought of."""

    queue = BOOKING_EVENT

    def __init__(self) -> None:
        self.handled: list[float] = []

    def read(self, body: bytes) -> float:
        return 1 / int(body)

    def handle(self, items: Sequence[float]) -> list[Document]:
        self.handled += items
        return []

    def give_up(self, body: bytes, reason: str) -> None:
        raise LookupError("nobody to tell")


def test_any_error_while_reading_is_poison_and_harms_no_neighbour() -> None:
    """I6. Guards: ``Worker._read`` and ``Worker._give_up``."""
    stopping, handler = threading.Event(), _Fragile()
    broker = Broker(settings.ENV.amqp_url, "consumer under test", BOOKING_EVENT)
    thread = threading.Thread(target=Worker(broker, handler, stopping).run)
    thread.start()
    broker_tools.send(BOOKING_EVENT, ("1", b"0"), ("2", b"4"))
    assert broker_tools.wait_until(lambda: broker_tools.depth(BOOKING_EVENT.dead_name) == 1 and bool(handler.handled))
    stopping.set()
    thread.join(timeout=60)

    assert [letter.reason for letter in dead()] == ["reading failed: ZeroDivisionError"]
    assert handler.handled == [0.25]


class _Misguided(_Fragile):
    """Writes what can't be published: no such queue."""

    def handle(self, items: Sequence[float]) -> list[Document]:
        return [{"_id": str(item), "queue": "nowhere", "body": "{}", "correlation_id": "c"} for item in items]


def test_an_error_of_publishing_ends_the_worker_and_the_message_comes_again() -> None:
    """Guard: ``Worker.run`` looks at ``_sending``; a process that ends is started anew, one that hangs is not."""
    broker_tools.send(BOOKING_EVENT, ("1", b"4"))
    stopping = threading.Event()
    give_up = threading.Timer(20, stopping.set)
    give_up.start()

    with pytest.raises(KeyError, match="nowhere"):
        Worker(Broker(settings.ENV.amqp_url, "consumer under test", BOOKING_EVENT), _Misguided(), stopping).run()

    give_up.cancel()
    assert broker_tools.wait_until(lambda: broker_tools.depth(BOOKING_EVENT.name) == 1)


def test_dead_letters_are_listed_without_steering_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Guard: ``printable``. Ids, reasons and bodies are whatever a sender wrote."""
    forged = "x\n2026-01-01 FORGED LINE\x1b[2J\u2028\u202e"
    with broker_tools.channel() as operator:
        headers = {"x-slotdesk-reason": forged, "x-death": "oops"}
        for message_id, given in ((forged, headers), ("plain", {"x-death": "oops"})):
            properties = pika.BasicProperties(message_id=message_id, headers=given)
            operator.basic_publish(BOOKING_EVENT.dead_exchange, BOOKING_EVENT.name, forged.encode(), properties)
    assert broker_tools.wait_until(lambda: broker_tools.depth(BOOKING_EVENT.dead_name) == 2)

    for action in ("list", "show"):
        call_command("dead_letters", action, "--queue", BOOKING_EVENT.name)
        printed = capsys.readouterr().out
        assert printed.replace("\n", "").replace("\t", "").isprintable()
        assert not [line for line in printed.splitlines() if line.startswith("2026-01-01")]
        assert "FORGED LINE\\x1b[2J\\u2028\\u202e" in printed


def _deliver_without_acknowledging() -> None:
    """As a consumer that dies with the message in its hands."""
    with broker_tools.channel(settings.ENV.amqp_url) as doomed:
        assert broker_tools.wait_until(lambda: doomed.basic_get(BOOKING_EVENT.name)[0] is not None)


def test_a_replayed_dead_letter_is_decided_like_new(make_slot: MakeSlot, maria: Candidate) -> None:
    """I6: an operator can read and replay."""
    request = asking.book(maria, make_slot())
    collection("users").update_one({"_id": maria.pk}, {"$unset": {"is_allowed": ""}})
    with consumer():
        sent(request)
        assert broker_tools.wait_until(lambda: broker_tools.depth(BOOKING_EVENT.dead_name) == 1)
        collection("users").update_one({"_id": maria.pk}, {"$set": {"is_allowed": True}})

        assert dead_letters.replay(broker_tools.operator_url(), BOOKING_EVENT, str(uuid.uuid4())) == 0
        assert dead_letters.replay(broker_tools.operator_url(), BOOKING_EVENT, str(request.message_id)) == 1
        (answer,) = answers(1)

    assert answer.outcome is Outcome.BOOKED
    assert dead() == []
    assert collection("dead_letters").count_documents({}) == 0


def test_a_request_given_up_twice_is_answered_failed_once_and_the_consumer_lives(
    make_slot: MakeSlot, maria: Candidate, ivan: Candidate
) -> None:
    """I6. Guard: ``outbox.add_once``."""
    slot = make_slot(capacity=2)
    request = asking.book(maria, slot)
    collection("users").update_one({"_id": maria.pk}, {"$unset": {"is_allowed": ""}})
    with consumer():
        sent(request)
        assert broker_tools.wait_until(lambda: broker_tools.depth(BOOKING_EVENT.dead_name) == 1)
        assert dead_letters.replay(broker_tools.operator_url(), BOOKING_EVENT, str(request.message_id)) == 1
        sent(asking.book(ivan, slot))
        (answer,) = answers(1)
        assert broker_tools.wait_until(lambda: broker_tools.depth(BOOKING_EVENT.dead_name) == 1)

    assert answer.outcome is Outcome.BOOKED
    assert collection("outbox").count_documents({"body": {"$regex": '"outcome":"failed"'}}) == 1
    assert collection("dead_letters").count_documents({}) == 1
