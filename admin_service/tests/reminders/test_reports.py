"""What the bot reports ends a message, once per attempt."""

import pytest
from bson import ObjectId

from common import clock
from common.mongo import collection
from people.models import Candidate
from reminders import tasks
from shared_contracts.broadcast import DeliveryStatus
from shared_contracts.notification import NotificationCommand
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.reminders.tools import Clock, moment, report, row_of, sent_now, slot_at


@pytest.fixture
def queued(at: Clock, make_slot: MakeSlot, maria: Candidate) -> NotificationCommand:
    """Maria's reminder, on its way."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    at("2026-11-24 11:00")
    (command,) = sent_now()
    return command


def test_a_sent_message_keeps_its_text_and_telegrams_id(queued: NotificationCommand, maria: Candidate) -> None:
    report(queued, DeliveryStatus.SENT, telegram_message_id=77, text="Сегодня в 16:00", uncertain_tries=1)
    row = row_of(maria, "day_of")

    assert (row["state"], row["text"], row["telegram_message_id"]) == ("sent", "Сегодня в 16:00", 77)
    assert (row["uncertain_tries"], row["sent_at"]) == (1, moment("2026-11-24 11:00:01"))


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (DeliveryStatus.UNCERTAIN, "sent"),
        (DeliveryStatus.BLOCKED, "failed"),
        (DeliveryStatus.FAILED, "failed"),
    ],
)
def test_other_ends_are_noted_with_their_reason(
    queued: NotificationCommand, maria: Candidate, status: DeliveryStatus, state: str
) -> None:
    report(queued, status, error="Forbidden: bot was blocked by the user")
    row = row_of(maria, "day_of")

    assert (row["state"], row["error"], row["sent_at"]) == (state, "Forbidden: bot was blocked by the user", None)


def test_who_could_not_be_reached_is_flagged_for_a_call(queued: NotificationCommand, maria: Candidate) -> None:
    """R4. Guard: the booking remembers the message's id."""
    report(queued, DeliveryStatus.BLOCKED)
    assert asking.the_booking(maria)["candidate_by_hand"] is True


@pytest.mark.parametrize("started", [True, False])
def test_who_never_started_the_bot_has_not_blocked_it(
    queued: NotificationCommand, maria: Candidate, started: bool
) -> None:
    """Telegram refuses both alike. Guard: ``mark_blocked``."""
    collection("users").update_one({"_id": maria.pk}, {"$set": {"started_at": clock.now() if started else None}})
    report(queued, DeliveryStatus.BLOCKED)
    maria.refresh_from_db()
    assert (maria.blocked_at is not None) is started


def test_too_late_is_judged_anew_and_an_old_attempts_report_changes_nothing(
    at: Clock, queued: NotificationCommand, maria: Candidate
) -> None:
    """Guard: the attempt."""
    report(queued, DeliveryStatus.TOO_LATE)
    assert row_of(maria, "day_of")["state"] == "scheduled"
    (again,) = sent_now()
    assert (again.notification_id, again.attempt) == (queued.notification_id, 2)
    assert again.message_id != queued.message_id

    report(queued, DeliveryStatus.TOO_LATE)
    report(queued, DeliveryStatus.SENT, text="из прошлого")
    assert row_of(maria, "day_of")["state"] == "queued"

    report(again, DeliveryStatus.SENT, text="наконец")
    assert row_of(maria, "day_of")["text"] == "наконец"


def test_a_repeated_report_changes_nothing(queued: NotificationCommand, maria: Candidate) -> None:
    """Guard: the state."""
    report(queued, DeliveryStatus.SENT, text="Сегодня")
    report(queued, DeliveryStatus.FAILED, error="поздно")
    report(queued, DeliveryStatus.TOO_LATE)
    row = row_of(maria, "day_of")

    assert (row["state"], row["text"], row["error"]) == ("sent", "Сегодня", "")


def test_a_suppressed_one_says_what_the_booking_shows(queued: NotificationCommand, maria: Candidate) -> None:
    """I4: cancelled between queueing and sending."""
    asking.outcome(asking.cancel(maria, asking.the_booking(maria)))
    report(queued, DeliveryStatus.SUPPRESSED)
    row = row_of(maria, "day_of")

    assert (row["state"], row["why"]) == ("suppressed", "ended")


def test_one_suppressed_for_a_change_that_was_undone_since_is_judged_anew(
    queued: NotificationCommand, maria: Candidate
) -> None:
    """Moved away when the bot asked, and back when its report came: no reminder is lost."""
    report(queued, DeliveryStatus.SUPPRESSED)
    assert row_of(maria, "day_of")["state"] == "scheduled"
    assert [command.attempt for command in sent_now()] == [2]


def test_a_report_about_ordinary_news_leaves_the_ledger_alone(queued: NotificationCommand, maria: Candidate) -> None:
    other = queued.model_copy(update={"notification_id": str(ObjectId()), "attempt": 0})
    report(other, DeliveryStatus.SENT)
    assert collection("auto_messages").count_documents({"state": "sent"}) == 0


def test_what_was_never_reported_is_sent_again_under_the_next_attempt(
    at: Clock, queued: NotificationCommand, maria: Candidate
) -> None:
    """Its command may be among the dead letters. Guards: only after a while, only what is on its way."""
    at("2026-11-24 11:14")
    assert tasks.send_unreported_again() == 0
    at("2026-11-24 11:15")
    assert tasks.send_unreported_again() == 1
    assert tasks.send_unreported_again() == 0

    assert [command.attempt for command in sent_now()] == [queued.attempt + 1]


def test_what_was_never_reported_stays_as_it_is_once_it_is_of_no_use(
    at: Clock, queued: NotificationCommand, maria: Candidate
) -> None:
    """It may have arrived."""
    at("2026-11-24 16:00")
    assert tasks.send_unreported_again() == 0
    assert row_of(maria, "day_of")["state"] == "queued"


def test_what_was_reported_is_never_sent_again(at: Clock, queued: NotificationCommand, maria: Candidate) -> None:
    """I4. Guard: only what is still on its way."""
    report(queued, DeliveryStatus.SENT, telegram_message_id=77)
    at("2026-11-24 11:20")
    assert tasks.send_unreported_again() == 0
    assert row_of(maria, "day_of")["state"] == "sent"
