"""Names that people set to turn a line round, to be nobody, or to cover what is beside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_contracts.telegram.names import MOST_MARKS, clean_name, isolated, username_beside


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("  Анна   Ким\t", "Анна Ким"),
        ("\u202eяиинА\u202c", "яиинА"),
        ("\u2066Анна\u2069\u200f", "Анна"),
        ("Ма\u200bр\u200dи\u2060я\ufeff", "Мария"),
        ("Анна\nОтмена", "Анна Отмена"),
        ("\u3164\u115f\u2800\u200b", ""),
        ("\u0301\u0301", ""),
        ("Z" + "\u0321" * 40 + "oe", "Z" + "\u0321" * MOST_MARKS + "oe"),
        ("Ю\ud800рий", "Ю рий"),
        ("❤️ Зоя", "❤️ Зоя"),
        ("👨\u200d👩\u200d👧 Ким", "👨\u200d👩\u200d👧 Ким"),
        ("👩🏽\u200d❤️\u200d👩\u200d", "👩🏽\u200d❤️\u200d👩"),
        ("محمد", "محمد"),
    ],
)
def test_a_name_is_shown_without_what_nobody_sees(name: str, shown: str) -> None:
    """Guards: ``clean_name``, ``_is_emoji``."""
    assert clean_name(name) == shown


@pytest.mark.parametrize(
    ("name", "username", "beside"),
    [
        ("Анна Ким", "ann", "@ann"),
        ("@ann", "Ann", ""),
        ("Ann", "ann", ""),
        ("\u200bann\u200b", "ann", ""),
        ("Ann Kim", "ann", "@ann"),
        ("Анна", None, ""),
        ("Анна", "", ""),
    ],
)
def test_a_username_stands_beside_a_name_that_does_not_say_it(name: str, username: str | None, beside: str) -> None:
    """Guard: ``username_beside``."""
    assert username_beside(name, username) == beside


@given(st.text())
def test_a_clean_name_stays_as_it_is(name: str) -> None:
    once = clean_name(name)
    assert clean_name(once) == once == once.strip()


def test_a_name_from_right_to_left_does_not_turn_its_line() -> None:
    """Guard: ``isolated``."""
    assert isolated("محمد") == "\u2068محمد\u2069"
    assert isolated("Анна") == "Анна"
