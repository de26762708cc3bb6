"""Who took which list out of the desk: each leaves entries in the audit trail."""

from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from common import audit, clock, correlation
from common.mongo import Document
from staffkit.audit_labels import AuditLabels, register

LONGEST_FILTER = 500
"""Characters of what was filtered by; more says no more."""

register(
    AuditLabels(
        subjects={"export": _("export")},
        actions={"exported": _("exported"), "downloaded": _("downloaded"), "cancelled": _("cancelled")},
        fields={"list": _("list"), "filter": _("filtered by"), "rows": _("rows")},
    )
)


def filtered_by(query: QueryDict) -> str:
    """An address's query, as the trail tells it."""
    return ", ".join(f"{name}={value}" for name, values in query.lists() for value in values if value)[:LONGEST_FILTER]


def export_entry(login: str, user_id: Any, action: str, facts: Document, *, via: str = "desk") -> Document:
    """An entry about a login that takes a list."""
    return audit.entry(
        "export",
        str(user_id),
        action,
        actor=f"staff:{login}",
        via=via,
        now=clock.now(),
        correlation_id=correlation.current(),
        after=facts,
    )


def note_export(request: HttpRequest, list_name: str, rows: int) -> None:
    """Write down that the login asking has downloaded ``rows``, as filtered by the request's query."""
    facts = {"list": list_name, "filter": filtered_by(request.GET), "rows": rows}
    audit.add([export_entry(request.user.get_username(), request.user.pk, "exported", facts)])
