"""The secret addresses of recruiters' calendars: made, replaced and taken back by staff."""

from datetime import datetime

from bson import ObjectId
from django.utils.translation import gettext as _

from common import audit, clock, correlation
from common.mongo import Document, collection, current_session, in_transaction
from common.refusals import RefusedError
from people.services.tokens import Tokens, digest


def give_calendar(recruiter_id: str, *, actor: str) -> Tokens:
    """Make a recruiter's calendar readable under a new token, which ends an earlier one; ``actor``: the staff login.

    Whoever has the token reads the calendar: keep it out of logs. It can be shown now and never again.

    Raises:
        RefusedError: they are not active.
    """
    tokens, found = Tokens.new(), ObjectId(recruiter_id)

    def work() -> None:
        before = _replace({"_id": found, "is_active": True}, digest(tokens.of(found)), clock.now())
        if before is None:
            raise RefusedError({"": _("This recruiter is not active, so there is nothing to read.")})
        _note(before, "calendar_replaced" if before["calendar_token_hash"] else "calendar_made", actor, clock.now())

    in_transaction(work)
    return tokens


def revoke_calendar(recruiter_id: str, *, actor: str) -> bool:
    """Take the token back; False where there was none."""
    return in_transaction(lambda: revoke_calendar_of(ObjectId(recruiter_id), clock.now(), actor))


def revoke_calendar_of(recruiter_id: ObjectId, now: datetime, actor: str) -> bool:
    """The same in the transaction under way, such as that which lets a recruiter go."""
    before = _replace({"_id": recruiter_id, "calendar_token_hash": {"$nin": [None, ""]}}, None, now)
    if before is None:
        return False
    _note(before, "calendar_revoked", actor, now)
    return True


def recruiter_by_token(token: str) -> Document:
    """The MongoDB condition of the active recruiter whose calendar it is; served by ``recruiter_calendar``."""
    return {"calendar_token_hash": digest(token), "is_active": True}


def _replace(condition: Document, token_hash: str | None, now: datetime) -> Document | None:
    change = {"$set": {"calendar_token_hash": token_hash, "updated_at": now}}
    before: Document | None = collection("recruiters").find_one_and_update(condition, change, session=current_session())
    return before


def _note(recruiter: Document, action: str, actor: str, now: datetime) -> None:
    entry = audit.entry(
        "recruiter",
        str(recruiter["_id"]),
        action,
        actor=f"staff:{actor}",
        via="desk",
        now=now,
        correlation_id=correlation.current(),
    )
    audit.add([entry])
