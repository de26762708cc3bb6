"""Another time than the booked one: asked for, or proposed by the recruiter (R3, R8)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from interview_bot.common import clock
from interview_bot.views.formatting import CLOCK, all_changes, booking_card, deadline, moment, slot_changes
from interview_bot.views.notice_values import wanted_slot
from interview_bot.views.slots.labels import Style, slot_labels
from interview_bot.views.texts import texts_for
from shared_contracts.directory import CityRef, NamedRef
from tests.kit.desk import YEKATERINBURG, Desk

BERLIN = CityRef(id="c" * 24, name="Берлин", timezone="Europe/Berlin")


@pytest.mark.parametrize("field", ["requested_slot", "offered_slot"])
def test_it_is_shown_with_its_own_place_where_that_is_another(desk: Desk, field: str) -> None:
    """Guard: ``other_slot``; the booked place stands right above it."""
    texts = texts_for("ru")
    same = desk.add_slot(3).model_copy(update={"room": "каб. 1"})
    elsewhere = desk.add_slot(4).model_copy(update={"city": YEKATERINBURG, "room": "зал"})
    booking = desk.book(1001, desk.add_slot(1))

    last = booking_card(booking.model_copy(update={field: elsewhere}), None, texts).splitlines()[-1]
    assert last.endswith(" · Екатеринбург, Офис на Тверской, зал")
    assert wanted_slot(booking, elsewhere, None, texts).endswith(" · Екатеринбург, Офис на Тверской, зал")
    assert "·" not in booking_card(booking.model_copy(update={field: same}), None, texts).splitlines()[-1]


@pytest.mark.parametrize(
    ("now", "line"),
    [
        ({"starts_at": datetime(2026, 11, 24, 12, 20, tzinfo=UTC)}, "🕐 24 ноября, 14:20 → 24 ноября, 15:20"),
        ({"duration_minutes": 30}, "🕐 20 → 30 мин"),
        ({"room": "9"}, "📍 каб. 1 → комн. 9"),
        ({"recruiter": NamedRef(id="d" * 24, name="Вера Ким")}, "👤 Рита Рекрутер → Вера Ким"),
        ({"location": "", "room": "", "online": True}, "📍 Москва, Офис на Тверской, каб. 1 → онлайн"),
        ({}, "📍 Москва, Офис на Тверской, каб. 1"),
    ],
)
def test_what_has_changed_is_said_old_and_new(desk: Desk, now: dict[str, Any], line: str) -> None:
    """Guard: ``slot_changes``."""
    slot = desk.add_slot(1, starts_at=datetime(2026, 11, 24, 11, 20, tzinfo=UTC))
    assert slot_changes(slot, slot.model_copy(update=now), None, texts_for("ru")) == [line]


def test_two_times_that_the_clocks_show_alike_are_told_apart(desk: Desk) -> None:
    """Where the clocks are put back, on buttons and in what changes. Guards: ``clocks_name``, ``offset_if_twice``."""
    first = desk.add_slot(1, starts_at=datetime(2027, 10, 31, 0, 30, tzinfo=UTC), city=BERLIN)
    second = first.model_copy(update={"id": "e" * 24, "starts_at": first.starts_at + timedelta(hours=1)})
    labels = slot_labels([first, second], BERLIN.timezone, texts_for("en"), Style(CLOCK, with_place=False)).buttons
    assert labels == ["02:30 (Berlin, UTC+2)", "02:30 (Berlin, UTC+1)"]
    [line] = slot_changes(first, second, BERLIN.timezone, texts_for("en"))
    assert line == "🕐 31 October, 02:30 (Berlin, UTC+2) → 31 October, 02:30 (Berlin, UTC+1)"


def test_what_changes_of_the_booked_slot_and_of_the_one_asked_for_is_told_together(desk: Desk) -> None:
    """What is so of both once, what is so of the other alone behind 🔁. Guard: ``all_changes``."""
    own = desk.add_slot(1, starts_at=datetime(2026, 11, 24, 11, 20, tzinfo=UTC), room="5")
    wanted = desk.add_slot(2, starts_at=datetime(2026, 11, 25, 11, 20, tzinfo=UTC), room="5")
    handed = {"recruiter": NamedRef(id="d" * 23 + "1", name="Анна Ветрова")}
    own_now = own.model_copy(update=handed)
    wanted_now = wanted.model_copy(update=handed | {"room": "9"})
    lines = all_changes((own, own_now), (wanted, wanted_now), None, texts_for("ru"))
    handed_over = "👤 Рита Рекрутер → Анна Ветрова"
    assert lines == [handed_over, "🔁 📍 Изменилась комната: 9 вместо 5"]
    assert all_changes((None, own), (wanted, wanted_now), None, texts_for("ru")) == [
        "📍 Изменилась комната: 9 вместо 5",
        handed_over,
    ]
    assert all_changes((None, own), (None, wanted), None, texts_for("ru")) == []


def test_a_citys_clocks_put_right_leave_the_moment_and_say_so(desk: Desk) -> None:
    """But not where the interview is in another city now."""
    was = desk.add_slot(1, starts_at=datetime(2026, 11, 24, 1, 0, tzinfo=UTC), city=_city("Asia/Vladivostok"))
    now = was.model_copy(update={"city": _city("Asia/Sakhalin")})
    assert slot_changes(was, now, None, texts_for("en"))[0].startswith(
        "🕐 24 November, 12:00 (Sakhalin): the same moment as before, on the right clocks now. Before, it said: "
        "24 November, 11:00 (Vladivostok)"
    )
    elsewhere = now.model_copy(update={"city": YEKATERINBURG})
    assert " → " in slot_changes(was, elsewhere, None, texts_for("en"))[0]


def test_the_same_digits_on_other_clocks_name_both(desk: Desk) -> None:
    """A zone put right that keeps the clock, and another city. Guard: ``side_by_side``."""
    was = desk.add_slot(1, starts_at=datetime(2026, 11, 24, 7, 0, tzinfo=UTC))
    now = was.model_copy(
        update={
            "starts_at": datetime(2026, 11, 24, 5, 0, tzinfo=UTC),
            "city": was.city.model_copy(update={"timezone": "Asia/Yekaterinburg"}),
        }
    )
    line = "🕐 24 November, 10:00 (Moscow) → 24 November, 10:00 (Yekaterinburg)"
    assert slot_changes(was, now, None, texts_for("en")) == [line]
    elsewhere = was.model_copy(update={"starts_at": now.starts_at, "city": YEKATERINBURG})
    assert slot_changes(was, elsewhere, None, texts_for("en"))[0] == line


def test_whose_clocks_show_the_same_is_told_that(desk: Desk) -> None:
    """An online interview on the reader's own clocks. Guard: ``same_time``."""
    was = desk.add_slot(1, starts_at=datetime(2026, 11, 24, 7, 0, tzinfo=UTC)).model_copy(update={"online": True})
    now = was.model_copy(update={"city": was.city.model_copy(update={"timezone": "Asia/Yekaterinburg"})})
    assert slot_changes(was, now, "Europe/Moscow", texts_for("ru")) == ["🕐 24 ноября, 10:00: для вас время то же."]


def _city(zone: str) -> CityRef:
    return CityRef(id="c" * 23 + "3", name="Владивосток", timezone=zone)


def test_an_online_interview_whose_readers_zone_was_put_right_has_another_time(desk: Desk) -> None:
    """Guard: ``zone_was`` in ``slot_changes``."""
    slot = desk.add_slot(1, starts_at=datetime(2026, 11, 24, 11, 20, tzinfo=UTC)).model_copy(update={"online": True})
    [line] = slot_changes(slot, slot, "Asia/Yekaterinburg", texts_for("ru"), "Europe/Moscow")
    assert line == (
        "🕐 24 ноября, 16:20 (Екатеринбург): момент тот же, исправлены только часы. Было написано: "
        "24 ноября, 14:20 (Москва)."
    )


def test_a_deadline_that_is_near_says_today_and_how_long_is_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard: ``deadline``; it reads well behind "until"."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 24, 14, 43, tzinfo=UTC))
    booking, texts = desk.book(1001, desk.add_slot(1)), texts_for("ru")
    ends = datetime(2026, 11, 24, 14, 58, tzinfo=UTC)
    assert deadline(ends, booking, None, texts) == "17:58 сегодня (15 минут)"
    assert deadline(ends, booking, None, texts_for("en")) == "17:58 today (15 minutes)"
    assert deadline(ends + timedelta(hours=2), booking, None, texts) == "19:58 сегодня"
    assert deadline(ends + timedelta(days=1), booking, None, texts) == "17:58 завтра"
    assert deadline(ends + timedelta(days=2), booking, "Asia/Vladivostok", texts) == "27 ноября, 00:58 (Владивосток)"


def test_a_deadline_names_its_clocks_beside_a_time_on_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Moscow reader of an interview in Vladivostok, also of one that is asked for or offered there; what was said of
    it likewise. Guard: ``clocks_beside``."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 24, 14, 43, tzinfo=UTC))
    ends, texts = datetime(2026, 11, 24, 14, 58, tzinfo=UTC), texts_for("ru")
    vladivostok = CityRef(id="c" * 23 + "3", name="Владивосток", timezone="Asia/Vladivostok")
    here, there = desk.add_slot(1), desk.add_slot(2, city=vladivostok)
    far, near = desk.book(1001, there), desk.book(1001, here, number=2)
    assert deadline(ends, far, "Europe/Moscow", texts) == "17:58 сегодня (Москва; 15 минут)"
    assert deadline(ends, far, "Europe/Moscow", texts_for("en")) == "17:58 today (Moscow; 15 minutes)"
    assert deadline(ends, far, None, texts) == "00:58 сегодня (Владивосток; 15 минут)", "of whom no zone is known"
    assert moment(ends, far, "Europe/Moscow", texts, CLOCK) == "17:58 (Москва)"
    for field in ("requested_slot", "offered_slot"):
        other = near.model_copy(update={field: there})
        assert deadline(ends, other, "Europe/Moscow", texts, says_left=False) == "17:58 сегодня (Москва)"
    assert deadline(ends, near, "Europe/Moscow", texts, says_left=False) == "17:58 сегодня"
    online = far.model_copy(update={"slot": there.model_copy(update={"online": True})})
    assert deadline(ends, online, "Europe/Moscow", texts, says_left=False) == "17:58 сегодня", "told on the same clocks"
