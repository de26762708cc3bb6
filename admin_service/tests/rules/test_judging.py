"""Whether a message whose time has come is still sent (I4): late, at night, with its siblings, after changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reminders.domain.judging import (
    BookingFacts,
    Hold,
    ScheduledMessage,
    Send,
    Suppress,
    asks_now,
    judge,
    outdated_reason,
)
from reminders.domain.kinds import ReminderKind
from reminders.domain.states import MessageState, SuppressionReason
from shared_contracts.directory import BookingStatus

MOSCOW = "Europe/Moscow"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZoneInfo(MOSCOW)).astimezone(UTC)


START = moment("24 16:00")
BOOKED = BookingFacts(BookingStatus.BOOKED, START)
REMINDER = ScheduledMessage("r", ReminderKind.DAY_OF, MessageState.SCHEDULED, START, moment("24 11:00"), START)
PROMPT = ScheduledMessage(
    "p", ReminderKind.TWO_HOURS, MessageState.SCHEDULED, START, moment("24 14:00"), START, asks_attendance=True
)
SILENCE = ScheduledMessage("s", ReminderKind.NO_ANSWER, MessageState.SCHEDULED, START, moment("24 15:00"), START)
OVER = ScheduledMessage(
    "o", ReminderKind.OUTCOME_DUE, MessageState.SCHEDULED, START, moment("24 16:20"), moment("27 16:20")
)
NO_SHOW = ScheduledMessage(
    "n", ReminderKind.NO_SHOW, MessageState.SCHEDULED, START, moment("24 16:35"), moment("27 16:35")
)


def test_at_its_time_it_goes() -> None:
    assert judge(REMINDER, BOOKED, [PROMPT], MOSCOW, moment("24 11:00")) == Send()
    assert judge(PROMPT, BOOKED, [replace(REMINDER, state=MessageState.SENT)], MOSCOW, moment("24 14:00")) == Send(True)


@pytest.mark.parametrize(
    ("message", "facts", "reason"),
    [
        (REMINDER, None, SuppressionReason.ENDED),
        (REMINDER, replace(BOOKED, status=BookingStatus.CANCELLED), SuppressionReason.ENDED),
        (REMINDER, replace(BOOKED, status=BookingStatus.PENDING), SuppressionReason.ENDED),
        (REMINDER, replace(BOOKED, starts_at=START + timedelta(days=1)), SuppressionReason.MOVED),
        (PROMPT, replace(BOOKED, answered=True), SuppressionReason.ANSWERED),
        (SILENCE, replace(BOOKED, answered=True), SuppressionReason.ANSWERED),
        (OVER, replace(BOOKED, status=BookingStatus.ATTENDED), SuppressionReason.ANSWERED),
        (OVER, replace(BOOKED, status=BookingStatus.CANCELLED), SuppressionReason.ENDED),
        (NO_SHOW, replace(BOOKED, status=BookingStatus.UNMARKED), SuppressionReason.TAKEN_BACK),
        (NO_SHOW, replace(BOOKED, status=BookingStatus.RECRUITER_ABSENT), SuppressionReason.TAKEN_BACK),
        (
            NO_SHOW,
            replace(BOOKED, status=BookingStatus.NO_SHOW, second_chance_given=True),
            SuppressionReason.SECOND_CHANCE_GIVEN,
        ),
        (NO_SHOW, replace(BOOKED, status=BookingStatus.NO_SHOW, booked_again=True), SuppressionReason.ANSWERED),
        (NO_SHOW, replace(BOOKED, status=BookingStatus.NO_SHOW, allowed=False), SuppressionReason.NO_CHAT),
    ],
)
def test_what_is_not_true_any_more_is_not_sent(
    message: ScheduledMessage, facts: BookingFacts | None, reason: SuppressionReason
) -> None:
    """I4."""
    assert judge(message, facts, [], MOSCOW, moment("24 12:00")) == Suppress(reason)


@pytest.mark.parametrize(
    ("message", "facts"),
    [
        (REMINDER, replace(BOOKED, answered=True)),
        (OVER, BOOKED),
        (OVER, replace(BOOKED, status=BookingStatus.UNMARKED)),
        (NO_SHOW, replace(BOOKED, status=BookingStatus.NO_SHOW)),
        (
            replace(NO_SHOW, kind=ReminderKind.RECRUITER_ABSENT),
            replace(BOOKED, status=BookingStatus.RECRUITER_ABSENT, second_chance_given=True),
        ),
        (replace(REMINDER, kind=ReminderKind.CHANGE), replace(BOOKED, status=BookingStatus.CANCELLED)),
        (replace(REMINDER, kind=ReminderKind.TOMORROW), None),
    ],
)
def test_what_is_still_true_is_sent(message: ScheduledMessage, facts: BookingFacts | None) -> None:
    assert outdated_reason(message.kind, message.starts_at, facts) is None


def test_after_six_hours_of_outage_reminder_and_prompt_are_one_message() -> None:
    """Down from 9:00 to 15:00: both are due, one goes with the buttons, whichever is judged first."""
    now = moment("24 15:00")
    assert judge(REMINDER, BOOKED, [PROMPT], MOSCOW, now) == Send(True, ("p",))
    assert judge(PROMPT, BOOKED, [REMINDER], MOSCOW, now) == Send(True, ("r",))


def test_a_late_reminder_takes_a_prompt_along_that_would_follow_within_ninety_minutes() -> None:
    """R8."""
    assert judge(REMINDER, BOOKED, [PROMPT], MOSCOW, moment("24 12:30")) == Send(True, ("p",))
    assert judge(REMINDER, BOOKED, [PROMPT], MOSCOW, moment("24 12:29")) == Send(False)


def test_from_the_start_on_it_is_of_no_use() -> None:
    assert judge(REMINDER, BOOKED, [], MOSCOW, START - timedelta(milliseconds=1)) == Send()
    assert judge(REMINDER, BOOKED, [], MOSCOW, START) == Suppress(SuppressionReason.STALE)


def test_nobody_is_woken() -> None:
    """R8: in quiet hours it waits for the morning, or is not sent where that is too late."""
    start = moment("25 09:00")
    evening = replace(REMINDER, kind=ReminderKind.EVENING_BEFORE, starts_at=start, stale_at=start, asks_attendance=True)
    facts = replace(BOOKED, starts_at=start)
    assert judge(evening, facts, [], MOSCOW, moment("24 21:59")) == Send(True)
    assert judge(evening, facts, [], MOSCOW, moment("24 22:00")) == Hold(moment("25 08:00"))
    assert judge(evening, facts, [], MOSCOW, moment("25 07:59")) == Hold(moment("25 08:00"))
    assert judge(evening, facts, [], MOSCOW, moment("25 08:00")) == Send(True)

    late = replace(REMINDER, starts_at=moment("24 23:30"), stale_at=moment("24 23:30"))
    verdict = judge(late, replace(BOOKED, starts_at=late.starts_at), [], MOSCOW, moment("24 22:10"))
    assert verdict == Suppress(SuppressionReason.QUIET_HOURS)


def test_who_was_taken_off_the_allow_list_is_asked_whether_they_come() -> None:
    """FR2: what staff let stand they can answer about."""
    assert judge(PROMPT, replace(BOOKED, allowed=False), [], MOSCOW, moment("24 14:00")) == Send(True)


def test_buttons_are_for_who_has_not_answered_before_the_start() -> None:
    assert asks_now(PROMPT, BOOKED, moment("24 15:59"))
    assert not asks_now(PROMPT, BOOKED, START)
    assert not asks_now(PROMPT, replace(BOOKED, answered=True), moment("24 15:00"))
    assert not asks_now(replace(PROMPT, asks_attendance=False), BOOKED, moment("24 15:00"))


@pytest.mark.parametrize(
    ("prompt", "now", "verdict"),
    [
        (replace(PROMPT, state=MessageState.SENT, queued_at=moment("24 14:00")), "24 15:00", Send()),
        # The prompt came late: half an hour to answer.
        (
            replace(PROMPT, state=MessageState.QUEUED, queued_at=moment("24 14:50")),
            "24 15:00",
            Hold(moment("24 15:20")),
        ),
        (
            replace(PROMPT, state=MessageState.SENT, queued_at=moment("24 15:40")),
            "24 15:45",
            Suppress(SuppressionReason.STALE),
        ),
        # It goes out in the same breath.
        (PROMPT, "24 15:00", Hold(moment("24 15:30"))),
        # It never went: nobody failed to answer.
        (replace(PROMPT, state=MessageState.SUPPRESSED), "24 15:00", Suppress(SuppressionReason.NOT_ASKED)),
        (
            replace(PROMPT, state=MessageState.SENT, asks_attendance=False),
            "24 15:00",
            Suppress(SuppressionReason.NOT_ASKED),
        ),
        # It could not be delivered: the recruiter ought to know all the more.
        (replace(PROMPT, state=MessageState.FAILED, queued_at=moment("24 14:00")), "24 15:00", Send()),
    ],
)
def test_the_recruiter_hears_of_no_answer_once_there_was_time_for_one(
    prompt: ScheduledMessage, now: str, verdict: Send | Hold | Suppress
) -> None:
    assert judge(SILENCE, BOOKED, [prompt], MOSCOW, moment(now)) == verdict


def test_a_reader_without_a_zone_of_their_own_is_not_held_up() -> None:
    """Lists stop being of use when their readers' quiet hours begin."""
    item = replace(REMINDER, kind=ReminderKind.STAFF_SUMMARY)
    assert judge(item, None, [], None, moment("24 03:00")) == Send()
