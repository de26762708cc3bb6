"""Candidates' answers: checked again, stored, and what they mean for booking (R9)."""

from typing import Any

import pytest
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from common import clock
from common.mongo import collection, in_transaction
from common.refusals import RefusedError
from messaging.dialogs import DialogAnswer
from people.models import Candidate, City
from questionnaires.consumer import store_answers
from questionnaires.models import QuestionnaireAnswers
from questionnaires.services.answering import let_answer_again
from questionnaires.services.names import first_and_last
from questionnaires.services.reading import CARD_BYTES, card_answers, screening
from scheduling.models import InterviewEvent
from scheduling.services.staff_commands import book_for
from shared_contracts.booking import Outcome
from shared_contracts.card import CardAnswer
from shared_contracts.dialog import DialogOutcome, QuestionnaireAnswered
from shared_contracts.notification import CacheInvalidate
from shared_contracts.questionnaire import MOST_QUESTIONS
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers.asking import book, outcome
from tests.helpers.questionnaires import Made, answered, make_published


@pytest.fixture
def made() -> Made:
    """The published questionnaire."""
    return make_published()


@pytest.fixture
def asking_event(made: Made) -> InterviewEvent:
    """An open interview event that the questionnaire comes first at."""
    return InterviewEvent.objects.create(title="Набор", questionnaire=made.questionnaire)


def stored(item: QuestionnaireAnswered) -> DialogAnswer:
    """As the consumer stores it."""
    return in_transaction(lambda: store_answers(item, clock.now()))


def answers_on_card(person: Candidate, event: InterviewEvent) -> list[CardAnswer]:
    """What a recruiter reads of one candidate."""
    pair = str(person.pk), str(event.pk)
    return card_answers([pair])[pair]


def rows(**query: Any) -> int:
    return collection("questionnaire_answers").count_documents(query)


def test_a_city_that_was_closed_meanwhile_is_none_to_come_to(
    maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made
) -> None:
    """Guard: ``is_city_closed``."""
    City.objects.filter(pk=moscow.pk).update(is_active=False)
    answer = stored(answered(maria, asking_event, made, made.answers(moscow)))
    assert (answer.outcome, answer.closed, rows()) == (DialogOutcome.FAILED, "city", 0)


def test_answers_that_pass_are_kept_as_people_read_them(
    maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made
) -> None:
    answer = stored(answered(maria, asking_event, made, made.answers(moscow)))

    assert (answer.outcome, answer.event_id) == (DialogOutcome.PASSED, str(asking_event.pk))
    said = answers_on_card(maria, asking_event)
    assert [(item.question.ru, item.answer.ru) for item in said] == [
        ("Есть опыт?", "Да"),
        ("Сколько лет?", "5"),
        ("Какой город?", "Москва"),
        ("Как вас зовут?", "Петрова Мария Ивановна"),
        ("С какого дня?", "31 декабря 2026"),
    ]
    assert [item.answer.en for item in said][::4] == ["Yes", "31 December 2026"]
    kept = QuestionnaireAnswers.objects.get()
    assert [item["value"] for item in kept.raw][1] == "5"
    assert (kept.person, kept.event, kept.version) == ("Мария Петрова", "Набор", 1)


def test_a_clarification_is_read_with_its_choice_and_a_skipped_question_as_a_dash(
    maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made
) -> None:
    given = made.answers(moscow, experience=None, years=None, since="")
    given.append(made.answer("experience", made.choices["other"].key, "в продажах"))
    assert stored(answered(maria, asking_event, made, given)).outcome is DialogOutcome.PASSED
    said = [item.answer.ru for item in answers_on_card(maria, asking_event)]
    assert said == ["Другой: в продажах", "Москва", "Петрова Мария Ивановна", "—"]


@pytest.mark.parametrize("letter", ["a", "ж", "🎓"])
def test_the_longest_answers_are_cut_so_that_a_card_fits_a_message(
    maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made, letter: str
) -> None:
    """Guard: the cut; thirty answers and questions at their longest would be several times a message."""
    stored(answered(maria, asking_event, made, made.answers(moscow)))
    text = {"ru": letter * 1_000, "en": letter * 1_000}
    longest = [{"question": text, "answer": text}] * MOST_QUESTIONS
    collection("questionnaire_answers").update_one({}, {"$set": {"answers": longest}})

    said = answers_on_card(maria, asking_event)

    assert len(said) == MOST_QUESTIONS
    assert sum(len(item.model_dump_json().encode()) for item in said) <= CARD_BYTES
    assert said[0].answer.ru.startswith(letter * 49)


def test_nothing_is_said_of_who_answered_nothing(maria: Candidate, event: InterviewEvent) -> None:
    assert answers_on_card(maria, event) == []


def test_each_card_has_its_own_candidates_answers(
    maria: Candidate, ivan: Candidate, moscow: City, asking_event: InterviewEvent, event: InterviewEvent, made: Made
) -> None:
    """They are read together. Guard: ``card_answers`` tells candidates and events apart."""
    for person, years in ((maria, "5"), (ivan, "6")):
        stored(answered(person, asking_event, made, made.answers(moscow, years=years)))
    pairs = {(str(person.pk), str(of.pk)) for person in (maria, ivan) for of in (asking_event, event)}

    found = {pair: [item.answer.ru for item in answers][1:2] for pair, answers in card_answers(pairs).items()}

    assert found == {
        (str(maria.pk), str(asking_event.pk)): ["5"],
        (str(ivan.pk), str(asking_event.pk)): ["6"],
        (str(maria.pk), str(event.pk)): [],
        (str(ivan.pk), str(event.pk)): [],
    }


@pytest.mark.parametrize(
    ("name", "value", "reason"), [("experience", "no", "Нужен опыт"), ("years", "1", "Нужны два года")]
)
def test_a_rejection_says_why_and_what_comes_after_it_is_not_asked(
    maria: Candidate, asking_event: InterviewEvent, made: Made, name: str, value: str, reason: str
) -> None:
    given = [] if name == "experience" else [made.answer("experience", made.choices["yes"].key)]
    given.append(made.answer(name, made.choices[value].key if name == "experience" else value))
    answer = stored(answered(maria, asking_event, made, given, rejected_by=made.questions[name].key))
    assert answer.outcome is DialogOutcome.REJECTED
    assert answer.reason and answer.reason.ru == reason
    told = screening(maria.telegram_id, str(asking_event.pk))
    assert (told.status, told.reason) == ("rejected", answer.reason)


def test_answers_of_a_branch_that_was_left_are_passed_over(
    maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made
) -> None:
    given = made.answers(moscow, experience=None)
    given.append(made.answer("experience", made.choices["other"].key, "в продажах"))
    assert stored(answered(maria, asking_event, made, given)).outcome is DialogOutcome.PASSED
    assert made.questions["years"].key not in str(QuestionnaireAnswers.objects.get().raw)


@pytest.mark.parametrize(
    "wrong",
    [
        {"years": None},
        {"years": "61"},
        {"years": "1"},  # would be rejected; chat says it was not
        {"years": "пять"},
        {"years": "05"},
        {"experience": "maybe"},
        {"city": "6b0210a10ebbd9947507d2a0"},
        {"city": ""},
        {"name": "..."},
        {"since": "31.12.2026"},
        {"since": "2025-12-31"},
    ],
)
def test_answers_that_do_not_fit_fail_and_are_not_kept(
    maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made, wrong: dict[str, str | None]
) -> None:
    """Guard: the answers are checked again by the rules of the version."""
    item = answered(maria, asking_event, made, made.answers(moscow, **wrong))
    assert stored(item).outcome is DialogOutcome.FAILED
    assert rows() == 0


def test_unknown_repeated_and_needlessly_clarified_answers_do_not_fit(
    maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made
) -> None:
    good = made.answers(moscow)
    unknown = good[0].model_copy(update={"key": "nobody_asked"})
    needless = good[0].model_copy(update={"clarification": "да, конечно"})
    missing = made.answer("experience", made.choices["other"].key)
    for given in ([*good, unknown], [*good, good[0]], [needless, *good[1:]], [missing, *good[1:]]):
        assert stored(answered(maria, asking_event, made, given)).outcome is DialogOutcome.FAILED
    for fields in ({"version": 2}, {"rejected_by": made.questions["years"].key}):
        assert stored(answered(maria, asking_event, made, good, **fields)).outcome is DialogOutcome.FAILED
    assert rows() == 0


def test_what_does_not_fit_is_logged_without_its_content(
    maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    stored(answered(maria, asking_event, made, made.answers(moscow, years="Тайна")))
    assert "answers do not fit" in caplog.text
    assert "Тайна" not in caplog.text and "Мария" not in caplog.text


def test_only_people_on_the_list_are_listened_to(
    maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made
) -> None:
    """Guard: the allow list."""
    given = made.answers(moscow)
    Candidate.objects.filter(pk=maria.pk).update(is_allowed=False)
    assert stored(answered(maria, asking_event, made, given)).outcome is DialogOutcome.NOT_ALLOWED
    unknown = Candidate(telegram_id=999)
    assert stored(answered(unknown, asking_event, made, given)).outcome is DialogOutcome.NOT_ALLOWED
    nothing = InterviewEvent(pk=ObjectId())
    assert stored(answered(maria, nothing, made, given)).outcome is DialogOutcome.NOT_ALLOWED
    assert rows() == 0


def test_a_candidate_midway_finishes_the_version_begun(
    maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made
) -> None:
    made.change("years", most=10)
    made.publish()
    given = made.answers(moscow, years="40")
    assert stored(answered(maria, asking_event, made, given, version=1)).outcome is DialogOutcome.PASSED
    told = screening(maria.telegram_id, str(asking_event.pk))
    assert (told.status, told.version) == ("passed", 1)


def test_the_latest_answers_count_and_the_earlier_ones_stay(
    maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made
) -> None:
    stored(answered(maria, asking_event, made, made.answers(moscow, years="5")))
    stored(answered(maria, asking_event, made, made.answers(moscow, years="6")))
    assert (rows(), rows(current=True)) == (2, 1)
    assert answers_on_card(maria, asking_event)[1].answer.ru == "6"


def test_one_set_of_answers_counts(maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made) -> None:
    """Guard: the unique index, the second wall."""
    stored(answered(maria, asking_event, made, made.answers(moscow)))
    row = collection("questionnaire_answers").find_one({}, {"_id": 0})
    assert row
    with pytest.raises(DuplicateKeyError):
        collection("questionnaire_answers").insert_one(row)


def rejected(maria: Candidate, asking_event: InterviewEvent, made: Made) -> QuestionnaireAnswers:
    key = made.questions["experience"].key
    given = [made.answer("experience", made.choices["no"].key)]
    stored(answered(maria, asking_event, made, given, rejected_by=key))
    return QuestionnaireAnswers.objects.get(current=True)


def test_the_rejected_stay_so_until_staff_let_them_answer_again(
    maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made
) -> None:
    """Guard: a rejection that counts is not answered over."""
    first = rejected(maria, asking_event, made)
    again = stored(answered(maria, asking_event, made, made.answers(moscow)))
    assert again.outcome is DialogOutcome.REJECTED and again.reason and again.reason.ru == "Нужен опыт"
    assert rows() == 1

    let_answer_again(str(first.pk), actor="anna", now=clock.now(), correlation_id="c")
    assert screening(maria.telegram_id, str(asking_event.pk)).status == "none"
    assert stored(answered(maria, asking_event, made, made.answers(moscow))).outcome is DialogOutcome.PASSED
    entry = collection("audit_entries").find_one({"subject_id": first.pk, "action": "let_again"})
    assert entry and entry["actor"] == "staff:anna"


def test_only_a_rejection_that_counts_is_set_aside(
    maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made
) -> None:
    """Guard: the update is conditional on ``current`` and ``rejected``."""
    first = rejected(maria, asking_event, made)
    let_answer_again(str(first.pk), actor="anna", now=clock.now(), correlation_id="c")
    with pytest.raises(RefusedError):
        let_answer_again(str(first.pk), actor="anna", now=clock.now(), correlation_id="c")
    stored(answered(maria, asking_event, made, made.answers(moscow)))
    passed = QuestionnaireAnswers.objects.get(current=True)
    with pytest.raises(RefusedError):
        let_answer_again(str(passed.pk), actor="anna", now=clock.now(), correlation_id="c")


def test_the_city_they_gave_is_theirs_and_the_bot_is_told(
    make_candidate: MakeCandidate, asking_event: InterviewEvent, made: Made
) -> None:
    omsk = City.objects.create(name="Омск", timezone="Asia/Omsk")
    person = make_candidate(first_name="Мария", last_name="")
    stored(answered(person, asking_event, made, made.answers(omsk)))
    now = Candidate.objects.get(pk=person.pk)
    assert (now.city, now.first_name, now.last_name) == (omsk, "Мария", "Петрова")
    assert now.listed_at > person.listed_at and now.updated_at > person.updated_at
    entry = collection("audit_entries").find_one({"subject_id": person.pk, "action": "told"})
    assert entry and entry["after"] == {"city_id": str(omsk.pk)}
    bodies = [row["body"] for row in collection("outbox").find({"queue": "bot.cache.invalidate"})]
    assert ["allowed_users"] in [CacheInvalidate.model_validate_json(body).caches for body in bodies]


def test_a_name_that_the_list_has_is_left_alone(
    maria: Candidate, moscow: City, asking_event: InterviewEvent, made: Made
) -> None:
    """Guard: only an empty name is filled in."""
    stored(answered(maria, asking_event, made, made.answers(moscow, name="Masha Сидорова")))
    now = Candidate.objects.get(pk=maria.pk)
    assert (now.first_name, now.last_name) == ("Мария", "Петрова")


@pytest.mark.parametrize(
    ("full_name", "known", "parts"),
    [
        ("Мария Петрова", "", ("Мария", "Петрова")),
        ("Петрова Мария", "Мария", ("Мария", "Петрова")),
        ("Петрова Мария Ивановна", "", ("Мария", "Петрова")),
        ("Мария Ивановна Петрова", "", ("Мария", "Петрова")),
        ("Иван Петрович", "", ("Иван", "Петрович")),
        ("Anna Maria Smith", "", ("Anna", "Maria Smith")),
    ],
)
def test_a_full_name_is_taken_apart(full_name: str, known: str, parts: tuple[str, str]) -> None:
    assert first_and_last(full_name, known) == parts


def test_a_booking_needs_the_questionnaire_first_but_not_from_staff(
    maria: Candidate, ivan: Candidate, moscow: City, asking_event: InterviewEvent, made: Made, make_slot: MakeSlot
) -> None:
    """R9 at commit, from the stored answers."""
    slot = make_slot(of=asking_event, capacity=2)
    assert outcome(book(maria, slot)) is Outcome.NOT_ALLOWED
    stored(answered(maria, asking_event, made, made.answers(moscow)))
    assert outcome(book(maria, slot)) is Outcome.BOOKED
    assert book_for(ivan.telegram_id, str(slot.pk), actor="anna", reason="") is Outcome.BOOKED


def test_who_was_rejected_or_passed_elsewhere_does_not_book(
    maria: Candidate, ivan: Candidate, moscow: City, asking_event: InterviewEvent, made: Made, make_slot: MakeSlot
) -> None:
    slot = make_slot(of=asking_event)
    rejected(maria, asking_event, made)
    assert outcome(book(maria, slot)) is Outcome.NOT_ALLOWED
    other = InterviewEvent.objects.create(title="Другой набор", questionnaire=made.questionnaire)
    stored(answered(ivan, other, made, made.answers(moscow)))
    assert outcome(book(ivan, slot)) is Outcome.NOT_ALLOWED
