"""Fifty people book at once on the whole stack; how long they waited, by NFR1's two measures.

First as people do, thinking two to six seconds before each press. Then the same while one more person floods the bot
and Telegram refuses its group (``flood``). Then the worst crowd: all fifty with a finger over Confirm press it in one
instant. Nobody is faster than Telegram's one message a second in one chat, or that limit would be what is measured.
Bounded: fifty people, `ROUNDS` rounds each, everything on 127.0.0.1; the stack is started for it and stopped after it.
The sandbox and the fifty people run on the same cores as the services.
"""

import asyncio
import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from bson import Int64, ObjectId
from pymongo import MongoClient
from pymongo.database import Database

from bench import coherence, deciding, flood
from local.stack import Stack

PEOPLE = 50
ROUNDS = 3
REST_SECONDS = 8
FIRST_ID = 20_001
PATIENCE_SECONDS = 30
HOME = Path(__file__).resolve().parents[2] / ".local" / "bench"
Json = dict[str, Any]
T = TypeVar("T")


class Wire:
    """What the sandbox shows, followed live by one stream: polling by fifty people would be the heavier load."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.newest: dict[int, Json] = {}
        self.acknowledged: dict[str, float] = {}
        self._waiting: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []

    async def follow(self) -> None:
        """Read the stream for ever."""
        async with self.http.stream("GET", "/sandbox/events", timeout=None) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    self._take(json.loads(line[5:]))

    def _take(self, event: Json) -> None:
        if event["type"] == "message" and event["message"]["from"] == "bot" and not event["message"]["document"]:
            self.newest[event["chat_id"]] = event["message"]
        elif event["type"] == "answer":
            press = event["press"]
            self.acknowledged[press["callback_query_id"]] = press["latency_ms"]
        for look, found in self._waiting:
            if not found.done() and (seen := look()):
                found.set_result(
                    seen
                )  # nobody else wakes: fifty people woken by each event would be a load of their own

    async def until(self, look: Callable[[], T | None], what: str) -> T:
        """The first true thing ``look`` sees; looks after each event."""
        if seen := look():
            return seen
        waiter: tuple[Callable[[], Any], asyncio.Future[T]] = look, asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await waiter[1]
        except TimeoutError:
            raise TimeoutError(what) from None
        finally:
            self._waiting.remove(waiter)


class Phone:
    """One person's hand; notes how long each press took to be acknowledged and answered, in milliseconds."""

    def __init__(self, wire: Wire, user_id: int) -> None:
        self._wire, self._id = wire, user_id
        self.thinks = (0.0, 0.0)  # seconds, at least and at most
        self._pressed_at = 0.0
        self.acknowledged: list[float] = []
        self.answered: list[float] = []

    async def opens_details(self) -> None:
        """/start and a slot, up to the question."""
        await self._write("/start")
        slots = await self._sees("Choose a time")
        await self._press(slots, slots["buttons"][self._id % 3][0]["text"])
        await self._sees("Shall we book")

    async def confirms(self) -> None:
        """Confirm, up to the final answer."""
        await self._press(await self._sees("Shall we book"), "Confirm")
        await self._sees("You are booked", "no longer available")
        self.answered.append((time.perf_counter() - self._pressed_at) * 1000)

    async def cancels(self) -> None:
        """/cancel and yes."""
        await self._write("/cancel")
        await self._press(await self._sees("Cancel this booking for sure"), "Yes")
        await self._sees("Your booking is cancelled")

    async def once_through(self) -> None:
        """All of it."""
        await self.opens_details()
        await self.confirms()
        await self.cancels()

    async def _write(self, text: str) -> None:
        answer = await self._wire.http.post("/sandbox/messages", json={"user_id": self._id, "text": text})
        answer.raise_for_status()

    async def _press(self, message: Json, button: str) -> None:
        await asyncio.sleep(random.uniform(*self.thinks))
        label = next(item["text"] for row in message["buttons"] for item in row if button in item["text"])
        body = {"user_id": self._id, "chat_id": self._id, "message_id": message["message_id"], "button": label}
        self._pressed_at = time.perf_counter()
        answer = await self._wire.http.post("/sandbox/presses", json=body)
        query = answer.raise_for_status().json()["callback_query_id"]
        known = self._wire.acknowledged
        self.acknowledged.append(await self._wire.until(lambda: known.get(query), "a press is acknowledged"))

    async def _sees(self, *parts: str) -> Json:
        def look() -> Json | None:
            newest = self._wire.newest.get(self._id)
            return newest if newest and any(part in newest["text"] for part in parts) else None

        return await self._wire.until(look, f"{self._id} sees {parts}")


def prepare(db: Database[Json]) -> None:
    """Fifty people on the allow list and three slots with a seat for each of them."""
    person, slot = db.users.find_one(), db.interview_slots.find_one()
    assert person is not None
    assert slot is not None
    now = datetime.now(UTC)
    db.users.insert_many(
        {
            **person,
            "_id": ObjectId(),
            "telegram_id": Int64(FIRST_ID + n),
            "username": "",
            "city_id": slot["city_id"],
            "listed_at": now,
            "updated_at": now,
        }
        for n in range(PEOPLE)
    )
    for hour in range(3):
        starts_at = now + timedelta(hours=2, minutes=30 * (hour + 1))
        times = {
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=20),
            "closes_at": starts_at - timedelta(hours=2),
        }
        db.interview_slots.insert_one({**slot, "_id": ObjectId(), "max_users": PEOPLE, "updated_at": now, **times})


def report(name: str, milliseconds: list[float], limit: float) -> None:
    """One line: median, 95th percentile, its ratio to NFR1's limit."""
    p95, median = statistics.quantiles(milliseconds, n=20)[-1], statistics.median(milliseconds)
    times = f"n={len(milliseconds):<4} p50 {median:5.0f} ms  p95 {p95:5.0f} ms"
    print(f"  {name:<26} {times}  p95 to limit {p95 / limit:.2f}")


async def measure(url: str) -> None:
    """All rounds, and the report."""
    limits = httpx.Limits(max_connections=PEOPLE * 2)
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS, trust_env=False, limits=limits) as http:
        await http.put("/sandbox/limits", json={"enabled": False})
        for n in range(PEOPLE):
            body = {"user_id": FIRST_ID + n, "first_name": f"Person {n}", "language_code": "en"}
            (await http.post("/sandbox/people", json=body)).raise_for_status()
        wire = Wire(http)
        following = asyncio.create_task(wire.follow())
        phones = [Phone(wire, FIRST_ID + n) for n in range(PEOPLE)]
        await asyncio.gather(*(phone.once_through() for phone in phones))  # warm-up
        await thinking(phones, "each thinking 2 to 6 s before a press")
        async with flood.flooding(http):
            await thinking(phones, f"the same while one more writes {flood.A_SECOND} messages a second")
        await in_one_instant(phones)
        following.cancel()


async def thinking(phones: Sequence[Phone], how: str) -> None:
    """As people do."""
    for phone in phones:
        phone.thinks = (2.0, 6.0)
        phone.acknowledged.clear()
        phone.answered.clear()
    for _ in range(ROUNDS):
        await asyncio.gather(*(phone.once_through() for phone in phones))
    print(f"{PEOPLE} people, {how}:")
    report_all(phones)


async def in_one_instant(phones: Sequence[Phone]) -> None:
    """The worst crowd."""
    acknowledged, answered = [], []
    for phone in phones:
        phone.thinks = (0.0, 0.0)
    for _ in range(ROUNDS):
        await asyncio.sleep(REST_SECONDS)
        await asyncio.gather(*(phone.opens_details() for phone in phones))
        await asyncio.sleep(REST_SECONDS)
        for phone in phones:
            phone.acknowledged.clear()
            phone.answered.clear()
        await asyncio.gather(*(phone.confirms() for phone in phones))
        acknowledged += [it for phone in phones for it in phone.acknowledged]
        answered += [it for phone in phones for it in phone.answered]
        await asyncio.gather(*(phone.cancels() for phone in phones))
    print(f"{PEOPLE} people, all pressing Confirm in the same instant:")
    report("press to acknowledgement", acknowledged, limit=300)
    report("Confirm to final answer", answered, limit=1000)


def report_all(phones: Sequence[Phone]) -> None:
    """Both measures of what the phones noted."""
    report("press to acknowledgement", [it for phone in phones for it in phone.acknowledged], limit=300)
    report("Confirm to final answer", [it for phone in phones for it in phone.answered], limit=1000)


def main() -> None:
    """Start a stack of its own, measure, stop it."""
    stack = Stack(HOME, free_ports=True, environ={})
    stack.stop()
    stack.home.remove_data()
    with stack:
        uri = stack.env["MONGODB_URI"].strip("'")
        with MongoClient[Json](uri, tz_aware=True) as client:
            prepare(client[stack.env["MONGODB_DATABASE"]])
        coherence.measure(stack)
        asyncio.run(measure(stack.env["SANDBOX_URL"]))
        deciding.report(stack)  # the last: it stops what it has no use for


if __name__ == "__main__":
    main()
