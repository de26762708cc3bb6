"""Ten thousand reminders as far as the outbox and three hundred through to the chats, while processes are killed.

None may be missing, none doubled, except where the bot died between Telegram's answer and its own record, and then at
most one for each such death (the ledger counts those as sends without an answer). Everything is booked through the
API, so that the ledger is written by the same transactions as in life; time is travelled to the reminders' hour.
Bounded in count and time, everything on 127.0.0.1; the stack is started for it and stopped after it.
"""

import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from bson import Int64, ObjectId
from pymongo import MongoClient
from pymongo.database import Database

from acceptance.driving import Chats
from local.stack import Stack

IN_CHAT, TO_OUTBOX = 300, 10_000
SEATS = 100
FIRST_IN_CHAT, FIRST_TO_OUTBOX = 30_001, 40_001
BEGINS = datetime(2032, 3, 1, 9, 0, tzinfo=ZoneInfo("Europe/Moscow"))
FIRST_DAY, SECOND_DAY = BEGINS + timedelta(days=1, hours=2), BEGINS + timedelta(days=2, hours=2)  # 11:00
PATIENCE_SECONDS = 240
MOST_DEATHS = 24
HOME = Path(__file__).resolve().parents[2] / ".local" / "reminders"
Json = dict[str, Any]


@dataclass(frozen=True)
class Crowd:
    """People with an interview each on one day, and the moment their day-of reminder is due."""

    first_id: int
    size: int
    due_at: datetime

    @property
    def ids(self) -> range:
        """Telegram ids."""
        return range(self.first_id, self.first_id + self.size)


def main() -> None:
    """Both parts on one stack; the exit code says whether any was missing or doubled without a reason."""
    stack = Stack(HOME, free_ports=True, test_mode=True, begins_at=BEGINS, environ={})
    stack.stop()
    stack.home.remove_data()
    with stack, MongoClient[Json](stack.env["MONGODB_URI"].strip("'"), tz_aware=True) as client:
        db = client[stack.env["MONGODB_DATABASE"]]
        faults = in_chat(stack, db, Crowd(FIRST_IN_CHAT, IN_CHAT, FIRST_DAY))
        faults += as_far_as_the_outbox(stack, db, Crowd(FIRST_TO_OUTBOX, TO_OUTBOX, SECOND_DAY))
    raise SystemExit(1 if faults else 0)


def in_chat(stack: Stack, db: Database[Json], crowd: Crowd) -> int:
    """Three hundred through to the chats, with everything on the way killed in turn; the answer counts the faults."""
    chats = Chats.without_limits(stack)
    for user_id in crowd.ids:
        chats.person(user_id, f"Person {user_id}", "en").writes("/start")
    wait_until_answered(stack, crowd)
    book_all(stack, db, crowd)
    wait_until_told(chats, crowd)
    chats.http.put("/sandbox/limits", json={"enabled": True}).raise_for_status()
    stack.travel_to(crowd.due_at)
    rows = due_rows(crowd)
    deaths = kill_until(
        stack,
        ("bot", "worker", "relay", "consumer", "bot", "beat"),
        every=2.0,
        done=lambda: db.auto_messages.count_documents({**rows, "state": "sent"}) == crowd.size,
    )
    time.sleep(5)  # what a last redelivery may still bring
    seen = Counter({user_id: reminders_in(chats, user_id) for user_id in crowd.ids})
    report(f"{crowd.size} reminders through to the chats", seen, deaths)
    ends = list(db.auto_messages.find(rows, {"sent_at": 1, "due_at": 1, "state": 1, "uncertain_tries": 1}))
    uncertain = sum(row["uncertain_tries"] for row in ends)
    late = [(row["sent_at"] - row["due_at"]).total_seconds() for row in ends if row["sent_at"]]
    print(f"  states {dict(Counter(row['state'] for row in ends))}; sends without an answer: {uncertain}")
    print(f"  after their time: median {median(late):.1f} s, most {max(late):.1f} s, least {min(late):.1f} s")
    more = sum(max(0, count - 1) for count in seen.values())
    at_most_one_more = more <= uncertain and max(seen.values()) <= 1 + min(1, uncertain)
    return list(seen.values()).count(0) + (not at_most_one_more) + any(seconds < 0 for seconds in late)


def as_far_as_the_outbox(stack: Stack, db: Database[Json], crowd: Crowd) -> int:
    """Ten thousand written to the outbox (the relay is stopped), with worker and beat killed again and again."""
    stack.supervision.stop(["relay"])  # before they are told that they are booked
    book_all(stack, db, crowd)
    stack.travel_to(crowd.due_at)
    began = time.monotonic()
    rows = due_rows(crowd)
    deaths = kill_until(
        stack,
        ("worker", "worker", "beat"),
        every=1.5,
        done=lambda: db.auto_messages.count_documents({**rows, "state": "scheduled"}) == 0,
    )
    took = time.monotonic() - began
    ids = {str(row["_id"]): row["target_chat_id"] for row in db.auto_messages.find(rows, {"target_chat_id": 1})}
    written = Counter(dict.fromkeys(crowd.ids, 0))
    late = []
    for row in db.outbox.find({"queue": "bot.notification.command", "created_at": {"$gte": crowd.due_at}}):
        user_id = ids.get(json.loads(row["body"])["notification_id"])
        if user_id is not None:
            written[user_id] += 1
            late.append((row["created_at"] - crowd.due_at).total_seconds())
    report(f"{crowd.size} reminders as far as the outbox", written, deaths)
    print(f"  all there after {took:.0f} s; after their time: median {median(late):.1f} s, most {max(late):.1f} s")
    return crowd.size - list(written.values()).count(1) + any(seconds < 0 for seconds in late)


def due_rows(crowd: Crowd) -> Json:
    """The ledger's rows of a crowd's day-of reminders."""
    return {"kind": "day_of", "due_at": crowd.due_at, "target_chat_id": {"$in": [Int64(it) for it in crowd.ids]}}


def book_all(stack: Stack, db: Database[Json], crowd: Crowd) -> None:
    """Put the crowd on the allow list and book each a seat through the API, in the afternoon of their day."""
    event, person = db.interview_events.find_one({"is_open": True}), db.users.find_one()
    assert event is not None
    assert person is not None
    slot = db.interview_slots.find_one({"event_id": event["_id"]})
    assert slot is not None
    now = datetime.now(UTC)
    own = {"username": "", "city_id": None, "listed_at": now, "updated_at": now, "blocked_at": None}
    db.users.insert_many(
        {**person, **own, "_id": ObjectId(), "telegram_id": Int64(it), "first_name": f"Person {it}"} for it in crowd.ids
    )
    slots = [
        {**slot, "_id": ObjectId(), "max_users": SEATS, "booked_users": [], "has_room": True, **hours(crowd, number)}
        for number in range(crowd.size // SEATS)
    ]
    db.interview_slots.insert_many(slots)
    seats = [item["_id"] for item in slots for _ in range(SEATS)]
    headers = {"Authorization": f"Bearer {stack.env['ADMIN_API_TOKEN']}"}
    with httpx.Client(base_url=stack.env["ADMIN_URL"], headers=headers, timeout=60, trust_env=False) as http:

        def book(pair: tuple[int, ObjectId]) -> str:
            body = {"user_telegram_id": pair[0], "event_id": str(slot["event_id"]), "slot_id": str(pair[1])}
            key = {"Idempotency-Key": f"reminders-{pair[0]}"}
            return str(http.post("/api/confirm-booking", json=body, headers=key).raise_for_status().json()["outcome"])

        pairs = list(zip(crowd.ids, seats, strict=True))
        random.Random(1).shuffle(pairs)
        with ThreadPoolExecutor(8) as pool:
            outcomes = Counter(pool.map(book, pairs))
    assert outcomes == {"booked": crowd.size}, outcomes


def hours(crowd: Crowd, number: int) -> Json:
    """A slot's times: from 15:00 on, so that the two-hours prompt is a message of its own."""
    starts_at = crowd.due_at + timedelta(hours=4, minutes=number % 60)
    return {
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=20),
        "closes_at": starts_at - timedelta(hours=2),
    }


def wait_until_answered(stack: Stack, crowd: Crowd) -> None:
    """Until the bot has answered everyone's /start: it may write to them now."""
    chats = Chats(stack.env["SANDBOX_URL"])
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not all(chats.messages(it) for it in (crowd.ids[0], crowd.ids[-1], *random.sample(crowd.ids, 20))):
        assert time.monotonic() < deadline, "the bot did not answer everyone"
        time.sleep(1)


def wait_until_told(chats: Chats, crowd: Crowd) -> None:
    """Until everyone has read that they are booked and has the calendar file: only reminders go out from then on."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    for user_id in crowd.ids:
        while not chats.files(user_id):
            assert time.monotonic() < deadline, "not everyone was told"
            time.sleep(0.2)


def kill_until(stack: Stack, names: Sequence[str], *, every: float, done: Any) -> Counter[str]:
    """Kill the processes in turn until ``done``; then let what is left be finished. How often each died."""
    deaths: Counter[str] = Counter()
    deadline = time.monotonic() + PATIENCE_SECONDS
    turn = 0
    while not done():
        assert time.monotonic() < deadline, f"not done within {PATIENCE_SECONDS} s: {deaths}"
        time.sleep(every)
        name = names[turn % len(names)]
        turn += 1
        if turn <= MOST_DEATHS and stack.pid(name):
            stack.kill(name)
            deaths[name] += 1
    return deaths


def reminders_in(chats: Chats, user_id: int) -> int:
    """How many reminders of the day a person sees."""
    return sum("interview today" in message.text for message in chats.messages(user_id))


def report(name: str, seen: Counter[int], deaths: Counter[str]) -> None:
    """Who got how many."""
    print(f"{name}; killed: {', '.join(f'{name} {count}×' for name, count in deaths.items())}")
    missing, doubled = (sum(test(count) for count in seen.values()) for test in ((0).__eq__, (1).__lt__))
    print(f"  missing {missing}, doubled {doubled}, most for one person {max(seen.values())}")


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    main()
