"""What all HTTP reads share: checked queries, cursors, conditional answers."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, NamedTuple, NoReturn, TypeVar
from urllib.parse import urlencode

from bson import ObjectId
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from common.http.api import ProblemError
from common.mongo import Document
from shared_contracts.directory import FieldError

Q = TypeVar("Q", bound="Query")


class _JsonOnly(BaseContentNegotiation):
    """JSON whatever is asked for: there is nothing else."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class ApiView(APIView):
    """Base of all API views. ``scope`` is what a token must allow; a view without one lets nobody in."""

    scope: str | None = None
    content_negotiation_class = _JsonOnly


def answer(request: Request | HttpRequest, body: BaseModel, status: int = 200) -> HttpResponse:
    """``body`` as JSON with a strong ETag; 304 when the client has it already."""
    content = body.model_dump_json().encode()
    response = HttpResponse(content, status=status, content_type="application/json")
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, etag=etag, response=response) or response


def client_name(request: Request) -> str:
    """The name of the token that asks."""
    service: Any = request.user
    return str(service.name)


class Query(BaseModel):
    """Base of an endpoint's query parameters. Field descriptions say what to give; they are told to who errs."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


def parse_query(request: Request, model: type[Q]) -> Q:
    """The request's query parameters, checked.

    Raises:
        ProblemError: 400 naming each wrong, repeated or unknown parameter and what to give.
    """
    given = request.query_params
    twice = [FieldError(field=name, message="Give it once.") for name in given if len(given.getlist(name)) > 1]
    if twice:
        raise ProblemError(400, _which(twice), twice)
    try:
        return model.model_validate(given.dict())
    except ValidationError as error:
        raise_for(error, model)


def raise_for(error: ValidationError, model: type[BaseModel]) -> NoReturn:
    """Turn wrong fields into a 400 that names them and says what to give; their values stay out of it."""
    hints = {field.alias or name: field.description for name, field in model.model_fields.items()}
    errors = []
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        name = ".".join(str(part) for part in item["loc"][:1]) or "body"
        if item["type"] == "extra_forbidden":
            message = f"Unknown. Known: {', '.join(hints) or 'none'}."
        else:
            message = hints.get(name) or f"{item['msg']}."
        errors.append(FieldError(field=name[:256], message=message))
    raise ProblemError(400, _which(errors), errors) from None


def _which(errors: Sequence[FieldError]) -> str:
    return " ".join(f"{item.field}: {item.message}" for item in errors)


_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def _moment(text: object) -> datetime:
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None or not _EARLIEST <= moment <= _LATEST:
        raise ValueError("not a moment that slots can have")
    return moment.astimezone(UTC)


Moment = Annotated[datetime, BeforeValidator(_moment)]
"""A query's ISO 8601 time with an offset, UTC inside, between 2000 and 2200."""


class Position(NamedTuple):
    """Where a page ends in a list sorted by time and id."""

    moment: datetime
    id: str

    def __str__(self) -> str:
        return f"{round(self.moment.timestamp() * 1000)}.{self.id}"

    def after(self, field: str) -> Document:
        """The MongoDB condition for what follows; its plain lower bound lets an index be walked."""
        later = [{field: {"$gt": self.moment}}, {"_id": {"$gt": ObjectId(self.id)}}]
        return {field: {"$gte": self.moment}, "$or": later}


_POSITION = re.compile(r"(\d{12,13})\.([0-9a-f]{24})", re.ASCII)


def _position(text: str) -> Position:
    match = _POSITION.fullmatch(text)
    if match is None:
        raise ValueError("not a cursor of this list")
    return Position(datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(match[1])), match[2])


def _cursor(text: object) -> str:
    return str(_position(str(text)))


Cursor = Annotated[str, AfterValidator(_cursor)]
"""A query's opaque cursor; ``position`` reads it."""


def position(cursor: str | None) -> Position | None:
    """A checked cursor's place."""
    return _position(cursor) if cursor else None


def next_page(request: Request, **changes: str | int) -> str:
    """Path and query of the following page: the request's own with ``changes``."""
    return f"{request.path}?{urlencode({**request.query_params.dict(), **changes})}"


LIMIT = "A whole number from 1 to {most}."
CURSOR = "Take it from “next” of the page before."
ENTITY = "An id of 24 hex digits, as the lists give it."


def limit_field(default: int, most: int) -> Any:
    """A page's size."""
    return Field(default, ge=1, le=most, description=LIMIT.format(most=most))
