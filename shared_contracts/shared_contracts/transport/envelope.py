"""The envelope around every message, and the one way to read a message body."""

import json
import math
from enum import StrEnum
from typing import Annotated, Any, NoReturn, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from shared_contracts.fields import Moment, WireModel, to_line

MAX_BODY_BYTES = 64 * 1024
MAX_DEPTH = 16
SCHEMA_VERSION = 1

CorrelationId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]


class Message(WireModel):
    """Fields every message has. ``correlation_id`` is born at the press and carried to the answer."""

    message_id: UUID
    correlation_id: CorrelationId
    occurred_at: Moment
    schema_version: Annotated[int, Field(ge=SCHEMA_VERSION, le=SCHEMA_VERSION)] = SCHEMA_VERSION


class BadMessageKind(StrEnum):
    """Why a body can't be taken. Part of the dead letter's reason."""

    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    INVALID_JSON = "invalid_json"
    NOT_A_NUMBER = "not_a_number"
    TOO_DEEP = "too_deep"
    NOT_AN_OBJECT = "not_an_object"
    UNKNOWN_VERSION = "unknown_version"
    WRONG_FIELDS = "wrong_fields"
    NOT_SIGNED = "not_signed"


class BadMessageError(ValueError):
    """A body that no retry can mend. ``kind`` says which way, ``detail`` where; neither holds its values."""

    def __init__(self, kind: BadMessageKind, detail: str) -> None:
        super().__init__(f"{kind.value}: {detail}")
        self.kind = kind
        self.detail = detail


M = TypeVar("M", bound=BaseModel)


def encode(message: Message) -> bytes:
    """The message as UTF-8 JSON.

    Raises:
        BadMessageError: longer than ``MAX_BODY_BYTES``; the receiver would refuse it.
    """
    body = message.model_dump_json().encode()
    if len(body) > MAX_BODY_BYTES:
        raise BadMessageError(BadMessageKind.TOO_LARGE, f"{len(body)} bytes, at most {MAX_BODY_BYTES}")
    return body


def decode(adapter: TypeAdapter[M], body: bytes) -> M:
    """Read one message body.

    Args:
        adapter: of the model, or of the union of models, that the queue carries.
        body: as it came from the broker.

    Raises:
        BadMessageError: with the kind and the names of the wrong fields.
    """
    version = read_json_object(body).get("schema_version")
    if isinstance(version, int) and not isinstance(version, bool) and version != SCHEMA_VERSION:
        raise BadMessageError(BadMessageKind.UNKNOWN_VERSION, f"schema_version {version}, known: {SCHEMA_VERSION}")
    try:
        return adapter.validate_json(body)
    except ValidationError as error:
        raise BadMessageError(BadMessageKind.WRONG_FIELDS, describe(error)) from None


def describe(error: ValidationError) -> str:
    """Which fields are wrong and how, without their values (they may be personal data, or forged lines)."""
    return "; ".join(_described(item) for item in error.errors(include_url=False, include_input=False)[:10])


def _described(item: ErrorDetails) -> str:
    if item["type"] == "union_tag_invalid":  # pydantic's own words repeat the value
        return f"{item['ctx']['discriminator'].strip(chr(39))}: not known here"
    place = ".".join(str(part) for part in item["loc"]) or "body"
    return to_line(f"{place}: {item['msg']}")


def read_json_object(body: bytes) -> dict[str, Any]:
    """The body as a JSON object within the limits on size and depth; finite numbers only.

    Raises:
        BadMessageError: naming which limit was passed.
    """
    if len(body) > MAX_BODY_BYTES:
        raise BadMessageError(BadMessageKind.TOO_LARGE, f"{len(body)} bytes, at most {MAX_BODY_BYTES}")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadMessageError(BadMessageKind.NOT_UTF8, f"byte {error.start}") from None
    try:
        data = _READER.decode(text)
    except BadMessageError:
        raise
    except RecursionError:
        raise BadMessageError(BadMessageKind.TOO_DEEP, f"more than {MAX_DEPTH} levels") from None
    except json.JSONDecodeError as error:
        raise BadMessageError(BadMessageKind.INVALID_JSON, f"line {error.lineno} column {error.colno}") from None
    except ValueError:  # CPython refuses integers of more than 4,300 digits
        raise BadMessageError(BadMessageKind.INVALID_JSON, "a number is too long") from None
    if not isinstance(data, dict):
        raise BadMessageError(BadMessageKind.NOT_AN_OBJECT, f"got {type(data).__name__}")
    opened = text.count("{") + text.count("[")
    if opened > MAX_DEPTH and _deeper_than(data, MAX_DEPTH):
        raise BadMessageError(BadMessageKind.TOO_DEEP, f"more than {MAX_DEPTH} levels")
    return data


def _refuse_constant(name: str) -> NoReturn:
    raise BadMessageError(BadMessageKind.NOT_A_NUMBER, f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise BadMessageError(BadMessageKind.NOT_A_NUMBER, "a number is out of range")
    return value


_READER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)


def _deeper_than(value: object, limit: int) -> bool:
    level: list[object] = [value]
    for _ in range(limit):
        nested: list[object] = []
        for item in level:
            if isinstance(item, dict):
                nested.extend(item.values())
            elif isinstance(item, list):
                nested.extend(item)
        level = [item for item in nested if isinstance(item, dict | list)]
        if not level:
            return False
    return True
