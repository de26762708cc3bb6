"""Single values are bounded and put right in one place, for the wire and for the services' stores (I6)."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared_contracts.booking import booking_event
from shared_contracts.fields import (
    EARLIEST,
    LARGEST_VERSION,
    LATEST,
    Moment,
    Url,
    Username,
    is_line,
    is_text,
    to_line,
    to_link,
    to_moment,
    to_text,
)
from shared_contracts.telegram.names import isolated, without_turns
from shared_contracts.transport.envelope import BadMessageError, decode, encode
from tests.examples import EXAMPLES

CANCELLED: dict[str, Any] = json.loads(encode(EXAMPLES[2]))
ANSWERED: dict[str, Any] = json.loads(encode(next(it for it in EXAMPLES if type(it).__name__ == "AttendanceAnswered")))


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+23:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:00",
        "9999-12-31T23:59:59Z",
        "1999-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "2200-01-01T01:00:00+00:30",
    ],
)
def test_a_moment_out_of_bounds_is_a_wrong_field_and_nothing_worse(moment: str) -> None:
    """Guard: ``to_moment``. Years 1 and 9999 overflow on the way to UTC."""
    for message, field in ((CANCELLED, "occurred_at"), (ANSWERED, "starts_at")):
        with pytest.raises(BadMessageError, match=rf"wrong_fields: .*{field}.*2000 to 2199"):
            decode(booking_event, json.dumps({**message, field: moment}).encode())


@given(st.datetimes(timezones=st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)))
def test_any_aware_time_is_a_bounded_moment_in_utc_or_a_value_error(value: datetime) -> None:
    try:
        moment = to_moment(value)
    except ValueError:
        return
    assert EARLIEST <= moment < LATEST
    assert moment.tzinfo is UTC
    read = TypeAdapter(Moment)
    assert abs(read.validate_json(read.dump_json(moment)) - moment) < timedelta(milliseconds=1)


@pytest.mark.parametrize("version", [0, -1, LARGEST_VERSION + 1, 2**63, 10**30])
def test_a_version_that_no_document_can_have_is_a_wrong_field(version: int) -> None:
    with pytest.raises(BadMessageError, match="expected_version"):
        decode(booking_event, json.dumps({**CANCELLED, "expected_version": version}).encode())


@pytest.mark.parametrize("field", ["event_type", "correlation_id"])
def test_the_reason_of_a_bad_message_never_repeats_what_a_sender_wrote(field: str) -> None:
    """Guard: ``_described``. A reason goes to the log and to a terminal."""
    with pytest.raises(BadMessageError) as caught:
        decode(booking_event, json.dumps({**CANCELLED, field: "x\n2026-01-01 FORGED\x1b[2J"}).encode())

    assert field in caught.value.detail
    assert "FORGED" not in str(caught.value)


@given(st.text())
def test_any_text_is_put_right_once_and_for_all(text: str) -> None:
    line, several = to_line(text), to_text(text)
    assert is_line(line) and to_line(line) == line and len(line) == len(without_turns(text))
    assert is_text(several) and to_text(several) == several
    assert not is_line(text) or line == without_turns(text)


@pytest.mark.parametrize("turns", ["\u202e", "\u2067", "\u200f", "\u061c"])
def test_no_text_turns_another_round(turns: str) -> None:
    """Guard: ``without_turns``; an emoji of several, and a name that is isolated, stay whole."""
    kept = f"{isolated('محمد')} 👨\u200d👩"
    assert to_line(f"{turns}Офис {kept}{turns}") == to_text(f"{turns}Офис {turns}{kept}") == f"Офис {kept}"


@pytest.mark.parametrize("break_", ["\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00", "\x1b", "\ud800"])
def test_no_line_can_be_forged_in_a_text_of_one_line(break_: str) -> None:
    assert not is_line(f"Анна{break_}Ваша запись отменена")
    assert is_line(to_line(f"Анна{break_}Ваша запись отменена"))


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        ("https://t.me/anna", "https://t.me/anna"),
        ("Https://T.me/anna", "https://T.me/anna"),
        ("HTTPS://t.me/anna", "https://t.me/anna"),
        (" http://example.com ", "http://example.com"),
        ("tg://resolve?domain=abc", "tg://resolve?domain=abc"),
        ("TG://user?id=7", "tg://user?id=7"),
        ("\ufeffhttps://t.me/anna\u202egnp\u200b", "https://t.me/annagnp"),
    ],
)
def test_a_link_is_the_same_however_it_was_typed(typed: str, link: str) -> None:
    assert to_link(typed) == link
    assert TypeAdapter(Url).validate_python(typed) == link


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "t.me/anna",
        "https://",
        "https://anna",
        "https://t.me/a b",
        "javascript:alert(1)",
        "https://t.me/\u2028a",
        "tg://",
    ],
)
def test_a_link_that_leads_nowhere_is_refused(typed: str) -> None:
    """Telegram refuses the whole message with such a button."""
    with pytest.raises(ValueError):
        to_link(typed)
    with pytest.raises(ValidationError):
        TypeAdapter(Url).validate_python(typed)


@pytest.mark.parametrize("name", ["", "a b", "имя_имя", "abc", "a" * 33, "anna\n", "@anna"])
def test_what_is_no_username_is_none(name: str) -> None:
    assert TypeAdapter(Username).validate_python(name) is None
    assert TypeAdapter(Username).validate_python("Anna_1") == "Anna_1"
