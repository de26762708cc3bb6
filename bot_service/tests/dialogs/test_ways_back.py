"""Back leads from every screen to the step before; a command in the middle of a question leads back to it."""

from dataclasses import dataclass

import pytest

from shared_contracts.booking import BookingCreated, BookingRejected
from shared_contracts.directory import NamedRef, Screening, ScreeningStatus
from shared_contracts.questionnaire import QuestionKind
from tests.kit.days import at
from tests.kit.desk import EVENT, YEKATERINBURG, Desk
from tests.kit.questions import AGE, NAME, WISH, answered, begin, question, values
from tests.kit.telegram import Message, Person, Sandbox, eventually

OTHER = "Другая вакансия"


@dataclass(frozen=True)
class Step:
    """The text of a button that leads to a screen, what that shows, and what its Back is called."""

    press: str
    shows: str
    back: str = "← Назад"


SIGNING_UP = [
    Step("", "На какое собеседование"),
    Step(EVENT.name, "В каком городе"),
    Step("Москва", "К какому рекрутеру", "Другой город"),
    Step("Рита", "Выберите удобное время", "Другой рекрутер"),
    Step("Другие дни", "дни, когда есть"),
    Step(" 4", "4 мая"),
    Step(":", "Записать вас"),
]
IN_THE_CITY_OF_LAST_TIME = [
    Step("", "На какое собеседование"),
    Step(EVENT.name, "К какому рекрутеру"),
    Step("Другой город", "В каком городе"),
    Step("Екатеринбург", "📍 Екатеринбург", "Другой город"),
]
RECRUITERS_OF_THE_CITY_OF_LAST_TIME = [
    Step("", "На какое собеседование"),
    Step(EVENT.name, "К какому рекрутеру"),
    Step("Ольга", "👤 Ольга", "Другой рекрутер"),
    Step("Другие дни", "дни, когда есть"),
]
MOVING = [
    Step("", "Ваша запись:"),
    Step("Перенести", "На какое время перенести?", "Оставить как есть"),
    Step("Другие дни", "дни, когда есть"),
    Step(" 4", "4 мая"),
    Step(":", "Перенести вашу запись"),
]
"""From the first screen on, each with the way back to the one above it."""


@pytest.fixture
async def nina(sandbox: Sandbox, desk: Desk, bot: object) -> Person:
    """Nina, whose city is not known; two events, the first with a choice of city and recruiter."""
    desk.allow(1080, "Нина", city_id=None)
    desk.open_event(chooses_recruiter=True)
    desk.open_event(2, OTHER)
    for number in range(1, 6):
        at(desk, number, days=int(number > 1), hours=number)
    at(desk, 8, days=1, hours=8, recruiter=NamedRef(id="d" * 23 + "2", name="Ольга"))
    at(desk, 9, days=0, city=YEKATERINBURG)
    return await sandbox.person(1080, "Нина")


async def shows_again(person: Person, before: Message) -> Message:
    """The last message, once it is the screen that it was before; a greeting is not said twice."""

    async def look() -> Message | None:
        last = (await person.messages())[-1]
        return last if before.text.endswith(last.text) and last.labels == before.labels else None

    return await eventually(look, f"again: {before.text}")


async def walks(person: Person, command: str, steps: list[Step]) -> None:
    """All the way down, then all the way back, each screen as it was."""
    await person.writes(command)
    seen: list[Message] = []
    for step in steps:
        if seen:
            await person.presses(seen[-1], step.press)
        seen.append(await person.sees(step.shows))
    now = seen.pop()
    for step in reversed(steps[1:]):
        await person.presses(now, step.back)
        now = await shows_again(person, seen.pop())


async def test_back_leads_from_every_step_of_signing_up_to_the_one_before(nina: Person) -> None:
    """The table above."""
    await walks(nina, "/start", SIGNING_UP)


@pytest.mark.parametrize("steps", [IN_THE_CITY_OF_LAST_TIME, RECRUITERS_OF_THE_CITY_OF_LAST_TIME])
async def test_where_the_city_is_remembered_back_leads_to_what_came_before_too(
    nina: Person, desk: Desk, steps: list[Step]
) -> None:
    """The tables above: from the cities to the times they were opened from, and from those to the events.

    Guards: ``_step_before``, ``first_city_id``.
    """
    for number in range(10, 14):
        at(desk, number, days=1, hours=9, recruiter=NamedRef(id="d" * 23 + "2", name="Ольга"))
    await nina.writes("/start")
    await nina.presses(await nina.sees("На какое собеседование"), EVENT.name)
    await nina.presses(await nina.sees("В каком городе"), "Москва")
    await nina.sees("К какому рекрутеру")
    await walks(nina, "/start", steps)


async def test_with_the_city_remembered_the_times_lead_back_and_a_link_into_the_event_does_too(
    nina: Person, desk: Desk
) -> None:
    """Without a choice of recruiters; by the link too the list of events is what stands above."""
    desk.change_event(chooses_recruiter=False)
    await nina.writes("/start")
    await nina.presses(await nina.sees("На какое собеседование"), EVENT.name)
    await nina.presses(await nina.sees("В каком городе"), "Москва")
    picked = await nina.sees("Выберите удобное время")
    assert picked.labels[-1] == "Другой город", "the step before is named"
    await nina.writes(f"/start e_{EVENT.id}")

    async def by_link() -> Message | None:
        last = (await nina.messages())[-1]
        return last if last.id > picked.id else None

    times = await eventually(by_link, "the times, by the link")
    assert times.labels[-2:] == ["Другой город", "← Назад"]
    await nina.presses(times, "Другой город")
    await nina.presses(await nina.sees("В каком городе"), "Назад")
    assert (await nina.sees("Выберите удобное время")).labels == times.labels
    await nina.presses(times, "Назад")
    await nina.sees("На какое собеседование")


async def test_other_times_of_a_recruiter_lead_back_from_their_list(nina: Person, desk: Desk) -> None:
    """After a no to one time. Guard: ``first_recruiter``."""
    for number in range(10, 14):
        at(desk, number, days=1, hours=9, recruiter=NamedRef(id="d" * 23 + "2", name="Ольга"))
    await nina.writes("/start")
    await nina.presses(await nina.sees("На какое собеседование"), EVENT.name)
    await nina.presses(await nina.sees("В каком городе"), "Москва")
    menu = await nina.sees("К какому рекрутеру")
    await nina.sends_data(menu, f"1:eo:{EVENT.id}:{'d' * 23}2")
    theirs = await nina.sees("👤 Ольга")
    await nina.presses(theirs, "Другой рекрутер")
    await nina.presses(await nina.sees("К какому рекрутеру"), "Назад")
    again = await nina.sees("👤 Ольга")
    assert again.labels == theirs.labels
    assert again.labels[-3:] == ["Другой рекрутер", "Другой город", "← Назад"]


async def test_back_leads_from_every_step_of_a_move_to_the_one_before(nina: Person, desk: Desk) -> None:
    """The table above; the booking stands at its end."""
    booking = desk.book(1080, desk.slots[f"{1:024x}"])
    await walks(nina, "/mybooking", MOVING)
    await nina.presses(await nina.sees("Ваша запись:"), "Отменить")
    await nina.presses(await nina.sees("Точно отменить"), "Нет, оставить")
    await nina.sees("Ваша запись:")
    assert desk.bookings == {booking.id: (1080, booking)}


async def test_dead_ends_lead_back_to_the_events_too(nina: Person, desk: Desk) -> None:
    """No slot at all, the first question, a polite rejection, the waiting list, a booking that is there already."""
    desk.dialogs.publish(question("wish", QuestionKind.TEXT, "Есть пожелания?"))
    await nina.writes("/start")
    await nina.presses(await nina.sees("На какое"), OTHER)
    await nina.presses(await nina.sees("Свободного времени сейчас нет"), "Сообщить")
    await nina.presses(await nina.sees("Записали вас в лист ожидания"), "Назад")
    await nina.presses(await nina.sees("Вы в листе ожидания: как только"), "Назад")
    await nina.presses(await nina.sees("На какое"), EVENT.name)
    await nina.presses(await nina.sees("Есть пожелания?"), "Назад")
    desk.dialogs.screenings[1080, EVENT.id] = Screening(event_id=EVENT.id, status=ScreeningStatus.REJECTED)
    await nina.presses(await nina.sees("На какое"), EVENT.name)
    await nina.presses(await nina.sees("не можем пригласить"), "Назад")
    home = await nina.sees("На какое")
    desk.book(1080, desk.slots[f"{1:024x}"])
    await nina.presses(home, EVENT.name)
    booked = await nina.sees("У вас уже есть запись")
    assert booked.labels == ["🔁 Перенести", "❌ Отменить", "← Назад"]
    await nina.presses(booked, "Назад")
    assert (await nina.sees("Ещё можно записаться сюда:")).labels[-1] == OTHER


async def test_whoever_is_booked_sees_the_booking_wherever_they_press_sign_up(anna: Person, desk: Desk) -> None:
    """FR3: in /start, by the group's link, in an old message. Guard: ``show_if_settled``."""
    await anna.writes("/start")
    old = await anna.sees("Выберите удобное время")
    desk.book(1001, desk.slots[f"{1:024x}"])
    await anna.writes("/start")
    shown = await anna.sees("У вас уже есть запись")
    assert "каб. 1" in shown.text
    assert shown.labels == ["🔁 Перенести", "❌ Отменить"]
    await anna.writes(f"/start e_{EVENT.id}")

    async def twice() -> bool:
        return sum("У вас уже есть запись" in message.text for message in await anna.messages()) == 2

    await eventually(twice, "the booking, by the link too")
    await anna.presses(old, "каб. 2")

    async def in_place() -> bool:
        return any(m.id == old.id and "У вас уже есть запись" in m.text for m in await anna.messages())

    await eventually(in_place, "the booking, in the old message")
    assert desk.requests == []


async def test_with_the_admin_service_away_signing_up_goes_on_from_the_caches(anna: Person, desk: Desk) -> None:
    """Whether they are booked is not known then; the admin service decides every request anyway."""
    await anna.writes("/start")
    slots = await anna.sees("Выберите удобное время")
    desk.down = True
    await anna.presses(slots, "каб. 2")
    await anna.sees("Записать вас")
    desk.down = False
    await anna.presses(await anna.sees("Записать вас"), "Подтвердить")
    await anna.sees("Вы записаны!")
    assert isinstance(desk.requests[0], BookingCreated)


@pytest.mark.parametrize(
    ("command", "shows"),
    [("/help", "Вот что я умею"), ("/mybooking", "нет предстоящих"), ("/nonsense", "Я бот")],
)
async def test_a_command_in_the_questionnaire_leaves_a_way_back_and_a_typed_answer_counts(
    anna: Person, desk: Desk, command: str, shows: str
) -> None:
    """Guard: ``interrupting``."""
    desk.dialogs.publish(NAME, AGE, WISH)
    await begin(anna)
    await anna.writes(command)
    aside = await anna.sees(shows)
    assert aside.labels[-1] == "Продолжить"
    await anna.writes("Анна Иванова")
    await anna.sees("Сколько вам лет?")
    await anna.writes(command)
    aside = await anna.sees(shows)
    await anna.presses(aside, "Продолжить")
    again = await anna.sees("Сколько вам лет?")
    assert (again.id, again.labels) == (aside.id, ["← Назад"])
    await anna.writes("22")
    await anna.presses(await anna.sees("Есть пожелания?"), "Пропустить")
    await anna.sees("Спасибо за ответы!")
    assert values(answered(desk)[0]) == {"name": "Анна Иванова", "age": "22", "wish": ""}


async def test_a_move_begun_in_the_questionnaire_works_and_the_answer_still_counts(nina: Person, desk: Desk) -> None:
    """``/reschedule`` of another event's booking: its buttons need no more than they say."""
    desk.dialogs.publish(NAME, WISH)
    slots = [desk.add_slot(number, event=EVENT.model_copy(update={"id": "e" * 23 + "2"})) for number in (11, 12, 13)]
    desk.book(1080, slots[0])
    await nina.writes(f"/start e_{EVENT.id}")
    await nina.sees("Как вас зовут?")
    await nina.writes("/reschedule")
    menu = await nina.sees("На какое время перенести?")
    assert menu.labels[-1] == "Продолжить"
    await nina.writes("Нина Иванова")
    await nina.sees("Есть пожелания?")
    await nina.presses(menu, "каб. 12")

    async def asked() -> bool:
        return any(m.id == menu.id and "Перенести вашу запись" in m.text for m in await nina.messages())

    await eventually(asked, "the question")


async def test_a_command_while_a_reason_is_asked_for_leaves_a_way_back_and_the_typed_reason_counts(
    rita: Person, desk: Desk
) -> None:
    """R3. Guards: ``interrupting``, ``ask_reason_again``."""
    await desk.show_card(number=1)
    card = await rita.sees("Ждёт вашего ответа")
    await rita.presses(card, "Отклонить")
    await rita.presses(await rita.sees("Что не подходит?"), "Это время")
    await rita.sees("Напишите причину")
    await rita.writes("/help")
    aside = await rita.sees("Вот что я умею")
    assert aside.labels == ["Продолжить"]
    await rita.presses(aside, "Продолжить")
    asked = await rita.sees("Напишите причину")
    assert (asked.id, asked.labels[-2:]) == (aside.id, ["Без причины", "← Назад"])
    await rita.writes("/requests")
    await rita.sees("ждут вашего ответа")
    await rita.writes("Нужен опыт")

    async def rejected() -> bool:
        return any(message.id == asked.id and "Отклонена" in message.text for message in await rita.messages())

    await eventually(rejected, "the rejection")
    [request] = desk.requests
    assert isinstance(request, BookingRejected)
    assert request.reason == "Нужен опыт"


async def test_from_a_request_of_the_list_back_to_the_list(rita: Person, desk: Desk) -> None:
    """News of that request come in a message of their own then. Guard: ``ShownCards.forget_message``."""
    await desk.show_card(number=1)
    await rita.sees("Ждёт вашего ответа")
    await rita.writes("/requests")
    requests = await rita.sees("ждут вашего ответа:")
    await rita.sends_data(requests, requests.buttons[0]["callback_data"])
    card = await rita.sees("Ждёт вашего ответа")
    assert card.labels[-1] == "Заявки кандидатов"
    await rita.presses(card, "Заявки кандидатов")
    assert (await rita.sees("ждут вашего ответа:")).id == requests.id
    await desk.show_card(number=1, revision=2)
    assert (await rita.sees("Ждёт вашего ответа")).id > requests.id
