"""What an automatic message is on the wire, by its kind. Runs in the transaction that puts it on its way."""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from common.mongo import Document
from messaging.outbox import Outgoing
from reminders.domain.judging import Send
from reminders.domain.kinds import AutoKind, Why
from reminders.domain.timing import local, next_quiet
from reminders.services import digests
from reminders.services.standing import Scene
from scheduling.services import cards
from scheduling.services.candidate_news import derived_id
from scheduling.services.serializing import booking_view
from shared_contracts.card import CardAttention, CardCommand, CardOccasion
from shared_contracts.notification import NotificationCommand, NotificationKind
from shared_contracts.topology import NOTIFICATION_COMMAND


class Made(NamedTuple):
    """The messages to send. With ``why`` the automatic message is none of them, and is not sent."""

    messages: list[Outgoing]
    why: Why | None = None


Dispatch = Callable[[Document, Send, Scene, datetime], Made]


def _to_candidate(row: Document, verdict: Send, scene: Scene, now: datetime) -> Made:
    booking = scene.booking(row)
    view = booking_view(booking, scene.state)
    if booking is None or view is None:
        return Made([], Why.ENDED)
    timezone = view.slot.city.timezone
    message = NotificationCommand(
        message_id=derived_id(str(row["_id"]), f"attempt/{row['attempts'] + 1}"),
        correlation_id=uuid.uuid4().hex,
        occurred_at=now,
        notification_id=str(row["_id"]),
        kind=_said(AutoKind(row["kind"]), booking.starts_at, timezone, now),
        user_telegram_id=booking.telegram_id,
        booking=view,
        candidate_name=scene.state.candidates[booking.telegram_id].first_name,
        asks_attendance=verdict.asks_attendance,
        recheck=True,
        attempt=row["attempts"] + 1,
        not_after=min(row["stale_at"], next_quiet(now, timezone)),
    )
    return Made([Outgoing(NOTIFICATION_COMMAND, message)])


def _said(kind: AutoKind, starts_at: datetime, timezone: str, now: datetime) -> NotificationKind:
    """A reminder that comes late says what is true when it comes."""
    if kind is AutoKind.NO_SHOW:
        return NotificationKind.NO_SHOW
    if kind is AutoKind.RECRUITER_ABSENT:
        return NotificationKind.RECRUITER_ABSENT
    if kind is AutoKind.TWO_HOURS:
        return NotificationKind.REMINDER_SOON
    today = local(now, timezone).date() == local(starts_at, timezone).date()
    return NotificationKind.REMINDER_TODAY if today else NotificationKind.REMINDER_TOMORROW


def _to_recruiter(row: Document, verdict: Send, scene: Scene, now: datetime) -> Made:
    occasion = CardOccasion(row["occasion"] or row["kind"])
    messages = cards.notice(str(row["booking_id"]), occasion, str(row["_id"]), uuid.uuid4().hex, now)
    # Who no longer has the booking may only see their card follow: of that nobody reports.
    return Made(messages, None if notices(messages) else Why.NO_CHAT)


def _list(row: Document, verdict: Send, scene: Scene, now: datetime) -> Made:
    found = digests.digest_for(row, now)
    return Made([], found) if isinstance(found, Why) else Made([found])


def notices(messages: Iterable[Outgoing]) -> list[CardCommand]:
    """The cards among messages that come as messages of their own."""
    cards_sent = (item.message for item in messages if isinstance(item.message, CardCommand))
    return [card for card in cards_sent if card.attention is CardAttention.NOTICE]


DISPATCH: dict[AutoKind, Dispatch] = {
    AutoKind.DAY_OF: _to_candidate,
    AutoKind.EVENING_BEFORE: _to_candidate,
    AutoKind.TWO_HOURS: _to_candidate,
    AutoKind.NO_SHOW: _to_candidate,
    AutoKind.RECRUITER_ABSENT: _to_candidate,
    AutoKind.NO_ANSWER: _to_recruiter,
    AutoKind.OUTCOME_DUE: _to_recruiter,
    AutoKind.CHANGE: _to_recruiter,
    AutoKind.TOMORROW: _list,
    AutoKind.STAFF_SUMMARY: _list,
}
