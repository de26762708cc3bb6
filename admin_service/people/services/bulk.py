"""Many candidates at once, from a table (R10): what was previewed is stored, all of it, or nothing is."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from common.mongo import in_transaction
from common.refusals import RefusedError
from messaging import caches
from people.services.import_plan import Fate, GivenRow, plan_import
from people.services.invitations import DEFAULT_DAYS, Invited, invite
from people.services.people import save_candidate
from shared_contracts.notification import CacheName

MOST_ROWS = 500


class Imported(NamedTuple):
    """What was stored. ``invited``: the links of those added; None where nobody was."""

    invited: Invited | None
    changed: int


def import_candidates(
    rows: Sequence[GivenRow], agreed: list[Any], *, actor: str, days: int = DEFAULT_DAYS, note: str = ""
) -> Imported:
    """Add and change candidates as their rows were planned, and make a link for each new one, in one transaction.

    Args:
        rows: as ``plan_import`` takes them; those that it refuses are left out.
        agreed: ``Plan.agreed`` of the plan that the person has seen.
        actor: the staff login.
        days: how long the links can be used.
        note: for staff, on every new entry's link.

    Raises:
        RefusedError: what would be stored now is something else, or ``days`` is out of range; nothing was written.
    """

    def work() -> Imported:
        plan = plan_import(rows)
        if plan.agreed != agreed:
            raise RefusedError(
                {"": _("Somebody has just changed one of these entries. Nothing is stored: look again.")}
            )
        added, changed = ([item.person for item in plan.of(fate)] for fate in (Fate.ADD, Fate.CHANGE))
        for person in (*added, *changed):
            save_candidate(person, actor=actor, stale=())
        caches.invalidate(CacheName.ALLOWED_USERS)
        return Imported(invite(added, actor=actor, days=days, note=note) if added else None, len(changed))

    return in_transaction(work)
