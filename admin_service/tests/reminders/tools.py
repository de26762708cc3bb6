"""The ledger as tests look at it, and the clock they set."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine

from common import clock
from common.mongo import Document, collection
from config.consumers import DELIVERIES
from messaging.delivery_reports import DeliveryReports
from people.models import Candidate
from reminders import tasks
from scheduling.models import InterviewSlot
from shared_contracts.broadcast import Delivery, DeliveryStatus, NotificationDelivered
from shared_contracts.notification import NotificationCommand
from shared_contracts.transport.topology import NOTIFICATION_COMMAND
from tests.conftest import MakeSlot

MOSCOW = "Europe/Moscow"
Clock = Callable[[str], datetime]


def moment(text: str, timezone: str = MOSCOW) -> datetime:
    """A local time, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)


@contextmanager
def clock_at() -> Iterator[Clock]:
    """A clock that stands still, and is set by calling it with Moscow's time."""
    with time_machine.travel(moment("2026-11-23 09:00"), tick=False) as traveller:

        def setting(text: str) -> datetime:
            traveller.move_to(moment(text))
            return moment(text)

        yield setting


def slot_at(make_slot: MakeSlot, text: str, timezone: str = MOSCOW, **fields: object) -> InterviewSlot:
    """A slot that starts at that local time."""
    return make_slot(moment(text, timezone) - clock.now(), **fields)


def ledger(person: Candidate) -> dict[str, str]:
    """What a person's bookings have coming, but for changes: by kind and start the time in Moscow, or why not."""
    told = {}
    for row in rows(person):
        if row["kind"] == "change":
            continue
        due = row["due_at"].astimezone(ZoneInfo(MOSCOW)).strftime("%d %H:%M")
        asks = " ask" if row["asks_attendance"] and row["state"] != "suppressed" else ""
        name = f"{row['kind']} {row['starts_at'].astimezone(ZoneInfo(MOSCOW)):%d %H:%M}"
        told[name] = row["why"] or f"{row['state']} {due}{asks}"
    return told


def rows(person: Candidate) -> list[Document]:
    """The automatic messages about a person's bookings, by due time."""
    ids = collection("bookings").distinct("_id", {"user_id": person.pk})
    return list(collection("auto_messages").find({"booking_id": {"$in": ids}}).sort([("due_at", 1), ("kind", 1)]))


def row_of(person: Candidate, kind: str) -> Document:
    """The one of that kind."""
    (row,) = [row for row in rows(person) if row["kind"] == kind]
    return row


def commands() -> list[NotificationCommand]:
    """Automatic messages in the outbox, oldest first."""
    found = collection("outbox").find({"queue": NOTIFICATION_COMMAND.name}).sort("created_at", 1)
    every = (NotificationCommand.model_validate_json(row["body"]) for row in found)
    return [command for command in every if command.recheck]


def sent_now() -> list[NotificationCommand]:
    """What the scan puts on its way at this moment."""
    known = {command.message_id for command in commands()}
    tasks.send_due()
    return [command for command in commands() if command.message_id not in known]


def kinds_now() -> list[tuple[str, bool]]:
    """Its kinds on the wire, and whether they come with the buttons."""
    return [(command.kind.value, command.asks_attendance) for command in sent_now()]


def report(command: NotificationCommand, status: DeliveryStatus, **fields: object) -> None:
    """The bot tells what became of a message."""
    delivery = Delivery.model_validate({"chat_id": command.user_telegram_id, "status": status, **fields})
    item = NotificationDelivered(
        message_id=uuid.uuid4(),
        correlation_id=command.correlation_id,
        occurred_at=clock.now() + timedelta(seconds=1),
        notification_id=command.notification_id,
        user_telegram_id=command.user_telegram_id,
        delivery=delivery,
        attempt=command.attempt,
    )
    DeliveryReports(DELIVERIES).handle([item])
