"""How a place is told."""

import pytest

from shared_contracts.venue import Venue


@pytest.mark.parametrize(
    ("room", "ru", "en"),
    [
        ("5", "комн. 5", "room 5"),
        ("3.14", "комн. 3.14", "room 3.14"),
        ("Байкал", "комн. Байкал", "room Байкал"),
        *((said, said, said) for said in ("переговорная Байкал", "Room 5", "каб. 1", "Конференц-зал", "3 этаж, 301")),
    ],
)
def test_a_bare_room_is_called_one(room: str, ru: str, en: str) -> None:
    """Beside an address it would read as a part of it. Guard: ``is_bare``."""
    venue = Venue(location="Тверская 1, 90", room=room)
    assert [venue.told(language) for language in ("ru", "en")] == [f"Тверская 1, 90, {text}" for text in (ru, en)]
    assert venue.in_city("Москва", "ru") == f"Тверская 1, 90, {ru}, Москва"
    assert venue.line == f"Тверская 1, 90, {room}", "what tells places apart stays as it is stored"


def test_without_a_room_or_online_there_is_none_to_name() -> None:
    assert Venue(location="Тверская 1", room="").told("ru") == "Тверская 1"
    assert Venue(location="", room="", video_link="https://meet.example/5").told("en") == "https://meet.example/5"
