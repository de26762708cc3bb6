"""Hands and eyes for the running stack: people in chat, staff in a browser, an observer of the database."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlparse

import httpx
from bson import ObjectId
from pymongo import MongoClient
from pymongo.database import Database

from local.stack import Stack

Json = dict[str, Any]
T = TypeVar("T")

PATIENCE_SECONDS = 45.0
"""How long anything may take before a test gives up: a restart of a server takes a while on a small machine."""

CONFIRM, LATER, KEEP_CANCELLED = "✅ Подтвердить", "Позже →", "Да, отменить"
CHOOSE, QUESTION, BOOKED = "Выберите удобное время", "Записать вас на это время?", "Вы записаны!"
TAKEN = "Это время только что заняли."


def eventually(look: Callable[[], T | None], what: str, seconds: float = PATIENCE_SECONDS) -> T:
    """The first true thing ``look`` sees; fails naming ``what`` when time is up.

    It looks less often the longer it takes: looking keeps the machine from what is waited for.
    """
    began, pause = time.monotonic(), 0.05
    while time.monotonic() < began + seconds:
        if seen := look():
            return seen
        time.sleep(pause)
        pause = min(pause * 1.2, 0.25)
    raise AssertionError(f"did not happen within {seconds:.0f} s: {what}")


def opening(link: str) -> str:
    """What Telegram sends when a ``t.me`` link with a start parameter is opened."""
    return "/start " + parse_qs(urlparse(link).query)["start"][0]


@dataclass(frozen=True)
class Message:
    """A chat message as a person sees it."""

    chat_id: int
    id: int
    text: str
    rows: list[list[Json]]

    @property
    def buttons(self) -> list[Json]:
        """The buttons, row by row."""
        return [button for row in self.rows for button in row]

    @property
    def labels(self) -> list[str]:
        """The buttons' texts."""
        return [button["text"] for button in self.buttons]

    def data(self, part: str) -> str:
        """The callback data of the button that has ``part`` in its text."""
        return next(str(button["callback_data"]) for button in self.buttons if part in button["text"])


@dataclass(frozen=True)
class File:
    """A file in a chat; ``content`` where it is a small text."""

    name: str
    caption: str
    content: str


class Chats:
    """The sandbox's control API."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30, trust_env=False)

    @classmethod
    def without_limits(cls, stack: Stack) -> "Chats":
        """The stack's sandbox, with Telegram's limits on sending off."""
        chats = cls(stack.env["SANDBOX_URL"])
        chats.http.put("/sandbox/limits", json={"enabled": False}).raise_for_status()
        return chats

    def person(
        self, user_id: int, first_name: str = "Мария", language_code: str = "ru", username: str | None = None
    ) -> "Person":
        """A Telegram user, made up if new."""
        names = {"first_name": first_name, "username": username}
        body = {"user_id": user_id, "language_code": language_code, **names}
        self.http.post("/sandbox/people", json=body).raise_for_status()
        return Person(self, user_id)

    def post(self, path: str, what: Json) -> None:
        """What happens in Telegram outside private talk."""
        self.http.post(path, json=what).raise_for_status()

    def messages(self, chat_id: int) -> list[Message]:
        """All messages of a chat but files, which come in between when there is room."""
        return [
            Message(chat_id, item["message_id"], item["text"], item["buttons"])
            for item in self._shown(chat_id)
            if not item["document"]
        ]

    def files(self, chat_id: int) -> list[File]:
        """All files the bot sent to a chat."""
        return [
            File(document["file_name"], item["text"], document.get("content", ""))
            for item in self._shown(chat_id)
            if (document := item["document"])
        ]

    def _shown(self, chat_id: int) -> list[Json]:
        answer = self.http.get(f"/sandbox/chats/{chat_id}/messages")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return []
        answer.raise_for_status()
        return [item for item in answer.json() if item["from"] == "bot"]


class Person:
    """Someone with a phone."""

    def __init__(self, chats: Chats, user_id: int) -> None:
        self._chats, self.id = chats, user_id

    def writes(self, text: str) -> None:
        """Type a message to the bot."""
        self._chats.http.post("/sandbox/messages", json={"user_id": self.id, "text": text}).raise_for_status()

    def presses(self, message: Message, button: str) -> str | None:
        """Press the button whose text begins so; the answer is the callback query's id."""
        label = next(label for label in message.labels if button in label)
        return self._press(message, {"button": label})

    def presses_data(self, message: Message, data: str) -> str | None:
        """Press with data of one's own making."""
        return self._press(message, {"data": data})

    def _press(self, message: Message, what: Json) -> str | None:
        body = {"user_id": self.id, "chat_id": message.chat_id, "message_id": message.id, **what}
        answer = self._chats.http.post("/sandbox/presses", json=body)
        answer.raise_for_status()
        query_id: str | None = answer.json().get("callback_query_id")
        return query_id

    def messages(self) -> list[Message]:
        """What the bot wrote to the person."""
        return self._chats.messages(self.id)

    def sees(self, part: str, message_id: int | None = None, *, after: int = 0) -> Message:
        """Wait for the newest message (or that one) to show ``part``; ``after``: newer than the one of this id."""

        def look() -> Message | None:
            shown = [item for item in self.messages() if message_id in (None, item.id) and item.id > after]
            return shown[-1] if shown and part in shown[-1].text else None

        try:
            return eventually(look, f"{self.id} sees {part!r}")
        except AssertionError as error:
            last = [message.text for message in self.messages()][-2:]
            raise AssertionError(f"{error}; last seen: {last}; presses answered: {self._answers()[-2:]}") from None

    def gets_file(self, caption: str, number: int = 1) -> File:
        """Wait for the person's ``number``-th file with that caption."""

        def look() -> File | None:
            found = [item for item in self._chats.files(self.id) if caption in item.caption]
            return found[number - 1] if len(found) >= number else None

        return eventually(look, f"{self.id} gets a file, {caption!r}")

    def finds(self, *parts: str, after: int = 0) -> Message:
        """Wait for a message that shows all ``parts``, the newest of them: others may have come after it.

        ``after``: newer than the one of this id.
        """

        def look() -> Message | None:
            shown = [item for item in self.messages() if item.id > after and all(part in item.text for part in parts)]
            return shown[-1] if shown else None

        return eventually(look, f"{self.id} finds {parts}")

    def answer_to(self, query_id: str | None) -> Json:
        """How a press was acknowledged."""

        def look() -> Json | None:
            found = [item for item in self._answers() if item["callback_query_id"] == query_id and item["answered_at"]]
            return found[0] if found else None

        return eventually(look, f"the press {query_id} is answered")

    def _answers(self) -> list[Json]:
        answers: list[Json] = self._chats.http.get("/sandbox/answers", params={"user_id": self.id}).json()
        return answers

    # What people do

    def asks(self, command: str, part: str) -> Message:
        """Type a command and wait for its own answer, which shows ``part``: neither an older message nor other news."""
        before = max((message.id for message in self.messages()), default=0)
        self.writes(command)
        return self.finds(part, after=before)

    def opens_slots(self) -> Message:
        """/start, up to the slots of the only event."""
        return self.asks("/start", CHOOSE)

    def opens_details(self, part: str = ":") -> Message:
        """Up to Confirm / Back of the first slot whose button has ``part``."""
        slots = self.opens_slots()
        self.presses(slots, part)
        return self.sees(QUESTION, slots.id)

    def books(self, part: str = ":") -> Message:
        """Up to "you are booked"."""
        details = self.opens_details(part)
        self.presses(details, CONFIRM)
        return self.sees(BOOKED, details.id)

    def cancels(self) -> None:
        """/cancel and yes."""
        question = self.asks("/cancel", "Точно отменить")
        self.presses(question, KEEP_CANCELLED)
        self.sees("Запись отменена", question.id)


class Store:
    """The admin service's database, looked at from outside; ``bots_db``: the bot's."""

    def __init__(self, stack: Stack) -> None:
        uri = stack.env["MONGODB_URI"].strip("'")
        self.client: MongoClient[Json] = MongoClient(uri, tz_aware=True, serverSelectionTimeoutMS=30_000)
        self.db: Database[Json] = self.client[stack.env["MONGODB_DATABASE"]]
        bots: MongoClient[Json] = MongoClient(stack.env["BOT_MONGODB_URI"].strip("'"), tz_aware=True)
        self.bots_db: Database[Json] = bots[stack.env["BOT_MONGODB_DATABASE"]]

    def bookings_of(self, telegram_id: int, *, live: bool = True) -> list[Json]:
        """The person's bookings."""
        return list(self.db.bookings.find({"telegram_id": telegram_id, **({"live": True} if live else {})}))

    def broken_rules(self) -> list[str]:
        """What is wrong with I1, I3 or I7; empty when all is sound."""
        wrong: list[str] = []
        held: Counter[tuple[ObjectId, ObjectId]] = Counter()
        events: Counter[tuple[ObjectId, ObjectId]] = Counter()
        for booking in self.db.bookings.find({"live": True}):
            events[booking["user_id"], booking["event_id"]] += 1
            for slot_id in filter(None, (booking["slot_id"], booking["requested_slot_id"])):
                held[slot_id, booking["user_id"]] += 1
        wrong += [f"I3: {key} has {count} live bookings" for key, count in events.items() if count > 1]
        seated: Counter[tuple[ObjectId, ObjectId]] = Counter()
        for slot in self.db.interview_slots.find():
            if len(slot["booked_users"]) > slot["max_users"]:
                wrong.append(f"I1: slot {slot['_id']} has more people than seats")
            seated.update((slot["_id"], user_id) for user_id in slot["booked_users"])
        if seated != held:
            wrong.append(f"I1: seats and bookings disagree: {seated - held} {held - seated}")
        changes = {"$match": {"action": {"$ne": "kept_untold"}}}  # which says why nobody was told, and changes nothing
        counted = self.db.audit_entries.aggregate([changes, {"$group": {"_id": "$subject_id", "count": {"$sum": 1}}}])
        entries = Counter({row["_id"]: row["count"] for row in counted})
        for booking in self.db.bookings.find():
            if entries[booking["_id"]] != booking["version"]:
                wrong.append(
                    f"I7: booking {booking['_id']} version {booking['version']} has {entries[booking['_id']]} entries"
                )
        return wrong
