"""The secret addresses of recruiters' calendars: made and replaced by staff or in chat, taken back by staff.

A token follows from a salt, kept with the recruiter, and the service's own key, which no database has. So the recruiter
can be told their address again, and who reads the database can't read a calendar. Of an address made before there was
a salt, or with another key, only the digest is left: it works, and can't be shown.
"""

import secrets
from datetime import datetime

from bson import ObjectId
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from common import audit, clock, correlation
from common.mongo import Document, collection, current_session, in_transaction
from common.refusals import RefusedError
from messaging.dialogs import DialogAnswer
from people.services.tokens import Tokens, digest
from shared_contracts.dialog import CalendarWanted, DialogOutcome
from shared_contracts.directory import RecruiterCalendar


def give_calendar(recruiter_id: str, *, actor: str) -> Tokens:
    """Make a recruiter's calendar readable under a new token, which ends an earlier one; ``actor``: the staff login.

    Whoever has the token reads the calendar: keep it out of logs.

    Raises:
        RefusedError: they are not active.
    """
    salt, found = _new_salt(), ObjectId(recruiter_id)

    def work() -> None:
        if not _make({"_id": found}, salt, clock.now(), f"staff:{actor}", "desk"):
            raise RefusedError({"": _("This recruiter is not active, so there is nothing to read.")})

    in_transaction(work)
    return _tokens_from(salt)


def give_wanted_calendar(item: CalendarWanted, now: datetime) -> DialogAnswer:
    """The same for a recruiter who asks in chat, in the transaction under way."""
    actor, person = f"recruiter:{item.user_telegram_id}", {"telegram_id": item.user_telegram_id}
    made = _make(person, _new_salt(), now, actor, "chat")
    return DialogAnswer(DialogOutcome.ACCEPTED if made else DialogOutcome.UNKNOWN)


def calendar_of(telegram_id: int) -> RecruiterCalendar | None:
    """The address of an active recruiter's calendar, as far as it can be told; None for who is no recruiter."""
    recruiter = collection("recruiters").find_one({"telegram_id": telegram_id, "is_active": True})
    if recruiter is None:
        return None
    desk, kept = settings.ENV.public_desk_url, recruiter["calendar_token_hash"]
    token = _tokens_from(recruiter.get("calendar_salt") or "").of(recruiter["_id"])
    url = f"{desk}{reverse('calendar_feed', args=[token])}" if desk and kept == digest(token) else None
    return RecruiterCalendar(can_be_told=bool(desk), is_made=bool(kept), url=url)


def revoke_calendar(recruiter_id: str, *, actor: str) -> bool:
    """Take the token back; False where there was none."""
    return in_transaction(lambda: revoke_calendar_of(ObjectId(recruiter_id), clock.now(), actor))


def revoke_calendar_of(recruiter_id: ObjectId, now: datetime, actor: str) -> bool:
    """The same in the transaction under way, such as that which lets a recruiter go."""
    given = {"_id": recruiter_id, "calendar_token_hash": {"$nin": [None, ""]}}
    before = _replace(given, {"calendar_token_hash": None, "calendar_salt": ""}, now)
    if before is None:
        return False
    _note(before, "calendar_revoked", f"staff:{actor}", "desk", now)
    return True


def recruiter_by_token(token: str) -> Document:
    """The MongoDB condition of the active recruiter whose calendar it is; served by ``recruiter_calendar``."""
    return {"calendar_token_hash": digest(token), "is_active": True}


def _make(recruiter: Document, salt: str, now: datetime, actor: str, via: str) -> bool:
    """Whether there is such a recruiter, active; then their address is the one of ``salt``."""
    found = collection("recruiters").find_one({**recruiter, "is_active": True}, session=current_session())
    if found is None:
        return False
    token_hash = digest(_tokens_from(salt).of(found["_id"]))
    before = _replace({"_id": found["_id"]}, {"calendar_token_hash": token_hash, "calendar_salt": salt}, now) or found
    _note(before, "calendar_replaced" if before["calendar_token_hash"] else "calendar_made", actor, via, now)
    return True


def _new_salt() -> str:
    return secrets.token_urlsafe(32)


def _tokens_from(salt: str) -> Tokens:
    return Tokens(salted_hmac("people.calendar", salt, algorithm="sha256").hexdigest())


def _replace(condition: Document, facts: Document, now: datetime) -> Document | None:
    change = {"$set": {**facts, "updated_at": now}}
    before: Document | None = collection("recruiters").find_one_and_update(condition, change, session=current_session())
    return before


def _note(recruiter: Document, action: str, actor: str, via: str, now: datetime) -> None:
    entry = audit.entry(
        "recruiter",
        str(recruiter["_id"]),
        action,
        actor=actor,
        via=via,
        now=now,
        correlation_id=correlation.current(),
    )
    audit.add([entry])
