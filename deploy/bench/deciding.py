"""How many commands a second the admin service decides, through its real consumer, RabbitMQ and MongoDB.

A round is a thousand people who ask for a seat each, signed as the bot signs it. They are queued while the consumer is
paused, so that it takes them in its largest batches (50) and shares no time with whoever asks; the clock runs from when
it goes on until the last answer is in the bot's queue. Wall-clock suffers from whatever else the machine does, CPU
seconds of the consumer and of MongoDB much less: compare those. JSON goes to standard output, all else to stderr.

Bounded: `ROUNDS` rounds of each scenario after one to warm up; the stack is started for it and stopped after it.
"""

import json
import random
import signal
import statistics
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pika
import psutil
from bson import Int64, ObjectId
from pika.adapters.blocking_connection import BlockingChannel
from pymongo import MongoClient
from pymongo.database import Database

from local.stack import Stack
from shared_contracts.booking import BookingCreated, Outcome
from shared_contracts.requests import ReplyTo, ShownSlot
from shared_contracts.transport.envelope import encode
from shared_contracts.transport.signing import sign
from shared_contracts.transport.topology import BOOKING_EVENT, BOOKING_RESULT, BOT_QUEUES, TO_ADMIN

BATCHES, BATCH = 20, 50
COMMANDS = BATCHES * BATCH
ROUNDS = 5
MANY_SLOTS = 200
FIRST_ID = 60_001
PATIENCE_SECONDS = 60
OTHERS = ("web", "api", "relay", "worker", "beat", "bot", "sandbox")
"""Processes that have no part in deciding; they would share the machine, and the bot its queues."""
WRITTEN = ("bookings", "inbox", "outbox", "auto_messages", "audit_entries", "waiting_list")
HOME = Path(__file__).resolve().parents[2] / ".local" / "deciding"
Json = dict[str, Any]


@dataclass(frozen=True)
class Scenario:
    """A thousand requests for so many slots, which together have a seat for each."""

    name: str
    slots: int
    approval: bool

    @property
    def outcome(self) -> Outcome:
        """What each request is answered with."""
        return Outcome.PENDING_APPROVAL if self.approval else Outcome.BOOKED


SCENARIOS = (
    Scenario("booked at once, 200 slots", MANY_SLOTS, approval=False),
    Scenario("booked at once, one slot", 1, approval=False),
    Scenario("a recruiter approves, 200 slots", MANY_SLOTS, approval=True),
    Scenario("a recruiter approves, one slot", 1, approval=True),
)


@dataclass(frozen=True)
class Round:
    """What one round took. ``batches``: transactions that it was decided in."""

    seconds: float
    cpu_seconds: float
    mongod_cpu_seconds: float
    batches: int


def measure(stack: Stack) -> Json:
    """Every scenario on a running stack whose other processes are stopped for it and not started again."""
    stack.supervision.stop(OTHERS)
    with (
        MongoClient[Json](stack.env["MONGODB_URI"].strip("'"), tz_aware=True) as client,
        pika.BlockingConnection(pika.URLParameters(stack.env["AMQP_URL_BOT"])) as connection,
    ):
        database, channel = client[stack.env["MONGODB_DATABASE"]], connection.channel()
        key = stack.context.credentials.request_signing_key
        people = list(range(FIRST_ID, FIRST_ID + COMMANDS))
        add_people(database, people)
        found = []
        for scenario in SCENARIOS:
            slots = add_slots(database, scenario)
            rounds = []
            for number in range(1 + ROUNDS):
                begin_anew(database, channel)
                requests = [sign(encode(it), BOOKING_EVENT, key) for it in ask(slots, people)]
                rounds.append(one_round(stack, database, channel, requests, scenario))
                print(f"{scenario.name}, round {number}: {rounds[-1]}", file=sys.stderr, flush=True)
            found.append(summary(scenario, rounds[1:]))
    return {"commands_a_round": COMMANDS, "rounds": ROUNDS, "scenarios": found}


def add_people(database: Database[Json], people: Sequence[int]) -> None:
    """Candidates on the allow list, who have begun a chat with the bot."""
    person = database.users.find_one()
    assert person is not None
    now = datetime.now(UTC)
    own = {"username": "", "city_id": None, "listed_at": now, "started_at": now, "blocked_at": None, "updated_at": now}
    database.users.insert_many(
        {**person, **own, "_id": ObjectId(), "telegram_id": Int64(it), "first_name": f"Person {it}"} for it in people
    )


def add_slots(database: Database[Json], scenario: Scenario) -> list[Json]:
    """An open event of the scenario's own and its slots, with a recruiter who is told of every request."""
    event = database.interview_events.find_one({"questionnaire_id": None})
    recruiter = database.recruiters.find_one({"telegram_id": {"$ne": None}})
    assert event is not None
    assert recruiter is not None
    slot = database.interview_slots.find_one({"recruiter_id": recruiter["_id"]})
    assert slot is not None
    event_id, now = ObjectId(), datetime.now(UTC)
    database.interview_events.insert_one(
        {**event, "_id": event_id, "title": scenario.name, "approval_required": scenario.approval}
    )
    slots = []
    for number in range(scenario.slots):
        starts_at = now.replace(microsecond=0) + timedelta(days=3, minutes=20 * number)
        times = {
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=20),
            "closes_at": starts_at - timedelta(hours=2),
        }
        own = {"_id": ObjectId(), "event_id": event_id, "max_users": COMMANDS // scenario.slots}
        slots.append(
            {**slot, **own, "booked_users": [], "has_room": True, "is_active": True, "updated_at": now, **times}
        )
    database.interview_slots.insert_many(slots)
    return slots


def begin_anew(database: Database[Json], channel: BlockingChannel) -> None:
    """Forget what the round before has written and sent."""
    for name in WRITTEN:
        database[name].delete_many({})
    database.interview_slots.update_many({}, {"$set": {"booked_users": [], "has_room": True}})
    for queue in BOT_QUEUES:
        channel.queue_purge(queue.name)


def ask(slots: Sequence[Json], people: Sequence[int]) -> Iterator[BookingCreated]:
    """A request of each person, in an order that mixes the slots."""
    seats = [slots[number % len(slots)] for number in range(len(people))]
    random.Random(1).shuffle(seats)
    for user_id, slot in zip(people, seats, strict=True):
        now = datetime.now(UTC)
        yield BookingCreated(
            message_id=uuid.uuid4(),
            correlation_id=f"bench-{user_id}",
            occurred_at=now,
            timestamp=now,
            user_telegram_id=user_id,
            reply=ReplyTo(chat_id=user_id, message_id=1),
            event_id=str(slot["event_id"]),
            slot=ShownSlot(
                id=str(slot["_id"]),
                starts_at=slot["starts_at"],
                city_id=str(slot["city_id"]),
                recruiter_id=str(slot["recruiter_id"]),
            ),
        )


def one_round(
    stack: Stack, database: Database[Json], channel: BlockingChannel, requests: Sequence[bytes], scenario: Scenario
) -> Round:
    """Queue the requests behind a paused consumer, let it go on, and count the answers in."""
    consumer, mongod = psutil.Process(stack.pid("consumer")), psutil.Process(stack.pid("mongod"))
    properties = pika.BasicProperties(delivery_mode=2)
    with paused(consumer):
        for body in requests:
            channel.basic_publish(TO_ADMIN, BOOKING_EVENT.name, body, properties, mandatory=True)
        before = cpu_seconds(consumer), cpu_seconds(mongod)
    began = time.perf_counter()
    take_answers(channel, scenario.outcome)
    took = time.perf_counter() - began
    used = cpu_seconds(consumer) - before[0], cpu_seconds(mongod) - before[1]
    return Round(took, *used, batches=len(database.bookings.distinct("created_at")))


@contextmanager
def paused(process: psutil.Process) -> Iterator[None]:
    """The process does not run in the block."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def cpu_seconds(process: psutil.Process) -> float:
    """What the process has used since it began, in its own code and in the kernel."""
    times = process.cpu_times()
    return float(times.user + times.system)


def take_answers(channel: BlockingChannel, outcome: Outcome) -> None:
    """Return with the last answer; one with another outcome is an error, it would have cost another effort."""
    answers: list[bytes] = []
    for method, _properties, body in channel.consume(
        BOOKING_RESULT.name, auto_ack=True, inactivity_timeout=PATIENCE_SECONDS
    ):
        if method is None:
            raise TimeoutError(f"{len(answers)} of {COMMANDS} answers, and no more for {PATIENCE_SECONDS} s")
        answers.append(body)
        if len(answers) == COMMANDS:
            break
    channel.cancel()
    outcomes = {json.loads(body)["outcome"] for body in answers}
    assert outcomes == {outcome.value}, outcomes


def summary(scenario: Scenario, rounds: Sequence[Round]) -> Json:
    """Medians, with the least and the most of the rounds."""
    return {
        "name": scenario.name,
        "commands_a_second": spread([COMMANDS / it.seconds for it in rounds]),
        "consumer_cpu_seconds_for_1000_commands": spread([it.cpu_seconds * 1000 / COMMANDS for it in rounds]),
        "mongod_cpu_seconds_for_1000_commands": spread([it.mongod_cpu_seconds * 1000 / COMMANDS for it in rounds]),
        "batches": spread([it.batches for it in rounds]),
    }


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, least and most."""
    known = {"median": statistics.median(values), "least": min(values), "most": max(values)}
    return {name: round(value, 3) for name, value in known.items()}


def report(stack: Stack) -> None:
    """Measure, and print the JSON."""
    print(json.dumps(measure(stack), indent=2))


def main() -> None:
    """Start a stack of its own, measure, stop it."""
    stack = Stack(HOME, free_ports=True, environ={}, say=lambda text: print(text, file=sys.stderr))
    stack.stop()
    stack.home.remove_data()
    with stack:
        report(stack)


if __name__ == "__main__":
    main()
