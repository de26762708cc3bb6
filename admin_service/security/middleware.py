"""What each request passes: the journal learns who asks, sessions stay alive, a missing second step is asked for."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from security import journal
from security.login import SECOND_STEP
from security.second_factor import has_second_factor, must_have
from security.sessions import SessionStore

_DESK = "/admin/"
_WHY_OUT = {
    "idle": _("You were logged out, since nobody was at the desk. Log in to go on."),
    "gone": _("You were logged out: the session was ended from elsewhere, or had been idle. Log in to go on."),
}
_PERMISSIONS = ", ".join(
    f"{name}=()"
    for name in ("accelerometer", "camera", "geolocation", "gyroscope", "magnetometer", "microphone", "payment", "usb")
)


class SecurityMiddleware:
    """After Django's authentication and messages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = journal.REQUEST.set(request)
        try:
            response = (_elsewhere(request) if _is_at_the_desk(request) else None) or self.get_response(request)
        finally:
            journal.REQUEST.reset(token)
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        if request.path.startswith(_DESK) and "javascript" not in response.headers.get("Content-Type", ""):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


def _is_at_the_desk(request: HttpRequest) -> bool:
    return request.path.startswith(_DESK) and settings.SESSION_COOKIE_NAME in request.COOKIES


def _elsewhere(request: HttpRequest) -> HttpResponse | None:
    """Where somebody is sent instead, if anywhere."""
    session = request.session
    assert isinstance(session, SessionStore)
    user = request.user
    if not isinstance(user, User):
        if session.ended and request.method == "GET":
            messages.info(request, _WHY_OUT[session.ended])
        return None
    if request.path not in map(reverse, settings.POLLED_ADDRESSES):
        session.touch()
    if session.get(SECOND_STEP) or request.path in _always_open():
        return None
    if has_second_factor(user):  # a session from before it was set up
        logout(request)
        return HttpResponseRedirect(reverse("admin:login"))
    return HttpResponseRedirect(reverse("security:set_up")) if must_have(user) else None


def _always_open() -> set[str]:
    """What somebody needs who has yet to set the second step up."""
    names = ("admin:logout", "admin:login", "admin:jsi18n", "admin:password_change", "security:set_up", "security:code")
    return {reverse(name) for name in names}
