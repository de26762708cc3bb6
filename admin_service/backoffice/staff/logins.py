"""Staff logins in the desk. Django's own pages would let who opens them pick any permission."""

from collections.abc import Callable
from typing import Any

from bson import ObjectId
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from backoffice.models import StaffLogin, StaffProfile
from backoffice.services.logins import reset_password, reset_second_step, set_active
from backoffice.staff.login_form import LoginForm, PasswordForm
from common.refusals import RefusedError
from common.zones import MOSCOW
from people.models import City
from security.audit_labels import VISITS
from security.second_factor import has_second_factor
from staffkit.audit_trail import trail
from staffkit.clocks import format_moment
from staffkit.forms.use_case import show_refusal
from staffkit.pages.kinds import UseCaseAdmin
from staffkit.sending.once import AlreadySentError, already_sent, ticket
from staffkit.views import find, page, page_of, user_of

admin.site.unregister(User)
admin.site.unregister(Group)

MOST_VISITS = 30
_WITH_CITIES = "role == 'coordinator' || role == 'read_only'"


@admin.register(StaffLogin)
class StaffLoginAdmin(UseCaseAdmin):
    """Who may log in, and as what. A superuser's login is shown, and changed on the command line only."""

    few_rows = True
    form = LoginForm
    list_display = ["login_name", "first_name", "role", "sees", "is_active", "seen"]
    list_filter = [("is_active", BooleanRadioFilter)]
    search_fields = ["username", "first_name"]
    search_help_text = _("Name or login")
    ordering = ["username"]
    actions_detail = ["reset_password", "reset_second_step", "close", "reopen"]
    change_form_after_template = "backoffice/after.html"
    conditional_fields = {
        "all_cities": _WITH_CITIES,
        "cities": f"({_WITH_CITIES}) && !all_cities",
        "recruiter": "role == 'recruiter'",
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[StaffLogin]:
        """Staff with their roles, by one more query each, not by joins."""
        found: QuerySet[StaffLogin] = super().get_queryset(request)
        return found.filter(is_staff=True).prefetch_related("staff_profile__recruiter")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not of a superuser."""
        return super().has_change_permission(request, obj) and not getattr(obj, "is_superuser", False)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A password only for a new one; of a superuser there is only a name to look at."""
        if obj and obj.is_superuser:
            return ["username", "first_name", "role", "seen"]
        if obj and obj.pk == request.user.pk:  # a role is taken from oneself by another administrator only
            return ["username", "first_name", "role", "sees", "seen"]
        post = ["username", "first_name", "role", "all_cities", "cities", "recruiter"]
        return [*post, "seen"] if obj else [*post, "password"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What nobody types."""
        if obj and (obj.is_superuser or obj.pk == request.user.pk):
            return ["role", "sees", "seen"]
        return ["seen"] if obj else []

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Close what is open, and the other way round."""
        login = find(StaffLogin, str(object_id))
        hidden = {"close", "reopen", "password"} if login.is_superuser else {"reopen" if login.is_active else "close"}
        if login.is_superuser or not has_second_factor(login):
            hidden.add("step")
        if login.pk == request.user.pk:
            hidden |= {"close", "password", "step"}
        every = super().get_actions_detail(request, object_id)
        return [item for item in every if item.action_name.rsplit("_", 1)[-1] not in hidden]

    def on_page(self, object_id: ObjectId) -> dict[str, Any]:
        """With what was changed, by whom."""
        login_id = str(object_id)
        # Comings and goings would push a login's changes off the end of its trail.
        return {"trail": trail(login_id, but=VISITS), "visits": trail(login_id, only=VISITS, most=MOST_VISITS)}

    def response_add(self, request: HttpRequest, obj: StaffLogin, post_url_continue: str | None = None) -> HttpResponse:
        """Its page; before it the password that was made."""
        return self._done(request, obj, obj.made_password, _("The login is made."))

    @display(description=_("login name"), ordering="username")
    def login_name(self, login: StaffLogin) -> str:
        """What they log in with."""
        return login.get_username()

    @display(description=_("role"))
    def role(self, login: StaffLogin) -> str:
        """In words."""
        profile = _profile(login)
        return str(_("superuser")) if login.is_superuser else profile.get_role_display() if profile else "—"

    @display(description=_("sees"))
    def sees(self, login: StaffLogin) -> str:
        """Whose rows."""
        profile = _profile(login)
        if login.is_superuser or (profile and profile.scope.whole):
            return str(_("everything"))
        if profile is None:
            return str(_("nothing"))
        if profile.recruiter:
            return str(profile.recruiter)
        return ", ".join(City.objects.filter(pk__in=profile.city_ids).order_by("name").values_list("name", flat=True))

    @display(description=_("last login"), ordering="last_login")
    def seen(self, login: StaffLogin) -> str:
        """When, in Moscow."""
        return format_moment(login.last_login, MOSCOW) if login.last_login else "—"

    @action(description=_("New password"), url_path="password", permissions=["change"], icon="key")
    def reset_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Set one, or make one and show it once."""
        login = find(StaffLogin, object_id)
        form = PasswordForm(request.POST if "_confirm" in request.POST else None)

        def carry_out() -> str:
            typed = form.cleaned_data["password"]
            made = reset_password(login, typed, actor=user_of(request))
            return "" if typed else made

        words = {"title": _("New password"), "submit_text": _("Set the password")}
        intro = _("%(name)s is logged out everywhere and logs in with the new one.")
        return self._ask(request, login, form, carry_out, _("The password is set."), intro=intro, **words)

    @action(
        description=_("Take the second step away"),
        url_path="second-step",
        permissions=["change"],
        icon="phonelink_erase",
    )
    def reset_second_step(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For somebody who has lost their phone and their recovery codes."""
        login = find(StaffLogin, object_id)
        form = forms.Form(request.POST if "_confirm" in request.POST else None)

        def carry_out() -> str:
            reset_second_step(login, actor=user_of(request))
            return ""

        words = {"title": _("Take the second step away"), "submit_text": _("Take it away"), "danger": True}
        intro = _("Make sure that it is %(name)s who asks: from then on the password alone lets them in.")
        done = _("The password alone lets them in now.")
        return self._ask(request, login, form, carry_out, done, intro=intro, **words)

    @action(
        description=_("Deactivate"),
        url_path="close",
        permissions=["change"],
        icon="person_off",
        variant=ActionVariant.DANGER,
    )
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Nobody logs in with it any more."""
        intro = _("%(name)s is logged out at once and can't log in again. What they did stays in the audit trail.")
        words = {"title": _("Deactivate the login"), "submit_text": _("Deactivate"), "danger": True}
        return self._activate(request, object_id, False, intro, _("The login is deactivated."), **words)

    @action(description=_("Activate"), url_path="reopen", permissions=["change"], icon="person_check")
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """It works again."""
        words = {"title": _("Activate the login"), "submit_text": _("Activate")}
        intro = _("%(name)s can log in again, with the password and role of before.")
        return self._activate(request, object_id, True, intro, _("The login works again."), **words)

    def _activate(
        self, request: HttpRequest, object_id: str, active: bool, intro: Any, done: Any, **words: Any
    ) -> HttpResponse:
        login = find(StaffLogin, object_id)
        form = forms.Form(request.POST if "_confirm" in request.POST else None)

        def carry_out() -> str:
            set_active(login, active, actor=user_of(request))
            return ""

        return self._ask(request, login, form, carry_out, done, intro=intro, **words)

    def _ask(
        self,
        request: HttpRequest,
        login: StaffLogin,
        form: forms.Form,
        carry_out: Callable[[], str],
        done: Any,
        *,
        intro: Any,
        **words: Any,
    ) -> HttpResponse:
        """Ask, then do it once; ``carry_out`` returns a password to show, or "" for ``done`` to be said."""
        passwords: list[str] = []

        def act() -> str:
            passwords[:] = [carry_out()]
            return page_of(login)

        if form.is_valid():
            try:
                ticket(request).use(act)
            except AlreadySentError as error:
                return already_sent(request, error)
            except RefusedError as error:
                show_refusal(form, error)
            else:
                return self._done(request, login, passwords[0], done)
        told = {"intro": intro % {"name": login}, "back": page_of(login)}
        return page(self, request, "staffkit/form_page.html", obj=login, form=form, **told, **words)

    def _done(self, request: HttpRequest, login: StaffLogin, password: str, text: Any) -> HttpResponse:
        """Back to the login's page; with a password that was made, this once, in the answer itself and nowhere else."""
        if password:
            title = _("The password of %(name)s") % {"name": login}
            words = {"title": title, "password": password, "back": page_of(login)}
            return page(self, request, "backoffice/password.html", obj=login, **words)
        messages.success(request, text)
        return HttpResponseRedirect(page_of(login))


def _profile(login: StaffLogin) -> StaffProfile | None:
    found: StaffProfile | None = getattr(login, "staff_profile", None)
    return found
