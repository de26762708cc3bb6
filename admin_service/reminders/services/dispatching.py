"""What an automatic message is on the wire, by its kind. Runs in the transaction that puts it on its way."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from common.mongo import Document
from common.quiet_hours import next_quiet
from common.zones import local
from messaging.outbox import Outgoing
from reminders.domain.judging import Send
from reminders.domain.kinds import SPECS, Audience, ReminderKind, ReminderSpec, Role
from reminders.domain.states import SuppressionReason
from reminders.services import digests
from reminders.services.message_context import MessageContext
from scheduling.services.candidate_news import derived_id
from scheduling.services.recruiter_cards import cards
from scheduling.services.serializing import booking_view
from shared_contracts.card import CardAttention, CardCommand, CardOccasion
from shared_contracts.notification import NotificationCommand, NotificationKind
from shared_contracts.transport.topology import NOTIFICATION_COMMAND


class DispatchResult(NamedTuple):
    """The messages to send. With ``reason`` the automatic message is none of them, and is not sent.

    ``again_at``: until then the automatic message waits, for readers whom it would have woken.
    """

    messages: list[Outgoing]
    reason: SuppressionReason | None = None
    again_at: datetime | None = None


def dispatch(row: Document, verdict: Send, context: MessageContext, now: datetime) -> DispatchResult:
    """What goes out for a message that is to be sent: to a candidate a notification, to a recruiter a card, or a list.

    Args:
        row: the ledger's document as it was found due; sending it is one attempt more.
        verdict: how it is sent.
        context: its booking.
        now: aware UTC.
    """
    spec = SPECS[ReminderKind(row["kind"])]
    if spec.role is Role.LIST:
        return _list(row, now)
    return (
        _to_candidate(row, spec, verdict, context, now)
        if spec.audience is Audience.CANDIDATE
        else _to_recruiter(row, spec, now)
    )


def _to_candidate(
    row: Document, spec: ReminderSpec, verdict: Send, context: MessageContext, now: datetime
) -> DispatchResult:
    booking = context.booking(row)
    view = booking_view(booking, context.state)
    if booking is None or view is None:
        return DispatchResult([], SuppressionReason.ENDED)
    person, timezone = context.state.candidates[booking.telegram_id], view.slot.city.timezone
    quiet_from = next_quiet(now, context.reader_timezone(row) or timezone)
    message = NotificationCommand(
        message_id=derived_id(str(row["_id"]), f"attempt/{row['attempts'] + 1}"),
        correlation_id=uuid.uuid4().hex,
        occurred_at=now,
        notification_id=str(row["_id"]),
        kind=_notification_kind(spec, local(now, timezone), local(booking.starts_at, timezone)),
        user_telegram_id=booking.telegram_id,
        booking=view,
        candidate_name=person.first_name,
        asks_attendance=verdict.asks_attendance,
        recheck=True,
        attempt=row["attempts"] + 1,
        not_after=min(row["stale_at"], quiet_from),
    )
    return DispatchResult([Outgoing(NOTIFICATION_COMMAND, message)])


def _notification_kind(spec: ReminderSpec, local_now: datetime, local_start: datetime) -> NotificationKind:
    """A reminder that comes late says what is true when it comes."""
    earlier = local_now.date() != local_start.date() and spec.notification_before
    kind = earlier or spec.notification
    if kind is None:
        raise ValueError(f"{spec.label}: its catalogue entry names no notification")
    return kind


def _to_recruiter(row: Document, spec: ReminderSpec, now: datetime) -> DispatchResult:
    occasion, waits = CardOccasion(row["occasion"] or row["kind"]), spec.waits_for_morning(row["starts_at"], now)
    booking_id, message_id = str(row["booking_id"]), str(row["_id"])
    messages, wake_at = cards.notice(booking_id, occasion, message_id, uuid.uuid4().hex, now, waits=waits)
    if wake_at:
        again_at = spec.latest_wait(row["starts_at"], wake_at)
        if again_at < row["stale_at"]:
            return DispatchResult(messages, again_at=again_at)
        if not messages:
            return DispatchResult([], SuppressionReason.QUIET_HOURS)
    # Who no longer has the booking may only see their card follow: of that nobody reports.
    return DispatchResult(messages, None if notices(messages) else SuppressionReason.NO_CHAT)


def _list(row: Document, now: datetime) -> DispatchResult:
    found = digests.digest_for(row, now)
    return DispatchResult([], found) if isinstance(found, SuppressionReason) else DispatchResult([found])


def notices(messages: Iterable[Outgoing]) -> list[CardCommand]:
    """The cards among messages that come as messages of their own."""
    cards_sent = (item.message for item in messages if isinstance(item.message, CardCommand))
    return [card for card in cards_sent if card.attention is CardAttention.NOTICE]
