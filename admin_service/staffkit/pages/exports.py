"""Who took which list out of the desk: each download leaves an entry in the audit trail."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from common import audit, clock, correlation

LONGEST_FILTER = 500
"""Characters of what was filtered by; more says no more."""


def note_export(request: HttpRequest, rows: QuerySet[Any], query: QueryDict) -> None:
    """Write down that the login asking has downloaded ``rows``, as filtered by the address's ``query``."""
    user = request.user
    asked = ", ".join(f"{name}={value}" for name, values in query.lists() for value in values if value)
    facts = {"list": rows.model._meta.label_lower, "filter": asked[:LONGEST_FILTER], "rows": rows.count()}
    audit.add(
        [
            audit.entry(
                "export",
                str(user.pk),
                "exported",
                actor=f"staff:{user.get_username()}",
                via="desk",
                now=clock.now(),
                correlation_id=correlation.current(),
                after=facts,
            )
        ]
    )
