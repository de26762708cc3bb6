"""One correlation id from the press to the database and back (NFR4)."""

import re
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

HEADER = "X-Correlation-ID"
_FORM = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def current() -> str:
    """The id bound to this thread's work; a new one where nothing bound any."""
    bound = structlog.contextvars.get_contextvars().get("correlation_id")
    return str(bound) if bound else uuid.uuid4().hex


class CorrelationMiddleware:
    """Takes a request's id over, or makes one, and gives it back in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        correlation_id = given if _FORM.fullmatch(given) else uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            response = self.get_response(request)
        response.headers[HEADER] = correlation_id
        return response
