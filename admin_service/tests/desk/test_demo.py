"""Demo data on the first start."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from backoffice.models import StaffProfile
from broadcasts.models import AnnouncementChat
from common import clock
from people.models import Candidate, City, ContactSettings, Recruiter
from questionnaires.models import QuestionnaireVersion
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services.clashes import clashes_in
from shared_contracts.questionnaire import QuestionnaireView


@pytest.fixture(autouse=True)
def _login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_ADMIN_USER", "admin")
    monkeypatch.setenv("DEMO_ADMIN_PASSWORD", "only-for-this-test")
    monkeypatch.delenv("BROADCAST_CHAT_ID", raising=False)


def test_a_first_start_has_something_to_work_with(client: Any) -> None:
    call_command("seed_demo", verbosity=0)
    assert client.login(username="admin", password="only-for-this-test")
    roles = {profile.user.username: profile.role for profile in StaffProfile.objects.all()}
    assert roles == {
        "administrator": "administrator",
        "coordinator": "coordinator",
        "recruiter": "recruiter",
        "reader": "read_only",
    }
    for username in roles:
        assert client.login(username=username, password="only-for-this-test")
        assert client.get("/admin/scheduling/booking/").status_code == 200
    assert {city.name for city in City.objects.all()} == {"Москва", "Владивосток"}
    assert Recruiter.objects.count() == 3 and all(one.contact_url for one in Recruiter.objects.all())
    assert sorted(Candidate.objects.values_list("telegram_id", flat=True)) == list(range(1001, 1021))
    assert AnnouncementChat.objects.get().chat_id == -1001000000001
    assert ContactSettings.objects.get().contact_url
    assert InterviewEvent.objects.get(is_open=True).questionnaire is None


def test_the_recruiting_flow_waits_to_be_opened() -> None:
    call_command("seed_demo", verbosity=0)
    recruiting = InterviewEvent.objects.get(is_open=False)
    assert recruiting.chooses_recruiter and recruiting.approval_required
    assert recruiting.questionnaire and recruiting.questionnaire.published_version == 1
    questions = QuestionnaireView.model_validate_json(QuestionnaireVersion.objects.get().content).questions
    assert {question.kind for question in questions} >= {"full_name", "city", "number", "choice", "text"}
    effects = {choice.effect for question in questions for choice in question.choices}
    assert effects == {"go_on", "clarify", "reject"}
    assert any(question.asked_if for question in questions)
    assert any(question.reject_below for question in questions)
    slots = InterviewSlot.objects.filter(event=recruiting)
    assert {slot.recruiter_id for slot in slots} == {recruiter.pk for recruiter in Recruiter.objects.all()}


def test_the_demo_slots_are_many_and_various_and_soon() -> None:
    call_command("seed_demo", verbosity=0)
    slots = list(InterviewSlot.objects.all())
    assert len(slots) >= 24
    assert {slot.max_users for slot in slots} == {1, 2, 3, 4, 5}
    assert len({slot.location for slot in slots}) >= 3 and len({slot.room for slot in slots}) >= 3
    now = clock.now()
    assert clashes_in([slot.pk for slot in slots]) == [], "nobody is double-booked"
    assert all(now < slot.closes_at and slot.starts_at < now + timedelta(days=9) for slot in slots)


def test_a_second_start_changes_nothing() -> None:
    call_command("seed_demo", verbosity=0)
    Candidate.objects.filter(telegram_id=1001).update(first_name="Изменено")
    call_command("seed_demo", verbosity=0)
    assert Candidate.objects.filter(first_name="Изменено").count() == 1
    assert (InterviewEvent.objects.count(), User.objects.count(), Candidate.objects.count()) == (2, 5, 20)


def test_the_chat_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROADCAST_CHAT_ID", "-42")
    call_command("seed_demo", verbosity=0)
    assert AnnouncementChat.objects.get().chat_id == -42


def test_a_wrong_chat_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROADCAST_CHAT_ID", "the group")
    with pytest.raises(CommandError, match="BROADCAST_CHAT_ID"):
        call_command("seed_demo", verbosity=0)
