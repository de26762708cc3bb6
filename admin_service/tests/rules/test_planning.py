"""When the messages of an interview are due (FR8, R8), each case with its own clock times."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.quiet_hours import is_quiet
from reminders.domain.kinds import REMINDERS, ReminderKind
from reminders.domain.planning import Interview, PlannedMessage, plan
from reminders.domain.states import SuppressionReason
from reminders.domain.timing import Timing

MOSCOW, BERLIN, VLADIVOSTOK = "Europe/Moscow", "Europe/Berlin", "Asia/Vladivostok"
LONG_BEFORE = "11-20 12:00"
FEWEST_MINUTES = 5
HOUR = timedelta(hours=1)


def moment(text: str, timezone: str = MOSCOW) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def interview(
    starts: str,
    booked: str = LONG_BEFORE,
    timezone: str = MOSCOW,
    recruiter: str | None = None,
    candidate: str | None = None,
) -> Interview:
    starts_at = moment(starts, timezone)
    ends_at = starts_at + timedelta(minutes=20)
    return Interview("b", starts_at, ends_at, timezone, candidate or timezone, recruiter, moment(booked, timezone))


def told(planned: list[PlannedMessage], timezone: str = MOSCOW) -> list[str]:
    """Kind, local time, whether it asks; or why it does not come."""
    return [
        f"{item.kind.value} {item.reason.value}"
        if item.reason
        else f"{item.kind.value} {item.due_at.astimezone(ZoneInfo(timezone)):%d %H:%M}"
        + (" asks" if item.asks_attendance else "")
        for item in planned
    ]


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ("11-24 00:30", ["evening_before 23 18:00 asks", "two_hours merged"]),
        ("11-24 09:00", ["evening_before 23 18:00 asks", "two_hours merged"]),
        ("11-24 09:59", ["evening_before 23 18:00 asks", "two_hours merged"]),
        ("11-24 10:00", ["evening_before 23 18:00", "two_hours 24 08:00 asks"]),
        ("11-24 11:00", ["evening_before 23 18:00", "two_hours 24 09:00 asks"]),
        ("11-24 11:29", ["evening_before 23 18:00", "two_hours 24 09:29 asks"]),
        ("11-24 11:30", ["day_of 24 09:30 asks", "two_hours merged"]),
        ("11-24 11:31", ["day_of 24 09:31 asks", "two_hours merged"]),
        ("11-24 12:30", ["day_of 24 10:30 asks", "two_hours merged"]),
        ("11-24 12:59", ["day_of 24 10:59 asks", "two_hours merged"]),
        ("11-24 13:00", ["day_of 24 11:00 asks", "two_hours merged"]),
        ("11-24 13:01", ["day_of 24 11:00 asks", "two_hours merged"]),
        ("11-24 14:30", ["day_of 24 11:00 asks", "two_hours merged"]),
        ("11-24 14:31", ["day_of 24 11:00", "two_hours 24 12:31 asks"]),
        ("11-24 16:00", ["day_of 24 11:00", "two_hours 24 14:00 asks"]),
        ("11-24 23:30", ["day_of 24 11:00", "two_hours 24 21:30 asks"]),
        ("11-24 23:59", ["day_of 24 11:00", "two_hours 24 21:59 asks"]),
        ("11-25 00:00", ["evening_before 24 18:00 asks", "two_hours merged"]),
    ],
)
def test_the_reminder_and_the_prompt_come_at_their_times(starts: str, expected: list[str]) -> None:
    """FR8, R8."""
    assert told(plan(interview(starts), Timing())) == expected


@pytest.mark.parametrize(
    ("starts", "booked", "expected"),
    [
        ("11-24 16:00", "11-24 10:59", ["day_of 24 11:00", "two_hours 24 14:00 asks"]),
        ("11-24 16:00", "11-24 11:00", ["day_of booked_late", "two_hours 24 14:00 asks"]),
        ("11-24 16:00", "11-24 11:01", ["day_of booked_late", "two_hours 24 14:00 asks"]),
        # Until two and a half hours before there is a prompt; around two hours there is none.
        ("11-24 16:00", "11-24 13:30", ["day_of booked_late", "two_hours 24 14:00 asks"]),
        ("11-24 16:00", "11-24 13:31", ["day_of booked_late", "two_hours booked_late"]),
        ("11-24 16:00", "11-24 13:59", ["day_of booked_late", "two_hours booked_late"]),
        ("11-24 16:00", "11-24 14:01", ["day_of booked_late", "two_hours booked_late"]),
        # What would have been one message with the reminder comes alone where that is too late.
        ("11-24 14:00", "11-24 10:59", ["day_of 24 11:00 asks", "two_hours merged"]),
        ("11-24 14:00", "11-24 11:01", ["day_of booked_late", "two_hours 24 12:00 asks"]),
        # Booked too late for a prompt, in time for the reminder.
        ("11-24 13:00", "11-24 10:59", ["day_of 24 11:00", "two_hours booked_late"]),
        # The evening's reminder is over, and the prompt would wake people.
        ("11-24 09:00", "11-23 18:01", ["evening_before booked_late", "two_hours quiet_hours"]),
    ],
)
def test_a_late_booking_gets_what_is_still_to_come(starts: str, booked: str, expected: list[str]) -> None:
    """R8 and the rules for late bookings."""
    planned = plan(interview(starts, booked), Timing())
    assert sorted(told(planned)) == sorted(expected)


def test_a_city_far_east_counts_by_its_own_clocks() -> None:
    """14:00 in Vladivostok: reminded at 11:00 there, with the buttons, for the prompt would follow an hour later."""
    planned = plan(interview("11-24 14:00", timezone=VLADIVOSTOK), Timing())

    assert told(planned, VLADIVOSTOK) == ["day_of 24 11:00 asks", "two_hours merged"]
    assert planned[0].due_at == datetime(2026, 11, 24, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts", "reminder", "prompt"),
    [
        ("03-28 15:00", "10:00", "12:00"),  # the day before the clocks go forward: 11:00 is 10:00 UTC
        ("03-29 15:00", "09:00", "11:00"),  # that day, and from then on: 09:00 UTC
        ("10-24 15:00", "09:00", "11:00"),
        ("10-25 15:00", "10:00", "12:00"),  # the day they go back
    ],
)
def test_daylight_saving_moves_local_times_and_leaves_spans_alone(starts: str, reminder: str, prompt: str) -> None:
    """A clock time is local; “two hours before” is two hours, on any day."""
    planned = {item.kind: item for item in plan(interview(starts, "03-01 12:00", BERLIN), Timing())}

    assert f"{planned[ReminderKind.DAY_OF].due_at:%H:%M}" == reminder
    assert f"{planned[ReminderKind.TWO_HOURS].due_at:%H:%M}" == prompt


@pytest.mark.parametrize(
    ("starts", "reminder"),
    [
        ("03-29 11:30", "07:30"),  # 11:00 is 09:00 UTC, two hours before the start 07:30
        ("10-25 11:30", "08:30"),
        ("03-29 12:59", "08:59"),
        ("10-25 13:01", "10:00"),
    ],
)
def test_the_one_message_of_reminder_and_prompt_comes_at_the_earlier_time_on_days_the_clocks_change_too(
    starts: str, reminder: str
) -> None:
    (first, merged) = sorted(plan(interview(starts, "03-01 12:00", BERLIN), Timing()), key=lambda item: item.kind)

    assert (f"{first.due_at:%H:%M}", first.asks_attendance) == (reminder, True)
    assert merged.reason is SuppressionReason.MERGED


@pytest.mark.parametrize(
    ("starts", "place", "candidate", "expected"),
    [
        # 11:00 there is 04:00 here: the evening before there is 11:00 here.
        ("11-24 16:00", VLADIVOSTOK, MOSCOW, ["evening_before 23 11:00 asks", "two_hours merged"]),
        # 18:00 there is 01:00 here: the evening before on the reader's own clocks.
        ("11-24 10:00", MOSCOW, VLADIVOSTOK, ["evening_before 23 18:00", "two_hours 24 15:00 asks"]),
        # What is day at both ends follows the place's clocks, and so does the early interview.
        ("11-24 11:29", MOSCOW, BERLIN, ["evening_before 23 16:00 asks", "two_hours merged"]),
        ("11-24 12:00", MOSCOW, BERLIN, ["day_of 24 08:00 asks", "two_hours merged"]),
        # With the question it would come at 07:30 here, without it half an hour before the start.
        ("11-24 11:30", MOSCOW, BERLIN, ["evening_before 23 16:00 asks", "two_hours merged"]),
        # The question would come at 23:00 here: with the reminder, at 18:00.
        ("11-24 18:00", MOSCOW, VLADIVOSTOK, ["day_of 24 18:00 asks", "two_hours merged"]),
    ],
)
def test_quiet_hours_are_the_candidates_own(starts: str, place: str, candidate: str, expected: list[str]) -> None:
    """R8; times are the candidate's. Guard: ``candidate_timezone``."""
    assert told(plan(interview(starts, timezone=place, candidate=candidate), Timing()), candidate) == expected


def test_an_early_interview_on_the_day_the_clocks_change_is_reminded_the_evening_before() -> None:
    (reminder, prompt) = plan(interview("03-29 09:00", "03-01 12:00", BERLIN), Timing())

    assert reminder.due_at == datetime(2026, 3, 28, 17, tzinfo=UTC)
    assert (reminder.asks_attendance, prompt.reason) == (True, SuppressionReason.MERGED)


@pytest.mark.parametrize(
    ("starts", "recruiter", "expected"),
    [
        ("11-24 16:00", MOSCOW, "no_answer 24 15:00"),
        # The question came at 09:45 with the reminder.
        ("11-24 11:45", MOSCOW, "no_answer 24 10:45"),
        # The recruiter sleeps at nine in Moscow's evening, until one in Moscow's morning.
        ("11-24 21:00", VLADIVOSTOK, "no_answer quiet_hours"),
        ("11-24 12:00", VLADIVOSTOK, "no_answer 24 11:00"),
        ("11-24 08:30", MOSCOW, "no_answer 24 08:00"),
        ("11-24 08:00", MOSCOW, "no_answer quiet_hours"),
    ],
)
def test_the_recruiter_hears_that_nobody_answered(starts: str, recruiter: str, expected: str) -> None:
    assert expected in told(plan(interview(starts, recruiter=recruiter), Timing()))


def test_the_recruiter_is_asked_how_it_went_when_it_is_over_or_in_the_morning() -> None:
    assert "outcome_due 24 16:20" in told(plan(interview("11-24 16:00", recruiter=MOSCOW), Timing()))
    assert "outcome_due 25 08:00" in told(plan(interview("11-24 21:50", recruiter=MOSCOW), Timing()))


def test_a_slot_without_a_recruiter_tells_none() -> None:
    assert {item.kind for item in plan(interview("11-24 16:00"), Timing())} == {
        ReminderKind.DAY_OF,
        ReminderKind.TWO_HOURS,
    }


@pytest.mark.parametrize(
    ("timing", "starts", "expected"),
    [
        (Timing({"day_of": None}), "11-24 16:00", ["two_hours 24 14:00 asks"]),
        (Timing({"day_of": None}), "11-24 09:00", ["evening_before 23 18:00 asks", "two_hours merged"]),
        (Timing({"two_hours": None}), "11-24 14:00", ["day_of 24 11:00"]),
        (Timing({"evening_before": None}), "11-24 09:00", ["two_hours quiet_hours"]),
        # The question would come at 07:31, so both come the evening before.
        (Timing({"day_of": clock_time(9)}), "11-24 09:31", ["evening_before 23 18:00 asks", "two_hours merged"]),
        (Timing({"day_of": clock_time(9)}), "11-24 10:00", ["day_of 24 08:00 asks", "two_hours merged"]),
        (Timing({"day_of": clock_time(9)}), "11-24 09:29", ["evening_before 23 18:00 asks", "two_hours merged"]),
        (Timing({"two_hours": 3 * HOUR}), "11-24 16:00", ["day_of 24 11:00", "two_hours 24 13:00 asks"]),
        (
            Timing({"evening_before": clock_time(23)}),
            "11-24 09:00",
            ["evening_before quiet_hours", "two_hours quiet_hours"],
        ),
    ],
)
def test_staff_move_messages_and_switch_them_off(timing: Timing, starts: str, expected: list[str]) -> None:
    assert sorted(told(plan(interview(starts), timing))) == sorted(expected)


def test_nobody_is_asked_no_answer_of_a_prompt_that_is_switched_off() -> None:
    planned = plan(interview("11-24 16:00", recruiter=MOSCOW), Timing({"two_hours": None}))
    assert ReminderKind.NO_ANSWER not in {item.kind for item in planned}


@pytest.fixture
def _elsewhere() -> Iterator[None]:
    """The process's own clocks are in New York."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "America/New_York"
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.usefixtures("_elsewhere")
@pytest.mark.parametrize("starts", ["11-24 11:29", "11-24 16:00", "11-24 23:30"])
def test_the_zone_of_the_process_does_not_matter(starts: str) -> None:
    assert datetime.now().astimezone().utcoffset() != timedelta(hours=3)
    code = (
        "from tests.rules.test_planning import interview, told;"
        "from reminders.domain.planning import plan; from reminders.domain.timing import Timing;"
        f"print(told(plan(interview({starts!r}), Timing())))"
    )
    there = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "TZ": MOSCOW}, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == str(told(plan(interview(starts), Timing())))


ZONES = st.sampled_from([MOSCOW, BERLIN, VLADIVOSTOK, "America/St_Johns", "Pacific/Kiritimati", "UTC"])
CLOCKS = st.none() | st.times(min_value=clock_time(0), max_value=clock_time(23, 59)).map(
    lambda item: item.replace(second=0, microsecond=0)
)
SPANS = st.none() | st.integers(FEWEST_MINUTES, 600).map(lambda minutes: timedelta(minutes=minutes))
TIMINGS = st.just(Timing()) | st.fixed_dictionaries(
    {"day_of": CLOCKS, "evening_before": CLOCKS, "two_hours": SPANS, "no_answer": SPANS, "outcome_due": SPANS}
).map(Timing)


@st.composite
def interviews(draw: st.DrawFn) -> Interview:
    starts_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 365 * 24 * 60)))
    booked_at = starts_at - timedelta(minutes=draw(st.integers(0, 4 * 24 * 60)))
    recruiter = draw(st.none() | ZONES)
    return Interview("b", starts_at, starts_at + timedelta(minutes=20), draw(ZONES), draw(ZONES), recruiter, booked_at)


@given(interviews(), TIMINGS)
def test_no_plan_is_double_early_useless_or_wakes_anybody(item: Interview, timing: Timing) -> None:
    planned = plan(item, timing)
    coming = [message for message in planned if message.reason is None]

    assert len({message.kind for message in planned}) == len(planned)
    assert not {ReminderKind.DAY_OF, ReminderKind.EVENING_BEFORE} <= {message.kind for message in planned}
    for message in coming:
        zone = item.candidate_timezone if message.kind in REMINDERS else item.recruiter_timezone
        assert zone
        assert not is_quiet(message.due_at, zone)
        assert item.booked_at <= message.due_at < message.stale_at
        assert timing.of(message.kind) is not None


@given(interviews(), TIMINGS)
def test_a_merged_prompt_is_asked_by_exactly_one_message(item: Interview, timing: Timing) -> None:
    planned = {message.kind: message for message in plan(item, timing)}
    asking = [message for message in planned.values() if message.asks_attendance and not message.reason]

    prompt = planned.get(ReminderKind.TWO_HOURS)
    assert len(asking) == (prompt is not None and prompt.reason in {None, SuppressionReason.MERGED})


@given(interviews(), TIMINGS)
def test_a_booking_made_earlier_loses_no_message(item: Interview, timing: Timing) -> None:
    """Lateness alone takes away what is to come."""
    early = replace(item, booked_at=item.booked_at - timedelta(days=10))
    late_kinds = {message.kind for message in plan(item, timing) if message.reason is None}
    early_kinds = {
        message.kind for message in plan(early, timing) if message.reason in {None, SuppressionReason.MERGED}
    }

    assert late_kinds <= early_kinds
