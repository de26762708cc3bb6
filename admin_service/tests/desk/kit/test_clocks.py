"""How staff are told when something is (spec, "Time"): on the place's clocks, with the company's own beside them."""

from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override

from common.zones import MOSCOW
from scheduling.services.days import spans_of
from staffkit.clocks import format_moment

VLADIVOSTOK, KATHMANDU = "Asia/Vladivostok", "Asia/Kathmandu"
NOON, LATE = datetime(2026, 12, 7, 7, tzinfo=UTC), datetime(2026, 12, 6, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "ours", "told"),
    [
        (NOON, MOSCOW, False, "Mon 07.12.2026, 10:00"),
        (NOON, "Europe/Volgograd", False, "Mon 07.12.2026, 10:00"),
        (NOON, VLADIVOSTOK, False, "Mon 07.12.2026, 17:00 UTC+10 (10:00 MSK)"),
        (NOON, KATHMANDU, False, "Mon 07.12.2026, 12:45 UTC+5:45 (10:00 MSK)"),
        (LATE, VLADIVOSTOK, False, "Mon 07.12.2026, 06:30 UTC+10 (Sun 23:30)"),
        (LATE, VLADIVOSTOK, True, "Sun 06.12.2026, 23:30 (Mon 06:30 UTC+10)"),
        (NOON, VLADIVOSTOK, True, "Mon 07.12.2026, 10:00 (17:00 UTC+10)"),
    ],
)
def test_a_moment_is_told_on_the_places_clocks_with_ours_in_brackets(
    moment: datetime, zone: str, ours: bool, told: str
) -> None:
    """Guard: ``format_moment``."""
    with override("en"):
        assert format_moment(moment, zone, ours=ours) == told


def test_in_russian() -> None:
    with override("ru"):
        assert format_moment(NOON, VLADIVOSTOK) == "Пн 07.12.2026, 17:00 UTC+10 (10:00 МСК)"


def test_a_day_is_each_citys_own() -> None:
    """Half past six in Vladivostok is the evening before in Moscow. Guard: ``spans_of``."""
    day = date(2026, 12, 7)
    assert spans_of(day, None, [VLADIVOSTOK]) == {
        VLADIVOSTOK: (datetime(2026, 12, 6, 14, tzinfo=UTC), None),
        MOSCOW: (datetime(2026, 12, 6, 21, tzinfo=UTC), None),
    }
    assert spans_of(None, day, [])[MOSCOW].ends == datetime(2026, 12, 7, 21, tzinfo=UTC)
