"""The audit trail in the desk: to read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, TextFilter
from unfold.decorators import display

from backoffice.staff.audit_labels import ABOUT_LOGINS
from common.models import AuditEntry
from common.texts.language import desk_language
from common.zones import MOSCOW, local, zone_name
from exports.lists import ExportingAdmin, headings
from staffkit.audit_labels import EVERY
from staffkit.audit_trail import ACTORS, action_label, actor_label, changes, subject_label
from staffkit.clocks import format_moment
from staffkit.pages.kinds import ReadOnlyAdmin
from staffkit.views import may


class SubjectFilter(DropdownFilter):
    """By what kind of thing was changed."""

    title = _("of")
    parameter_name = "subject"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """All that has a name, in its order."""
        return sorted(((key, str(label)) for key, label in EVERY.subjects.items()), key=lambda row: row[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Of that kind."""
        return queryset.filter(subject=self.value()) if self.value() else queryset


class ActorFilter(TextFilter):
    """By who did it: a login, a Telegram id or an address, whole."""

    title = _("by")
    parameter_name = "actor"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Whatever kind of person has that name; with its kind (``staff:anna``) that one."""
        name = (self.value() or "").strip().removeprefix("@")
        return queryset.filter(actor__in=[name, *(f"{kind}:{name}" for kind in ACTORS)]) if name else queryset


class CorrelationFilter(TextFilter):
    """By the number that joins what one request has caused, whole, as logs have it."""

    title = _("correlation id")
    parameter_name = "correlation_id"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """All of that request."""
        return queryset.filter(correlation_id=self.value().strip()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ExportingAdmin, ReadOnlyAdmin):
    """Who changed what, through what, before and after."""

    export_name = "audit"
    list_display = ["when", "what", "done", "who", "change", "reason"]
    list_filter = [SubjectFilter, ActorFilter, CorrelationFilter]
    sortable_by = ["when"]
    ordering = ["-id"]  # rises with time, and needs no index of its own
    fields = [("when", "what"), ("done", "who"), ("subject_number", "correlation_id"), "change", "reason"]
    readonly_fields = ["when", "what", "done", "who", "subject_number", "correlation_id", "change", "reason"]

    def export_titles(self) -> list[str]:
        """Entries as the list tells them, with what joins them."""
        what = (_("of"), _("done"), _("by"), _("change"), _("reason"), _("its id"), _("correlation id"))
        return headings(_("Date"), _("Time"), _("Time zone"), *what, _("Id"))

    def export_row(self, obj: AuditEntry) -> list[object]:
        """One entry, at Moscow's time, as on the list."""
        at = local(obj.created_at, MOSCOW)
        what = (self.what(obj), self.done(obj), self.who(obj), self.change(obj), obj.reason)
        ids = (obj.subject_id, obj.correlation_id, obj.pk)
        return [at.date(), at.time(), zone_name(MOSCOW, desk_language()), *what, *ids]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """Of staff logins only for those who may see these."""
        found: QuerySet[AuditEntry] = super().get_queryset(request)
        return found if may(request, "backoffice.view_stafflogin") else found.exclude(subject__in=ABOUT_LOGINS)

    @display(description=_("when"), ordering="id")
    def when(self, entry: AuditEntry) -> str:
        """In Moscow's zone."""
        return format_moment(entry.created_at, MOSCOW)

    @display(description=_("of"))
    def what(self, entry: AuditEntry) -> str:
        """What kind of thing was changed."""
        return subject_label(entry.subject)

    @display(description=_("done"))
    def done(self, entry: AuditEntry) -> str:
        """What was done."""
        return action_label(entry.action)

    @display(description=_("by"))
    def who(self, entry: AuditEntry) -> str:
        """Who did it."""
        return actor_label(entry.actor)

    @display(description=_("its id"))
    def subject_number(self, entry: AuditEntry) -> str:
        """To look it up by."""
        return str(entry.subject_id)

    @display(description=_("change"))
    def change(self, entry: AuditEntry) -> str:
        """Before and after."""
        return "; ".join(changes(entry.before, entry.after, subject=entry.subject))
