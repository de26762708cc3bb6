"""Waiting for a seat: what a dialog sends, and how it ends."""

import uuid

from common import clock
from common.mongo import Document, collection
from config.consumers import DIALOGS
from messaging.dialogs import DialogCommands
from people.models import Candidate, City
from scheduling.models import InterviewEvent
from shared_contracts.dialog import DialogOutcome, DialogResult, WaitingListJoined, WaitingListLeft
from shared_contracts.notification import WaitingEnded


def zone_where_it_is(hour: int) -> str:
    """A zone in which the clock shows that hour now, whenever the tests run."""
    behind = (clock.now().hour - hour + 12) % 24 - 12
    return f"Etc/GMT{behind:+d}"


def told(item: WaitingListJoined | WaitingListLeft) -> DialogOutcome:
    """The answer to one command of a dialog."""
    (row,) = DialogCommands(DIALOGS).handle([item])
    return DialogResult.model_validate_json(row["body"]).outcome


def joining(person: Candidate, event: InterviewEvent, city: City | None = None) -> WaitingListJoined:
    """They ask to be told of seats of the event, in the city."""
    return WaitingListJoined(
        message_id=uuid.uuid4(),
        correlation_id=uuid.uuid4().hex,
        occurred_at=clock.now(),
        user_telegram_id=person.telegram_id,
        event_id=str(event.pk),
        city_id=str(city.pk) if city else None,
    )


def leaving(person: Candidate, event: InterviewEvent) -> WaitingListLeft:
    """They wait no longer."""
    return WaitingListLeft(
        message_id=uuid.uuid4(),
        correlation_id=uuid.uuid4().hex,
        occurred_at=clock.now(),
        user_telegram_id=person.telegram_id,
        event_id=str(event.pk),
    )


def ended() -> list[WaitingEnded]:
    """What people were told of the end of their waiting."""
    rows = collection("outbox").find({"queue": "bot.notification.command", "body": {"$regex": "waiting_ended"}})
    return [WaitingEnded.model_validate_json(row["body"]) for row in rows]


def states() -> list[str]:
    """Of every entry, in the order in which they joined."""
    return [row["state"] for row in collection("waiting_list").find().sort("joined_at", 1)]


def offered_to(person: Candidate) -> Document | None:
    """The booking by which a seat is held for them."""
    return collection("bookings").find_one({"user_id": person.pk, "status": "offered"})
