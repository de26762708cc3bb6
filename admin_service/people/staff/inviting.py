"""Inviting people from their own lists and pages (R10)."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from common import clock
from common.refusals import RefusedError
from common.zones import MOSCOW
from people.models import Invitation, Person
from people.services.invitations import can_be_invited, invite
from people.staff.forms import InviteForm
from people.staff.handing_over import MAY_INVITE, handing_over, made, may_invite
from staffkit.clocks import format_moment
from staffkit.forms.use_case import show_refusal
from staffkit.pages.kinds import UseCaseAdmin
from staffkit.sending.once import Done, send_once
from staffkit.sending.sealed import is_as_shown
from staffkit.views import find, login, page, page_of


class InvitingAdmin(UseCaseAdmin):
    """People whom a link can let in: those let in by staff who have not come yet."""

    actions = ["invite_chosen"]
    actions_detail = ["invite_one"]

    def has_invite_permission(self, request: HttpRequest) -> bool:
        """Whether links may be made."""
        return may_invite(request)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Inviting only who has not come yet."""
        every: list[Any] = super().get_actions_detail(request, object_id)
        return (
            every
            if can_be_invited(find(self.model, object_id))
            else [item for item in every if "invite_one" not in item.action_name]
        )

    @admin.action(description=_("Invite by link"), permissions=["invite"])
    def invite_chosen(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Make links for the chosen people who have not come yet."""
        people = [person for person in queryset if can_be_invited(person)]
        if not people:
            messages.warning(request, _now("All of them are in already, or off the list: there is nobody to invite."))
            return None
        try:
            return send_once(request, lambda: made(invite(people, actor=login(request))))
        except RefusedError as error:
            messages.error(request, " ".join(error.errors.values()))
            return None

    @action(description=_("Invite by link"), url_path="invite", permissions=[MAY_INVITE], icon="link")
    def invite_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A new link for one person; the page it leads to shows it once."""
        person = find(self.model, object_id)
        form = InviteForm(request.POST if "_confirm" in request.POST else None)
        waits = _waiting(person)
        agreed = [person.pk, waits and waits.pk]

        def make() -> Done:
            made_now = invite([person], actor=login(request), **form.cleaned_data)
            new = Invitation.objects.get(batch=made_now.batch)
            return Done(page_of(new), along=handing_over(made_now.tokens))

        if form.is_valid() and is_as_shown(request, agreed):
            try:
                return send_once(request, make)
            except RefusedError as error:
                show_refusal(form, error)
        return page(
            self,
            request,
            "people/invite.html",
            title=_("Invite by link"),
            obj=person,
            form=form,
            until=format_moment(waits.expires_at, MOSCOW) if waits else "",
            agreed=agreed,
            submit_text=_("Make a link"),
            back=reverse(f"admin:people_{self.opts.model_name}_change", args=[person.pk]),
        )


def _waiting(person: Person) -> Invitation | None:
    """Their link that can be used now; a new one ends it."""
    found: Invitation | None = Invitation.objects.filter(
        **{person._meta.model_name or "": person}, used_at=None, revoked_at=None, expires_at__gt=clock.now()
    ).first()
    return found
