"""Invitations in the desk (R10): links, who used them, many at once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bson import ObjectId
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import RedirectView
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from common import clock
from common.mongo import collection
from common.refusals import RefusedError
from common.scope import Rows
from common.texts.names import fold
from common.zones import MOSCOW
from exports.lists import ExportingAdmin, headings
from people.models import REVOKED, Candidate, Invitation, InvitationState, Recruiter
from people.services.finding import ids_like
from people.services.invitations import MOST_DAYS, can_be_invited, invite, revoke
from people.staff.handing_over import MAY_INVITE, as_table, links_of, made, may_invite, shown
from shared_contracts.dialog import Role
from staffkit.audit_trail import trail
from staffkit.clocks import format_moment
from staffkit.pages.kinds import Colours, ReadOnlyAdmin, plainly
from staffkit.scoping import Either, Through
from staffkit.sending.once import send_once
from staffkit.views import find, login, may, page

LONGEST = timedelta(days=MOST_DAYS + 1)
MAY_REVOKE = "people.change_invitation"


class StateFilter(DropdownFilter):
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
            InvitationState.REVOKED.value: unused & REVOKED,
            InvitationState.EXPIRED.value: unused & Q(revoked_at=None, expires_at__lte=clock.now()),
            # Whatever can still be used was made lately, which the list's order tells.
            InvitationState.WAITING.value: unused
            & Q(revoked_at=None, expires_at__gt=clock.now(), created_at__gt=clock.now() - LONGEST),
        }
        wanted = conditions.get(self.value() or "")
        return queryset.filter(wanted) if wanted else queryset


@admin.register(Invitation)
class InvitationAdmin(ExportingAdmin, ReadOnlyAdmin):
    """Links are made on people's pages and lists; here they are looked after."""

    how_to_begin = _("Links are made on a candidate's or a recruiter's page, and for many at once on their lists.")
    begin_permission = MAY_INVITE
    rows = Either(
        ways=(
            Through(field="candidate_id", owners="users", owned=Rows(city=("city_id",))),
            Through(field="recruiter_id", owners="recruiters", owned=Rows(city=("city_id",))),
        )
    )
    sortable_by = ["made"]
    list_display = ["person", "state_label", "until", "used_by", "made"]
    list_before_template = "people/made_links.html"
    list_filter = [StateFilter, ("role", ChoicesDropdownFilter)]
    export_name = "invitations"
    link_parameters = ("batch",)
    link_labels = {"batch": _("made at once")}
    search_fields = ["name"]
    search_help_text = _("Name, username or Telegram id")
    ordering = ["-created_at"]
    actions = ["renew_chosen", "revoke_chosen"]
    actions_detail = ["renew_one", "revoke_one"]
    fields = [("person_line", "state_line"), ("until", "used_by"), ("made", "note")]
    readonly_fields = ["person_line", "state_line", "until", "used_by", "made"]
    change_form_before_template = "people/made_link.html"
    change_form_after_template = "staffkit/trail.html"

    def on_page(self, object_id: ObjectId) -> dict[str, Any]:
        """With its audit trail."""
        return {"trail": trail(str(object_id))}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Invitation], search_term: str
    ) -> tuple[QuerySet[Invitation], bool]:
        """Of candidates as on their list, and of recruiters by parts of their names."""
        if not search_term.strip():
            return queryset, False
        candidates, _more = ids_like(search_term)
        named = (row["_id"] for row in collection("recruiters").find() if fold(search_term) in fold(row["name"]))
        return queryset.filter(Q(candidate_id__in=candidates) | Q(recruiter_id__in=list(named))), False

    def get_urls(self) -> list[URLPattern]:
        """With the address that the taking in of tables had."""
        moved = RedirectView.as_view(pattern_name="admin:people_candidate_import_table")
        guarded = self._guarded(self.admin_site.admin_view(moved), "")
        return [path("import/", guarded), *super().get_urls()]

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whether links may be made useless."""
        return may(request, MAY_REVOKE)

    def has_invite_permission(self, request: HttpRequest) -> bool:
        """Whether links may be made."""
        return may_invite(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The list; once, right after they were made, with the links of a batch."""
        batch = request.GET.get("batch")
        chosen = self.get_queryset(request).filter(batch=batch).order_by("name") if batch else ()
        links = links_of(request, list(chosen)) if "_export" not in request.GET else []
        context = {"made_links": links, "made_table": as_table(links), **(extra_context or {})}
        answer = super().changelist_view(request, context)
        if links:
            shown(answer)
        return answer

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """A link's page; once, right after it was made, with the link."""
        links = links_of(request, [find(Invitation, object_id)]) if object_id else []
        context = {"made_links": links, **(extra_context or {})}
        answer = super().changeform_view(request, object_id, form_url, context)
        if links:
            shown(answer)
        return answer

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Revoke what can still be used, make a new link for who can still come by one."""
        invitation = find(Invitation, str(object_id))
        hidden = set()
        if invitation.state is not InvitationState.WAITING:
            hidden.add("revoke_one")
        if not can_be_invited(_person(invitation)):
            hidden.add("renew_one")
        every: list[Any] = super().get_actions_detail(request, object_id)
        return [item for item in every if not any(item.action_name.endswith(name) for name in hidden)]

    def may_export(self, request: HttpRequest) -> bool:
        """Who makes links."""
        return may_invite(request)

    def export_titles(self) -> list[str]:
        """Who is invited, and what became of it."""
        people = (_("Full name"), _("City"), _("Username"), _("Telegram id"), _("Role"))
        its = (_("State"), _("Valid until, Moscow time"), _("Note"), _("Candidate id"))
        return headings(*people, *its)

    def export_related(self, queryset: QuerySet[Invitation]) -> QuerySet[Invitation]:
        """With the people and their cities."""
        return queryset.prefetch_related("candidate__city", "recruiter__city")

    def export_row(self, obj: Invitation) -> list[object]:
        """One link."""
        person = _person(obj)
        return [
            obj.name,
            person.city or "",
            person.username,
            "" if person.telegram_id is None else str(person.telegram_id),
            obj.get_role_display(),
            obj.state.label,
            format_moment(obj.expires_at, MOSCOW),
            obj.note,
            obj.candidate_id or "",
        ]

    @display(description=_("who"), header=True)
    def person(self, invitation: Invitation) -> list[str]:
        """Name and role."""
        return [invitation.name, invitation.get_role_display()]

    @display(
        description=_("state"),
        label=Colours({"waiting": "info", "used": "success", "expired": "warning", "revoked": "danger"}),
    )
    def state_label(self, invitation: Invitation) -> tuple[str, str]:
        """Whether it can still be used."""
        return invitation.state.value, str(invitation.state.label)

    person_line, state_line = plainly(person), plainly(state_label)

    @display(description=_("valid until"))
    def until(self, invitation: Invitation) -> str:
        """In Moscow's zone."""
        return format_moment(invitation.expires_at, MOSCOW)

    @display(description=_("used by"))
    def used_by(self, invitation: Invitation) -> str:
        """Which Telegram account used it, and when."""
        if not invitation.used_at:
            return "—"
        return f"{invitation.used_by_telegram_id} · {format_moment(invitation.used_at, MOSCOW)}"

    @display(description=_("made"), ordering="created_at")
    def made(self, invitation: Invitation) -> str:
        """By whom and when."""
        return f"{invitation.created_by} · {format_moment(invitation.created_at, MOSCOW)}"

    @admin.action(description=_("Make new links"), permissions=["invite"])
    def renew_chosen(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> HttpResponse | None:
        """Make new links for the people of the chosen ones, which end the earlier."""
        chosen = {_person(item).pk: _person(item) for item in queryset.prefetch_related("candidate", "recruiter")}
        people = [person for person in chosen.values() if can_be_invited(person)]
        if not people:
            messages.warning(request, _("All of them are in already, or off the list: there is nobody to invite."))
            return None
        try:
            return send_once(request, lambda: made(invite(people, actor=login(request))))
        except RefusedError as error:
            messages.error(request, " ".join(error.errors.values()))
            return None

    @action(description=_("Make a new link"), url_path="renew", permissions=[MAY_INVITE], icon="link")
    def renew_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the person's page that makes one, which ends this."""
        person = _person(find(Invitation, object_id))
        return HttpResponseRedirect(reverse(f"admin:people_{person._meta.model_name}_invite_one", args=[person.pk]))

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke_chosen(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        """Make the chosen links useless."""
        _revoke(request, list(queryset))

    @action(
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
            "staffkit/form_page.html",
            title=_("Revoke the link"),
            obj=invitation,
            intro=_("%(name)s will not be able to come in by it.") % {"name": invitation},
            submit_text=_("Revoke"),
            danger=True,
            back=back,
        )


def _person(invitation: Invitation) -> Candidate | Recruiter:
    """Whom it lets in."""
    person = invitation.candidate if invitation.role == Role.CANDIDATE else invitation.recruiter
    if person is None:
        raise Http404  # neither is ever deleted
    return person


def _revoke(request: HttpRequest, chosen: Sequence[Invitation]) -> None:
    count = revoke([str(invitation.pk) for invitation in chosen], actor=login(request))
    text = ngettext("%(count)s link revoked.", "%(count)s links revoked.", count) % {"count": count}
    messages.success(request, text)
