"""Rows by the hundred thousand for ``bench.lists``, written straight into MongoDB: years of an agency's work.

Most interviews are over, a few weeks of them are to come. Names repeat as people's names do. Everything is drawn from
one seed, so that two runs at one scale hold the same rows.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from bson import Int64, ObjectId
from pymongo.database import Database

Json = dict[str, Any]
CITIES, RECRUITERS, EVENTS = 12, 60, 6
CHUNK = 5_000
FIRST_ID = 300_000_001
FIRST_NAMES = ("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Захар", "Инна", "Кирилл", "Лев", "Мария")
SYLLABLES = ("ва", "гор", "дол", "зи", "ка", "лес", "мор", "не", "ор", "пе", "ро", "су", "ти", "фе", "хо", "шу")
ENDED = ("attended", "attended", "attended", "late", "no_show", "cancelled", "rejected", "expired", "unmarked")


@dataclass(frozen=True)
class Scale:
    """How many of what; ``of`` gives those of so many times the smallest."""

    bookings: int
    candidates: int
    audit_entries: int
    others: int

    @classmethod
    def of(cls, times: int) -> "Scale":
        """A hundred times is what the desk is measured by."""
        return cls(
            bookings=10_000 * times, candidates=2_000 * times, audit_entries=10_000 * times, others=1_000 * times
        )


@dataclass
class Filler:
    """Fills one database; what it makes refers to what it has made before."""

    database: Database[Json]
    scale: Scale
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    dice: random.Random = field(default_factory=lambda: random.Random(1))
    people: list[Json] = field(default_factory=list)
    slots: list[Json] = field(default_factory=list)
    live: set[tuple[ObjectId, ObjectId]] = field(default_factory=set)
    """Who has a live booking of which event: there may be one."""

    def fill(self, say: Callable[[str], None]) -> None:
        """Everything, the largest last."""
        self.cities = self._like("cities", CITIES, lambda n: {"name": f"Город {n}"})
        self.recruiters = self._like("recruiters", RECRUITERS, self._recruiter)
        self.events = self._like("interview_events", EVENTS, lambda n: {"title": f"Набор {n}"})
        self.known = {row["_id"]: row for row in (*self.cities, *self.recruiters, *self.events)}
        parts = (
            ("users", self.scale.candidates, self._person),
            ("interview_slots", self.scale.bookings // 5, self._slot),
            ("bookings", self.scale.bookings, self._booking),
            ("audit_entries", self.scale.audit_entries, self._audit_entry),
            ("auto_messages", self.scale.bookings, self._auto_message),
            ("questionnaire_answers", self.scale.candidates, self._answers),
            ("invitations", self.scale.candidates, self._invitation),
            ("waiting_list", self.scale.others, self._waiting),
            ("outbox", self.scale.others, self._outgoing),
            ("inbox", self.scale.others, self._decided),
            ("broadcasts", 2 * EVENTS, self._broadcast),
        )
        for name, count, make in parts:
            say(f"{count:,} of {name} …")
            self._insert(name, (make(number) for number in range(count)))

    def _insert(self, name: str, rows: Iterator[Json]) -> None:
        stamps = {"created_at": self.now, "updated_at": self.now}
        while chunk := [{"_id": ObjectId(), **stamps, **row} for row in islice(rows, CHUNK)]:
            self.database[name].insert_many(chunk, ordered=False)
            {"users": self.people, "interview_slots": self.slots}.get(name, []).extend(chunk)

    def _like(self, name: str, count: int, own: Callable[[int], Json]) -> list[Json]:
        """The demo's rows, and as many more like its first."""
        found = list(self.database[name].find())
        more = [{**found[0], "_id": ObjectId(), **own(number)} for number in range(count)]
        self.database[name].insert_many(more)
        return [*found, *more]

    def _recruiter(self, number: int) -> Json:
        city = self.cities[number % len(self.cities)]
        named = {"telegram_id": Int64(FIRST_ID - number - 1), "awaited_username": None, "calendar_token_hash": None}
        return {"name": f"{self._first()} {self._last()} {number}", "city_id": city["_id"], "deputy_id": None, **named}

    def _first(self) -> str:
        return self.dice.choice(FIRST_NAMES)

    def _last(self) -> str:
        return "".join(self.dice.choices(SYLLABLES, k=3)).capitalize() + "ов"

    def _ago(self, days: float) -> datetime:
        return self.now - timedelta(seconds=self.dice.randrange(int(days * 86_400)))

    def _person(self, number: int) -> Json:
        first, last = self._first(), self._last()
        started = self._ago(700) if number % 10 else None
        return {
            "telegram_id": Int64(FIRST_ID + number) if started else None,
            "username": f"user_{number}" if number % 3 else "",
            "awaited_username": None,
            "first_name": first,
            "last_name": last,
            "telegram_name": f"{first} {last}",
            "words": sorted({first.lower(), last.lower(), f"user_{number}"}),
            "city_id": self.dice.choice(self.cities)["_id"] if number % 20 else None,
            "is_allowed": number % 50 > 0,
            "note": "",
            "language_code": "ru",
            "started_at": started,
            "blocked_at": self._ago(30) if number % 40 == 1 else None,
            "chat_seen_at": None,
            "listed_at": self.now,
            "created_at": self._ago(700),
            "decisions": Int64(0),
        }

    def _slot(self, number: int) -> Json:
        city, recruiter = self.dice.choice(self.cities), self.dice.choice(self.recruiters)
        starts_at = self.now + timedelta(minutes=20 * self.dice.randrange(-50_000, 2_500))
        online = number % 4 == 0
        return {
            "event_id": self.dice.choice(self.events)["_id"],
            "city_id": city["_id"],
            "recruiter_id": recruiter["_id"],
            "starts_at": starts_at,
            "duration_minutes": 20,
            "ends_at": starts_at + timedelta(minutes=20),
            "closes_at": starts_at - timedelta(hours=2),
            "max_users": 5,
            "booked_users": [],
            "has_room": number % 3 > 0,
            "location": "" if online else f"Офис {number % 30}, Лесная, {number % 30}",
            "room": "" if online else f"Переговорная {number % 12}",
            "video_link": f"https://call.example/{number}" if online else "",
            "office": "",
            "map_link": "",
            "directions": "",
            "is_active": number % 100 > 0,
        }

    def _booking(self, number: int) -> Json:
        slot, person = self.dice.choice(self.slots), self.dice.choice(self.people)
        coming = slot["starts_at"] > self.now and (person["_id"], slot["event_id"]) not in self.live
        if coming:
            self.live.add((person["_id"], slot["event_id"]))
        pending = coming and number % 20 == 0
        status = ("pending" if pending else "booked") if coming else self.dice.choice(ENDED)
        names = {name: person[name] for name in ("username", "first_name", "last_name")}
        telegram_id = person["telegram_id"] or Int64(FIRST_ID)
        return {
            **{
                name: slot[name] for name in ("event_id", "city_id", "recruiter_id", "starts_at", "ends_at", "location")
            },
            "user_id": person["_id"],
            "telegram_id": telegram_id,
            "slot_id": slot["_id"],
            "requested_slot_id": None,
            "status": status,
            "live": coming,
            "version": Int64(1),
            "moves": Int64(0),
            "awaits_approval": pending,
            "reschedule_asked": False,
            "expires_at": slot["starts_at"] if pending else None,
            "remind_at": None,
            "card_revision": Int64(0),
            "card_holders": [],
            "card_readers": [],
            "last_act": None,
            "recruiter_by_hand": coming and number % 50 == 1,
            "attendance": self.dice.choice(("confirmed", "confirmed", "declined", "")) if not pending else "",
            "attendance_at": None,
            "delay_minutes": None,
            "delay_at": None,
            "offered_slot_id": None,
            "marked_at": None,
            "candidate_by_hand": coming and not (number + 3) % 50,
            "notification_ids": [ObjectId()],
            "left_slot_ids": [],
            "ended_by": "" if coming else "system",
            "reason": "",
            "rejection": "",
            "rejected_slot_ids": [],
            "user": {"telegram_id": telegram_id, **names},
            "slot": self._slot_snapshot(slot),
            "search": " ".join((str(telegram_id), *names.values())).lower(),
        }

    def _slot_snapshot(self, slot: Json) -> Json:
        places = ("duration_minutes", "room", "video_link", "office", "map_link", "directions")
        city, recruiter = self.known[slot["city_id"]], self.known[slot["recruiter_id"]]
        told = {"city": city["name"], "timezone": city["timezone"], "recruiter": recruiter["name"], "event": "Набор"}
        return {**{name: slot[name] for name in places}, **told}

    def _audit_entry(self, number: int) -> Json:
        subject = self.dice.choice(("booking",) * 8 + ("slot", "candidate"))
        actor = f"staff:{number % 20}" if number % 5 == 0 else str(FIRST_ID + self.dice.randrange(len(self.people)))
        return {
            "subject": subject,
            "subject_id": ObjectId(),
            "action": "booked" if subject == "booking" else "changed",
            "actor": actor,
            "via": "desk" if actor.startswith("staff") else "chat",
            "reason": "",
            "before": None,
            "after": {"status": "booked", "version": 1},
            "correlation_id": f"{self.dice.getrandbits(128):032x}",
            "version": Int64(1),
            "created_at": self.now - timedelta(seconds=60 * (self.scale.audit_entries - number)),
        }

    def _auto_message(self, number: int) -> Json:
        starts_at = self._ago(700) + timedelta(days=14)
        coming = starts_at > self.now
        return {
            "subject_id": ObjectId(),
            "booking_id": ObjectId(),
            "kind": self.dice.choice(("day_of", "two_hours", "no_answer", "outcome_due")),
            "starts_at": starts_at,
            "turn": Int64(0),
            "occasion": "",
            "target_chat_id": Int64(FIRST_ID + number % self.scale.candidates),
            "due_at": starts_at - timedelta(hours=2),
            "stale_at": starts_at,
            "booked_at": None,
            "asks_attendance": False,
            "state": "scheduled" if coming else ("failed" if number % 200 == 0 else "sent"),
            "why": "",
            "attempts": Int64(1),
            "uncertain_tries": Int64(0),
            "queued_at": None,
            "sent_at": None,
            "text": "",
            "telegram_message_id": None,
            "error": "",
        }

    def _answers(self, number: int) -> Json:
        person = self.people[number]
        name = f"{person['first_name']} {person['last_name']}"
        return {
            "candidate_id": person["_id"],
            "telegram_id": person["telegram_id"] or Int64(FIRST_ID),
            "event_id": self.dice.choice(self.events)["_id"],
            "questionnaire_id": ObjectId(),
            "version": 1,
            "status": "rejected" if number % 9 == 0 else "passed",
            "current": True,
            "answers": [],
            "raw": [],
            "reason": None,
            "answered_at": self._ago(700),
            "person": name,
            "event": "Набор",
            "search": f"{name} {person['username']} {person['telegram_id']}",
        }

    def _invitation(self, number: int) -> Json:
        person, made_at = self.people[number], self._ago(700)
        return {
            "token_hash": f"{self.dice.getrandbits(256):064x}",
            "role": "candidate",
            "candidate_id": person["_id"],
            "recruiter_id": None,
            "name": f"{person['first_name']} {person['last_name']}",
            "note": "",
            "batch": f"{number // 50:032x}",
            "created_by": "administrator",
            "created_at": made_at,
            "expires_at": made_at + timedelta(days=14),
            "revoked_at": made_at if number % 30 == 0 else None,
            "used_at": made_at if number % 3 else None,
            "used_by_telegram_id": person["telegram_id"] if number % 3 else None,
        }

    def _waiting(self, number: int) -> Json:
        person, event = self.people[number], self.dice.choice(self.events)
        return {
            "user_id": person["_id"],
            "event_id": event["_id"],
            "city_id": person["city_id"],
            "joined_at": self._ago(90),
            "state": ("waiting", "served", "left")[number % 3],
            "telegram_id": person["telegram_id"] or Int64(FIRST_ID),
            "name": f"{person['first_name']} {person['last_name']}",
            "username": person["username"],
            "city": "",
            "event": event["title"],
        }

    def _outgoing(self, number: int) -> Json:
        made_at = self._ago(7)
        queue = self.dice.choice(("bot.booking.result", "bot.card.command", "bot.notification.command"))
        state = {"status": "sent", "due_at": made_at, "attempts": 1, "sent_at": made_at, "created_at": made_at}
        return {"_id": self._uuid(), "queue": queue, "body": "{}", "correlation_id": f"{number}", **state}

    def _decided(self, number: int) -> Json:
        made_at = self._ago(7)
        own = {"queue": "admin.booking.event", "fingerprint": "", "answer": "{}", "created_at": made_at}
        return {"_id": self._uuid(), **own}

    def _uuid(self) -> str:
        return str(UUID(int=self.dice.getrandbits(128), version=4))

    def _broadcast(self, number: int) -> Json:
        event = self.events[number % len(self.events)]
        counts = {"sent": 10, "blocked": 0, "failed": 0, "uncertain": 0}
        whom: Json = {"chat_ids": [], "audience": "all", "audience_city_id": None, "started_by": "administrator"}
        return {"event_id": event["_id"], "message_text": "Текст", "status": "finished", **whom, **counts}
