"""The OpenAPI description, for programs and for people: from the contracts' models and the endpoints' query models."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, JsonResponse
from drf_spectacular.authentication import TokenScheme
from drf_spectacular.contrib.pydantic import PydanticExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.settings import patched_settings
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from pydantic import BaseModel

from common.http.api import PROBLEM_TYPE
from common.http.reads import Query
from shared_contracts.directory import Problem

_UNTOLD = {"title", "description", "anyOf"}

F = TypeVar("F", bound=Callable[..., Any])

_SETTINGS: dict[str, Any] = {
    "TITLE": "Slotdesk admin service",
    "DESCRIPTION": (
        "What the bot and other clients read, and booking without a broker. Lists answer `{results, next}`; `next` "
        "is to be requested as it is. Lists carry an `ETag`: send it back as `If-None-Match` to get a short 304."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [],
}

_PROBLEMS = {
    400: "A parameter is wrong, unknown or repeated; `errors` names it and says what to give",
    401: "No token, or one nobody knows",
    403: "The token does not allow this",
    404: "There is no such thing",
    409: "What is stored can't be shown; staff can put it right in the desk",
    413: "The body is longer than 64 KiB",
    415: "The body is not JSON",
    422: "The Idempotency-Key was used for another request",
    429: "Too many wrong tokens came from this address; try again after `Retry-After` seconds",
    503: "The database can't be reached, or is too busy; try again after `Retry-After` seconds",
}


class _ContractExtension(PydanticExtension):  # type: ignore[no-untyped-call]
    """The contracts' models, under names that OpenAPI allows (``Page[SlotView]`` is not one)."""

    target_class = "pydantic.BaseModel"
    match_subclasses = True
    priority = 1

    def get_name(self, auto_schema: AutoSchema, direction: Any) -> str:
        name: str = super().get_name(auto_schema, direction)  # type: ignore[no-untyped-call]
        return name.replace("[", "_").replace("]", "")


class _ServiceTokenScheme(TokenScheme):  # type: ignore[no-untyped-call]
    """``Authorization: Bearer``."""

    target_class = "common.http.api.ServiceTokenAuthentication"
    name = "serviceToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "The token of one of ADMIN_API_CLIENTS"}


def documented(
    summary: str,
    answer: type[BaseModel],
    *,
    query: type[Query] = Query,
    parameters: list[OpenApiParameter] | None = None,
    problems: tuple[int, ...] = (),
    conditional: bool = True,
) -> Callable[[F], F]:
    """Describe a read: its answer, its query parameters, and how it can fail."""
    responses: dict[Any, Any] = {(200, "application/json"): OpenApiResponse(answer, description="As asked")}
    if conditional:
        responses[304] = OpenApiResponse(None, description="Unchanged since the ETag given in If-None-Match")
    responses |= problem_responses(400, 401, 403, 429, 503, *problems)
    every = [*query_parameters(query), *(parameters or [])]
    decorator: Callable[[F], F] = extend_schema(summary=summary, parameters=every, responses=responses)
    return decorator


def problem_responses(*statuses: int) -> dict[Any, Any]:
    """Error answers for ``extend_schema``."""
    return {(status, PROBLEM_TYPE): OpenApiResponse(Problem, description=_PROBLEMS[status]) for status in statuses}


def query_parameters(model: type[Query]) -> list[OpenApiParameter]:
    """A query model's fields as OpenAPI parameters."""
    schema = model.model_json_schema()
    required = schema.get("required", [])
    parameters = []
    for name, field in schema["properties"].items():
        # A query parameter is there or not; null is neither.
        plain = next((item for item in field.get("anyOf", []) if item.get("type") != "null"), field)
        told = {key: value for key, value in {**field, **plain}.items() if key not in _UNTOLD and value is not None}
        about = field.get("description", "")
        parameters.append(OpenApiParameter(name, told, required=name in required, description=about))
    return parameters


@cache  # the description never changes while the code runs, and the settings patch is not for several threads
def generate() -> dict[str, Any]:
    """The whole description, with this module's settings."""
    with patched_settings(_SETTINGS):
        schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schema


def api_schema(request: HttpRequest) -> HttpResponse:
    """The description as JSON."""
    return JsonResponse(generate())


# Swagger UI from our own server, its start in a file of its own: scripts inside a page are forbidden here.
api_docs = csp_replace({"script-src": [SELF]})(
    SpectacularSwaggerSplitView.as_view(url="/api/schema", title=_SETTINGS["TITLE"])
)
