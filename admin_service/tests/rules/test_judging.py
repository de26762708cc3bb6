"""Whether a message whose time has come is still sent (I4): late, at night, with its siblings, after changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reminders.domain.judging import Entry, Hold, Send, Standing, Suppress, asks_now, judge, outdated
from reminders.domain.kinds import AutoKind, AutoState, Why
from shared_contracts.directory import BookingStatus

MOSCOW = "Europe/Moscow"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZoneInfo(MOSCOW)).astimezone(UTC)


START = moment("24 16:00")
BOOKED = Standing(BookingStatus.BOOKED, START)
REMINDER = Entry("r", AutoKind.DAY_OF, AutoState.SCHEDULED, START, moment("24 11:00"), START)
PROMPT = Entry("p", AutoKind.TWO_HOURS, AutoState.SCHEDULED, START, moment("24 14:00"), START, asks_attendance=True)
SILENCE = Entry("s", AutoKind.NO_ANSWER, AutoState.SCHEDULED, START, moment("24 15:00"), START)
OVER = Entry("o", AutoKind.OUTCOME_DUE, AutoState.SCHEDULED, START, moment("24 16:20"), moment("27 16:20"))
NO_SHOW = Entry("n", AutoKind.NO_SHOW, AutoState.SCHEDULED, START, moment("24 16:35"), moment("27 16:35"))


def test_at_its_time_it_goes() -> None:
    assert judge(REMINDER, BOOKED, [PROMPT], MOSCOW, moment("24 11:00")) == Send()
    assert judge(PROMPT, BOOKED, [replace(REMINDER, state=AutoState.SENT)], MOSCOW, moment("24 14:00")) == Send(True)


@pytest.mark.parametrize(
    ("entry", "standing", "why"),
    [
        (REMINDER, None, Why.ENDED),
        (REMINDER, replace(BOOKED, status=BookingStatus.CANCELLED), Why.ENDED),
        (REMINDER, replace(BOOKED, status=BookingStatus.PENDING), Why.ENDED),
        (REMINDER, replace(BOOKED, starts_at=START + timedelta(days=1)), Why.MOVED),
        (PROMPT, replace(BOOKED, answered=True), Why.ANSWERED),
        (SILENCE, replace(BOOKED, answered=True), Why.ANSWERED),
        (OVER, replace(BOOKED, status=BookingStatus.ATTENDED), Why.ANSWERED),
        (OVER, replace(BOOKED, status=BookingStatus.CANCELLED), Why.ENDED),
        (NO_SHOW, replace(BOOKED, status=BookingStatus.UNMARKED), Why.TAKEN_BACK),
        (NO_SHOW, replace(BOOKED, status=BookingStatus.RECRUITER_ABSENT), Why.TAKEN_BACK),
        (NO_SHOW, replace(BOOKED, status=BookingStatus.NO_SHOW, offered_before=True), Why.OFFERED_BEFORE),
        (NO_SHOW, replace(BOOKED, status=BookingStatus.NO_SHOW, booked_again=True), Why.ANSWERED),
        (NO_SHOW, replace(BOOKED, status=BookingStatus.NO_SHOW, allowed=False), Why.NO_CHAT),
    ],
)
def test_what_is_not_true_any_more_is_not_sent(entry: Entry, standing: Standing | None, why: Why) -> None:
    """I4."""
    assert judge(entry, standing, [], MOSCOW, moment("24 12:00")) == Suppress(why)


@pytest.mark.parametrize(
    ("entry", "standing"),
    [
        (REMINDER, replace(BOOKED, answered=True)),
        (OVER, BOOKED),
        (OVER, replace(BOOKED, status=BookingStatus.UNMARKED)),
        (NO_SHOW, replace(BOOKED, status=BookingStatus.NO_SHOW)),
        (
            replace(NO_SHOW, kind=AutoKind.RECRUITER_ABSENT),
            replace(BOOKED, status=BookingStatus.RECRUITER_ABSENT, offered_before=True),
        ),
        (replace(REMINDER, kind=AutoKind.CHANGE), replace(BOOKED, status=BookingStatus.CANCELLED)),
        (replace(REMINDER, kind=AutoKind.TOMORROW), None),
    ],
)
def test_what_is_still_true_is_sent(entry: Entry, standing: Standing | None) -> None:
    assert outdated(entry.kind, entry.starts_at, standing) is None


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
    assert judge(REMINDER, BOOKED, [], MOSCOW, START) == Suppress(Why.STALE)


def test_nobody_is_woken() -> None:
    """R8: in quiet hours it waits for the morning, or is not sent where that is too late."""
    start = moment("25 09:00")
    evening = replace(REMINDER, kind=AutoKind.EVENING_BEFORE, starts_at=start, stale_at=start, asks_attendance=True)
    standing = replace(BOOKED, starts_at=start)
    assert judge(evening, standing, [], MOSCOW, moment("24 21:59")) == Send(True)
    assert judge(evening, standing, [], MOSCOW, moment("24 22:00")) == Hold(moment("25 08:00"))
    assert judge(evening, standing, [], MOSCOW, moment("25 07:59")) == Hold(moment("25 08:00"))
    assert judge(evening, standing, [], MOSCOW, moment("25 08:00")) == Send(True)

    late = replace(REMINDER, starts_at=moment("24 23:30"), stale_at=moment("24 23:30"))
    verdict = judge(late, replace(BOOKED, starts_at=late.starts_at), [], MOSCOW, moment("24 22:10"))
    assert verdict == Suppress(Why.QUIET_HOURS)


def test_who_was_taken_off_the_allow_list_is_reminded_without_buttons() -> None:
    """FR2: the bot would refuse their presses."""
    assert judge(PROMPT, replace(BOOKED, allowed=False), [], MOSCOW, moment("24 14:00")) == Send(False)


def test_buttons_are_for_who_has_not_answered_before_the_start() -> None:
    assert asks_now(PROMPT, BOOKED, moment("24 15:59"))
    assert not asks_now(PROMPT, BOOKED, START)
    assert not asks_now(PROMPT, replace(BOOKED, answered=True), moment("24 15:00"))
    assert not asks_now(replace(PROMPT, asks_attendance=False), BOOKED, moment("24 15:00"))


@pytest.mark.parametrize(
    ("prompt", "now", "verdict"),
    [
        (replace(PROMPT, state=AutoState.SENT, queued_at=moment("24 14:00")), "24 15:00", Send()),
        # The prompt came late: half an hour to answer.
        (replace(PROMPT, state=AutoState.QUEUED, queued_at=moment("24 14:50")), "24 15:00", Hold(moment("24 15:20"))),
        (replace(PROMPT, state=AutoState.SENT, queued_at=moment("24 15:40")), "24 15:45", Suppress(Why.STALE)),
        # It goes out in the same breath.
        (PROMPT, "24 15:00", Hold(moment("24 15:30"))),
        # It never went: nobody failed to answer.
        (replace(PROMPT, state=AutoState.SUPPRESSED), "24 15:00", Suppress(Why.NOT_ASKED)),
        (replace(PROMPT, state=AutoState.SENT, asks_attendance=False), "24 15:00", Suppress(Why.NOT_ASKED)),
        # It could not be delivered: the recruiter ought to know all the more.
        (replace(PROMPT, state=AutoState.FAILED, queued_at=moment("24 14:00")), "24 15:00", Send()),
    ],
)
def test_the_recruiter_hears_of_no_answer_once_there_was_time_for_one(
    prompt: Entry, now: str, verdict: Send | Hold | Suppress
) -> None:
    assert judge(SILENCE, BOOKED, [prompt], MOSCOW, moment(now)) == verdict


def test_a_reader_without_a_zone_of_their_own_is_not_held_up() -> None:
    """Lists stop being of use when their readers' quiet hours begin."""
    item = replace(REMINDER, kind=AutoKind.STAFF_SUMMARY)
    assert judge(item, None, [], None, moment("24 03:00")) == Send()
