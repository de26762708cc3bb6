"""How staff are told when something is (spec, "Time"): on the place's clocks, with the company's own beside them."""

import re
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from common.zones import MOSCOW
from scheduling.services.reading.days import spans_of
from staffkit.clocks import format_moment, from_wall_clock

VLADIVOSTOK, KATHMANDU = "Asia/Vladivostok", "Asia/Kathmandu"
BACK = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
NOON, LATE = datetime(2026, 12, 7, 7, tzinfo=UTC), datetime(2026, 12, 6, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "ours", "told"),
    [
        (NOON, MOSCOW, False, "Mon 07.12.2026, 10:00"),
        (NOON, "Europe/Volgograd", False, "Mon 07.12.2026, 10:00"),
        (NOON, VLADIVOSTOK, False, "Mon 07.12.2026, 17:00 (Vladivostok; Moscow 10:00)"),
        (NOON, KATHMANDU, False, "Mon 07.12.2026, 12:45 (Kathmandu; Moscow 10:00)"),
        (LATE, VLADIVOSTOK, False, "Mon 07.12.2026, 06:30 (Vladivostok; Moscow Sun 23:30)"),
        (LATE, VLADIVOSTOK, True, "Sun 06.12.2026, 23:30 (Vladivostok Mon 06:30)"),
        (BACK, "Europe/Berlin", False, "Sun 31.10.2027, 02:30 (Berlin, UTC+2; Moscow 03:30)"),
        (BACK, "Europe/Helsinki", False, "Sun 31.10.2027, 03:30 (Helsinki, UTC+3)"),
        (NOON, VLADIVOSTOK, True, "Mon 07.12.2026, 10:00 (Vladivostok 17:00)"),
    ],
)
def test_a_moment_is_told_on_the_places_clocks_with_ours_in_brackets(
    moment: datetime, zone: str, ours: bool, told: str
) -> None:
    """Guards: ``format_moment``, ``zone_told``."""
    with override("en"):
        assert format_moment(moment, zone, ours=ours) == told


def test_in_russian() -> None:
    with override("ru"):
        assert format_moment(NOON, VLADIVOSTOK) == "Пн 07.12.2026, 17:00 (Владивосток; Москва 10:00)"


@pytest.mark.parametrize(
    ("typed", "zone", "why"),
    [
        ("2027-03-28T02:30", "Europe/Berlin", "28.03.2027, 02:30 does not exist there.* Give 01:30 or 03:30"),
        ("2027-10-31T02:30", "Europe/Berlin", "comes twice there, at UTC\\+2 and UTC\\+1.* Give 01:30 or 03:30"),
        ("2027-04-04T01:45", "Australia/Lord_Howe", "comes twice there, at UTC\\+11 and UTC\\+10:30.* 01:15 or 02:15"),
    ],
)
def test_a_time_that_does_not_exist_or_comes_twice_is_refused_with_both_choices(
    typed: str, zone: str, why: str
) -> None:
    """Guard: ``from_wall_clock``. So no two times of a list are one moment."""
    with override("en"), pytest.raises(ValidationError) as refused:
        from_wall_clock(datetime.fromisoformat(typed), zone)
    assert re.search(why, refused.value.messages[0])


def test_other_times_are_the_moments_they_say() -> None:
    typed = datetime.fromisoformat("2027-03-28T03:00")
    assert from_wall_clock(typed, "Europe/Berlin") == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_a_day_is_each_citys_own() -> None:
    """Half past six in Vladivostok is the evening before in Moscow. Guard: ``spans_of``."""
    day = date(2026, 12, 7)
    assert spans_of(day, None, [VLADIVOSTOK]) == {
        VLADIVOSTOK: (datetime(2026, 12, 6, 14, tzinfo=UTC), None),
        MOSCOW: (datetime(2026, 12, 6, 21, tzinfo=UTC), None),
    }
    assert spans_of(None, day, [])[MOSCOW].ends == datetime(2026, 12, 7, 21, tzinfo=UTC)
