"""Questionnaires over HTTP (R9), and what an interview event says comes first."""

import pytest
from django.test import Client

from common import clock
from common.mongo import collection, in_transaction
from common.refusals import RefusedError
from people.models import Candidate, City, Recruiter
from people.services.people import save_recruiter
from questionnaires.consumer import store_answers
from questionnaires.services.reading import current_answers
from scheduling.models import InterviewEvent
from scheduling.services.slots import save_event
from shared_contracts.directory import InterviewEvent as EventView
from shared_contracts.directory import Page, Screening, SlotView
from shared_contracts.notification import CacheInvalidate
from shared_contracts.questionnaire import QuestionnaireView
from tests.api.test_indexes import planned, stages
from tests.conftest import MakeSlot
from tests.helpers.questionnaires import Made, answered, make_draft, make_published


@pytest.fixture
def made() -> Made:
    """The published questionnaire."""
    return make_published()


def test_a_version_is_read_and_may_be_kept_for_good(bot: Client, made: Made) -> None:
    url = f"/api/questionnaires/{made.questionnaire.pk}/versions/1"
    response = bot.get(url)
    view = QuestionnaireView.model_validate_json(response.content)
    assert (view.version, len(view.questions)) == (1, 5)
    assert "immutable" in response.headers["Cache-Control"]
    assert bot.get(url, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("tail", ["2", "0", "99999999999999999999", "x", "-1"])
def test_there_is_no_other_version(bot: Client, made: Made, tail: str) -> None:
    response = bot.get(f"/api/questionnaires/{made.questionnaire.pk}/versions/{tail}")
    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/problem+json")


def test_a_garbled_questionnaire_is_not_found_and_a_stranger_reads_none(
    bot: Client, stranger: Client, made: Made
) -> None:
    assert bot.get("/api/questionnaires/x/versions/1").status_code == 404
    assert stranger.get(f"/api/questionnaires/{made.questionnaire.pk}/versions/1").status_code == 401
    assert stranger.get("/api/screening?telegram_id=1&event=6b0210a10ebbd9947507d2a0").status_code == 401


def screening(bot: Client, telegram_id: int, event: InterviewEvent) -> Screening:
    response = bot.get(f"/api/screening?telegram_id={telegram_id}&event={event.pk}")
    assert response.status_code == 200, response.content
    return Screening.model_validate_json(response.content)


def test_screening_says_how_far_a_person_is(
    bot: Client, made: Made, event: InterviewEvent, maria: Candidate, moscow: City
) -> None:
    asking = InterviewEvent.objects.create(title="Набор", questionnaire=made.questionnaire)
    assert screening(bot, maria.telegram_id, asking).status == "none"
    assert screening(bot, 999, asking).status == "none"
    item = answered(maria, asking, made, made.answers(moscow))
    in_transaction(lambda: store_answers(item, clock.now()))
    assert screening(bot, maria.telegram_id, event).status == "none"
    made.change("city", text_ru="Город?")
    made.publish()
    told = screening(bot, maria.telegram_id, asking)
    assert (told.status, told.version, told.reason) == ("passed", 1, None)


def test_an_event_that_asks_nothing_any_more_screens_nobody(
    bot: Client, made: Made, maria: Candidate, moscow: City
) -> None:
    asking = InterviewEvent.objects.create(title="Набор", questionnaire=made.questionnaire)
    item = answered(maria, asking, made, made.answers(moscow))
    in_transaction(lambda: store_answers(item, clock.now()))
    InterviewEvent.objects.filter(pk=asking.pk).update(questionnaire=None)
    assert screening(bot, maria.telegram_id, asking).status == "none"


def test_events_say_what_comes_before_a_slot(bot: Client, made: Made, event: InterviewEvent) -> None:
    InterviewEvent.objects.create(title="Набор", questionnaire=made.questionnaire, chooses_recruiter=True)
    InterviewEvent.objects.create(title="Без версии", questionnaire=make_draft().questionnaire)
    made.change("city", text_ru="Город?")
    made.publish()
    quick, recruiting, unpublished = Page[EventView].model_validate_json(bot.get("/api/events").content).results
    assert (quick.chooses_recruiter, quick.questionnaire) == (False, None)
    assert recruiting.chooses_recruiter and recruiting.questionnaire
    assert (recruiting.questionnaire.id, recruiting.questionnaire.version) == (str(made.questionnaire.pk), 2)
    assert unpublished.questionnaire is None


def test_an_event_takes_only_a_published_questionnaire_and_tells_the_bot(made: Made) -> None:
    """Guard: nobody could answer one that was never published."""
    draft = make_draft()
    with pytest.raises(RefusedError) as caught:
        save_event(InterviewEvent(title="Набор", questionnaire=draft.questionnaire), actor="anna")
    assert "questionnaire" in caught.value.errors
    assert not InterviewEvent.objects.exists()
    collection("outbox").delete_many({})
    save_event(InterviewEvent(title="Набор", questionnaire=made.questionnaire), actor="anna")
    (row,) = collection("outbox").find({"queue": "bot.cache.invalidate"})
    assert "events" in CacheInvalidate.model_validate_json(row["body"]).caches
    entry = collection("audit_entries").find_one({"subject": "event"})
    assert entry and entry["after"]["questionnaire_id"] == str(made.questionnaire.pk)


def test_slots_of_a_recruiter_who_has_left_are_not_offered(
    bot: Client, event: InterviewEvent, make_slot: MakeSlot, olga: Recruiter
) -> None:
    """Guard: ``loading.available``."""
    make_slot(recruiter=olga)
    other = make_slot()
    olga.is_active = False
    save_recruiter(olga, actor="anna")
    url = f"/api/available-slots?event={event.pk}"
    assert [slot.id for slot in Page[SlotView].model_validate_json(bot.get(url).content).results] == [str(other.pk)]
    assert bot.get(f"{url}&recruiter={olga.pk}").json()["results"] == []


def test_the_answers_that_count_are_looked_up(event: InterviewEvent, maria: Candidate) -> None:
    found = collection("questionnaire_answers").find(current_answers([maria.pk], [event.pk]))
    plan = set(stages(found.explain()["queryPlanner"]["winningPlan"]))
    assert plan & {"answers_current", "answers_one_current"} and "COLLSCAN" not in plan


def test_a_version_is_looked_up(made: Made) -> None:
    query = {"questionnaire_id": made.questionnaire.pk, "number": 1}
    assert "COLLSCAN" not in planned("questionnaire_versions", query, [("number", -1)])
