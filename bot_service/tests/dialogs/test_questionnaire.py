"""R9: the questionnaire before the slots: what is asked, and how it reads."""

import pytest

from shared_contracts.dialog import DialogOutcome, QuestionnaireAnswered
from shared_contracts.notification import CacheName
from shared_contracts.questionnaire import Choice, Question
from shared_contracts.transport.topology import DIALOG_RESULT
from tests.kit.desk import MOSCOW, YEKATERINBURG, Desk
from tests.kit.questions import AGE, CITY, FROM, NAME, STUDIES, WHERE, WISH, answered, begin, both, values
from tests.kit.telegram import Message, Person, eventually


async def test_questions_are_asked_one_by_one_and_lead_to_the_slots(anna: Person, desk: Desk) -> None:
    """R9: progress, example, hint; a press edits, a typed answer is followed by the next question below it."""
    ref = desk.dialogs.publish(NAME, AGE, STUDIES, WHERE, WISH)
    first = await begin(anna, "вопрос 1 из 4")
    assert "Как вас зовут?" in first.text
    assert "Например: Мария Иванова" in first.text
    await anna.writes("Анна  Иванова")
    second = await anna.sees("вопрос 2 из 4")
    assert second.id > first.id
    assert "Полных лет, цифрами" in second.text
    await anna.writes("22")
    third = await anna.sees("вопрос 3 из 4")
    await anna.presses(third, "Да")
    fourth = await anna.sees("вопрос 4 из 5")
    assert fourth.id == third.id
    assert "Где вы учитесь?" in fourth.text
    await anna.writes("МГУ")
    await anna.presses(await anna.sees("Есть пожелания?"), "Пропустить")
    slots = await anna.sees("Спасибо за ответы!")
    assert "Выберите удобное время" in slots.text
    [command] = answered(desk)
    assert (command.questionnaire_id, command.version, command.rejected_by) == (ref.id, ref.version, None)
    assert values(command) == {"name": "Анна Иванова", "age": "22", "studies": "yes", "where": "МГУ", "wish": ""}
    await anna.presses(slots, "каб. 1")
    await anna.presses(await anna.sees("Записать вас на это время?"), "Подтвердить")
    await anna.sees("Вы записаны!")


async def test_only_the_newest_question_has_buttons(anna: Person, desk: Desk) -> None:
    """The question above a typed answer loses its buttons."""
    desk.dialogs.publish(NAME, WISH, WHERE.model_copy(update={"asked_if": None}))
    await begin(anna)
    await anna.writes("Анна Иванова")
    await anna.sees("Есть пожелания?")
    await anna.writes("у окна")
    await anna.sees("Где вы учитесь?")

    async def bare() -> bool:
        return not any(message.buttons for message in (await anna.messages())[:-1])

    await eventually(bare, "no buttons above")


@pytest.mark.parametrize(
    ("asked", "typed", "why"),
    [
        (AGE, "двадцать", "Цифрами, пожалуйста.\nПолных лет, цифрами"),
        (AGE, "5", "число от 10"),
        (AGE, "500", "число до 99"),
        (WHERE.model_copy(update={"asked_if": None}), "да", "от 3 символов"),
        (WISH, "я" * 501, "до 500 символов"),
        (NAME, "👍", "как вас зовут, буквами"),
        (FROM, "завтра", "31.12.2000"),
        (FROM, "01.02.2020", "не раньше 01.01.2026"),
        (FROM, "01.02.2040", "не позже 01.01.2030"),
        (STUDIES, "возможно", "выберите кнопкой"),
        (CITY, "Атлантида", "выберите кнопкой"),
    ],
)
async def test_a_wrong_answer_is_told_why_and_may_be_given_again(
    anna: Person, desk: Desk, asked: Question, typed: str, why: str
) -> None:
    """R9: each way of being wrong has its own words; the question stands above. Guard: ``hint_alone``."""
    desk.dialogs.publish(asked)
    first = await begin(anna)
    await anna.writes(typed)
    again = await anna.sees(why)
    assert asked.text.ru not in again.text
    assert again.labels == first.labels
    assert answered(desk) == []


async def test_a_choice_may_be_typed_by_its_label(anna: Person, desk: Desk) -> None:
    """Typing while buttons are shown."""
    desk.dialogs.publish(STUDIES)
    await begin(anna)
    await anna.writes("нет")
    await anna.sees("Спасибо за ответы!")
    assert values(answered(desk)[0]) == {"studies": "no"}


async def test_a_choice_may_ask_for_more_and_back_returns_to_it(anna: Person, desk: Desk) -> None:
    """R9: clarify."""
    desk.dialogs.publish(STUDIES)
    await anna.presses(await begin(anna), "Другое")
    await anna.presses(await anna.sees("Расскажите:"), "Назад")
    await anna.presses(await anna.sees("Вы учитесь?"), "Другое")
    await anna.sees("Расскажите:")
    await anna.writes("вечерами, <b>сам</b>")
    await anna.sees("Спасибо за ответы!")
    [answer] = answered(desk)[0].answers
    assert (answer.value, answer.clarification) == ("other", "вечерами, <b>сам</b>")


@pytest.mark.parametrize("by", ["press", "number"])
async def test_a_rejection_is_polite_and_nothing_follows(anna: Person, desk: Desk, by: str) -> None:
    """R9: the reason and the contact link; the slots stay closed, also by their buttons."""
    desk.dialogs.publish(AGE if by == "number" else STUDIES, NAME)
    first = await begin(anna)
    if by == "number":
        await anna.writes("17")
    else:
        await anna.presses(first, "И не буду")
    end = await anna.sees("совершеннолетних")
    assert end.buttons == [{"text": "Свяжитесь с нами", "url": "https://t.me/responsible_person"}]
    assert answered(desk)[0].rejected_by == ("age" if by == "number" else "studies")
    await anna.sends_data(end, f"1:sl:{desk.events[0].id}:{1:024x}")
    await anna.sees("совершеннолетних")
    await anna.writes("/start")
    await anna.sees("совершеннолетних")
    assert len(answered(desk)) == 1


async def test_back_asks_the_question_before_again(anna: Person, desk: Desk) -> None:
    """R9; the first question has no Back."""
    desk.dialogs.publish(STUDIES, WHERE, WISH)
    first = await begin(anna)
    assert "← Назад" not in first.labels
    await anna.presses(first, "Да")
    await anna.presses(await anna.sees("Где вы учитесь?"), "Назад")
    await anna.presses(await anna.sees("Вы учитесь?"), "Нет")
    await anna.presses(await anna.sees("Есть пожелания?"), "Пропустить")
    await anna.sees("Спасибо за ответы!")
    assert values(answered(desk)[0]) == {"studies": "no", "wish": ""}


async def test_cities_with_free_slots_are_offered_as_buttons(anna: Person, desk: Desk) -> None:
    """R9: the city question; its answer is the city's id."""
    desk.add_slot(7, city=YEKATERINBURG)
    desk.dialogs.publish(CITY)
    asked = await begin(anna)
    assert asked.labels == ["Екатеринбург", "Москва"]
    await anna.writes("екатеринбург")
    await anna.sees("Спасибо за ответы!")
    assert values(answered(desk)[0]) == {"city": YEKATERINBURG.id}


async def test_a_city_closed_since_it_was_answered_is_asked_again(anna: Person, desk: Desk) -> None:
    """R9, pressed late or answered before. Guards: ``closed_cities``, ``cities_to_choose``."""
    desk.add_slot(7, city=YEKATERINBURG)
    desk.dialogs.publish(CITY, NAME)
    asked = await begin(anna)
    await anna.presses(asked, "Екатеринбург")
    await anna.sees("Как вас зовут?")
    desk.closed_cities = {YEKATERINBURG.id}
    await desk.invalidate(CacheName.CITIES)
    await anna.writes("Анна")
    again = await anna.sees("В этом городе собеседований больше нет")
    assert again.labels[0] == "Москва" and "Екатеринбург" not in again.labels
    await anna.sends_data(again, again.data("Москва").replace(MOSCOW.id, YEKATERINBURG.id))
    again = await anna.sees("В этом городе собеседований больше нет")
    await anna.presses(again, "Москва")
    await anna.sees("Спасибо за ответы!")
    assert values(answered(desk)[0]) == {"name": "Анна", "city": MOSCOW.id}


async def test_a_city_closed_while_the_answers_are_handed_in_is_asked_about_again(anna: Person, desk: Desk) -> None:
    """Guard: ``closed`` in ``_show_failure``."""
    desk.add_slot(7, city=YEKATERINBURG)
    desk.dialogs.publish(NAME, CITY)
    asked = await begin(anna)
    await anna.writes("Анна")
    desk.dialogs.answering.clear()
    await anna.presses(await anna.sees("В каком вы городе?"), "Екатеринбург")

    async def sent() -> QuestionnaireAnswered | None:
        return next(iter(answered(desk)), None)

    command = await eventually(sent, "the answers")
    desk.closed_cities = {YEKATERINBURG.id}
    closed = desk.dialogs.result_of(command, outcome=DialogOutcome.FAILED, closed="city")
    await desk.send(DIALOG_RESULT.name, closed)
    again = await anna.sees("В этом городе собеседований больше нет")
    assert "Екатеринбург" not in again.labels and again.id != asked.id


async def test_many_choices_come_in_pages(anna: Person, desk: Desk) -> None:
    """Long lists page."""
    choices = [Choice(key=f"c{number}", label=both(f"Вариант {number}")) for number in range(1, 12)]
    desk.dialogs.publish(STUDIES.model_copy(update={"choices": choices}))
    first = await begin(anna)
    assert first.labels[7:] == ["Вариант 8", "Следующие →"]
    await anna.presses(first, "Следующие")

    async def turned() -> Message | None:
        last = (await anna.messages())[-1]
        return last if "Вариант 11" in last.labels else None

    second = await eventually(turned, "the second page")
    assert second.labels == ["Вариант 9", "Вариант 10", "Вариант 11", "← Предыдущие"]
    await anna.presses(second, "Вариант 11")
    await anna.sees("Спасибо за ответы!")
