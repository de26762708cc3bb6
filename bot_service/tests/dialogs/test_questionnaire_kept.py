"""R9: what became of the answers, whatever comes in between; and that nobody gets past the questions."""

import pytest

from interview_bot.application import BotService
from interview_bot.common.database import Database
from interview_bot.settings import Settings
from shared_contracts.booking import Outcome
from shared_contracts.dialog import DialogOutcome, QuestionnaireAnswered
from shared_contracts.directory import Screening, ScreeningStatus
from shared_contracts.notification import CacheName
from shared_contracts.transport.topology import CACHE_INVALIDATE, DIALOG_RESULT
from tests.kit.desk import MOSCOW, YEKATERINBURG, Desk
from tests.kit.inbox import handled
from tests.kit.line import Line
from tests.kit.questions import AGE, CITY, NAME, STUDIES, WHERE, WISH, answered, begin, values
from tests.kit.telegram import Person, Sandbox, eventually


async def test_answers_survive_a_restart_of_the_bot(
    anna: Person, desk: Desk, settings: Settings, bot_process: BotService
) -> None:
    """R9. Guard: ``ProgressStore`` is in Redis only; a second replica goes on where the first was."""
    desk.dialogs.publish(NAME, AGE)
    await begin(anna)
    await anna.writes("Анна Иванова")
    await anna.sees("Сколько вам лет?")
    other = BotService(settings.model_copy(update={"listen_port": settings.listen_port + 1}))
    assert await other._services.progress.for_event(
        1001, desk.events[0].id
    ) == await bot_process._services.progress.for_event(1001, desk.events[0].id)
    await anna.writes("30")
    await anna.sees("Спасибо за ответы!")
    assert values(answered(desk)[0]) == {"name": "Анна Иванова", "age": "30"}


async def test_the_version_begun_is_finished_though_a_newer_is_published(
    anna: Person, desk: Desk, bots_database: Database
) -> None:
    """R9. Guard: the version is kept with the answers, and its questions without expiry."""
    desk.dialogs.publish(STUDIES, WISH)
    await anna.presses(await begin(anna), "Нет")
    await anna.sees("Есть пожелания?")
    desk.dialogs.publish(NAME, version=2)
    begun = desk.events[0].questionnaire
    assert begun is not None
    desk.dialogs.questionnaires.pop((begun.id, 1))
    await desk.invalidate(CacheName.EVENTS)
    await handled(bots_database, CACHE_INVALIDATE.name, count=1)
    await anna.writes("/start")
    await anna.sees("Здравствуйте")
    await anna.presses(await anna.sees("Есть пожелания?"), "Пропустить")
    await anna.sees("Спасибо за ответы!")
    assert answered(desk)[0].version == 1


async def test_someone_who_passed_is_not_asked_again(anna: Person, desk: Desk) -> None:
    """R9: ``GET /api/screening``."""
    desk.dialogs.publish(NAME)
    event_id = desk.events[0].id
    desk.dialogs.screenings[1001, event_id] = Screening(event_id=event_id, status=ScreeningStatus.PASSED)
    await anna.writes("/start")
    await anna.sees("Выберите удобное время")


async def test_the_last_answer_pressed_twice_is_sent_once(anna: Person, desk: Desk) -> None:
    """Guards: the closed message, and ``request_id`` kept with the answers."""
    desk.dialogs.publish(STUDIES)
    desk.dialogs.answering.clear()
    asked = await begin(anna)
    queries = [await anna.presses(asked, "Нет") for _ in range(3)]
    await anna.sees("Сохраняем ваши ответы…")
    for query in queries[1:]:
        assert "уже отправлена" in (await anna.answer_to(query))["text"]
    await anna.writes("ну что там?")
    await anna.sees("ещё в работе")
    await anna.writes("/start")
    waiting = await anna.sees("продолжение придёт в это сообщение")
    desk.dialogs.answering.set()
    assert (await anna.sees("Спасибо за ответы!")).id == waiting.id
    assert len(answered(desk)) == 1


async def test_with_the_broker_away_the_answers_wait_and_are_decided_later(
    anna: Person, desk: Desk, broker_line: Line
) -> None:
    """I5."""
    desk.dialogs.publish(STUDIES)
    asked = await begin(anna)
    broker_line.cut()
    await anna.presses(asked, "Нет")
    waiting = await anna.sees("Ваши ответы у нас")
    broker_line.mend()
    assert (await anna.sees("Спасибо за ответы!", seconds=20)).id == waiting.id


async def test_answers_that_could_not_be_saved_can_be_sent_again(anna: Person, desk: Desk) -> None:
    """``failed``: nothing has to be typed again. Guard: the new try has a new id."""
    desk.dialogs.publish(STUDIES)
    desk.dialogs.outcome = DialogOutcome.FAILED
    await anna.presses(await begin(anna), "Нет")
    failed = await anna.sees("Они не потеряны")
    desk.dialogs.outcome = None
    await anna.presses(failed, "Записаться")
    await anna.sees("Спасибо за ответы!")
    assert len({command.message_id for command in answered(desk)}) == 2


async def test_who_may_not_answer_is_told_so(anna: Person, desk: Desk) -> None:
    """``not_allowed``."""
    desk.dialogs.publish(STUDIES)
    desk.dialogs.outcome = DialogOutcome.NOT_ALLOWED
    await anna.presses(await begin(anna), "Нет")
    await anna.sees("вас нет в списке кандидатов")


async def test_who_answers_for_an_event_that_is_gone_is_told_that(anna: Person, desk: Desk) -> None:
    """Not that they are off the list. Guard: ``closed``."""
    desk.dialogs.publish(STUDIES)
    asked = await begin(anna)
    desk.dialogs.answering.clear()
    await anna.presses(asked, "Нет")

    async def sent() -> QuestionnaireAnswered | None:
        return next(iter(answered(desk)), None)

    command = await eventually(sent, "the answers")
    gone = desk.dialogs.result_of(command, outcome=DialogOutcome.NOT_ALLOWED, closed="event")
    await desk.send(DIALOG_RESULT.name, gone)
    await anna.sees("Запись на это собеседование уже закрыта")


async def test_a_questionnaire_that_came_while_they_booked_is_said_and_leads_back(anna: Person, desk: Desk) -> None:
    """``not_allowed`` to somebody on the list. Guards: ``_what_comes_first``, ``keep_press`` there."""
    await anna.writes("/start")
    menu = await anna.sees("Выберите удобное время")
    await anna.presses(menu, menu.labels[0])
    details = await anna.sees("Записать")
    desk.outcome = Outcome.NOT_ALLOWED
    desk.answering.clear()
    await anna.presses(details, "Подтвердить")
    await anna.sees("Записываем")
    desk.dialogs.publish(STUDIES)
    desk.answering.set()
    told = await anna.sees("Перед записью теперь нужно ответить")
    assert (told.id, told.labels) == (details.id, ["Ответить на вопросы"])
    await anna.presses(told, "Ответить")
    await anna.presses(await anna.sees("Вы учитесь?"), "Нет")
    assert details.text in (await anna.sees("Записать вас на это время?")).text


async def test_an_old_questions_button_explains_itself_and_changes_nothing(anna: Person, desk: Desk) -> None:
    """Guard: the nonce of the shown question's buttons."""
    desk.dialogs.publish(STUDIES, WISH)
    first = await begin(anna)
    await anna.presses(first, "Нет")
    await anna.sees("Есть пожелания?")
    answer = await anna.answer_to(await anna.presses(first, "Да"))
    assert "устарела" in answer["text"]
    await anna.presses(await anna.sees("Есть пожелания?"), "Пропустить")
    await anna.sees("Спасибо за ответы!")
    assert values(answered(desk)[0]) == {"studies": "no", "wish": ""}


async def test_somebody_elses_questions_button_does_nothing(sandbox: Sandbox, anna: Person, desk: Desk) -> None:
    """Guard: answers are looked up under the presser's own id."""
    desk.dialogs.publish(STUDIES, WISH)
    hers = await begin(anna)
    desk.allow(1002, "Борис")
    boris = await sandbox.person(1002, "Борис")
    his = await begin(boris)
    answer = await boris.answer_to(await boris.sends_data(his, hers.data("Нет")))
    assert "устарела" in answer["text"]
    await anna.sees("Вы учитесь?")
    await boris.sees("Вы учитесь?")


async def test_a_required_question_cannot_be_skipped_by_forged_data(anna: Person, desk: Desk) -> None:
    """Guard: ``optional`` is checked at the press."""
    desk.dialogs.publish(STUDIES, WISH)
    asked = await begin(anna)
    await anna.answer_to(await anna.sends_data(asked, asked.data("Нет").replace(":qa:", ":qs:").removesuffix(":no")))
    await anna.sees("Вы учитесь?")


async def test_a_choice_that_is_none_of_the_offered_is_not_taken(anna: Person, desk: Desk) -> None:
    """Guard: the value is checked against the choices."""
    desk.dialogs.publish(STUDIES, WISH)
    asked = await begin(anna)
    await anna.sends_data(asked, asked.data("Нет").replace(":no", ":whatever"))
    await anna.sees("Такого варианта нет")


async def test_a_slot_is_reached_through_the_questionnaire_only_and_is_not_forgotten(anna: Person, desk: Desk) -> None:
    """Guards: ``event_if_passed`` at every step's button, ``go_on`` after the answers."""
    desk.dialogs.publish(NAME)
    event_id, slot_id = desk.events[0].id, f"{1:024x}"
    asked = await begin(anna)
    for data in (f"1:ev:{event_id}", f"1:pg:{event_id}:zz.aaaaaa", f"1:sl:{event_id}:{slot_id}"):
        await anna.answer_to(await anna.sends_data(asked, data))
        assert "Как вас зовут?" in (await anna.sees("вопрос 1 из 1")).text
    assert desk.requests == []
    await anna.writes("Анна")
    assert "каб. 1" in (await anna.sees("Записать вас на это время?")).text


@pytest.mark.parametrize("step", ["city", "slot"])
async def test_the_city_named_last_counts_over_a_step_pressed_before(anna: Person, desk: Desk, step: str) -> None:
    """R9, FR3. Guard: ``_leads_elsewhere``."""
    slot = desk.add_slot(7, city=YEKATERINBURG)
    desk.dialogs.publish(CITY)
    event_id = desk.events[0].id
    asked = await begin(anna, "вопрос 1 из 1")
    pressed = {"city": f"1:ct:{event_id}:{YEKATERINBURG.id}", "slot": f"1:sl:{event_id}:{slot.id}"}
    await anna.answer_to(await anna.sends_data(asked, pressed[step]))
    await anna.presses(await anna.sees("вопрос 1 из 1"), "Москва")
    menu = await anna.sees("Спасибо за ответы!")
    assert "📍 Москва" in menu.text and "Записать вас" not in menu.text


async def test_a_city_where_nobody_has_time_can_be_named_and_waited_for(anna: Person, desk: Desk) -> None:
    """R7, R9. Guard: ``cities_to_choose``."""
    desk.change_event(cities=[MOSCOW, YEKATERINBURG])
    desk.dialogs.publish(CITY)
    asked = await begin(anna)
    assert asked.labels == ["Москва", "Екатеринбург · нет свободного времени"]
    await anna.presses(asked, "Екатеринбург")
    assert "🔔 Сообщить, когда появятся места" in (await anna.sees("В этом городе свободного времени")).labels


async def test_a_picture_is_no_answer_and_english_readers_are_asked_in_english(
    sandbox: Sandbox, anna: Person, desk: Desk
) -> None:
    """Both languages of what staff wrote."""
    desk.dialogs.publish(NAME, STUDIES)
    desk.allow(1003, "Emma")
    emma = await sandbox.person(1003, "Emma", "en")
    asked = await begin(emma, "question 1 of 2")
    assert "name?" in asked.text
    assert "For example: Mary Jones" in asked.text
    await emma.writes("007")
    await emma.sees("your name in letters")


async def test_an_albums_caption_is_the_answer_whichever_picture_has_it(anna: Person, desk: Desk) -> None:
    """Answered once. Guards: ``is_wordless_album_part``, ``first_of_album``; without a caption it is no answer."""
    desk.dialogs.publish(NAME, WISH)
    await begin(anna)
    await anna.sandbox.control("/albums", user_id=anna.id, photos=3)
    await anna.sees("Ответьте, пожалуйста, текстом.")
    await anna.sandbox.control("/albums", user_id=anna.id, photos=3, caption="Анна", captioned=3)
    await anna.sees("Есть пожелания?")
    count = len(await anna.messages())
    await anna.writes("Больше солнца")
    await anna.sees("Спасибо за ответы!")
    assert values(answered(desk)[0]) == {"name": "Анна", "wish": "Больше солнца"}
    assert len(await anna.messages()) == count + 1


async def test_an_edited_answer_replaces_the_answer_while_its_question_stands(anna: Person, desk: Desk) -> None:
    """Guard: ``answer_by_edit``: one that was wrong, one further up, and one that leads to another branch."""
    desk.dialogs.publish(NAME, AGE, STUDIES, WHERE, WISH)
    await begin(anna)
    name = await anna.writes("Ана")
    await anna.sees("Сколько вам лет?")
    age = await anna.writes("двадцать")
    await anna.sees("Цифрами, пожалуйста.\nПолных лет, цифрами")
    await anna.edits(age, "двадцать два")
    await anna.sees("Цифрами, пожалуйста.\nПолных лет, цифрами")
    await anna.edits(age, "22 года")
    await anna.sees("Вы учитесь?")
    await anna.edits(name, "Анна")
    shown = await anna.sees("Ответ исправлен.")
    assert "Вы учитесь?" in shown.text
    await anna.edits(age, "ой")
    await anna.sees("Цифрами, пожалуйста.\nПолных лет, цифрами")
    studies = await anna.writes("да")
    await anna.sees("Где вы учитесь?")
    await anna.writes("МГУ")
    await anna.sees("Есть пожелания?")
    await anna.edits(studies, "другое")
    await anna.sees("Расскажите:")
    clarified = await anna.writes("Самоучка")
    await anna.sees("Есть пожелания?")
    await anna.edits(clarified, "Сама учусь")
    await anna.sees("Ответ исправлен.")
    await anna.presses(await anna.sees("Есть пожелания?"), "Пропустить")
    await anna.sees("Спасибо за ответы!")
    [command] = answered(desk)
    assert values(command) == {"name": "Анна", "age": "22", "studies": "other", "wish": ""}
    assert [answer.clarification for answer in command.answers if answer.clarification] == ["Сама учусь"]
    count = len(await anna.messages())
    await anna.edits(name, "Поздно")
    await anna.writes("/help")
    await anna.sees("/mybooking")
    assert len(await anna.messages()) == count + 1
    assert len(answered(desk)) == 1
