"""The front door: name and password, and a code where the login has a second step."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME, login
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, RedirectURLMixin
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from common import clock
from common.http.addresses import client_address
from security import journal
from security.attempts import Attempt, minutes_left, password_attempt, wait_words
from security.forms import CodeForm, LoginForm
from security.second_factor import has_second_factor

WAITING = "_waits_for_code"
"""In the data of a session without a login: whose password was right, and when."""
SECOND_STEP = "_second_step"
"""In a session's data: a code was given."""
CODE_WITHIN = timedelta(minutes=10)


@method_decorator(never_cache, name="dispatch")
class LoginPage(LoginView):
    """One POST of ``username`` and ``password`` logs in whoever has no second step."""

    template_name = "admin/login.html"
    authentication_form = LoginForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; whoever is logged in goes on."""
        if admin.site.has_permission(request):
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count first, look second: what comes at the same moment is counted too."""
        name, password = self._named(request), request.POST.get("password", "")
        if not name or not password:
            return super().post(request, *args, **kwargs)
        attempt = password_attempt(name, client_address(request))
        if attempt.refused_until:
            return _locked_page(request, attempt, name)
        form = self.get_form()
        if not form.is_valid():
            return self.form_invalid(form)
        attempt.was_right()
        return self.form_valid(form)

    def _named(self, request: HttpRequest) -> str:
        """The login that is meant, as the form will read it: blanks and wide letters are no other login."""
        return str(self.authentication_form.base_fields["username"].to_python(request.POST.get("username", "")))

    def form_valid(self, form: Any) -> HttpResponse:
        """In, or on to the code."""
        user = form.get_user()
        if not has_second_factor(user):
            response = super().form_valid(form)
            journal.note("logged_in", user)
            return response
        self.request.session.flush()
        self.request.session[WAITING] = {
            "user": str(user.pk),
            "hash": user.get_session_auth_hash(),
            "backend": user.backend,
            "at": clock.now().isoformat(),
        }
        target = reverse("security:code")
        asked = self.get_redirect_url()
        query = f"?{REDIRECT_FIELD_NAME}={asked}" if asked else ""
        return HttpResponseRedirect(target + query)

    def get_default_redirect_url(self) -> str:
        """Today."""
        return reverse("admin:index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What Unfold's page wants."""
        return {
            **super().get_context_data(**kwargs),
            **admin.site.each_context(self.request),
            "title": _("Log in"),
            "app_path": self.request.get_full_path(),
            "username": self.request.user.get_username(),
        }


@method_decorator([sensitive_post_parameters(), csrf_protect, never_cache], name="dispatch")
class CodePage(RedirectURLMixin, FormView):  # type: ignore[type-arg]
    """The second step: the password was right a moment ago."""

    template_name = "security/code.html"
    form_class = CodeForm
    user: User | None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only for whom it waits."""
        self.user = _who_waits(request)
        if self.user is None:
            return HttpResponseRedirect(reverse("admin:login"))
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whose code it has to be."""
        return {**super().get_form_kwargs(), "request": self.request, "user": self.user}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """In."""
        assert self.user is not None
        waiting = self.request.session.pop(WAITING)
        login(self.request, self.user, backend=waiting["backend"])
        self.request.session[SECOND_STEP] = True
        journal.note("logged_in", self.user)
        return HttpResponseRedirect(self.get_success_url())

    def get_default_redirect_url(self) -> str:
        """Today."""
        return reverse("admin:index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The frame's words."""
        return {
            **super().get_context_data(**kwargs),
            **admin.site.each_context(self.request),
            "title": _("Second step"),
        }


def _who_waits(request: HttpRequest) -> User | None:
    """Whose password was right: still the same one, of a login that may come in, and not long ago."""
    waiting = request.session.get(WAITING)
    if not waiting or clock.now() - datetime.fromisoformat(waiting["at"]) > CODE_WITHIN:
        return None
    user = User.objects.filter(pk=waiting["user"], is_active=True, is_staff=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), waiting["hash"]):
        return None
    return user


def _locked_page(request: HttpRequest, attempt: Attempt, name: str) -> HttpResponse:
    """The same for logins that exist and those that don't."""
    assert attempt.refused_until is not None
    if attempt.first_refused:
        journal.note("login_locked", journal.login_called(name), actor=journal.STRANGER)
    context = {
        **admin.site.each_context(request),
        "title": _("Too many wrong passwords"),
        "when": wait_words(attempt.refused_until),
    }
    response = render(request, "security/locked.html", context, status=429)
    response.headers["Retry-After"] = str(minutes_left(attempt.refused_until) * 60)
    return response
