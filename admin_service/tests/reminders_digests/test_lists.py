"""A recruiter's tomorrow: told once, in the evening of their own clocks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import Int64, ObjectId

from common import clock
from common.mongo import collection
from common.zones import MOSCOW
from people.models import Candidate, City, Recruiter
from reminders.domain.states import SuppressionReason
from reminders.models import ReminderRule
from reminders.services.digests import digest_for, due_lists, interviews_on, plan_lists, store_list
from reminders.services.sending import send_all_due
from reminders.services.summary import midnight
from tests.api.test_indexes import planned
from tests.conftest import MakeCandidate
from tests.reminders_digests.conftest import MONDAY, TUESDAY, MakeInterview, at, command, set_time, the_row


def test_a_recruiter_hears_of_tomorrow_at_18_and_not_before(interview: MakeInterview, olga: Recruiter) -> None:
    interview()
    assert plan_lists(at("17:59") + timedelta(seconds=59)) == 0
    assert plan_lists(at("18:00")) == 1
    row = the_row()
    assert (row["kind"], row["subject_id"], row["target_chat_id"]) == ("tomorrow", olga.pk, 5001)
    assert (row["starts_at"], row["due_at"], row["stale_at"]) == (at("00:00", TUESDAY), at("18:00"), at("22:00"))
    assert (row["state"], row["booking_id"], row["attempts"]) == ("scheduled", None, 0)


def test_a_list_is_put_down_once_however_often_it_is_looked_for(interview: MakeInterview) -> None:
    interview()
    assert [plan_lists(at("18:00") + timedelta(seconds=5 * number)) for number in range(3)] == [1, 0, 0]
    assert plan_lists(at("23:00")) == 0
    assert collection("auto_messages").count_documents({}) == 1


def test_two_scans_at_once_put_one_list_down(interview: MakeInterview) -> None:
    """The unique index decides where both looked before either wrote."""
    interview()
    now = at("18:00")
    first, second = due_lists(now), due_lists(now)
    assert [store_list(item, now) for item in (*first, *second)] == [True, False]
    assert collection("auto_messages").count_documents({}) == 1


def test_tomorrow_is_the_next_days_list_again(interview: MakeInterview) -> None:
    interview()
    interview(at("10:00", TUESDAY + timedelta(days=1)))
    assert plan_lists(at("18:00")) == 1
    assert plan_lists(at("18:00", TUESDAY)) == 1


def test_who_has_nothing_tomorrow_hears_nothing(interview: MakeInterview) -> None:
    interview(at("14:00"))
    interview(at("00:00", TUESDAY + timedelta(days=1)))
    interview(status="pending")
    interview(status="cancelled", live=False)
    assert plan_lists(at("18:00")) == 0


@pytest.mark.parametrize("gone", [{"is_active": False}, {"telegram_id": None}, {"blocked_at": MONDAY}])
def test_who_can_not_be_written_to_gets_no_list(
    interview: MakeInterview, olga: Recruiter, gone: dict[str, Any]
) -> None:
    interview()
    Recruiter.objects.filter(pk=olga.pk).update(**gone)
    assert plan_lists(at("18:00")) == 0


def test_a_list_whose_reader_has_gone_meanwhile_goes_to_nobody(interview: MakeInterview, olga: Recruiter) -> None:
    interview()
    plan_lists(at("18:00"))
    for gone in ({"is_active": False}, {"is_active": True, "telegram_id": 7777}):
        Recruiter.objects.filter(pk=olga.pk).update(**gone)
        assert digest_for(the_row(), at("18:00")) is SuppressionReason.NO_CHAT


def test_a_list_with_nothing_left_to_tell_is_not_sent_and_says_so(interview: MakeInterview) -> None:
    booking_id = interview()
    plan_lists(at("18:00"))
    collection("bookings").update_one({"_id": booking_id}, {"$set": {"status": "cancelled", "live": False}})
    assert send_all_due(at("18:00")) == 0
    assert (the_row()["state"], the_row()["why"]) == ("suppressed", "empty")


def test_tomorrow_means_the_recruiters_own_clocks(interview: MakeInterview) -> None:
    """Vladivostok is seven hours ahead of Moscow."""
    zone = "Asia/Vladivostok"
    city = City.objects.create(name="Владивосток", timezone=zone)
    vera = Recruiter.objects.create(name="Вера Ким", city=city, telegram_id=5002, started_at=clock.now())
    interview(at("00:30", TUESDAY, zone), recruiter=vera)
    interview(at("23:50", TUESDAY, zone), recruiter=vera)
    interview(at("00:10", TUESDAY + timedelta(days=1), zone), recruiter=vera)
    assert plan_lists(at("17:59", zone=zone)) == 0
    assert plan_lists(at("18:00", zone=zone)) == 1
    told = command(the_row(), at("18:00", zone=zone))
    assert (told.day, told.timezone, len(told.entries)) == ("2027-03-02", zone, 2)
    assert told.not_after == at("22:00", zone=zone)


def test_a_day_with_a_change_of_clocks_has_its_own_length(interview: MakeInterview) -> None:
    """In Berlin 28 March 2027 has 23 hours."""
    zone = "Europe/Berlin"
    city = City.objects.create(name="Берлин", timezone=zone)
    heidi = Recruiter.objects.create(name="Хайди", city=city, telegram_id=5003, started_at=clock.now())
    saturday, sunday = datetime(2027, 3, 27, tzinfo=UTC), datetime(2027, 3, 28, tzinfo=UTC)
    there = {"room": "", "city": "Берлин", "event": "Аналитики", "timezone": zone, "recruiter": ""}
    interview(at("23:30", sunday, zone), recruiter=heidi, slot=there)
    interview(at("00:10", sunday + timedelta(days=1), zone), recruiter=heidi, slot=there)
    plan_lists(at("18:00", saturday, zone))
    told = command(the_row(), at("18:00", saturday, zone))
    assert (told.day, len(told.entries)) == ("2027-03-28", 1)
    assert midnight(at("12:00", sunday, zone), zone, days=1) - midnight(at("12:00", sunday, zone), zone) == timedelta(
        hours=23
    )


def test_staff_set_the_time_for_a_city_or_switch_it_off(interview: MakeInterview, moscow: City) -> None:
    interview()
    set_time("tomorrow", "20:00")
    assert plan_lists(at("19:59")) == 0
    set_time("tomorrow", "19:00", city=moscow)
    assert plan_lists(at("19:00")) == 1
    collection("auto_messages").delete_many({})
    ReminderRule.objects.filter(city=moscow).update(is_on=False)
    assert plan_lists(at("20:00")) == 0


def test_after_an_outage_it_still_comes_in_the_evening_but_not_at_night(interview: MakeInterview) -> None:
    interview()
    plan_lists(at("21:59"))
    assert (the_row()["state"], the_row()["why"]) == ("scheduled", "")
    collection("auto_messages").delete_many({})
    plan_lists(at("22:00"))
    assert (the_row()["state"], the_row()["why"]) == ("suppressed", "stale")


def test_the_list_tells_who_comes_and_whom_to_call(interview: MakeInterview, make_candidate: MakeCandidate) -> None:
    nameless = make_candidate(first_name="Иван", last_name="Сидоров", username="", started_at=MONDAY)
    unstarted = make_candidate(first_name="Пётр", username="petr_p")
    interview(at("16:00", TUESDAY), unstarted, attendance="reschedule_asked")
    interview(at("09:00", TUESDAY), nameless, attendance="confirmed")
    interview(at("12:00", TUESDAY), candidate_by_hand=True, delay_minutes=10)
    plan_lists(at("18:00"))
    row = the_row()
    told = command({**row, "attempts": Int64(2)}, at("18:00"))
    assert (told.digest_id, told.attempt, told.chat_id, told.language) == (str(row["_id"]), 3, 5001, None)
    assert (told.day, told.timezone, told.more, told.summary) == ("2027-03-02", MOSCOW, 0, None)
    first, second, third = told.entries
    assert (first.candidate, first.link) == ("Иван Сидоров", f"tg://user?id={nameless.telegram_id}")
    assert (first.attendance, first.by_hand, first.place) == ("confirmed", False, "Офис на Тверской, 3.14")
    assert (second.attendance, second.by_hand, second.delay_minutes) == (None, True, 10)
    assert (third.attendance, third.by_hand, third.link) == ("reschedule_asked", True, "https://t.me/petr_p")


def test_a_repeat_of_one_attempt_is_one_message_and_the_next_attempt_another(interview: MakeInterview) -> None:
    interview()
    plan_lists(at("18:00"))
    row = the_row()
    first, again = command(row, at("18:00")), command(row, at("18:01"))
    assert first.message_id == again.message_id
    assert command({**row, "attempts": 1}, at("18:05")).message_id != first.message_id


def test_a_very_long_day_is_cut_and_says_so(interview: MakeInterview, maria: Candidate) -> None:
    for number in range(103):
        interview(at("09:00", TUESDAY) + timedelta(minutes=number), maria, event_id=ObjectId())
    plan_lists(at("18:00"))
    told = command(the_row(), at("18:00"))
    assert (len(told.entries), told.more) == (100, 3)
    assert send_all_due(at("18:00")) == 1
    assert collection("outbox").count_documents({"queue": "bot.digest.command"}) == 1


def test_a_recruiters_day_walks_an_index(interview: MakeInterview) -> None:
    """R1."""
    for number in range(30):
        interview(at("10:00") + timedelta(days=number))
    plan = planned("bookings", interviews_on(ObjectId(), TUESDAY.date()), [("starts_at", 1), ("_id", 1)])
    assert plan & {"bookings_recruiter", "bookings_recruiter_status"} and "COLLSCAN" not in plan
