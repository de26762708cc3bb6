"""Invitations in the desk (R10): links, who used them, many at once."""

from collections.abc import Iterator, Sequence
from typing import Any

from bson import ObjectId
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from common import clock
from common.refusals import RefusedError
from common.scope import Rows
from desk.audit import trail
from desk.clocks import said, today
from desk.options import ExportingAdmin, ReadOnlyAdmin, find, login, page, plainly, show_refusal
from desk.people_forms import ImportForm
from desk.sending.once import Done, send_once
from desk.spreadsheet import download
from people.bulk import import_candidates
from people.invitations import Invited, revoke
from people.links import invitation_link
from people.models import MOSCOW, Invitation, InvitationState
from shared_contracts.dialog import Role

MAY_INVITE = "people.add_invitation"
MAY_REVOKE = "people.change_invitation"
LIST = "admin:people_invitation_changelist"


class StateFilter(DropdownFilter):  # type: ignore[misc]
    """By whether a link can still be used."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """All states."""
        return list(InvitationState.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """As of now."""
        unused = Q(used_at=None)
        conditions = {
            InvitationState.USED.value: ~unused,
            InvitationState.REVOKED.value: unused & ~Q(revoked_at=None),
            InvitationState.EXPIRED.value: unused & Q(revoked_at=None, expires_at__lte=clock.now()),
            InvitationState.WAITING.value: unused & Q(revoked_at=None, expires_at__gt=clock.now()),
        }
        wanted = conditions.get(self.value() or "")
        return queryset.filter(wanted) if wanted else queryset


@admin.register(Invitation)
class InvitationAdmin(ExportingAdmin, ReadOnlyAdmin):
    """Links are made on people's pages, or from a table; here they are looked after."""

    rows = Rows(city=("candidate__city_id", "recruiter__city_id"))
    list_display = ["person", "state_label", "link", "until", "used_by", "made"]
    list_filter = [StateFilter, ("role", ChoicesDropdownFilter)]
    link_parameters = ("batch",)
    search_fields = ["name", "note"]
    search_help_text = _("Name or note")
    ordering = ["-created_at"]
    actions = ["revoke_chosen"]
    actions_list = ["import_table"]
    actions_detail = ["revoke_one"]
    fields = [("person_line", "state_line"), ("until", "used_by"), ("made", "note"), "link"]
    readonly_fields = ["person_line", "state_line", "until", "used_by", "made", "link"]
    change_form_after_template = "desk/trail.html"

    def on_page(self, object_id: ObjectId) -> dict[str, Any]:
        """With its audit trail."""
        return {"trail": trail(str(object_id))}

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whether links may be made useless."""
        return bool(request.user.has_perm(MAY_REVOKE))  # type: ignore[union-attr]

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Links let people in: shown to those who may make them."""
        return [name for name in self.list_display if name != "link" or may_invite(request)]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The same on a link's page."""
        return [name for name in self.fields if name != "link" or may_invite(request)]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only what can still be revoked."""
        waits = find(Invitation, str(object_id)).state is InvitationState.WAITING
        every: list[Any] = super().get_actions_detail(request, object_id)
        return every if waits else []

    def export(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> HttpResponseBase:
        """Invitations with their links as CSV."""
        if not may_invite(request):
            raise PermissionDenied
        people = queryset.prefetch_related("candidate__city", "recruiter__city")
        return download(_rows(people), f"invitations-{today():%Y-%m-%d}.csv")

    @display(description=_("who"), header=True, ordering="name")  # type: ignore[untyped-decorator]
    def person(self, invitation: Invitation) -> list[str]:
        """Name and role."""
        return [invitation.name, invitation.get_role_display()]

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        label={"waiting": "info", "used": "success", "expired": "warning", "revoked": "danger"},
    )
    def state_label(self, invitation: Invitation) -> tuple[str, str]:
        """Whether it can still be used."""
        return invitation.state.value, str(invitation.state.label)

    person_line, state_line = plainly(person), plainly(state_label)

    @display(description=_("link"))  # type: ignore[untyped-decorator]
    def link(self, invitation: Invitation) -> str:
        """To copy, while it can be used."""
        if invitation.state is not InvitationState.WAITING:
            return "—"
        return copyable(invitation_link(invitation.token))

    @display(description=_("valid until"), ordering="expires_at")  # type: ignore[untyped-decorator]
    def until(self, invitation: Invitation) -> str:
        """In Moscow's zone."""
        return said(invitation.expires_at, MOSCOW)

    @display(description=_("used by"), ordering="used_at")  # type: ignore[untyped-decorator]
    def used_by(self, invitation: Invitation) -> str:
        """Which Telegram account used it, and when."""
        if not invitation.used_at:
            return "—"
        return f"{invitation.used_by_telegram_id} · {said(invitation.used_at, MOSCOW)}"

    @display(description=_("made"), ordering="created_at")  # type: ignore[untyped-decorator]
    def made(self, invitation: Invitation) -> str:
        """By whom and when."""
        return f"{invitation.created_by} · {said(invitation.created_at, MOSCOW)}"

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke_chosen(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        """Make the chosen links useless."""
        _revoke(request, list(queryset))

    @action(  # type: ignore[untyped-decorator]
        description=_("Revoke"),
        url_path="revoke",
        permissions=[MAY_REVOKE],
        icon="link_off",
        variant=ActionVariant.DANGER,
    )
    def revoke_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The same for one, from its page."""
        invitation = find(Invitation, object_id)
        back = reverse("admin:people_invitation_change", args=[invitation.pk])
        if request.method == "POST":
            _revoke(request, [invitation])
            return HttpResponseRedirect(back)
        return page(
            self,
            request,
            "desk/form_page.html",
            title=_("Revoke the link"),
            obj=invitation,
            intro=_("%(name)s will not be able to come in by it.") % {"name": invitation},
            submit_text=_("Revoke"),
            danger=True,
            back=back,
        )

    @action(  # type: ignore[untyped-decorator]
        description=_("Invite many from a table"), url_path="import", permissions=[MAY_INVITE], icon="group_add"
    )
    def import_table(self, request: HttpRequest) -> HttpResponse:
        """Paste or upload a table: everyone in it becomes a candidate with a link."""
        form = ImportForm(request.POST if "_confirm" in request.POST else None, request.FILES or None)
        if form.is_valid():
            data = form.cleaned_data

            def take_in() -> Done:
                days, note = data["days"], data["note"]
                return made(import_candidates(data["text"], actor=login(request), days=days, note=note))

            try:
                return send_once(request, take_in)
            except RefusedError as error:
                show_refusal(form, error)
        return page(
            self,
            request,
            "desk/import_people.html",
            title=_("Invite many from a table"),
            form=form,
            submit_text=_("Add and invite"),
            back=reverse(LIST),
        )


def may_invite(request: HttpRequest) -> bool:
    """Whether links may be made, and so seen."""
    return bool(request.user.has_perm(MAY_INVITE))  # type: ignore[union-attr]


def made(invited: Invited) -> Done:
    """The list of the links just made."""
    text = ngettext("%(count)s link made.", "%(count)s links made.", invited.links) % {"count": invited.links}
    return Done(f"{reverse(LIST)}?batch={invited.batch}", text)


def copyable(link: str) -> str:
    """A link with a button that copies it."""
    return format_html(
        '<span class="desk-copy"><input readonly value="{}" aria-label="{}">'
        '<button type="button" data-copy title="{}"><span class="material-symbols-outlined">content_copy</span>'
        "</button></span>",
        link,
        _("Link"),
        _("Copy"),
    )


def _revoke(request: HttpRequest, chosen: Sequence[Invitation]) -> None:
    count = revoke([str(invitation.pk) for invitation in chosen], actor=login(request))
    text = ngettext("%(count)s link revoked.", "%(count)s links revoked.", count) % {"count": count}
    messages.success(request, text)


def _rows(invitations: QuerySet[Invitation]) -> Iterator[Sequence[object]]:
    yield [str(title) for title in (_("Name"), _("City"), _("Username"), _("Telegram id"), _("Role"))] + [
        str(title) for title in (_("State"), _("Valid until"), _("Note"), _("Link"))
    ]
    for invitation in invitations:
        person = invitation.candidate if invitation.role == Role.CANDIDATE else invitation.recruiter
        if person is None:
            continue
        waits = invitation.state is InvitationState.WAITING
        yield [
            invitation.name,
            person.city or "",
            person.username,
            person.telegram_id or "",
            invitation.get_role_display(),
            invitation.state.label,
            said(invitation.expires_at, MOSCOW),
            invitation.note,
            invitation_link(invitation.token) if waits else "",
        ]
