"""What is told by hand to whom the bot can't write (R4): every kind of message there is has its text."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from interview_bot.views.outcome_screens import outcome_screen
from interview_bot.views.recruiter.by_hand import notice_to_send_by_hand, reminder_by_hand
from interview_bot.views.texts import texts_for
from shared_contracts.booking import BookingResult, Outcome
from shared_contracts.card import DecidedBy, RecruiterCard
from shared_contracts.directory import BookingStatus
from shared_contracts.notification import NotificationKind
from tests.kit.desk import Desk
from tests.kit.recruiting import RITA

NOON = datetime(2027, 6, 1, 9, tzinfo=UTC)
"""In Moscow."""
REMINDERS = {
    NotificationKind.REMINDER_SOON: timedelta(hours=2),
    NotificationKind.REMINDER_TODAY: timedelta(hours=11),
    NotificationKind.REMINDER_TOMORROW: timedelta(hours=12),
}
MARKS = {
    NotificationKind.NO_SHOW: BookingStatus.NO_SHOW,
    NotificationKind.RECRUITER_ABSENT: BookingStatus.RECRUITER_ABSENT,
}
NEWS = set(NotificationKind) - set(REMINDERS) - set(MARKS)


def far_card(desk: Desk, **changes: Any) -> RecruiterCard:
    """Rita's card of a booked candidate whom the bot can't write to."""
    card = desk.recruiting.booked_card(RITA, desk.book(1001, desk.add_slot(1)), **changes)
    return card.model_copy(update={"candidate": card.candidate.model_copy(update={"reachable": False})})


@pytest.mark.parametrize("kind", sorted(NEWS))
async def test_news_that_did_not_come_is_told_by_hand(desk: Desk, kind: NotificationKind) -> None:
    """Of what stands, and of a request or a move that still waits. Guard: ``told``."""
    staff = DecidedBy(kind="staff")
    card = far_card(desk, told=kind, decided_by=staff)
    waiting = card.model_copy(update={"booking": card.booking.model_copy(update={"requested_slot": desk.add_slot(3)})})
    assert notice_to_send_by_hand(card) is kind
    assert notice_to_send_by_hand(waiting) is kind
    near = card.model_copy(update={"candidate": card.candidate.model_copy(update={"reachable": True})})
    assert notice_to_send_by_hand(near) is None


@pytest.mark.parametrize(("kind", "status"), MARKS.items())
async def test_what_follows_from_a_mark_is_told_by_hand(
    desk: Desk, kind: NotificationKind, status: BookingStatus
) -> None:
    card = far_card(desk, decided_by=DecidedBy(kind="recruiter"))
    marked = card.model_copy(update={"booking": card.booking.model_copy(update={"status": status})})
    assert notice_to_send_by_hand(marked) is kind


@pytest.mark.parametrize(("kind", "left"), REMINDERS.items())
async def test_a_reminder_is_told_by_hand(desk: Desk, kind: NotificationKind, left: timedelta) -> None:
    """By the day where it is held. Guard: ``reminder_by_hand``."""
    booking = far_card(desk).booking
    slot = booking.slot.model_copy(update={"starts_at": NOON + left})
    assert reminder_by_hand(booking.model_copy(update={"slot": slot}), NOON) is kind
    over = booking.model_copy(update={"slot": slot.model_copy(update={"starts_at": NOON})})
    assert reminder_by_hand(over, NOON) is None


@pytest.mark.parametrize(
    ("asks", "kind"), [(True, NotificationKind.BOOKING_APPROVED), (False, NotificationKind.BOOKING_MADE)]
)
async def test_nobody_has_approved_what_needs_no_approval(desk: Desk, asks: bool, kind: NotificationKind) -> None:
    """Guard: ``approval_required`` in ``notice_to_send_by_hand``."""
    card = far_card(desk, decided_by=None, approval_required=asks)
    assert notice_to_send_by_hand(card) is kind


@pytest.mark.parametrize("in_chat", [True, False])
@pytest.mark.parametrize("outcome", [Outcome.BOOKED, Outcome.MOVED])
async def test_who_has_booked_gets_the_link_of_a_recruiter_who_is_not_in_chat(
    desk: Desk, outcome: Outcome, in_chat: bool
) -> None:
    """R4, where nobody has to approve it, too. Guard: ``recruiter_reachable`` in ``_booking_parts``."""
    link = "https://t.me/rita_recruiter"
    booking = desk.book(1001, desk.add_slot(1)).model_copy(
        update={"recruiter_url": link, "recruiter_reachable": in_chat}
    )
    result = BookingResult(
        message_id=uuid4(),
        correlation_id="desk",
        occurred_at=NOON,
        request_id=uuid4(),
        event_type="booking.created",
        outcome=outcome,
        decided_at=NOON,
        user_telegram_id=1001,
        reply=None,
        booking=booking,
    )
    for language in ("ru", "en"):
        texts = texts_for(language)
        screen = outcome_screen(result, None, texts, contact_url=None, writes_to_recruiter=False)
        assert (texts("outcome.recruiter_link", link=link) in screen.text) is not in_chat
