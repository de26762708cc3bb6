"""The address of a recruiter's calendar, at their page in the desk."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from common.refusals import RefusedError
from people.models import Recruiter
from people.services.calendar_links import give_calendar, revoke_calendar
from people.services.tokens import digest
from people.staff.handing_over import copyable, handed_over, handing_over, shown
from staffkit.pages.kinds import UseCaseAdmin
from staffkit.sending.once import Done, send_once
from staffkit.sending.sealed import is_as_shown
from staffkit.views import find, login, page

MAY_GIVE = "people.change_recruiter"


class CalendarAdmin(UseCaseAdmin):
    """Recruiters, whose interviews their own calendar program can show."""

    actions_detail = ["calendar"]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only for those who are active."""
        every: list[Any] = super().get_actions_detail(request, object_id)
        if find(Recruiter, object_id).is_active:
            return every
        return [item for item in every if "calendar" not in item.action_name]

    @action(description=_("Calendar"), url_path="calendar", permissions=[MAY_GIVE], icon="calendar_month")
    def calendar(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The address to copy, once it is made, and what can be done about it."""
        recruiter = find(Recruiter, object_id)
        if "_confirm" in request.POST and is_as_shown(request, recruiter.calendar_token_hash or ""):
            return _carry_out(request, recruiter)
        link = _made_now(request, recruiter)
        answer = page(
            self,
            request,
            "people/calendar.html",
            title=_("Calendar"),
            obj=recruiter,
            agreed=recruiter.calendar_token_hash or "",
            link=link,
            is_given=bool(recruiter.calendar_token_hash),
            submit_text=_("Make a new address") if recruiter.calendar_token_hash else _("Make an address"),
            back=reverse("admin:people_recruiter_change", args=[recruiter.pk]),
        )
        if link:
            shown(answer)
        return answer


def _carry_out(request: HttpRequest, recruiter: Recruiter) -> HttpResponse:
    def act() -> Done:
        if "_revoke" in request.POST:
            revoke_calendar(str(recruiter.pk), actor=login(request))
            return Done(request.path, _now("The address opens nothing any more."))
        tokens = give_calendar(str(recruiter.pk), actor=login(request))
        text = _now("The address is made. Give it to %(name)s alone.") % {"name": recruiter}
        return Done(request.path, text, handing_over(tokens))

    try:
        return send_once(request, act)
    except RefusedError as error:
        messages.error(request, " ".join(error.errors.values()))
        return HttpResponseRedirect(request.path)


def _made_now(request: HttpRequest, recruiter: Recruiter) -> str:
    """The address, where it was made a moment ago in this browser."""
    tokens = handed_over(request)
    token = tokens.of(recruiter.pk) if tokens else ""
    if not token or digest(token) != recruiter.calendar_token_hash:
        return ""
    return copyable(request.build_absolute_uri(reverse("calendar_feed", args=[token])))
