"""What an automatic message is on the wire, by its kind. Runs in the transaction that puts it on its way."""

import uuid
from collections.abc import Callable
from datetime import datetime

from common.mongo import Document
from messaging.outbox import Outgoing
from reminders import digests
from reminders.domain.judging import Send
from reminders.domain.kinds import AutoKind
from reminders.domain.timing import local, next_quiet
from reminders.standing import Scene
from scheduling import cards
from scheduling.news import derived_id
from scheduling.views import booking_view
from shared_contracts.card import CardOccasion
from shared_contracts.notification import NotificationCommand, NotificationKind
from shared_contracts.topology import NOTIFICATION_COMMAND

Dispatch = Callable[[Document, Send, Scene, datetime], list[Outgoing]]


def _to_candidate(row: Document, verdict: Send, scene: Scene, now: datetime) -> list[Outgoing]:
    booking = scene.booking(row)
    view = booking_view(booking, scene.state)
    if booking is None or view is None:
        return []
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
    return [Outgoing(NOTIFICATION_COMMAND, message)]


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


def _to_recruiter(row: Document, verdict: Send, scene: Scene, now: datetime) -> list[Outgoing]:
    occasion = CardOccasion(row["occasion"] or row["kind"])
    return cards.notice(str(row["booking_id"]), occasion, str(row["_id"]), uuid.uuid4().hex, now)


def _list(row: Document, verdict: Send, scene: Scene, now: datetime) -> list[Outgoing]:
    return digests.digest_for(row, now)


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
"""No message: there is nobody to send it to."""
