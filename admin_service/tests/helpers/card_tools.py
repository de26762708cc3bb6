"""Cards as they went out."""

from common.mongo import collection
from shared_contracts.booking import BookingResult
from shared_contracts.card import CardCommand
from shared_contracts.notification import NotificationCommand, NotificationKind, notification_command


def cards() -> list[CardCommand]:
    """All cards sent so far, in order."""
    rows = collection("outbox").find({"queue": "bot.card.command"}).sort("$natural", 1)
    sent = [CardCommand.model_validate_json(row["body"]) for row in rows]
    return sorted(sent, key=lambda item: (item.card.revision, item.recruiter_telegram_id))


def sent() -> list[tuple[int, str, int]]:
    """To whom, how loudly, which revision."""
    return [(item.recruiter_telegram_id, item.attention.value, item.card.revision) for item in cards()]


def last_card(telegram_id: int) -> CardCommand:
    """The newest card of a recruiter."""
    return [item for item in cards() if item.recruiter_telegram_id == telegram_id][-1]


def result_of(rows: list[dict[str, str]]) -> BookingResult:
    """The answer among a batch's outbox rows."""
    (body,) = [row["body"] for row in rows if row["queue"] == "bot.booking.result"]
    return BookingResult.model_validate_json(body)


def news() -> list[NotificationCommand]:
    """All that candidates were told of their bookings so far."""
    found = collection("outbox").find({"queue": "bot.notification.command"}).sort("$natural", 1)
    rows = sorted(found, key=lambda row: row["created_at"])  # of one moment as they were written
    every = [notification_command.validate_json(row["body"]) for row in rows]
    return [item for item in every if isinstance(item, NotificationCommand)]


def kinds() -> list[tuple[int, NotificationKind]]:
    """To whom, and what about."""
    return [(item.user_telegram_id, item.kind) for item in news()]
