"""The staff's day in numbers."""

from datetime import timedelta

import pytest
from bson import ObjectId

from common.mongo import collection, connection
from reminders.domain.states import SuppressionReason
from reminders.models import AutoMessage, ReminderRule, StaffChat
from reminders.services.digests import digest_for, plan_lists
from reminders.services.rules import save_staff_chat
from reminders.services.summary import booked_on, by_outcome, lines_of, undelivered, wishes
from scheduling.services.reading.days import bookings_on
from scheduling.services.recruiter_cards.request_reminders import AWAITING_APPROVAL
from tests.api.test_indexes import planned, stages
from tests.reminders_digests.conftest import TUESDAY, MakeInterview, at, command, set_time, the_row


@pytest.fixture
def chat() -> StaffChat:
    """A topic of staff's group, in English."""
    made = StaffChat(chat_id=-100500, thread_id=7, language="en")
    save_staff_chat(made, actor="anna")
    return made


def test_staff_read_their_day_at_half_past_six(chat: StaffChat) -> None:
    assert plan_lists(at("18:29")) == 0
    assert plan_lists(at("18:30")) == 1
    row = the_row()
    assert (row["kind"], row["subject_id"], row["target_chat_id"]) == ("staff_summary", chat.pk, -100500)
    assert (row["starts_at"], row["stale_at"]) == (at("00:00"), at("22:00"))
    told = command(row, at("18:30"))
    assert (told.kind, told.chat_id, told.language, told.day) == ("staff_summary", -100500, "en", "2027-03-01")
    assert told.thread_id == 7
    assert told.summary and told.summary.tomorrow == []


def test_without_a_chat_or_when_switched_off_there_is_no_summary(chat: StaffChat) -> None:
    set_time("staff_summary", "09:00")
    assert plan_lists(at("08:59")) == 0
    ReminderRule.objects.update(is_on=False)
    assert plan_lists(at("18:30")) == 0
    ReminderRule.objects.update(is_on=True)
    StaffChat.objects.update(chat_id=None)
    assert plan_lists(at("18:30")) == 0


def test_a_summary_never_goes_to_a_chat_that_is_staffs_no_more(chat: StaffChat) -> None:
    plan_lists(at("18:30"))
    chat.chat_id = -100501
    save_staff_chat(chat, actor="anna")
    assert digest_for(the_row(), at("18:30")) is SuppressionReason.NO_CHAT


def test_the_summary_counts_the_day_and_tells_of_tomorrow(chat: StaffChat, interview: MakeInterview) -> None:
    over = {"live": False, "starts_at": at("10:00")}
    for status, count in [("attended", 3), ("late", 1), ("no_show", 2), ("recruiter_absent", 1), ("unmarked", 4)]:
        for _number in range(count):
            interview(status=status, **over)
    interview(status="attended", live=False, starts_at=at("23:59") - timedelta(days=1))
    interview(status="cancelled", **over)
    interview(status="pending", awaits_approval=True, expires_at=at("20:00"))
    interview(status="offered", awaits_approval=False, expires_at=at("20:00"))
    interview(attendance="confirmed")
    interview(attendance="reschedule_asked", candidate_by_hand=True)
    interview(starts_at=at("10:00", TUESDAY), slot={"city": "Казань", "event": "Аналитики"})
    interview(starts_at=at("09:00"), attendance="reschedule_asked")
    plan_lists(at("18:30"))
    (row,) = collection("auto_messages").find({"kind": "staff_summary"})
    for due_at in (at("11:00"), at("11:00") - timedelta(days=1)):
        AutoMessage.objects.create(
            subject_id=ObjectId(), kind="day_of", starts_at=due_at, due_at=due_at, stale_at=due_at, state="failed"
        )
    summary = command(row, at("18:30")).summary
    assert summary
    assert (summary.attended, summary.late, summary.no_show) == (3, 1, 2)
    assert (summary.recruiter_absent, summary.unmarked) == (1, 4)
    assert (summary.pending, summary.reschedule_asked, summary.by_hand, summary.failed) == (1, 1, 1, 1)
    lines = [(line.event, line.city, line.interviews, line.confirmed) for line in summary.tomorrow]
    assert lines == [("Аналитики", "Казань", 1, 0), ("Собеседование аналитиков", "Москва", 2, 1)]


def test_the_numbers_walk_indexes(interview: MakeInterview) -> None:
    """R1."""
    for number in range(30):
        interview(at("10:00") + timedelta(days=number))
    day, now = at("00:00", TUESDAY), at("18:00")
    for query in (booked_on(day.date()), AWAITING_APPROVAL, wishes(now)):
        assert "COLLSCAN" not in planned("bookings", query, []), query
    assert "auto_due" in planned("auto_messages", undelivered(day, now), [])
    for pipeline in (lines_of(day.date()), by_outcome(bookings_on(day.date()))):
        explained = connection.database.command(
            "explain", {"aggregate": "bookings", "pipeline": pipeline, "cursor": {}}, verbosity="queryPlanner"
        )
        assert "bookings_status" in set(stages(explained)), pipeline
