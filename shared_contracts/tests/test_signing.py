"""What the bot tells the admin service bears its mark (NFR3)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_contracts.booking import booking_event
from shared_contracts.transport.envelope import BadMessageError, decode, encode
from shared_contracts.transport.signing import FIELD, sign, verified
from shared_contracts.transport.topology import BOOKING_EVENT, DIALOG_COMMAND
from tests.examples import EXAMPLES

KEY, OLDER = "k" * 32, "o" * 32
BODY = encode(EXAMPLES[4])
SIGNED = sign(BODY, BOOKING_EVENT, KEY)


def test_a_signed_message_is_read_as_it_was_written() -> None:
    for keys in ([KEY], [OLDER, KEY]):
        opened = verified(SIGNED, BOOKING_EVENT, keys)
        assert decode(booking_event, opened) == EXAMPLES[4]
        assert FIELD.encode() not in opened, "written anew from what was checked"


def test_a_receiver_that_knows_no_signatures_reads_it_all_the_same() -> None:
    """So the bot can sign first (README, "Rules for versions")."""
    assert decode(booking_event, SIGNED) == EXAMPLES[4]


def changed(**changes: object) -> bytes:
    return json.dumps({**json.loads(SIGNED), **changes}).encode()


@pytest.mark.parametrize(
    "body",
    [
        BODY,
        changed(user_telegram_id=1002),
        changed(unheard_of="x"),
        changed(**{FIELD: "0" * 64}),
        changed(**{FIELD: 7}),
        changed(**{FIELD: "é"}),
        sign(BODY, DIALOG_COMMAND, KEY),
        sign(BODY, BOOKING_EVENT, OLDER),
        SIGNED[:-1] + b',"user_telegram_id":1002}',
    ],
)
def test_what_was_changed_or_signed_otherwise_is_refused(body: bytes) -> None:
    """Guard: ``verified``. The last has a name twice, of which readers might take either."""
    with pytest.raises(BadMessageError, match="not_signed"):
        verified(body, BOOKING_EVENT, [KEY])


@given(st.binary(max_size=300))
def test_no_body_raises_anything_but_a_bad_message(data: bytes) -> None:
    with pytest.raises(BadMessageError):
        verified(data, BOOKING_EVENT, [KEY])


def test_a_message_that_is_too_long_with_its_mark_is_not_sent() -> None:
    long = json.dumps({"x": "y" * (64 * 1024 - 20)}).encode()
    with pytest.raises(BadMessageError, match="too_large"):
        sign(long, BOOKING_EVENT, KEY)
