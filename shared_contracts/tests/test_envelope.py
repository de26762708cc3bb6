"""Bad messages are told apart and named; good ones from later writers are read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_contracts.booking import booking_event
from shared_contracts.transport.envelope import (
    MAX_BODY_BYTES,
    BadMessageError,
    BadMessageKind,
    decode,
    describe,
    encode,
    read_json_object,
)
from tests.examples import EXAMPLES

GOOD: dict[str, Any] = json.loads(encode(EXAMPLES[0]))


def body(**changes: Any) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


def kind_of(data: bytes) -> tuple[BadMessageKind, str]:
    with pytest.raises(BadMessageError) as caught:
        decode(booking_event, data)
    return caught.value.kind, caught.value.detail


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", BadMessageKind.INVALID_JSON),
        (b"{", BadMessageKind.INVALID_JSON),
        (b'{"a": ' + b"1" * 5_000 + b"}", BadMessageKind.INVALID_JSON),
        (b"\xff\xfe", BadMessageKind.NOT_UTF8),
        (b'{"a": NaN}', BadMessageKind.NOT_A_NUMBER),
        (b'{"a": Infinity}', BadMessageKind.NOT_A_NUMBER),
        (b'{"a": 1e999}', BadMessageKind.NOT_A_NUMBER),
        (b'{"a":' * 17 + b"1" + b"}" * 17, BadMessageKind.TOO_DEEP),
        (b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}", BadMessageKind.TOO_DEEP),
        (b"[]", BadMessageKind.NOT_AN_OBJECT),
        (b'"text"', BadMessageKind.NOT_AN_OBJECT),
        (b'{"a": "' + b"x" * MAX_BODY_BYTES + b'"}', BadMessageKind.TOO_LARGE),
        (body(schema_version=2), BadMessageKind.UNKNOWN_VERSION),
        (body(schema_version=True), BadMessageKind.WRONG_FIELDS),
    ],
)
def test_each_kind_of_bad_body_is_named(data: bytes, kind: BadMessageKind) -> None:
    assert kind_of(data)[0] is kind


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"user_telegram_id": "1001"}, "user_telegram_id"),
        ({"user_telegram_id": 0}, "user_telegram_id"),
        ({"user_telegram_id": 1.5}, "user_telegram_id"),
        ({"event_type": "booking.eaten"}, "event_type"),
        ({"occurred_at": "2026-11-24T09:30:00"}, "occurred_at"),
        ({"correlation_id": "a b"}, "correlation_id"),
        ({"event_id": "xyz"}, "event_id"),
        ({"reply": {"chat_id": 1}}, "reply.message_id"),
        ({"timestamp": "2026-11-24T09:30:01Z"}, "timestamp"),
    ],
)
def test_a_wrong_field_is_named_without_its_value(changes: dict[str, Any], field: str) -> None:
    kind, detail = kind_of(body(**changes))

    assert kind is BadMessageKind.WRONG_FIELDS
    assert field in detail
    assert "1001" not in detail.replace("-1001", "")


def test_unknown_fields_are_left_out_of_the_way() -> None:
    assert decode(booking_event, body(colour="blue")) == EXAMPLES[0]


def test_moments_with_another_offset_are_read_as_utc() -> None:
    moved = body(occurred_at="2026-11-24T12:30:00.250+03:00", timestamp="2026-11-24T12:30:00.250+03:00")

    assert decode(booking_event, moved) == EXAMPLES[0]


def test_a_message_too_long_to_be_taken_is_not_sent() -> None:
    long = EXAMPLES[4].model_copy(update={"reason": "x" * MAX_BODY_BYTES})

    with pytest.raises(BadMessageError, match="too_large"):
        encode(long)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_no_body_raises_anything_but_a_bad_message(data: bytes) -> None:
    try:
        read_json_object(data)
    except BadMessageError as error:
        assert error.detail


def test_the_description_of_a_wrong_body_names_at_most_ten_fields() -> None:
    from pydantic import ValidationError

    with pytest.raises(ValidationError) as caught:
        booking_event.validate_json(b'{"event_type": "booking.created"}')

    assert describe(caught.value).count(";") < 10
