"""Questionnaires and answers at the desk (R9)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from common.models import AuditEntry
from common.mongo import in_transaction
from people.models import Candidate, City
from questionnaires.consumer import store_answers
from questionnaires.models import Choice, Question, Questionnaire, QuestionnaireAnswers, QuestionnaireVersion
from scheduling.models import Booking, InterviewEvent
from tests.conftest import MakeSlot
from tests.desk.conftest import Text
from tests.helpers.asking import book, outcome
from tests.helpers.questionnaires import Made, answered, make_draft, make_published


@pytest.fixture
def made() -> Made:
    """The published questionnaire."""
    return make_published()


def page_of(document: Any, action: str = "change") -> str:
    return reverse(f"admin:{document._meta.app_label}_{document._meta.model_name}_{action}", args=[document.pk])


def rows(prefix: str, items: list[dict[str, Any]], existing: int = 0) -> dict[str, Any]:
    """An inline formset as the browser sends it."""
    order: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": len(items),
        f"{prefix}-INITIAL_FORMS": existing,
        f"{prefix}-MIN_NUM_FORMS": 0,
        f"{prefix}-MAX_NUM_FORMS": 30,
    }
    for number, item in enumerate(items):
        order |= {f"{prefix}-{number}-{name}": value for name, value in item.items()}
    return order


TITLES = {"title_ru": "Анкета", "title_en": "Questions"}


def test_a_questionnaire_is_written_from_nothing_and_published(desk: Client) -> None:
    asked = [
        {"text_ru": "Есть опыт?", "text_en": "Experience?", "kind": "choice", "position": 1000},
        {"text_ru": "Как вас зовут?", "text_en": "Your name?", "kind": "full_name", "position": 1000},
    ]
    response = desk.post(reverse("admin:questionnaires_questionnaire_add"), {**TITLES, **rows("questions", asked)})
    questionnaire = Questionnaire.objects.get()
    assert response.headers["Location"] == page_of(questionnaire)
    first, second = Question.objects.order_by("position")
    assert (first.text_ru, first.position, second.position) == ("Есть опыт?", 0, 1)

    choices = [
        {"label_ru": "Да", "label_en": "Yes", "effect": "go_on", "position": 1000},
        {
            "label_ru": "Нет",
            "label_en": "No",
            "effect": "reject",
            "text_ru": "Нужен",
            "text_en": "Needed",
            "position": 1000,
        },
    ]
    order = {"text_ru": "Есть опыт?", "text_en": "Any?", "kind": "choice", **rows("choices", choices)}
    assert desk.post(page_of(first), order).headers["Location"] == page_of(questionnaire)
    assert [choice.label_ru for choice in Choice.objects.order_by("position")] == ["Да", "Нет"]

    branch = {"text_ru": "Как вас зовут?", "text_en": "Your name?", "kind": "full_name"}
    yes = Choice.objects.get(label_ru="Да")
    desk.post(page_of(second), {**branch, "asked_if_choice": str(yes.pk)})
    assert Question.objects.get(pk=second.pk).asked_if_choice == yes

    assert desk.post(page_of(questionnaire, "publish_page")).status_code == 302
    assert QuestionnaireVersion.objects.get().published_by == "anna"


def test_a_wrong_row_saves_nothing(desk: Client) -> None:
    """Guard: rows and title are saved together."""
    asked = [{"text_ru": "", "text_en": "Experience?", "kind": "text", "position": 5}]
    desk.post(reverse("admin:questionnaires_questionnaire_add"), {**TITLES, **rows("questions", asked)})
    assert not Questionnaire.objects.exists() and not Question.objects.exists()


def test_rows_are_dragged_and_dropped(desk: Client) -> None:
    made = make_draft()
    items = [
        {"id": str(question.pk), "position": position, "text_ru": question.text_ru, "kind": question.kind}
        for question, position in zip(made.questions.values(), [1, 2, 0, 3, 4], strict=True)
    ]
    items[4]["DELETE"] = "on"
    items = [{**item, "questionnaire": str(made.questionnaire.pk)} for item in items]
    desk.post(page_of(made.questionnaire), {**TITLES, **rows("questions", items, existing=5)})
    now = Question.objects.order_by("position").values_list("text_ru", flat=True)
    assert list(now) == ["Какой город?", "Есть опыт?", "Сколько лет?", "Как вас зовут?"]


def test_a_branch_hangs_only_on_choices_of_earlier_questions(text: Text) -> None:
    made = make_draft()
    assert "Есть опыт? — Да" in text(page_of(made.questions["years"]))
    assert "Есть опыт? — Да" not in text(page_of(made.questions["experience"]))


def test_a_choice_that_a_branch_hangs_on_is_not_dropped(desk: Client) -> None:
    """Guard: the foreign key protects it."""
    made = make_draft()
    items = [
        {
            "id": str(one.pk),
            "question": str(one.question_id),
            "position": at,
            "label_ru": one.label_ru,
            "effect": "go_on",
        }
        for at, one in enumerate(made.choices.values())
    ]
    items[0]["DELETE"] = "on"
    order = {"text_ru": "Есть опыт?", "text_en": "Any?", "kind": "choice", **rows("choices", items, existing=3)}
    assert desk.post(page_of(made.questions["experience"]), order).status_code == 200
    assert Choice.objects.count() == 3


def test_publishing_names_every_problem_and_publishes_nothing(desk: Client) -> None:
    made = make_draft()
    made.change("years", text_en="")
    made.change("city", hint_ru="Ближайший")
    for response in (
        desk.get(page_of(made.questionnaire, "publish_page")),
        desk.post(page_of(made.questionnaire, "publish_page")),
    ):
        page = response.content.decode()
        assert "Question 2, “Сколько лет?”, “question, English”: is empty." in page
        assert "Question 3, “Какой город?”, “hint, English”: is empty." in page
        assert 'id="publish"' not in page
    assert not QuestionnaireVersion.objects.exists()


def test_the_page_says_what_is_published_and_whether_the_draft_differs(text: Text) -> None:
    made = make_draft()
    assert "Never published" in text(page_of(made.questionnaire))
    made.publish()
    assert "Candidates are asked just this: version 1" in text(page_of(made.questionnaire))
    made.change("city", text_ru="Город?")
    page = text(page_of(made.questionnaire))
    assert "This draft differs from version 1" in page
    assert "version 1, changed since" in text(reverse("admin:questionnaires_questionnaire_changelist"))


def test_the_preview_shows_both_languages_branches_and_ends(text: Text, made: Made) -> None:
    made.change("city", text_ru="Новый вопрос?")
    page = text(page_of(made.questionnaire, "preview_page"))
    for words in ("Есть опыт?", "Any experience?", "Only if:", "Any experience? — Yes", "Нужны два года", "Какой?"):
        assert words in page
    assert "Новый вопрос?" in page and "2 of 5" in page
    assert "Новый вопрос?" not in text(f"{page_of(made.questionnaire, 'preview_page')}?version=1")


@pytest.mark.parametrize("number", ["2", "x", "-1", "9" * 30, "²"])
def test_a_garbled_version_is_no_page(desk: Client, made: Made, number: str) -> None:
    assert desk.get(f"{page_of(made.questionnaire, 'preview_page')}?version={number}").status_code == 404


def test_what_staff_wrote_is_text_on_every_page(text: Text) -> None:
    made = make_draft()
    evil = "<script>alert(1)</script>"
    made.change("city", text_ru=evil, hint_ru=evil, hint_en=evil)
    made.change_choice("no", label_ru=evil, text_ru=evil)
    made.publish()
    for url in (
        page_of(made.questionnaire),
        page_of(made.questions["years"]),
        page_of(made.questionnaire, "preview_page"),
        page_of(made.questionnaire, "publish_page"),
    ):
        assert evil not in text(url)


@pytest.fixture
def asking_event(made: Made) -> InterviewEvent:
    """An open interview event that the questionnaire comes first at."""
    return InterviewEvent.objects.create(title="Набор", questionnaire=made.questionnaire)


def store(item: Any) -> None:
    in_transaction(lambda: store_answers(item, clock.now()))


def test_answers_are_read_on_the_booking_and_the_candidates_page(
    desk: Client, maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made, make_slot: MakeSlot
) -> None:
    store(answered(maria, asking_event, made, made.answers(moscow, name="<b>Мария</b> Петрова")))
    outcome(book(maria, make_slot(of=asking_event)))
    for document in (Booking.objects.get(), maria, QuestionnaireAnswers.objects.get()):
        page = desk.get(page_of(document)).content.decode()
        assert "Any experience?" in page and "31 December 2026" in page
        assert "&lt;b&gt;Мария&lt;/b&gt; Петрова" in page and "<b>Мария" not in page
        page = desk.get(page_of(document), headers={"Accept-Language": "ru"}).content.decode()
        assert "Есть опыт?" in page and "31 декабря 2026" in page


def test_a_rejected_person_is_let_answer_again(
    desk: Client, maria: Candidate, asking_event: InterviewEvent, made: Made
) -> None:
    given = [made.answer("experience", made.choices["no"].key)]
    store(answered(maria, asking_event, made, given, rejected_by=given[0].key))
    answers = QuestionnaireAnswers.objects.get()
    assert "Нужен опыт" in desk.get(page_of(answers), headers={"Accept-Language": "ru"}).content.decode()
    assert desk.get(page_of(answers, "let_again")).status_code == 200
    assert QuestionnaireAnswers.objects.get().current
    response = desk.post(page_of(answers, "let_again"), follow=True)
    assert "can be answered again" in response.content.decode()
    assert not QuestionnaireAnswers.objects.get().current
    assert page_of(answers, "let_again") not in desk.get(page_of(answers)).content.decode()
    response = desk.post(page_of(answers, "let_again"), follow=True)
    assert "Only the latest answers" in response.content.decode()


def test_answers_are_found_and_filtered(
    text: Text, maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made
) -> None:
    store(answered(maria, asking_event, made, made.answers(moscow)))
    url = reverse("admin:questionnaires_questionnaireanswers_changelist")
    for query, found in [
        ("q=петрова", True),
        ("q=@maria_p", True),
        (f"q={maria.telegram_id}", True),
        ("q=zzz", False),
        ("status__exact=passed", True),
        ("status__exact=rejected", False),
        (f"event={asking_event.pk}", True),
        (f"event={moscow.pk}", False),
        ("current__exact=0", False),
    ]:
        assert ("Мария Петрова" in text(f"{url}?{query}")) is found, query


def test_the_events_form_keeps_its_policy(desk: Client, made: Made, event: InterviewEvent) -> None:
    order = {
        "title": event.title,
        "is_open": "on",
        "questionnaire": str(made.questionnaire.pk),
        "chooses_recruiter": "on",
        "approval_required": "on",
        "pending_hours": 12,
        "reminder_minutes": 45,
        "booking_cutoff_minutes": 60,
        "move_cutoff_minutes": 60,
        "cancel_cutoff_minutes": 0,
    }
    assert desk.post(page_of(event), order).status_code == 302
    now = InterviewEvent.objects.get()
    assert (now.questionnaire, now.chooses_recruiter, now.reminder_minutes) == (made.questionnaire, True, 45)
    (entry,) = AuditEntry.objects.filter(subject="event", action="changed")
    assert (entry.before["reminder_minutes"], entry.after["reminder_minutes"]) == (120, 45)
    told = desk.get(reverse("admin:common_auditentry_changelist")).content.decode()
    assert "the recruiter is reminded, minutes before a request expires: 120 → 45" in told
    draft = make_draft().questionnaire
    refused = desk.post(page_of(event), {**order, "questionnaire": str(draft.pk)})
    assert "Publish the questionnaire first." in refused.content.decode()
    assert InterviewEvent.objects.get().questionnaire == made.questionnaire


def test_only_administrators_change_questionnaires(
    coordinator: Client,
    administrator: Client,
    reader: Client,
    made: Made,
    maria: Candidate,
    asking_event: InterviewEvent,
) -> None:
    """Guards: permissions of pages and roles; whoever may only look at answers sets none aside."""
    made.change("city", text_ru="Город?")
    publish = page_of(made.questionnaire, "publish_page")
    assert coordinator.get(page_of(made.questionnaire)).status_code == 200
    assert coordinator.get(page_of(made.questionnaire, "preview_page")).status_code == 200
    assert coordinator.post(publish).status_code == 403
    assert coordinator.get(reverse("admin:questionnaires_questionnaire_add")).status_code == 403
    assert coordinator.post(page_of(made.questions["city"]), {"text_ru": "Взлом"}).status_code == 403
    assert administrator.post(publish).status_code == 302
    given = [made.answer("experience", made.choices["no"].key)]
    store(answered(maria, asking_event, made, given, rejected_by=given[0].key))
    answers = QuestionnaireAnswers.objects.get()
    assert reader.post(page_of(answers, "let_again")).status_code == 403
    assert QuestionnaireAnswers.objects.get().current
    assert coordinator.post(page_of(answers, "let_again")).status_code == 302
    assert not QuestionnaireAnswers.objects.get().current
