"""The bot's mark on what it tells the admin service: a broker account alone asks for nothing in anybody's name.

Who may publish to ``slotdesk.admin`` could otherwise book, approve or come in as anyone whose ids they know. The mark
is an HMAC over the message and its queue, by a key that both services hold and the broker never sees; it travels in the
body as ``signature``, which models leave out of the way.
"""

import hmac
import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from shared_contracts.transport.envelope import MAX_BODY_BYTES, BadMessageError, BadMessageKind, read_json_object
from shared_contracts.transport.topology import Queue

FIELD = "signature"
SHORTEST_KEY = 32
"""Characters: a key that can't be guessed."""


def sign(body: bytes, queue: Queue, key: str) -> bytes:
    """The message with its mark.

    Raises:
        BadMessageError: with the mark it is longer than ``MAX_BODY_BYTES``.
    """
    data = json.loads(body)
    signed = _written({**data, FIELD: _mark(_written(data), queue, key)})
    if len(signed) > MAX_BODY_BYTES:
        raise BadMessageError(BadMessageKind.TOO_LARGE, f"{len(signed)} bytes, at most {MAX_BODY_BYTES}")
    return signed


def verified(body: bytes, queue: Queue, keys: Iterable[str]) -> bytes:
    """What was signed, written anew: it is read as it was checked, whatever a repeated name would hide.

    Args:
        body: as it came from the broker.
        queue: where it came.
        keys: those that are valid now; two while one takes the place of the other.

    Raises:
        BadMessageError: no object within the limits, or not signed by any of the keys.
    """
    data = read_json_object(body)
    given = data.pop(FIELD, None)
    if not isinstance(given, str):
        raise BadMessageError(BadMessageKind.NOT_SIGNED, "signature is missing")
    mark = given.encode("utf-8", "surrogatepass")
    written = _written(data)
    if not any(hmac.compare_digest(_mark(written, queue, key).encode(), mark) for key in keys):
        raise BadMessageError(BadMessageKind.NOT_SIGNED, "signature is wrong")
    return written


def _mark(written: bytes, queue: Queue, key: str) -> str:
    return hmac.new(key.encode(), f"{queue.name}\n".encode() + written, sha256).hexdigest()


def _written(data: dict[str, Any]) -> bytes:
    """One way to write an object, so that both sides mark the same bytes."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
