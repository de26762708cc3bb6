"""Who took which list out of the desk: each leaves entries in the audit trail."""

from typing import Any

from django.http import HttpRequest
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


def filtered_by(listing: Any, request: HttpRequest) -> str:
    """What a list is narrowed by as it is asked for, in the words that stand above it."""
    chips = listing.get_changelist_instance(request).chips
    return "; ".join(f"{chip.what}: {chip.value}" if chip.value else chip.what for chip in chips)[:LONGEST_FILTER]


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


def note_export(request: HttpRequest, listing: Any, rows: int) -> None:
    """Write down that the login asking has downloaded ``rows`` of a list, as the request narrows it."""
    facts = {"list": listing.opts.label_lower, "filter": filtered_by(listing, request), "rows": rows}
    audit.add([export_entry(request.user.get_username(), request.user.pk, "exported", facts)])
