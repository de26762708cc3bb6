"""R9, R2, R7, FR6: choosing a city and a recruiter on the way to a slot."""

from datetime import UTC, date, datetime, timedelta

import pytest
from babel.dates import format_date
from redis.asyncio import Redis

from interview_bot.common import clock
from interview_bot.views.texts import texts_for
from shared_contracts.booking import BookingCreated, BookingRescheduled, Outcome
from shared_contracts.dialog import WaitingListJoined
from shared_contracts.directory import CityRef, NamedRef
from shared_contracts.notification import CacheName
from tests.kit.desk import EVENT, MOSCOW, RECRUITER, YEKATERINBURG, Desk
from tests.kit.telegram import Message, Person, Sandbox, eventually

OLGA = NamedRef(id="d" * 23 + "2", name="Ольга <Орлова>")


@pytest.fixture
async def vera(sandbox: Sandbox, desk: Desk, bot: object) -> Person:
    """Vera of Moscow. Rita has five slots, Olga two, one is nobody's, Yekaterinburg has one."""
    desk.allow(1060, "Вера")
    desk.open_event(chooses_recruiter=True)
    for number in range(1, 6):
        desk.add_slot(number)
    desk.add_slot(6, recruiter=OLGA)
    desk.add_slot(7, recruiter=OLGA)
    desk.add_slot(8, recruiter=None)
    desk.add_slot(9, city=YEKATERINBURG)
    return await sandbox.person(1060, "Вера")


async def open_menu(person: Person) -> Message:
    """/start, up to the recruiters."""
    await person.writes("/start")
    return await person.sees("К какому рекрутеру вас записать?")


async def shows(person: Person, label: str) -> Message:
    """The last message, once it has such a button."""

    async def look() -> Message | None:
        last = (await person.messages())[-1]
        return last if any(label in shown for shown in last.labels) else None

    return await eventually(look, f"a button {label!r}")


async def test_recruiters_are_offered_with_next_free_time_and_number_of_slots(vera: Person) -> None:
    """R9: of the candidate's city, the soonest first; slots of nobody as "Любой рекрутер"; correct plurals."""
    menu = await open_menu(vera)
    assert "📍 Москва" in menu.text
    names = [label.split(" · ")[1] for label in menu.labels[:3]]
    assert [*names, *menu.labels[3:]] == [
        *("Рита Рекрутер", "Ольга <Орлова>", "Любой рекрутер", "🔄 Обновить", "Другой город")
    ]
    assert [label.split(" · ")[2] for label in menu.labels[:3]] == ["5 окон", "2 окна", "1 окно"]
    assert ":" in menu.labels[0].split(" · ")[0]


async def test_a_recruiters_slots_come_in_pages_and_lead_to_a_booking(vera: Person, desk: Desk) -> None:
    """R9: one message all the way; the request names the recruiter and the city as shown."""
    menu = await open_menu(vera)
    await vera.presses(menu, "Рита")
    first = await shows(vera, "каб. 1")
    assert first.id == menu.id
    assert "👤 Рита Рекрутер" in first.text
    assert first.labels[3:] == ["Позже →", "Другие дни", "Другой рекрутер", "Другой город"]
    await vera.presses(first, "Позже")
    second = await shows(vera, "каб. 4")
    assert second.labels[2:] == ["← Раньше", "Другие дни", "Другой рекрутер", "Другой город"]
    await vera.presses(second, "каб. 5")
    await vera.presses(await vera.sees("Записать вас на это время?"), "Назад")
    await vera.presses(await shows(vera, "каб. 4"), "каб. 4")
    await vera.presses(await vera.sees("Записать вас на это время?"), "Подтвердить")
    booked = await vera.sees("Вы записаны!")
    assert booked.id == menu.id
    [request] = desk.requests
    assert isinstance(request, BookingCreated)
    assert (request.slot.recruiter_id, request.slot.city_id) == (RECRUITER.id, MOSCOW.id)


async def test_another_recruiter_can_be_chosen_and_the_menu_refreshed(vera: Person, desk: Desk) -> None:
    """R9, R6: a slot taken meanwhile is gone from the refreshed menu."""
    await vera.presses(await open_menu(vera), "Ольга")
    await vera.presses(await shows(vera, "каб. 6"), "Другой рекрутер")
    menu = await vera.sees("К какому рекрутеру")
    desk.take_seats(desk.slots[f"{6:024x}"])
    await desk.invalidate(CacheName.SLOTS)

    async def refreshed() -> bool:
        await vera.presses(menu, "Обновить")
        return "1 окно" in (await vera.sees("К какому рекрутеру")).labels[1].split(" · ")[2:]

    async def shown_to_anyone() -> bool:  # who presses in quick succession is not heard each time
        await vera.presses(menu, "Любой")
        return "👤 Любой рекрутер" in (await vera.messages())[-1].text

    await eventually(refreshed, "one slot of Olga's left")
    await eventually(shown_to_anyone, "everybody's slots")
    await shows(vera, "каб. 8")


async def test_another_city_can_be_chosen(vera: Person) -> None:
    """Where several have free slots."""
    await vera.presses(await open_menu(vera), "Другой город")
    cities = await vera.sees("В каком городе")
    assert cities.labels == ["Екатеринбург", "Москва", "← Назад"]
    await vera.presses(cities, "Екатеринбург")
    slots = await vera.sees("📍 Екатеринбург")
    assert "🕐 Время по городу: Екатеринбург" in slots.text and "каб. 9" in slots.labels[0]


async def test_where_one_recruiter_alone_has_time_it_is_theirs_that_is_shown(vera: Person, desk: Desk) -> None:
    """No menu of one, nor a way to it, until another has time. Guards: ``several``, ``recruiters`` of ``Ways``."""
    for number in (6, 7, 8):
        desk.take_seats(desk.slots[f"{number:024x}"])
    await vera.writes("/start")
    slots = await vera.sees("Выберите удобное время")
    assert "👤 Рита Рекрутер" in slots.text
    assert slots.labels[3:] == ["Позже →", "Другие дни", "Другой город"]
    await vera.presses(slots, "каб. 2")
    desk.slots[f"{6:024x}"] = desk.slots[f"{6:024x}"].model_copy(update={"free": 1})
    await desk.invalidate(CacheName.SLOTS)
    await vera.presses(await vera.sees("Записать вас на это время?"), "Назад")
    again = await vera.sees("Выберите удобное время")
    assert "👤 Рита Рекрутер" in again.text and "Другой рекрутер" in again.labels


async def test_who_has_no_city_is_asked_unless_there_is_only_one(vera: Person, desk: Desk) -> None:
    """The city is the entry's, else chosen from those with free slots."""
    desk.allow(1060, "Вера", city_id=None)
    await vera.writes("/start")
    assert (await vera.sees("В каком городе")).labels == ["Екатеринбург", "Москва"]
    del desk.slots[f"{9:024x}"]
    desk.allow(1061, "Глеб", city_id=None)
    gleb = await vera.sandbox.person(1061, "Глеб")
    await desk.invalidate(CacheName.SLOTS)

    async def straight_on() -> bool:
        await gleb.writes("/start")
        return bool(await gleb.sees("📍 Москва", seconds=0.5))

    await eventually(straight_on, "the only city's recruiters")


async def test_a_city_without_slots_offers_the_contact_and_the_others(vera: Person, desk: Desk) -> None:
    """R7."""
    nowhere = CityRef(id="c" * 23 + "9", name="Тула", timezone="Europe/Moscow")
    desk.cities.append(nowhere)
    desk.allow(1060, "Вера", city_id=nowhere.id)
    await vera.writes("/start")
    nothing = await vera.sees("В этом городе свободного времени сейчас нет")
    assert nothing.labels == ["Свяжитесь с нами", "🔔 Сообщить, когда появятся места", "Другой город"]
    await vera.presses(nothing, "Другой город")
    await vera.sees("В каком городе")


async def test_a_city_without_a_free_seat_is_named_and_can_be_waited_for_by_anybody(vera: Person, desk: Desk) -> None:
    """R7: by people of other cities, too, and though only one other city has time. Guards: ``cities_of``,
    ``_goes_without_saying``, ``_sought``, ``_what_for``."""
    desk.take_seats(desk.slots[f"{9:024x}"])
    desk.change_event(cities=[MOSCOW, YEKATERINBURG])
    await vera.presses(await open_menu(vera), "Другой город")
    cities = await vera.sees("В каком городе")
    assert cities.labels == ["Москва", "Екатеринбург · нет свободного времени", "← Назад"]
    await vera.presses(cities, "Екатеринбург")
    nothing = await vera.sees("В этом городе свободного времени сейчас нет")
    assert nothing.labels == ["Свяжитесь с нами", "🔔 Сообщить, когда появятся места", "Другой город"]
    assert nothing.text.startswith(f"{EVENT.name}\n📍 Екатеринбург\n")
    await vera.presses(nothing, "Сообщить")
    waits = await vera.sees("Записали вас в лист ожидания")
    assert waits.text.startswith(f"{EVENT.name}\n📍 Екатеринбург\n")
    [joined] = [command for command in desk.dialog_commands if isinstance(command, WaitingListJoined)]
    assert joined.city_id == YEKATERINBURG.id
    desk.allow(1061, "Глеб", city_id=YEKATERINBURG.id)
    gleb = await vera.sandbox.person(1061, "Глеб")
    await gleb.writes("/start")
    assert (await gleb.sees("В этом городе свободного времени сейчас нет")).labels[1:] == nothing.labels[1:]


@pytest.mark.parametrize(("forgotten", "city"), [(False, YEKATERINBURG.id), (True, MOSCOW.id)])
async def test_the_waiting_list_is_joined_for_the_city_looked_at(
    vera: Person, desk: Desk, redis: Redis, forgotten: bool, city: str
) -> None:
    """R7: the city chosen on the way; the candidate's own once the choice is forgotten. Guard: ``_city_of``."""
    await vera.presses(await open_menu(vera), "Другой город")
    cities = await vera.sees("В каком городе")
    await vera.presses(cities, "Екатеринбург")
    await vera.sees("📍 Екатеринбург")
    desk.take_seats(desk.slots[f"{9:024x}"])
    await desk.invalidate(CacheName.SLOTS)

    async def gone() -> Message | None:
        await vera.presses(cities, "Екатеринбург")
        return await vera.sees("В этом городе свободного времени сейчас нет", seconds=0.5)

    nothing = await eventually(gone, "no slots")
    if forgotten:
        await redis.delete("user:1060:state", "user:1060:temp_data", "user:1060:city")
    await vera.presses(nothing, "Сообщить")
    await vera.sees("Записали вас в лист ожидания")
    [joined] = [command for command in desk.dialog_commands if isinstance(command, WaitingListJoined)]
    assert joined.city_id == city


async def test_many_recruiters_come_in_pages(vera: Person, desk: Desk) -> None:
    """Long lists page."""
    for number in range(10, 20):
        desk.add_slot(number, recruiter=NamedRef(id=f"{number:024d}", name=f"Рекрутер {number}"))
    menu = await open_menu(vera)
    assert menu.labels[8:] == ["Следующие →", "🔄 Обновить", "Другой город"]
    await vera.presses(menu, "Следующие")
    second = await shows(vera, "Рекрутер 19")
    assert second.labels[-3:] == ["← Предыдущие", "🔄 Обновить", "Другой город"]
    await vera.presses(second, "Рекрутер 19")
    await shows(vera, "каб. 19")


@pytest.mark.parametrize("outcome", [Outcome.WRONG_RECRUITER, Outcome.WRONG_CITY])
async def test_a_recruiter_or_city_changed_meanwhile_has_its_own_words_and_the_current_menu(
    vera: Person, desk: Desk, outcome: Outcome
) -> None:
    """R2, R9: in the same message, and the next choice works."""
    await vera.presses(await open_menu(vera), "Ольга")
    await vera.presses(await shows(vera, "каб. 6"), "каб. 6")
    details = await vera.sees("Записать вас на это время?")
    desk.outcome = outcome
    await vera.presses(details, "Подтвердить")
    menu = await vera.sees(texts_for("ru").plain(f"outcome.{outcome.value}"))
    assert menu.id == details.id
    assert "К какому рекрутеру вас записать?" in menu.text
    desk.outcome = None
    await vera.presses(menu, "Рита")
    await vera.presses(await shows(vera, "каб. 1"), "каб. 1")
    await vera.presses(await vera.sees("Записать вас"), "Подтвердить")
    await vera.sees("Вы записаны!")


async def test_a_slot_taken_meanwhile_shows_the_same_recruiters_others(vera: Person, desk: Desk) -> None:
    """FR5: then, when this recruiter has none left, the menu."""
    for room, left in (("каб. 6", "каб. 7"), ("каб. 7", "")):
        if left:
            await vera.presses(await open_menu(vera), "Ольга")
        await vera.presses(await shows(vera, room), room)
        details = await vera.sees("Записать вас на это время?")
        desk.take_seats(desk.slots[f"{int(room[-1]):024x}"])
        await vera.presses(details, "Подтвердить")
        again = await vera.sees("Это время только что заняли")
        if left:
            assert [label for label in again.labels if "каб." in label] == [
                label for label in again.labels if left in label
            ]
    assert "У этого рекрутера больше нет свободного времени" in again.text
    assert "Рита" in again.labels[0]


async def test_moving_offers_the_same_recruiter_first_and_others_by_a_button(vera: Person, desk: Desk) -> None:
    """FR6 where the candidate chooses the recruiter."""
    booking = desk.book(1060, desk.slots[f"{6:024x}"])
    await vera.writes("/reschedule")
    slots = await vera.sees("На какое время перенести?")
    assert ["каб. 7" in label for label in slots.labels] == [True, False, False, False]
    assert slots.labels[1:] == ["Другой рекрутер", "Другой город", "Оставить как есть"]
    await vera.presses(slots, "Другой рекрутер")
    menu = await vera.sees("К какому рекрутеру перенести?")
    assert menu.labels[-3:] == ["Другой город", "← Назад", "Оставить как есть"]
    await vera.presses(menu, "Рита")
    await vera.presses(await shows(vera, "каб. 1"), "Позже")
    await vera.presses(await shows(vera, "каб. 4"), "каб. 4")
    await vera.presses(await vera.sees("Перенести вашу запись"), "Подтвердить")
    await vera.sees("Запись перенесена!")
    [request] = desk.requests
    assert isinstance(request, BookingRescheduled)
    assert (request.booking_id, request.slot.recruiter_id) == (booking.id, RECRUITER.id)


async def test_a_recruiter_of_the_forgers_own_making_leads_to_the_menu(vera: Person, desk: Desk) -> None:
    """A forged or outdated recruiter's or city's button shows what there is."""
    menu = await open_menu(vera)
    event_id = desk.events[0].id
    await vera.sends_data(menu, f"1:rc:{event_id}:{'f' * 24}")
    await vera.sees("У этого рекрутера больше нет свободного времени")
    await vera.sends_data(menu, f"1:ct:{event_id}:{'f' * 24}")
    await vera.sees("В выбранном городе собеседований больше нет")


async def test_the_quick_flow_names_the_city_and_the_way_to_others_only_where_there_are_several(
    vera: Person, desk: Desk
) -> None:
    """FR3: the candidate's own city without being asked for it; another by a button, which is remembered."""
    desk.change_event(chooses_recruiter=False)
    await vera.writes("/start")
    slots = await vera.sees("Выберите удобное время")
    assert "📍 Москва" in slots.text
    assert slots.labels[3:] == ["Позже →", "Другие дни", "Другой город"]
    await vera.presses(slots, "Другой город")
    await vera.presses(await vera.sees("В каком городе"), "Екатеринбург")
    assert (await vera.sees("📍 Екатеринбург")).labels[1:] == ["Другой город"]
    await vera.writes("/start")
    assert "каб. 9" in (await vera.sees("📍 Екатеринбург")).labels[0]
    del desk.slots[f"{9:024x}"]
    await desk.invalidate(CacheName.SLOTS)

    async def unnamed() -> bool:
        await vera.writes("/start")
        shown = await vera.sees("Выберите удобное время")
        return "📍 Москва" not in shown.text and "каб. 1" in shown.labels[0]

    await eventually(unnamed, "the only city left, not named")
    await vera.writes("/help")
    await vera.sees("Вот что я умею")  # the last of what was written above is handled too


async def test_a_city_that_has_closed_is_chosen_anew_with_a_word(vera: Person, desk: Desk) -> None:
    """FR3, FR6: the remembered one, and that of a booking. Guards: ``_is_in_closed_city``, ``forget_city``."""
    desk.change_event(chooses_recruiter=False)
    desk.add_slot(7, city=CityRef(id="c" * 23 + "3", name="Самара", timezone="Europe/Samara"))
    booked = desk.slots[f"{9:024x}"]
    await vera.writes("/start")
    await vera.presses(await vera.sees("Выберите удобное время"), "Другой город")
    await vera.presses(await vera.sees("В каком городе"), "Екатеринбург")
    await vera.sees("📍 Екатеринбург")
    desk.closed_cities = {YEKATERINBURG.id}
    await desk.invalidate(CacheName.CITIES)
    await vera.writes("/start")
    shown = await vera.sees("В выбранном городе собеседований больше нет")
    assert "В каком городе" in shown.text
    assert [label for label in shown.labels if label in {"Екатеринбург", "Москва", "Самара"}] == ["Москва", "Самара"]
    await vera.writes("/start")
    assert "больше нет" not in (await vera.sees("📍 Москва")).text
    desk.book(vera.id, booked)
    await vera.writes("/reschedule")
    await vera.presses(await vera.sees("В выбранном городе собеседований больше нет"), "Самара")
    await vera.presses(await vera.sees("На какое время перенести?"), "каб. 7")
    await vera.sees("Перенести вашу запись")


async def test_in_the_quick_flow_the_city_comes_first_to_who_has_none(vera: Person, desk: Desk) -> None:
    """FR3, FR6: asked once; a move begins in the booking's city and may go to another."""
    desk.change_event(chooses_recruiter=False)
    desk.allow(1060, "Вера", city_id=None)
    await vera.writes("/start")
    await vera.presses(await vera.sees("В каком городе"), "Екатеринбург")
    await vera.presses(await vera.sees("📍 Екатеринбург"), "каб. 9")
    await vera.presses(await vera.sees("Записать вас"), "Подтвердить")
    await vera.sees("Вы записаны!")
    desk.add_slot(10, city=YEKATERINBURG)
    await desk.invalidate(CacheName.SLOTS)

    async def moving() -> Message | None:
        await vera.writes("/reschedule")
        shown = await vera.sees("На какое время перенести?")
        return shown if "каб. 10" in shown.labels[0] else None

    slots = await eventually(moving, "the other slot of the same city")
    assert slots.labels[1:] == ["Другой город", "Оставить как есть"]
    await vera.presses(slots, "Другой город")
    await vera.presses(await vera.sees("В каком городе"), "Москва")
    assert "каб. 1" in (await vera.sees("📍 Москва")).labels[0]


async def test_what_is_written_while_choosing_is_answered_with_the_step_again(vera: Person, desk: Desk) -> None:
    """Manners: at the slots and at the confirmation. However many messages ask, one Confirm is taken."""
    await vera.presses(await open_menu(vera), "Ольга")
    await shows(vera, "каб. 6")
    await vera.writes("можно завтра?")
    again = await vera.sees("Выберите, пожалуйста, кнопкой")
    assert "каб. 6" in again.labels[0]
    await vera.presses(again, "каб. 6")
    old = await vera.sees("Записать вас на это время?")
    await vera.writes("да")
    asked = await vera.sees("Выберите, пожалуйста, кнопкой")
    assert "Записать вас на это время?" in asked.text
    await vera.presses(asked, "Подтвердить")
    await vera.sees("Вы записаны!")
    answer = await vera.answer_to(await vera.presses(old, "Подтвердить"))
    assert "устарела" in answer["text"]
    assert len(desk.requests) == 1
    await vera.writes("/help")
    await vera.sees("Вот что я умею")  # that press is handled to its end


@pytest.mark.parametrize(
    ("zone", "time"),
    [
        ("Europe/Kaliningrad", "23:30 (Москва; у вас 22:30)"),
        ("Europe/Moscow", "23:30"),
        ("Asia/Vladivostok", "23:30 (Москва; у вас {day} 24 нояб., 06:30)"),
    ],
)
async def test_an_interview_has_its_places_date_and_another_one_of_the_readers_is_named(
    vera: Person, desk: Desk, zone: str, time: str
) -> None:
    """In the menu and above the buttons, in the details and when booked. Guards: ``start``, ``shared_clocks``."""
    year = clock.now().year + 1
    time = time.format(day=format_date(date(year, 11, 24), "EEE", locale="ru"))
    starts_at = datetime(year, 11, 23, 20, 30, tzinfo=UTC)
    desk.slots.clear()
    desk.add_slot(1, starts_at=starts_at, closes_at=starts_at - timedelta(hours=2))
    desk.allow(1060, "Вера", timezone=zone)
    desk.add_slot(2, starts_at=starts_at + timedelta(days=1), recruiter=OLGA)
    menu = await open_menu(vera)
    _, _, own = time.rstrip(")").partition("; ")
    assert menu.labels[0].endswith("23 нояб., 23:30 · Рита Рекрутер · 1 окно") and own in menu.text
    await vera.presses(menu, "Рита")
    slots = await shows(vera, "каб. 1")
    assert "23 нояб., 23:30 · " in slots.labels[0] and own in slots.text
    await vera.presses(slots, "каб. 1")
    details = await vera.sees("Записать вас на это время?")
    await vera.presses(details, "Подтвердить")
    booked = await vera.sees("Вы записаны!")
    for text in (details.text, booked.text):
        assert f"23 ноября {year}" in text
        assert f"🕐 {time}," in text


async def test_a_slot_of_a_far_city_names_its_zone_to_who_has_none_of_their_own(vera: Person, desk: Desk) -> None:
    """The city's zone decides then."""
    vladivostok = CityRef(id="c" * 23 + "5", name="Владивосток", timezone="Asia/Vladivostok")
    slot = desk.add_slot(11, city=vladivostok)
    await vera.presses(await open_menu(vera), "Другой город")
    await vera.presses(await vera.sees("В каком городе"), "Владивосток")
    menu = await vera.sees("📍 Владивосток")
    assert "🕐 Время по городу: Владивосток" in menu.text
    assert f"{slot.starts_at + timedelta(hours=10):%H:%M} ·" in menu.labels[0]
