"""Drafts of questionnaires and the versions published from them (R9)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation
from pymongo.errors import DuplicateKeyError

from common import clock
from common.mongo import collection
from common.refusals import RefusedError
from questionnaires.models import Choice, Question, Questionnaire, QuestionnaireVersion
from questionnaires.services.draft import Draft
from questionnaires.services.publishing import differs, publish, save_draft, save_question
from questionnaires.services.reading import version_view
from shared_contracts.notification import CacheInvalidate
from tests.helpers.questionnaires import STAFF, Made, make_draft, make_published


@pytest.fixture(autouse=True)
def _in_russian() -> Iterator[None]:
    """Refusals are read in Russian, whatever a page before was asked in."""
    with translation.override("ru"):
        yield


def problems(made: Made) -> str:
    return "\n".join(Draft(made.fresh()).problems())


def test_a_published_draft_is_what_candidates_are_asked() -> None:
    made = make_published()
    view = version_view(made.questionnaire.pk, 1)
    assert view and view.title.en == "Questions"
    assert [question.text.ru for question in view.questions][:2] == ["Есть опыт?", "Сколько лет?"]
    experience, years = view.questions[:2]
    assert [choice.effect for choice in experience.choices] == ["go_on", "clarify", "reject"]
    assert years.asked_if and years.asked_if.question == experience.key
    assert years.asked_if.choices == [experience.choices[0].key]
    assert (years.least, years.reject_below) == (0, 2) and years.reject_reason


def test_publishing_is_audited_and_tells_the_bot() -> None:
    made = make_published()
    entry = collection("audit_entries").find_one({"subject_id": made.questionnaire.pk, "action": "published"})
    assert entry and (entry["actor"], entry["after"]) == ("staff:anna", {"published_version": 1})
    bodies = [row["body"] for row in collection("outbox").find({"queue": "bot.cache.invalidate"})]
    caches = [CacheInvalidate.model_validate_json(body).caches for body in bodies]
    assert ["events"] in caches


@pytest.mark.parametrize(
    ("name", "fields", "said"),
    [
        ("years", {"text_en": " "}, "Вопрос 2, «Сколько лет?», «вопрос по-английски»: не заполнено."),
        ("city", {"hint_ru": "Ближайший"}, "Вопрос 3, «Какой город?», «подсказка по-английски»: не заполнено."),
        ("city", {"example_en": "Omsk"}, "«пример по-русски»: не заполнено."),
        ("years", {"reject_reason_en": ""}, "«текст отказа по-английски»: не заполнено."),
        ("years", {"least": 61}, "«не больше»: под такие границы ничего не подойдёт."),
        ("name", {"kind": "choice"}, "варианты: нужно от 2 до 12."),
        ("name", {"kind": "text", "most": 501}, "«не больше»: укажите от 1 до 500 символов."),
    ],
)
def test_every_problem_is_named_with_its_question_and_field(name: str, fields: dict[str, Any], said: str) -> None:
    made = make_draft()
    made.change(name, **fields)
    assert said in problems(made)


@pytest.mark.parametrize(
    ("name", "fields", "said"),
    [
        (
            "other",
            {"text_en": ""},
            "«Другой», «текст по-английски»: не заполнено.",
        ),
        ("no", {"text_ru": ""}, "вариант «Нет», «текст по-русски»: не заполнено."),
        ("yes", {"label_en": ""}, "вариант «Да», «кнопка по-английски»: не заполнено."),
        ("yes", {"label_ru": "нет"}, "варианты: две кнопки называются одинаково."),
        ("yes", {"effect": "reject", "text_ru": "Увы", "text_en": "Sorry"}, "этот вариант ведёт к отказу"),
    ],
)
def test_problems_of_choices_are_named_too(name: str, fields: dict[str, Any], said: str) -> None:
    made = make_draft()
    made.change_choice(name, **fields)
    assert said in problems(made)


def test_a_branch_must_follow_the_question_it_hangs_on() -> None:
    made = make_draft()
    made.change("city", asked_if_choice=made.choices["yes"])
    assert problems(made) == ""
    save_draft(made.fresh(), [_at(made.questions["experience"], 9)], [], actor=STAFF)
    assert problems(made).count("укажите вариант одного из предыдущих вопросов") == 2


def test_a_branch_does_not_hang_on_a_question_that_no_longer_offers_choices() -> None:
    """Guard: ``before is None`` in ``_wrong_branch``: published, everyone would be asked it."""
    made = make_draft()
    made.change("experience", kind="text")
    assert problems(made).count("укажите вариант одного из предыдущих вопросов") == 1


def _at(question: Question, position: int) -> Question:
    question.position = position
    return question


def test_nothing_is_published_while_there_is_a_problem() -> None:
    """Guard: ``problems`` before publishing."""
    made = make_draft()
    made.change("years", text_en="")
    with pytest.raises(RefusedError, match="вопрос по-английски"):
        made.publish()
    empty = Questionnaire(title_ru="Пустая", title_en="Empty")
    save_draft(empty, [], [], actor=STAFF)
    with pytest.raises(RefusedError, match="нет ни одного вопроса"):
        publish(empty, actor=STAFF)
    assert QuestionnaireVersion.objects.count() == 0
    assert made.fresh().published_version is None


def test_a_new_version_leaves_the_old_one_as_it_was() -> None:
    made = make_published()
    before = QuestionnaireVersion.objects.get(number=1).content
    made.change("city", text_ru="В каком вы городе?")
    assert made.publish() == 2
    assert QuestionnaireVersion.objects.get(number=1).content == before
    second = version_view(made.questionnaire.pk, 2)
    assert second and second.questions[2].text.ru == "В каком вы городе?"
    assert second.questions[2].key == made.questions["city"].key


def test_the_draft_says_when_it_differs_from_what_is_published() -> None:
    made = make_draft()
    assert differs(Draft(made.fresh()))
    made.publish()
    assert not differs(Draft(made.fresh()))
    with pytest.raises(RefusedError, match="ничего не изменилось"):
        made.publish()
    made.change_choice("yes", label_ru="Да, есть")
    assert differs(Draft(made.fresh()))


def test_a_published_version_is_neither_changed_nor_deleted() -> None:
    make_published()
    version = QuestionnaireVersion.objects.get()
    with pytest.raises(TypeError, match="never changes"):
        version.save()
    with pytest.raises(TypeError, match="never deleted"):
        version.delete()
    with pytest.raises(TypeError, match="answering"):
        from questionnaires.models import QuestionnaireAnswers

        QuestionnaireAnswers().save()


def test_two_who_publish_at_once_make_one_version() -> None:
    """Guard: publishing is conditional on the version that was published before."""
    made = make_draft()
    seen_by_both = made.fresh()
    made.publish()
    made.change("city", text_ru="Город?")
    with pytest.raises(RefusedError, match="только что опубликовал"):
        publish(seen_by_both, actor="boris")
    assert [version.published_by for version in QuestionnaireVersion.objects.all()] == [STAFF]


def test_a_version_number_is_given_once() -> None:
    """Guard: the unique index, the second wall."""
    make_published()
    row = collection("questionnaire_versions").find_one({}, {"_id": 0})
    assert row
    with pytest.raises(DuplicateKeyError):
        collection("questionnaire_versions").insert_one(row)


def test_new_rows_come_last_and_dropped_ones_take_their_choices_along() -> None:
    made = make_draft()
    extra = [Question(text_ru="Ещё?", kind="text"), Question(text_ru="И ещё?", kind="text")]
    save_draft(made.fresh(), extra, [made.questions["name"]], actor=STAFF)
    rows = Question.objects.filter(questionnaire=made.questionnaire).order_by("position")
    texts = ["Есть опыт?", "Сколько лет?", "Какой город?", "С какого дня?", "Ещё?", "И ещё?"]
    assert [(row.position, row.text_ru) for row in rows] == list(enumerate(texts))
    made.change("years", asked_if_choice=None)
    save_draft(made.fresh(), [], [made.questions["experience"]], actor=STAFF)
    assert Choice.objects.count() == 0


def test_saving_a_draft_keeps_what_was_published_meanwhile() -> None:
    """Guard: a draft's save writes the titles only."""
    made = make_draft()
    opened_before = made.fresh()
    made.publish()
    save_draft(opened_before, [], [], actor=STAFF)
    assert made.fresh().published_version == 1


def test_saving_a_question_keeps_the_order_that_someone_else_has_set() -> None:
    """Guard: a question's own page does not write its position."""
    made = make_draft()
    opened_before = Question.objects.get(pk=made.questions["city"].pk)
    save_draft(made.fresh(), [_at(made.questions["city"], 0), _at(made.questions["experience"], 1)], [], actor=STAFF)
    save_question(opened_before, [], [], actor="boris")
    assert Question.objects.get(pk=opened_before.pk).position == 0


def test_every_change_moves_updated_at_and_is_audited() -> None:
    made = make_draft()
    before, entries = made.fresh().updated_at, collection("audit_entries").count_documents({})
    save_draft(made.fresh(), [], [], actor=STAFF)
    save_question(made.questions["city"], [], [], actor=STAFF)
    made.publish()
    assert before < made.fresh().updated_at <= clock.now()
    assert collection("audit_entries").count_documents({}) == entries + 3
