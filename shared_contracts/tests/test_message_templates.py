"""Message templates: what can be saved, and what becomes of it (R5)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_contracts.notification import NotificationKind
from shared_contracts.texts.message_templates import (
    VARIABLES,
    TemplateError,
    TemplateView,
    check,
    choose,
    render,
    variables_of,
)

CITY, OTHER_CITY = "65a000000000000000000004", "65a000000000000000000009"


@pytest.mark.parametrize(
    ("text", "problem", "names"),
    [
        ("Привет, {imya} {date} {time} {colour}", "unknown", ["colour", "imya"]),
        ("Приходите {date}", "missing", ["time"]),
        ("{date} {time} {", "braces", []),
        ("{date} {time} }", "braces", []),
        ("{date} {time} {name.__class__}", "braces", []),
        ("{date} {time} {name[0]}", "braces", []),
        ("{date!r} {time}", "braces", []),
        ("{date:>50} {time}", "braces", []),
        ("{date} {time} {}", "braces", []),
    ],
)
def test_a_text_that_could_not_be_sent_is_refused_with_the_names(text: str, problem: str, names: list[str]) -> None:
    with pytest.raises(TemplateError) as caught:
        check(text, frozenset({"date", "time"}))

    assert (caught.value.problem, caught.value.names) == (problem, names)


def test_a_line_without_its_value_is_left_out_and_what_people_typed_is_escaped() -> None:
    text = "<b>{name}</b>, ждём вас\nРекрутер: {recruiter} {recruiter_link}\nСкобки: {{так}}"

    assert render("📍 {city}, {place}", {"city": "Москва", "place": "онлайн"}, online=True) == "📍 онлайн"
    assert render(text, {"name": "<Аня>", "recruiter": "Ольга"}) == "<b>&lt;Аня&gt;</b>, ждём вас\nСкобки: {так}"


@given(st.dictionaries(st.sampled_from(sorted(VARIABLES)), st.text(max_size=50)))
def test_no_value_can_break_a_template_that_was_accepted(values: dict[str, str]) -> None:
    text = "\n".join(f"{name}: {{{name}}}" for name in sorted(VARIABLES))
    rendered = render(text, values)

    assert "<" not in rendered
    assert all(f"{name}: " in rendered for name, value in values.items() if value.strip())


def view(language: Any, city_id: str | None, text: str) -> TemplateView:
    kind = NotificationKind.BOOKING_MOVED
    return TemplateView(kind=kind, language=language, city_id=city_id, version=1, text=text)


def test_a_citys_own_text_comes_before_the_default_of_the_same_language() -> None:
    templates = [view("ru", None, "общий"), view("ru", CITY, "московский"), view("en", None, "common")]

    def chosen(language: str, city_id: str | None) -> str | None:
        found = choose(templates, NotificationKind.BOOKING_MOVED, language, city_id)
        return found.text if found else None

    assert chosen("ru", CITY) == "московский"
    assert chosen("ru", OTHER_CITY) == chosen("ru", None) == "общий"
    assert chosen("en", CITY) == "common"
    assert choose(templates, NotificationKind.SLOT_OFFERED, "ru", CITY) is None


def test_the_variables_of_a_text_are_told_without_doubled_braces() -> None:
    assert variables_of("{name} {{name2}} {time}{time}") == {"name", "time"}
