"""The audit trail in the desk: to read."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import FieldTextFilter
from unfold.decorators import display

from backoffice.staff.audit_labels import ABOUT_LOGINS
from common.models import AuditEntry
from common.zones import MOSCOW
from staffkit.audit_trail import action_label, actor_label, changes, subject_label
from staffkit.clocks import format_moment
from staffkit.pages.kinds import ReadOnlyAdmin
from staffkit.views import may


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who changed what, through what, before and after."""

    list_display = ["when", "what", "done", "who", "change", "reason"]
    list_filter = [("subject", FieldTextFilter), ("actor", FieldTextFilter), ("correlation_id", FieldTextFilter)]
    ordering = ["-created_at"]
    fields = [("when", "what"), ("done", "who"), ("subject_number", "correlation_id"), "change", "reason"]
    readonly_fields = ["when", "what", "done", "who", "subject_number", "correlation_id", "change", "reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """Of staff logins only for those who may see these."""
        found: QuerySet[AuditEntry] = super().get_queryset(request)
        return found if may(request, "backoffice.view_stafflogin") else found.exclude(subject__in=ABOUT_LOGINS)

    @display(description=_("when"), ordering="created_at")
    def when(self, entry: AuditEntry) -> str:
        """In Moscow's zone."""
        return format_moment(entry.created_at, MOSCOW)

    @display(description=_("of"), ordering="subject")
    def what(self, entry: AuditEntry) -> str:
        """What kind of thing was changed."""
        return subject_label(entry.subject)

    @display(description=_("done"), ordering="action")
    def done(self, entry: AuditEntry) -> str:
        """What was done."""
        return action_label(entry.action)

    @display(description=_("by"), ordering="actor")
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
