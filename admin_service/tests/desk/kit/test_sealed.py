"""What is confirmed is what was shown."""

from datetime import timedelta
from typing import Any

from django.urls import reverse

from common.mongo import collection
from people.models import Candidate, City, Recruiter
from questionnaires.models import QuestionnaireVersion
from reminders.models import ReminderRule
from scheduling.models import Booking, InterviewEvent, InterviewSlot
from scheduling.services.staff_commands import book_for
from tests.conftest import MakeSlot
from tests.desk.test_slot_pages import LIST, many, page_of
from tests.helpers.questionnaires import make_draft
from tests.helpers.staff_client import StaffClient, unseen

CHANGED = "It is not as you were shown it any more"


def told(response: Any) -> str:
    """The text of a page that was shown again."""
    assert response.status_code == 200
    return str(response.content.decode())


def test_fields_edited_after_the_preview_are_previewed_anew(
    desk: StaffClient, event: InterviewEvent, moscow: City
) -> None:
    """The issue's example: “Make 5 slots” made 15. Guard: ``_may_create``."""
    url = reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])
    preview = desk.post(url, {**many(moscow), "preview": "1"})
    assert "Make 6 slots" in told(preview)
    edited = many(moscow, last_day="", times="10:00, 11:00, 12:00, 13:00")
    anew = desk.post(url, {**edited, "create": "1"}, opened=unseen(preview))
    assert "Make 4 slots" in told(anew) and CHANGED in told(anew)
    assert not InterviewSlot.objects.exists()
    assert desk.post(url, {**edited, "create": "1"}, opened=unseen(anew)).status_code == 302
    assert InterviewSlot.objects.count() == 4


def test_what_a_colleague_made_meanwhile_changes_the_preview(
    desk: StaffClient, event: InterviewEvent, moscow: City
) -> None:
    url = reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])
    preview = desk.post(url, {**many(moscow), "preview": "1"})
    desk.post(url, {**many(moscow, last_day=""), "create": "1"})
    assert "Make 3 slots" in told(desk.post(url, {**many(moscow), "create": "1"}, opened=unseen(preview)))
    assert InterviewSlot.objects.count() == 3


def test_the_slots_deleted_are_those_that_were_listed(desk: StaffClient, make_slot: MakeSlot) -> None:
    """Guard: ``is_as_shown`` in ``_delete``; one of them was moved meanwhile."""
    slots = [make_slot(), make_slot(timedelta(days=4))]
    order = {"action": "delete_slots", "_selected_action": [str(slot.pk) for slot in slots]}
    listed = desk.post(reverse(LIST), order)
    assert "These 2 slots will be deleted" in told(listed)
    InterviewSlot.objects.filter(pk=slots[0].pk).update(location="Другой офис")
    again = desk.post(reverse(LIST), {**order, "_confirm": "1"}, opened=unseen(listed))
    assert CHANGED in told(again) and "Другой офис" in told(again)
    one = {**order, "_selected_action": [str(slots[0].pk)], "_confirm": "1"}
    assert CHANGED in told(desk.post(reverse(LIST), one, opened=unseen(again))), "nor are it fewer"
    assert InterviewSlot.objects.count() == 2
    desk.post(reverse(LIST), {**order, "_confirm": "1"}, opened=unseen(again))
    assert not InterviewSlot.objects.exists()


def test_who_books_meanwhile_is_not_cancelled_unseen(desk: StaffClient, maria: Candidate, make_slot: MakeSlot) -> None:
    """Guard: ``is_as_shown`` in ``_remove``."""
    url = reverse("admin:people_candidate_remove_one", args=[maria.pk])
    asked = desk.get(url)
    assert "0 of them have live bookings" in told(asked)
    book_for(maria.telegram_id, str(make_slot().pk), actor="boris", reason="")
    answer = {"_confirm": "1", "bookings": "cancel", "reason": ""}
    again = desk.post(url, answer, opened=unseen(asked))
    assert CHANGED in told(again) and "1 of them has live bookings" in told(again)
    assert Booking.objects.get().status == "booked" and Candidate.objects.get().is_allowed
    assert desk.confirm(url, answer, opened=unseen(again)).status_code == 302
    assert Booking.objects.get().status == "cancelled"


def test_the_draft_published_is_the_draft_that_was_looked_at(desk: StaffClient) -> None:
    """Guard: ``is_as_shown`` in ``publish_page``."""
    made = make_draft()
    url = reverse("admin:questionnaires_questionnaire_publish_page", args=[made.questionnaire.pk])
    asked = desk.get(url)
    made.change("city", text_ru="Город проживания?")
    assert CHANGED in told(desk.post(url, {"_confirm": "1"}, opened=unseen(asked)))
    assert not QuestionnaireVersion.objects.exists()


def test_a_seat_is_taken_at_the_time_that_was_read(desk: StaffClient, maria: Candidate, make_slot: MakeSlot) -> None:
    slot = make_slot()
    asked = desk.get(page_of(slot, "book"))
    later = slot.starts_at + timedelta(hours=5)
    collection("interview_slots").update_one({"_id": slot.pk}, {"$set": {"starts_at": later}})
    order = {"telegram_id": maria.telegram_id, "reason": "", "_confirm": "1"}
    assert CHANGED in told(desk.post(page_of(slot, "book"), order, opened=unseen(asked)))
    assert not Booking.objects.exists()


def test_a_calendars_address_made_meanwhile_is_not_ended_unseen(desk: StaffClient, olga: Recruiter) -> None:
    url = reverse("admin:people_recruiter_calendar", args=[olga.pk])
    asked = desk.get(url)
    desk.post(url, {"_confirm": "1"})
    olga.refresh_from_db()
    token = olga.calendar_token_hash
    assert CHANGED in told(desk.post(url, {"_confirm": "1"}, opened=unseen(asked)))
    olga.refresh_from_db()
    assert olga.calendar_token_hash == token


def test_a_rule_changed_meanwhile_is_not_removed_unseen(desk: StaffClient) -> None:
    rule = ReminderRule.objects.create(kind="day_of", is_on=True, at="10:00", key="day_of.any.any")
    url = reverse("admin:reminders_reminderrule_remove", args=[rule.pk])
    asked = desk.get(url)
    ReminderRule.objects.filter(pk=rule.pk).update(at="11:00")
    assert CHANGED in told(desk.post(url, {"_confirm": "1"}, opened=unseen(asked)))
    assert not ReminderRule.objects.get().is_removed


def test_a_seal_is_of_one_login(desk: StaffClient, administrator: StaffClient, make_slot: MakeSlot) -> None:
    slot = make_slot()
    seal = unseen(administrator.get(page_of(slot, "delete")))["_sealed"]
    mine = unseen(desk.get(page_of(slot, "delete")))
    assert CHANGED in told(desk.post(page_of(slot, "delete"), {"_confirm": "1"}, opened={**mine, "_sealed": seal}))
    assert InterviewSlot.objects.exists()
