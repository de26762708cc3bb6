"""What staff see instead of a page: our own words, in the desk's frame where there is one, with a way back.

One place decides what an error is: the asker's (400), the database's absence (503), or ours (500, with a traceback in
the log). So a view need not guard itself against what an address or a form may hold.
"""

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import structlog
from bson.errors import BSONError
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup, DisallowedModelAdminToField, NotRegistered
from django.core.exceptions import BadRequest, FieldError, ValidationError
from django.core.paginator import InvalidPage
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from pymongo.errors import ConnectionFailure, ExecutionTimeout, OperationFailure, PyMongoError, WTimeoutError

from common import correlation
from common.http.api import RETRY_AFTER_SECONDS, problem
from staffkit.who_can import administrators_line

log = structlog.get_logger(__name__)

API = "/api/"
_AWAY = (ConnectionFailure, ExecutionTimeout, WTimeoutError)
_PASSES = "TransientTransactionError"
_UNREADABLE = (
    BadRequest,
    BSONError,
    DisallowedModelAdminLookup,
    DisallowedModelAdminToField,
    FieldError,
    InvalidPage,
    MultiValueDictKeyError,
    OverflowError,
    UnicodeError,
    ValidationError,
)
"""What is raised for a value from outside that nothing can hold: an id, a number, a page, a name that is none."""
_BAD_QUERY_CODES = {2, 9, 51075, 51091, 51108}
"""MongoDB's: bad value, failed to parse, three kinds of a regular expression that is none."""
_BAD, _NOT_THEIRS, _FORM_ONLY, _TOO_MANY, _OURS, _DOWN = 400, 403, 405, 429, 500, 503


class TooManyError(Exception):
    """A login asks for more than it may have at a time. ``text`` says what of, ``back`` is the page that shows them."""

    def __init__(self, text: Any, back: str) -> None:
        super().__init__(str(text))
        self.text, self.back = text, back


class _Words(NamedTuple):
    title: Any
    text: Any
    link: Any = None
    """Of ``page``, or of the one that the form stands on; without it there is a way back to the list."""
    page: str = ""


_WORDS = {
    400: _Words(
        _("This can't be read"),
        _("Something in the address or the form is wrong. Go back and try again."),
    ),
    403: _Words(_("Your login doesn't allow this"), _("If you need it, ask an administrator.")),
    404: _Words(_("There is nothing here"), _("It may have been removed, or the address has a slip in it.")),
    405: _Words(
        _("This address is a button's"), _("There is nothing to open here. Go back and press the button there.")
    ),
    429: _Words(_("Too much at once"), _("Try again in a moment.")),
    500: _Words(
        _("Something went wrong on our side"), _("Try again. If it stays so, tell your administrator this number.")
    ),
    503: _Words(_("Not available for the moment"), _("The database can't be reached. Try again in a minute.")),
}
_CSRF = _Words(
    _("The page was open for too long"),
    _("Nothing was changed. Open the page again and send it once more."),
    _("Open the page again"),
)
_CSRF_AT_LOGIN = _Words(
    _("The page was open for too long"),
    _("Nobody was logged in. Open the login page again and log in."),
    _("Open the login page again"),
)


class ErrorPages:
    """Middleware: errors of the desk's views become pages. The API has its own answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """What was answered, or a page where a form's address was opened like a page: browsers show nothing then."""
        response = self.get_response(request)
        if response.status_code != _FORM_ONLY or _is_api(request):
            return response
        page = error_page(request, _FORM_ONLY)
        page.headers["Allow"] = response.headers["Allow"]
        return page

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page for an error that is not ours; None leaves the rest to Django, which logs it."""
        if isinstance(error, TooManyError):
            words = _WORDS[_TOO_MANY]._replace(text=error.text, link=_("See them"), page=reverse(error.back))
            return error_page(request, _TOO_MANY, words)
        status = status_of(error)
        if status == _OURS or _is_api(request):
            return None
        log.warning("request_refused", status=status, error=type(error).__name__, path=request.path)
        return error_page(request, status)


def status_of(error: BaseException | None) -> int:
    """400, 503 or 500: whether the asker, nobody, or we have to mend it."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else error
    if isinstance(cause, PyMongoError) and (
        isinstance(cause, _AWAY) or cause.has_error_label("TransientTransactionError")
    ):
        return _DOWN
    if isinstance(cause, OperationFailure) and cause.code in _BAD_QUERY_CODES:
        return _BAD
    return _BAD if isinstance(cause, _UNREADABLE) else _OURS


def error_page(request: HttpRequest, status: int, words: _Words | None = None) -> HttpResponse:
    """The page of an HTTP status. Never fails: without login, or while the database is away, it has no frame."""
    context = {
        "title": (words or _WORDS[status]).title,
        "text": (words or _WORDS[status]).text,
        "number": correlation.current() if status == _OURS else "",
        "link": words and words.link,
        "page": words.page if words else "",
        "asks": status == _NOT_THEIRS and words is None,
    }
    response = HttpResponse(_framed(request, context) if status < _OURS else _bare(request, context), status=status)
    if status in (_TOO_MANY, _DOWN):
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _framed(request: HttpRequest, context: dict[str, Any]) -> str:
    try:
        known = admin.site.has_permission(request)
        if known and context["asks"]:
            context = {**context, "text": f"{context['text']} {administrators_line()}"}
        back = context["page"] or (context["link"] and _form_page(request)) or _way_back(request)
        frame = {**admin.site.each_context(request), **context, "back": back}
        return render_to_string("staffkit/error.html" if known else "staffkit/error_at_the_door.html", frame, request)
    except Exception as error:
        log.warning("error_page_without_frame", error=type(error).__name__)
        return _bare(request, context)


def _bare(request: HttpRequest, context: dict[str, Any]) -> str:
    # Without the request: its context processors would ask the database who is logged in.
    return render_to_string("staffkit/error_bare.html", {**context, "back": reverse("admin:index")})


def _form_page(request: HttpRequest) -> str:
    """The page that sent a form, if it is one of ours."""
    page = request.headers.get("Referer", "")
    return (
        page if url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()) else ""
    )


def _way_back(request: HttpRequest) -> str:
    """The list that the address belongs to, else the desk's first page."""
    index = reverse("admin:index")
    parts = request.path.removeprefix(index).split("/")
    try:
        model = apps.get_model(parts[0], parts[1])
        page = admin.site.get_model_admin(model)
    except (LookupError, ValueError, NotRegistered):
        return index
    listed = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return listed if request.get_full_path() != listed and page.has_view_or_change_permission(request) else index


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's ``handler400``."""
    return problem(_BAD, "The request can't be read.") if _is_api(request) else error_page(request, _BAD)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's ``handler403``."""
    return problem(403, "This is not allowed.") if _is_api(request) else error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's ``handler404``."""
    if _is_api(request):
        return problem(404, "There is no such address. See /api/docs.")
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's ``handler500``: also for what middleware raises, where ``ErrorPages`` is not asked."""
    status = status_of(sys.exc_info()[1])
    if _is_api(request):
        return problem(status, _API_WORDS[status])
    return error_page(request, status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's ``CSRF_FAILURE_VIEW``."""
    at_login = request.path.startswith(reverse("admin:login"))
    return error_page(request, 403, _CSRF_AT_LOGIN if at_login else _CSRF)


_API_WORDS = {
    _BAD: "The request can't be read.",
    _OURS: "The error is in the log, with this correlation id.",
    _DOWN: "The database can't be reached. Try again in a moment.",
}


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith(API)
