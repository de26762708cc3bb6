"""Who asks the API (service tokens), and how errors are told (problem details)."""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import Error as DatabaseError
from django.http import HttpResponse, HttpResponseBase
from pydantic import ValidationError
from pymongo.errors import PyMongoError
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from common import correlation
from shared_contracts.directory import FieldError, Problem
from shared_contracts.envelope import describe

log = structlog.get_logger(__name__)

PROBLEM_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2
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
    500: "Something went wrong on our side",
    503: "Not available for the moment",
}


class Service:
    """The service that a token belongs to; stands where Django expects a user."""

    is_authenticated = True

    def __init__(self, name: str) -> None:
        self.name = name


class ServiceTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>``, one of ``ADMIN_API_TOKENS``."""

    def authenticate(self, request: Request) -> tuple[Service, str] | None:
        """The service that asks, or None without the header.

        Raises:
            AuthenticationFailed: the header names no known token.
        """
        header = request.headers.get("Authorization")
        if header is None:
            return None
        scheme, _, given = header.partition(" ")
        # Every token is compared in full, so that the time taken tells nothing about any of them.
        matches = [
            name
            for name, token in settings.ENV.admin_api_tokens.items()
            if hmac.compare_digest(token.encode(), given.strip().encode()) and token
        ]
        if scheme.lower() != "bearer" or not matches:
            raise exceptions.AuthenticationFailed("The Authorization header must be “Bearer ” and a known token.")
        return Service(matches[0]), given

    def authenticate_header(self, request: Request) -> str:
        """Makes the refusal a 401."""
        return "Bearer"


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
    if status == 503:  # noqa: PLR2004
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
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
