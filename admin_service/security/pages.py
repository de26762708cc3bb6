"""“Security” in the desk: one's own password, second step and sessions."""

from typing import Any

import segno
from django.contrib import admin, messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from django.views.generic import FormView

from common.audit import acting
from common.zones import MOSCOW
from security import second_factor
from security.browsers import browser_name
from security.forms import CodeForm, OwnPasswordForm, SetUpForm
from security.login import SECOND_STEP
from security.models import SecondFactor, StaffSession
from security.sessions import end_sessions, handle, sessions_of
from staffkit.clocks import format_moment
from staffkit.views import user_of

_KEY = "_second_step_key"


def overview(request: HttpRequest) -> HttpResponse:
    """All of it on one page."""
    user = user_of(request)
    factor = SecondFactor.objects.filter(user=user).first()
    return render(
        request,
        "security/overview.html",
        _frame(
            request,
            _("Security"),
            factor=factor,
            factor_since=format_moment(factor.created_at, MOSCOW) if factor else "",
            codes_left=len(factor.recovery) if factor else 0,
            required=second_factor.must_have(user),
            sessions=[_shown(row, request) for row in sessions_of(user)],
        ),
    )


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Log one's other sessions out, or the one named."""
    only = request.POST.get("session")
    ended = end_sessions(user_of(request), but=request.session.session_key, only=only)
    said_so = ngettext("%(number)d session was ended.", "%(number)d sessions were ended.", ended) % {"number": ended}
    messages.success(request, said_so if ended else _("There was no other session."))
    return HttpResponseRedirect(reverse("security:overview"))


class _OwnPage(FormView):  # type: ignore[type-arg]
    """A form about one's own second step."""

    template_name = "staffkit/form_page.html"
    success_url = reverse_lazy("security:overview")
    title: Any = ""
    intro: Any = ""
    submit_text: Any = ""
    danger = False

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whose password or code it has to be."""
        return {**super().get_form_kwargs(), "request": self.request, "user": user_of(self.request)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form's frame."""
        words = {"intro": self.intro, "submit_text": self.submit_text, "danger": self.danger}
        frame = _frame(self.request, self.title, back=self.success_url, **words)
        return {**super().get_context_data(**kwargs), **frame}


class SetUpPage(_OwnPage):
    """An app is shown a key and answers with a code."""

    template_name = "security/set_up.html"
    form_class = SetUpForm
    title = gettext_lazy("Second step at login")
    submit_text = gettext_lazy("Turn on")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Once it is on, a second tab or a reload of the page with the recovery codes says so."""
        if second_factor.has_second_factor(user_of(request)):
            return self._on_already()
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Turned on: here are the recovery codes."""
        key = self.request.session.get(_KEY)
        user, session = user_of(self.request), self.request.session
        codes = key and second_factor.turn_on(user, key, form.cleaned_data["code"], session_key=session.session_key)
        if not codes and second_factor.has_second_factor(user):  # another tab was faster
            return self._on_already()
        if not codes:
            form.add_error("code", _("This is not the code that the app shows now. Look again, and check its clock."))
            return self.form_invalid(form)
        del session[_KEY]
        session[SECOND_STEP] = True
        return _codes_page(self.request, codes)

    def _on_already(self) -> HttpResponse:
        told = _(
            "The second step is on already. Recovery codes are shown once: if you have not kept them, make new ones."
        )
        messages.info(self.request, told)
        return HttpResponseRedirect(reverse("security:overview"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The key, to scan and to type; it stays the same until a code is right."""
        key = self.request.session.setdefault(_KEY, second_factor.new_key())
        address = second_factor.app_address(key, user_of(self.request).get_username())
        picture = segno.make(address, error="m").svg_inline(border=4, dark="#000", light="#fff", omitsize=True)
        shown = {"picture": mark_safe(picture), "key": second_factor.readable(key)}
        return {
            **super().get_context_data(**kwargs),
            **shown,
            "required": second_factor.must_have(user_of(self.request)),
        }


class _CodePage(_OwnPage):
    """For whoever has a second step."""

    form_class = CodeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Back, where there is nothing to change."""
        if not second_factor.has_second_factor(user_of(request)):
            return HttpResponseRedirect(reverse("security:overview"))
        return super().dispatch(request, *args, **kwargs)


class TurnOffPage(_CodePage):
    """No more codes, for whoever has one."""

    title = gettext_lazy("Turn the second step off")
    intro = gettext_lazy("From then on your password alone lets you in. The recovery codes end too.")
    submit_text = gettext_lazy("Turn off")
    danger = True

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Turned off."""
        second_factor.turn_off(user_of(self.request))
        self.request.session.pop(SECOND_STEP, None)
        messages.success(self.request, _("The second step is off."))
        return super().form_valid(form)


class RenewPage(_CodePage):
    """New recovery codes, for whoever has a code."""

    title = gettext_lazy("New recovery codes")
    intro = gettext_lazy("You get ten new ones. Those you have now end.")
    submit_text = gettext_lazy("Make new ones")

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Here they are."""
        return _codes_page(self.request, second_factor.renew_codes(user_of(self.request)))


class OwnPasswordPage(PasswordChangeView):
    """Change one's own password. The other sessions end."""

    form_class = OwnPasswordForm
    template_name = "staffkit/form_page.html"
    success_url = reverse_lazy("security:overview")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Changed."""
        messages.success(self.request, _("Your password was changed. Your other sessions have ended."))
        with acting(user_of(self.request).get_username()):
            return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form's frame."""
        words = {"submit_text": _("Change password"), "back": self.success_url}
        return {**super().get_context_data(**kwargs), **_frame(self.request, _("Change password"), **words)}


def _codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """Shown once: they are kept as hashes."""
    return render(request, "security/codes.html", _frame(request, _("Your recovery codes"), codes=codes))


def _frame(request: HttpRequest, title: Any, **context: Any) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": title, **context}


def _shown(row: StaffSession, request: HttpRequest) -> dict[str, Any]:
    return {
        "since": format_moment(row.since, MOSCOW),
        "last_seen": format_moment(row.last_seen, MOSCOW),
        "address": row.address,
        "browser": browser_name(row.browser) or _("an unknown program"),
        "is_this": row.session_key == request.session.session_key,
        "handle": handle(row.session_key),
    }
