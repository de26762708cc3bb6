"""A test of a broadcast, to who writes it: just the message that people will get."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from hashlib import sha256

from bson import Int64
from django.db import IntegrityError
from pymongo.errors import DuplicateKeyError

from broadcasts.models import Broadcast
from broadcasts.services.commands import send_command
from broadcasts.services.texts import fill, values_of
from common import clock
from common.mongo import Document, collection, current_session, in_transaction
from people.models import USERNAME_LENGTH, City
from people.services.reach import IN_REACH
from scheduling.models import InterviewEvent
from shared_contracts.fields import LARGEST_TELEGRAM_ID, Language

_PRESSED_TWICE = timedelta(seconds=10)


def find_chat(typed: str) -> int | None:
    """The Telegram id of the recruiter or candidate that an @username or a Telegram id names.

    None where the bot knows nobody by it whom it can write to.
    """
    name = typed.strip().removeprefix("@")[:USERNAME_LENGTH].lower()
    known: list[Document] = [{"words": name}]
    if name.isdecimal() and int(name) <= LARGEST_TELEGRAM_ID:
        known.append({"telegram_id": Int64(name)})
    candidates = {"is_allowed": True, **IN_REACH, "$or": known}
    found = list(collection("recruiters").find({"is_active": True, "telegram_id": {"$ne": None}, **IN_REACH}))
    found += list(collection("users").find(candidates).limit(100))
    named = (row for row in found if name and name in (row["username"].lower(), str(row["telegram_id"])))
    return next((int(row["telegram_id"]) for row in named), None)


def last_chat(login: str) -> str:
    """What this member of staff gave last time: the @username, or the id where there is none; empty the first time."""
    last = Broadcast.objects.filter(is_test=True, started_by=login).order_by("-created_at").first()
    if last is None:
        return ""
    for name in ("recruiters", "users"):
        row = collection(name).find_one({"telegram_id": last.chat_ids[0]}, {"username": 1})
        if row and row["username"]:
            return f"@{row['username']}"
    return str(last.chat_ids[0])


def send_test(
    event: InterviewEvent, city: City | None, texts: Mapping[Language, str], chat_id: int, *, actor: str
) -> None:
    """Send each of the texts as a message of its own; what was sent a moment ago is not sent twice.

    Args:
        texts: by language, which is the button's, too; checked by ``problem_of``; empty ones are passed over.
        chat_id: of ``find_chat``.
        actor: the staff login.
    """
    values = values_of(event, city)
    for language, text in texts.items():
        if not text:
            continue
        made = Broadcast(
            event=event,
            message_text=fill(text, values),
            chat_ids=[chat_id],
            started_by=actor,
            is_test=True,
            twin=sha256(repr(("test", actor, chat_id, str(event.pk), text)).encode()).hexdigest(),
        )
        try:
            in_transaction(partial(_store, made, language))
        except (IntegrityError, DuplicateKeyError):
            continue


def _store(made: Broadcast, language: Language) -> None:
    made.began_at = clock.now()
    earlier = {"twin": made.twin, "created_at": {"$lt": made.began_at - _PRESSED_TWICE}}
    collection("broadcasts").update_many(earlier, {"$set": {"twin": ""}}, session=current_session())
    made._state.adding = True  # the driver may run this again after a conflict
    made.save()
    send_command(made, language=language)
