"""On whose clocks the time of an interview is told (spec, "Time")."""

from datetime import UTC, datetime

import pytest

from shared_contracts.texts.clocks import MOSCOW, clocks_of

VLADIVOSTOK, KALININGRAD, HELSINKI = "Asia/Vladivostok", "Europe/Kaliningrad", "Europe/Helsinki"
WINTER, SUMMER = datetime(2027, 1, 15, 7, tzinfo=UTC), datetime(2027, 7, 15, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("place", "reader", "online", "told"),
    [
        (MOSCOW, MOSCOW, False, (MOSCOW, False, None)),
        (VLADIVOSTOK, VLADIVOSTOK, False, (VLADIVOSTOK, True, None)),
        (VLADIVOSTOK, MOSCOW, False, (VLADIVOSTOK, True, MOSCOW)),
        (MOSCOW, VLADIVOSTOK, False, (MOSCOW, True, VLADIVOSTOK)),
        (KALININGRAD, VLADIVOSTOK, False, (KALININGRAD, True, VLADIVOSTOK)),
        (KALININGRAD, None, False, (KALININGRAD, True, None)),
        (MOSCOW, None, False, (MOSCOW, False, None)),
        ("Europe/Volgograd", MOSCOW, False, ("Europe/Volgograd", False, None)),
        ("No/Where", VLADIVOSTOK, False, (MOSCOW, True, VLADIVOSTOK)),
        (MOSCOW, VLADIVOSTOK, True, (VLADIVOSTOK, True, None)),
        (VLADIVOSTOK, MOSCOW, True, (MOSCOW, False, None)),
        (VLADIVOSTOK, None, True, (VLADIVOSTOK, True, None)),
        (VLADIVOSTOK, "No/Where", True, (VLADIVOSTOK, True, None)),
    ],
)
def test_the_places_clock_counts_and_online_the_readers(
    place: str, reader: str | None, online: bool, told: tuple[str, bool, str | None]
) -> None:
    """Guard: ``clocks_of``. Clocks that agree have nothing to name."""
    clocks = clocks_of(WINTER, place, reader, online=online)
    assert (clocks.zone.key, clocks.named, clocks.beside.key if clocks.beside else None) == told


@pytest.mark.parametrize("online", [False, True])
@pytest.mark.parametrize(("hour", "offset"), [(0, "UTC+3"), (1, "UTC+2"), (2, "")])
def test_an_hour_that_comes_twice_is_told_by_its_offset(hour: int, offset: str, online: bool) -> None:
    """In Helsinki 03:30 comes twice on 31 October 2027, first as in Moscow. Guard: ``offset_if_twice``."""
    clocks = clocks_of(datetime(2027, 10, 31, hour, 30, tzinfo=UTC), HELSINKI, HELSINKI, online=online)
    assert (clocks.offset, clocks.named) == (offset, True)


def test_it_is_the_clocks_of_that_day_that_are_compared() -> None:
    """Helsinki shows Moscow's time in summer only. Guard: ``_differ``."""
    assert clocks_of(WINTER, HELSINKI, MOSCOW, online=False).named
    assert not clocks_of(SUMMER, HELSINKI, MOSCOW, online=False).named
