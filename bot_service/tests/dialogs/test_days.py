"""FR3, FR6, R9: other days: a month of days with free seats, then a day's times."""

from datetime import timedelta
from typing import Any

import pytest

from interview_bot.common.dialog_data import DialogData
from interview_bot.views.screen import Reader
from interview_bot.views.slots.menu import slot_menu
from interview_bot.views.texts import texts_for
from shared_contracts.booking import BookingCreated, BookingRescheduled
from shared_contracts.directory import InterviewEvent, SlotView
from shared_contracts.notification import CacheName
from tests.kit.days import MAY, at
from tests.kit.desk import EVENT, YEKATERINBURG, Desk
from tests.kit.telegram import Message, Person, Sandbox, eventually


@pytest.fixture
async def olga(sandbox: Sandbox, desk: Desk, bot: object) -> Person:
    """Olga; three days in May with times, and one in July."""
    desk.allow(1070, "Ольга")
    desk.open_event()
    for number, days in enumerate((0, 0, 0, 1, 8, 8)):
        at(desk, number + 1, days=days, hours=number, room="каб. 5")
    at(desk, 7, days=60)
    return await sandbox.person(1070, "Ольга")


async def turns_to(person: Person, text: str) -> Message:
    """The last message, once it shows that."""
    return await person.sees(text)


async def open_days(person: Person) -> Message:
    """/start and Other days."""
    await person.writes("/start")
    await person.presses(await person.sees("Выберите удобное время"), "Другие дни")
    return await person.sees("дни, когда есть свободное время")


async def test_any_day_is_at_most_three_presses_away_and_its_times_lead_to_a_booking(olga: Person, desk: Desk) -> None:
    """FR3: months with free days only, days with free seats only; all of a day's times at once."""
    days = await open_days(olga)
    assert [label[-2:].strip() for label in days.labels[:3]] == ["3", "4", "11"]
    assert days.labels[3:] == ["июль ›", "← Назад"]
    await olga.presses(days, "июль")
    assert (await olga.sees("Июль")).labels[1:] == ["‹ май", "← Назад"]
    await olga.presses(await olga.sees("Июль"), " 2")
    july = await olga.sees("2 июля")
    assert july.labels == ["10:00", "← Назад"]
    await olga.presses(july, "Назад")
    await olga.presses(await olga.sees("Июль"), "май")
    await olga.presses(await olga.sees("Май"), " 11")
    times = await olga.sees("11 мая")
    assert times.labels == ["14:00", "15:00", "← Назад"]
    assert "Офис на Тверской, каб. 5" in times.text
    await olga.presses(times, "15:00")
    await olga.presses(await olga.sees("Записать вас"), "Подтвердить")
    booked = await olga.sees("Вы записаны!")
    assert booked.id == days.id
    [request] = desk.requests
    assert isinstance(request, BookingCreated)
    assert request.slot.id == f"{6:024x}"


async def test_back_leads_from_the_details_over_the_day_and_the_days_to_the_page_before(
    olga: Person, desk: Desk
) -> None:
    """Each Back is one step; what is written meanwhile shows the step again."""
    await olga.writes("/start")
    await olga.presses(await olga.sees("Выберите удобное время"), "Позже")

    async def second_page() -> Message | None:
        shown = (await olga.messages())[-1]
        return shown if "← Раньше" in shown.labels else None

    second = await eventually(second_page, "the second page")
    await olga.presses(second, "Другие дни")
    await olga.presses(await olga.sees("дни, когда"), " 11")
    await olga.presses(await olga.sees("11 мая"), "14:00")
    await olga.presses(await olga.sees("Записать вас"), "Назад")

    async def day_again() -> bool:
        return "15:00" in (await olga.messages())[-1].labels

    await eventually(day_again, "the day again")
    await olga.writes("а можно утром?")
    day = await olga.sees("Выберите, пожалуйста, кнопкой")
    assert day.labels == ["14:00", "15:00", "← Назад"]
    await olga.presses(day, "Назад")
    await olga.presses(await olga.sees("дни, когда"), "Назад")
    assert (await eventually(second_page, "the second page")).labels == second.labels
    assert desk.requests == []


async def test_a_day_that_filled_up_meanwhile_says_so_and_shows_the_days_there_are(olga: Person, desk: Desk) -> None:
    """FR5 for days. Guard: ``_times``."""
    days = await open_days(olga)
    del desk.slots[f"{4:024x}"]
    await desk.invalidate(CacheName.SLOTS)

    async def gone() -> Message | None:
        await olga.presses(days, " 4")
        return await olga.sees("На этот день свободного времени больше нет", seconds=0.5)

    again = await eventually(gone, "the day is gone")
    assert [label[-2:].strip() for label in again.labels[:2]] == ["3", "11"]
    await olga.presses(again, " 11")
    await olga.presses(await olga.sees("11 мая"), "14:00")
    details = await olga.sees("Записать вас")
    desk.take_seats(desk.slots[f"{5:024x}"])
    await olga.presses(details, "Подтвердить")
    assert (await olga.sees("Это время только что заняли")).labels == ["15:00", "← Назад"]


async def test_a_recruiters_days_are_those_of_their_own_slots_and_a_move_has_them_too(olga: Person, desk: Desk) -> None:
    """R9, FR6: nobody else's day, and not the booking's own time."""
    desk.change_event(chooses_recruiter=True)
    at(desk, 8, days=20, recruiter=None)
    desk.book(1070, desk.slots[f"{4:024x}"])
    await olga.writes("/reschedule")
    await olga.presses(await olga.sees("На какое время перенести?"), "Другие дни")
    days = await olga.sees("дни, когда")
    assert [label[-2:].strip() for label in days.labels[:2]] == ["3", "11"]
    assert days.labels[2:] == ["июль ›", "← Назад", "Оставить как есть"]
    await olga.presses(days, " 11")
    times = await olga.sees("11 мая")
    assert times.labels[2:] == ["← Назад", "Оставить как есть"]
    await olga.presses(times, "14:00")
    await olga.presses(await olga.sees("Перенести вашу запись"), "Подтвердить")
    await olga.sees("Запись перенесена!")
    assert isinstance(desk.requests[0], BookingRescheduled)


def menu_of(slots: list[SlotView], zone: str | None = None, **data: Any) -> tuple[str, list[list[str]]]:
    """The menu's text, and its buttons' by row."""
    event = InterviewEvent(id=EVENT.id, title=EVENT.name, description="", approval_required=False)
    reader = Reader(texts_for("en"), zone, None)
    screen, _ = slot_menu(event, slots, reader, DialogData(event_id=EVENT.id, **data), other_events=False)
    assert screen.keyboard is not None
    return screen.text, [[button.text for button in row] for row in screen.keyboard.inline_keyboard]


def test_a_day_is_the_citys_and_its_zone_is_named(desk: Desk) -> None:
    """ "Time": 23:30 in Moscow is tomorrow in Yekaterinburg."""
    slot = at(desk, 1, days=0, hours=13.5, city=YEKATERINBURG)
    _, rows = menu_of([slot], month=MAY.date())
    assert rows[0][0].endswith(" 4")
    _, times = menu_of([slot], day=(MAY + timedelta(days=1)).date())
    assert times[0] == ["01:30 (Yekaterinburg)"]


@pytest.mark.parametrize(
    ("rooms", "count", "columns", "first_page"),
    [(1, 60, 4, 48), (2, 30, 1, 12), (1, 5, 4, 5)],
)
def test_a_days_times_stand_side_by_side_and_come_in_pages_only_where_they_are_very_many(
    desk: Desk, rooms: int, count: int, columns: int, first_page: int
) -> None:
    """Telegram takes no more than a hundred buttons, and cuts long texts. Every time is on one of the pages."""
    made = [at(desk, n, days=0, hours=n / 6, room=f"Room {n % rooms}") for n in range(count)]
    seen: list[str] = []
    for page in range(9):
        _, rows = menu_of(made, day=MAY.date(), menu=page)
        times = [row for row in rows if ":" in row[0]]
        assert max(map(len, times)) <= columns
        seen += [label for row in times for label in row]
        if page == 0:
            assert sum(map(len, times)) == first_page
            assert ("Next →" in [label for row in rows for label in row]) == (first_page < count)
        if not any("Next" in label for row in rows for label in row):
            break
    assert len(seen) == len(set(seen)) == count


def test_a_month_is_a_row_a_week(desk: Desk) -> None:
    """Weekdays stand in order, and a week begins on Monday."""
    made = [at(desk, n, days=n) for n in range(14)]
    _, rows = menu_of(made, month=MAY.date())
    monday = [index for index, row in enumerate(rows) if row[0].startswith("Mon")]
    assert monday
    assert all(len(row) <= 7 for row in rows)
    assert rows[monday[0]][0].startswith("Mon")
