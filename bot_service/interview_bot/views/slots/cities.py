"""The cities to choose from: those with a free seat, and those where one can be waited for (R7, R9)."""

from collections.abc import Iterable
from dataclasses import dataclass

from interview_bot.views.html_text import button_name
from interview_bot.views.texts import Texts
from shared_contracts.directory import CityRef, InterviewEvent, SlotView


@dataclass(frozen=True)
class Cities:
    """``free``: with a free seat. ``full``: the event's others. Each by name."""

    free: tuple[CityRef, ...] = ()
    full: tuple[CityRef, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.all)

    @property
    def all(self) -> tuple[CityRef, ...]:
        """As they are offered: those with a free seat come first."""
        return self.free + self.full

    def options(self, texts: Texts) -> list[tuple[str, str]]:
        """As buttons have them: (id, label)."""
        no_time = texts.plain("cities.no_time")
        free = [(city.id, city.name) for city in self.free]
        return free + [(city.id, f"{button_name(city.name)} · {no_time}") for city in self.full]


def cities_of(event: InterviewEvent | None, slots: list[SlotView]) -> Cities:
    """The cities of an event, ``slots`` being its slots with a free seat."""
    free = {slot.city.id: slot.city for slot in slots}
    full = [city for city in event.cities if city.id not in free] if event is not None else []
    return Cities(_by_name(free.values()), _by_name(full))


def _by_name(cities: Iterable[CityRef]) -> tuple[CityRef, ...]:
    return tuple(sorted(cities, key=lambda city: (city.name, city.id)))
