"""Who asks the API (service tokens), and how errors are told (problem details)."""

import hmac
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import Error as DatabaseError
from django.http import HttpResponse, HttpResponseBase
from pydantic import ValidationError
from pymongo.errors import PyMongoError
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from common import correlation
from common.http.clients import token_digest
from shared_contracts.directory import FieldError, Problem
from shared_contracts.transport.envelope import describe

if TYPE_CHECKING:  # loading it loads this module, named in the settings
    from rest_framework.views import APIView

log = structlog.get_logger(__name__)

PROBLEM_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2
WRONG_TOKENS, WRONG_TOKENS_SECONDS = 30, 60
"""So many wrong tokens may come from one address in so long."""
_RETRY_AFTER = {429: WRONG_TOKENS_SECONDS, 503: RETRY_AFTER_SECONDS}
_TITLES = {
    400: "The request can't be understood",
    401: "A service token is needed",
    403: "Not allowed",
    404: "There is nothing here",
    405: "This method is not offered here",
    409: "What is stored can't be shown",
    413: "The body is too long",
    415: "The body must be JSON",
    422: "The request contradicts an earlier one",
    429: "Too many wrong tokens",
    500: "Something went wrong on our side",
    503: "Not available for the moment",
}


class Service:
    """The service that a token belongs to; stands where Django expects a user."""

    is_authenticated = True

    def __init__(self, name: str, scopes: Collection[str]) -> None:
        self.name = name
        self.scopes = scopes


class ServiceTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>``, one that ``ADMIN_API_CLIENTS`` has the digest of."""

    def authenticate(self, request: Request) -> tuple[Service, str] | None:
        """The service that asks, or None without the header.

        A right token is served whatever else comes from its address: services may share one with who knows whom.

        Raises:
            AuthenticationFailed: the header names no known token.
            ProblemError: 429, its address has tried too many.
        """
        header = request.headers.get("Authorization")
        if header is None:
            return None
        scheme, _, given = header.partition(" ")
        digest = token_digest(given.strip())
        matches = [it for it in settings.ENV.admin_api_clients if hmac.compare_digest(it.digest, digest)]
        if scheme.lower() == "bearer" and matches:
            return Service(matches[0].name, matches[0].scopes), given
        address = str(request.META.get("REMOTE_ADDR", ""))
        tried = _count_wrong(address)
        if tried in {1, WRONG_TOKENS}:
            log.warning("wrong_api_token", address=address, tried=tried)
        if tried > WRONG_TOKENS:
            raise ProblemError(429, "Too many wrong tokens came from your address. Try again in a minute.")
        raise exceptions.AuthenticationFailed("The Authorization header must be “Bearer ” and a known token.")

    def authenticate_header(self, request: Request) -> str:
        """Makes the refusal a 401."""
        return "Bearer"


def _count_wrong(address: str) -> int:
    key = f"wrong-api-token:{address}"
    cache.add(key, 0, WRONG_TOKENS_SECONDS)
    try:
        return cache.incr(key)
    except ValueError:  # it has lapsed in between
        return 1


class HasScope(BasePermission):
    """The token has the ``scope`` that the view names. A view that names none is nobody's."""

    message = "Your token does not have the scope that this address needs."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Whether it does; without a token, no."""
        scopes: Collection[str] = getattr(request.user, "scopes", ())
        return getattr(view, "scope", None) in scopes


class ProblemError(Exception):
    """A request that can't be served, with what to do about it."""

    def __init__(self, status: int, detail: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)


def problem(status: int, detail: str, errors: Sequence[FieldError] = ()) -> HttpResponse:
    """An error answer (RFC 9457)."""
    body = Problem(
        type=f"urn:slotdesk:problem:{status}",
        title=_TITLES.get(status, "The request failed"),
        status=status,
        detail=detail,
        errors=list(errors),
        correlation_id=correlation.current(),
    )
    response = HttpResponse(body.model_dump_json(), status=status, content_type=PROBLEM_TYPE)
    if status in _RETRY_AFTER:
        response.headers["Retry-After"] = str(_RETRY_AFTER[status])
    return response


def problem_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponseBase | None:
    """DRF's exception handler: every error as problem details; None lets a programming error through."""
    if isinstance(error, ProblemError):
        return problem(error.status, error.detail, error.errors)
    if isinstance(error, ValidationError):
        log.error("stored_data_wrong", path=context["request"].path, fields=describe(error))
        return problem(409, "What is stored here can't be shown. Staff can put it right in the desk by saving it anew.")
    if isinstance(error, PyMongoError | DatabaseError):
        log.warning("database_unavailable", error=type(error).__name__)
        return problem(503, "The database can't be reached. Try again in a moment.")
    if isinstance(error, RequestDataTooBig):
        return problem(413, "The body is too long.")
    if isinstance(error, SuspiciousOperation):
        return problem(400, "There are too many parameters, or one that can't be read.")
    from rest_framework.views import exception_handler  # loading it loads this module, named in the settings

    known = exception_handler(error, dict(context))
    if known is None:
        return None
    answer = problem(known.status_code, str(getattr(error, "detail", _TITLES.get(known.status_code, ""))))
    for name in ("WWW-Authenticate", "Allow"):
        if name in known.headers:
            answer.headers[name] = known.headers[name]
    return answer
