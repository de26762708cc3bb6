"""Rows as years of an agency's work leave them, for ``bench.filling``: drawn from one seed, so that runs are alike."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bson import Int64, ObjectId

Json = dict[str, Any]
CITIES, RECRUITERS, EVENTS = 12, 60, 6
FIRST_ID = 300_000_001
FIRST_NAMES = ("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Захар", "Инна", "Кирилл", "Лев", "Мария")
SYLLABLES = ("ва", "гор", "дол", "зи", "ка", "лес", "мор", "не", "ор", "пе", "ро", "су", "ти", "фе", "хо", "шу")
TAGS = ("курьер", "склад", "ночная смена", "перезвонить")
ENDED = ("attended", "attended", "attended", "late", "no_show", "cancelled", "rejected", "expired", "unmarked")
BUSIEST, MOST_BOOKINGS = "the_busiest", 200
"""Somebody of whom there is more to tell than of anybody: their username, and how many bookings they have had."""
MOST_WRITTEN = 5 * MOST_BOOKINGS
"""How many messages and audit entries of theirs there are, each."""


@dataclass
class Rows:
    """Makes one row after another; what it makes refers to what was made before, of which it keeps what it needs."""

    cities: list[Json] = field(default_factory=list)
    recruiters: list[Json] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)
    people: list[Json] = field(default_factory=list)
    slots: list[Json] = field(default_factory=list)
    bookings: list[Json] = field(default_factory=list)
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    dice: random.Random = field(default_factory=lambda: random.Random(1))
    live: set[tuple[ObjectId, ObjectId]] = field(default_factory=set)
    """Who has a live booking of which event: there may be one."""
    names: dict[ObjectId, Json] = field(default_factory=dict)
    """Cities and recruiters by id."""

    def recruiter(self, number: int) -> Json:
        """Somebody who holds interviews."""
        city = self.cities[number % len(self.cities)]
        named = {"telegram_id": Int64(FIRST_ID - number - 1), "awaited_username": None, "calendar_token_hash": None}
        return {"name": f"{self._first()} {self._last()} {number}", "city_id": city["_id"], "deputy_id": None, **named}

    def _first(self) -> str:
        return self.dice.choice(FIRST_NAMES)

    def _last(self) -> str:
        return "".join(self.dice.choices(SYLLABLES, k=3)).capitalize() + "ов"

    def _ago(self, days: float) -> datetime:
        return self.now - timedelta(seconds=self.dice.randrange(int(days * 86_400)))

    def person(self, number: int) -> Json:
        """A candidate; a tenth have not started the bot."""
        first, last = self._first(), self._last()
        started = self._ago(700) if number % 10 else None
        username = BUSIEST if number == 1 else f"user_{number}" if number % 3 else ""
        return {
            "telegram_id": Int64(FIRST_ID + number) if started else None,
            "username": username,
            "awaited_username": None,
            "first_name": first,
            "last_name": last,
            "telegram_name": f"{first} {last}",
            "words": sorted({first.lower(), last.lower(), username}),
            "city_id": self.dice.choice(self.cities)["_id"] if number % 20 else None,
            "is_allowed": number % 50 > 0,
            "language_code": "ru",
            "started_at": started,
            "blocked_at": self._ago(30) if number % 40 == 1 else None,
            "chat_seen_at": None,
            "listed_at": self.now,
            "tags": self.dice.sample(TAGS, number % 3),
            "merged_into": None,
            "merged_ids": [],
            "created_at": self._ago(700),
            "decisions": Int64(0),
        }

    def slot(self, number: int) -> Json:
        """Some weeks ahead at most, most of them over."""
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

    def booking(self, number: int) -> Json:
        """Live where it is to come and its candidate has no other of the event."""
        slot = self.dice.choice(self.slots)
        person = self.people[1] if number < MOST_BOOKINGS else self._started()
        coming = slot["starts_at"] > self.now and (person["_id"], slot["event_id"]) not in self.live
        if coming:
            self.live.add((person["_id"], slot["event_id"]))
        pending = coming and number % 20 == 0
        status = ("pending" if pending else "booked") if coming else self.dice.choice(ENDED)
        names = {name: person[name] for name in ("username", "first_name", "last_name")}
        telegram_id = person["telegram_id"]
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
            "recruiter_told": False,
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
            "created_at": min(self.now, slot["starts_at"] - timedelta(minutes=self.dice.randrange(20_000))),
        }

    def _started(self) -> Json:
        """Somebody who can have booked."""
        while True:
            person = self.dice.choice(self.people)
            if person["telegram_id"]:
                return person

    def _slot_snapshot(self, slot: Json) -> Json:
        places = ("duration_minutes", "room", "video_link", "office", "map_link", "directions")
        city, recruiter = self.names[slot["city_id"]], self.names[slot["recruiter_id"]]
        told = {"city": city["name"], "timezone": city["timezone"], "recruiter": recruiter["name"], "event": "Набор"}
        return {**{name: slot[name] for name in places}, **told}

    def audit_entry(self, number: int) -> Json:
        """Of bookings mostly, the busiest person's first."""
        subject = "booking" if number < MOST_WRITTEN else self.dice.choice(("booking",) * 8 + ("slot", "candidate"))
        actor = f"staff:{number % 20}" if number % 5 == 0 else str(FIRST_ID + self.dice.randrange(len(self.people)))
        return {
            "subject": subject,
            "subject_id": self._whose(number)["_id"] if subject == "booking" else ObjectId(),
            "action": "booked" if subject == "booking" else "changed",
            "actor": actor,
            "via": "desk" if actor.startswith("staff") else "chat",
            "reason": "",
            "before": None,
            "after": {"status": "booked", "version": 1},
            "correlation_id": f"{self.dice.getrandbits(128):032x}",
            "version": Int64(1),
            "created_at": self._ago(700),
        }

    def _whose(self, number: int) -> Json:
        """A booking: the first of what is about any are the busiest person's."""
        if number < MOST_WRITTEN:
            return self.bookings[number % MOST_BOOKINGS]
        return self.dice.choice(self.bookings)

    def message(self, number: int) -> Json:
        """News of a booking, as the bot has sent them."""
        booking = self._whose(number)
        return {
            "telegram_id": booking["telegram_id"],
            "booking_id": booking["_id"],
            "author": "",
            "text": "Вы записаны на собеседование.\nЖдём вас!",
            "status": "failed" if number % 200 == 0 else "sent",
            "error": "",
            "written_at": self._ago(700),
        }

    def note(self, number: int) -> Json:
        """Something that staff have noted."""
        person = self.people[1] if number < MOST_BOOKINGS else self.dice.choice(self.people)
        text = {"text": "Просит звонить после шести.", "author": "administrator"}
        return {"candidate_id": person["_id"], **text, "created_at": self._ago(700)}

    def auto_message(self, number: int) -> Json:
        """Most of them sent."""
        booking = self._whose(number)
        starts_at = booking["starts_at"]
        coming = starts_at > self.now
        return {
            "subject_id": booking["_id"],
            "booking_id": booking["_id"],
            "kind": self.dice.choice(("day_of", "two_hours", "no_answer", "outcome_due")),
            "starts_at": starts_at,
            "turn": Int64(number),  # each once of its kind
            "occasion": "",
            "target_chat_id": booking["telegram_id"],
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

    def answers(self, number: int) -> Json:
        """One's to a questionnaire."""
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

    def invitation(self, number: int) -> Json:
        """Two in three are used."""
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

    def waiting(self, number: int) -> Json:
        """A third still wait."""
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

    def outgoing(self, number: int) -> Json:
        """Sent."""
        made_at = self._ago(7)
        queue = self.dice.choice(("bot.booking.result", "bot.card.command", "bot.notification.command"))
        state = {"status": "sent", "due_at": made_at, "attempts": 1, "sent_at": made_at, "created_at": made_at}
        return {"_id": self._uuid(), "queue": queue, "body": "{}", "correlation_id": f"{number}", **state}

    def decided(self, number: int) -> Json:
        """A message that was dealt with."""
        made_at = self._ago(7)
        own = {"queue": "admin.booking.event", "fingerprint": "", "answer": "{}", "created_at": made_at}
        return {"_id": self._uuid(), **own}

    def _uuid(self) -> str:
        return str(UUID(int=self.dice.getrandbits(128), version=4))

    def broadcast(self, number: int) -> Json:
        """One that is finished."""
        event = self.events[number % len(self.events)]
        counts = {"sent": 10, "blocked": 0, "failed": 0, "uncertain": 0}
        whom: Json = {"chat_ids": [], "audience": "all", "audience_city_id": None, "started_by": "administrator"}
        return {"event_id": event["_id"], "message_text": "Текст", "status": "finished", **whom, **counts}
