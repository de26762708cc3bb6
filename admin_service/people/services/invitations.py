"""Invitations as staff make and revoke them (R10). Using one is in ``people.services.joining``."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bson import ObjectId
from django.utils.translation import gettext as _

from common import audit, clock, correlation
from common.mongo import Document, collection, current_session, in_transaction
from common.refusals import RefusedError
from people.models import Candidate, Invitation, Person
from people.services.tokens import Tokens, digest
from shared_contracts.dialog import Role

DEFAULT_DAYS = 14
MOST_DAYS = 365
MOST_LINKS = 500
"""At once: they are shown on one page, each with its picture."""


class Invited(NamedTuple):
    """Links made at once; ``batch`` finds them, ``tokens`` are what they hold, now and never again."""

    batch: str
    links: int
    tokens: Tokens


def invite(people: Sequence[Person], *, actor: str, days: int = DEFAULT_DAYS, note: str = "") -> Invited:
    """Make a link for each of ``people``. A person's earlier links, if not yet used, stop working.

    Args:
        people: candidates on the allow list, active recruiters; joined or not.
        actor: the staff login.
        days: how long the links can be used, from now.
        note: for staff.

    Raises:
        RefusedError: someone was not let in by staff, they are too many, or ``days`` is out of range.
    """
    if not 1 <= days <= MOST_DAYS:
        raise RefusedError({"days": _("Give 1 to %(most)s days.") % {"most": MOST_DAYS}})
    if len(people) > MOST_LINKS:
        raise RefusedError({"": _("Make %(most)s links at a time at most.") % {"most": MOST_LINKS}})
    if refused := [str(person) for person in people if not person.is_let_in]:
        text = _("Off the list, so a link would not let them in: %(names)s. Put them back first.")
        raise RefusedError({"": text % {"names": ", ".join(refused)}})
    batch, tokens = uuid.uuid4().hex, Tokens.new()

    def work() -> None:
        now, correlation_id = clock.now(), correlation.current()
        _revoke({"$or": [_of(person) for person in people]} if people else {"_id": None}, now, actor, correlation_id)
        made = [_made_for(person, now + timedelta(days=days), note, batch, actor, tokens) for person in people]
        Invitation.objects.bulk_create(made)
        audit.add([_entry(str(item.pk), "created", now, actor, correlation_id, _facts(item)) for item in made])

    in_transaction(work)
    return Invited(batch, len(people), tokens)


def can_be_invited(person: Person) -> bool:
    """Whether a link can let them in: staff did, and they have not come yet."""
    return person.is_let_in and person.telegram_id is None


def revoke(invitation_ids: Sequence[str], *, actor: str) -> int:
    """Make links stop working; the answer is how many did. Those used, expired or revoked stay as they are."""
    wanted = {"_id": {"$in": [ObjectId(item) for item in invitation_ids]}}
    return in_transaction(lambda: _revoke(wanted, clock.now(), actor, correlation.current()))


def revoke_of(person: Person, now: datetime, actor: str) -> None:
    """Make a person's waiting links stop working, in the transaction under way that takes them off the list."""
    _revoke(_of(person), now, actor, correlation.current())


def waiting(now: datetime) -> Document:
    """The condition under which a link can be used."""
    return {"used_at": None, "revoked_at": None, "expires_at": {"$gt": now}}


def _of(person: Person) -> Document:
    return {"candidate_id" if isinstance(person, Candidate) else "recruiter_id": person.pk}


def _revoke(wanted: Document, now: datetime, actor: str, correlation_id: str) -> int:
    condition = {**wanted, **waiting(now)}
    ids = [row["_id"] for row in collection("invitations").find(condition, {"_id": 1}, session=current_session())]
    collection("invitations").update_many(
        {"_id": {"$in": ids}, **waiting(now)},
        {"$set": {"revoked_at": now, "updated_at": now}},
        session=current_session(),
    )
    audit.add([_entry(str(item), "revoked", now, actor, correlation_id, {}) for item in ids])
    return len(ids)


def _made_for(person: Person, expires_at: datetime, note: str, batch: str, actor: str, tokens: Tokens) -> Invitation:
    is_candidate = isinstance(person, Candidate)
    invitation_id = ObjectId()
    return Invitation(
        id=invitation_id,
        token_hash=digest(tokens.of(invitation_id)),
        role=Role.CANDIDATE.value if is_candidate else Role.RECRUITER.value,
        candidate_id=person.pk if is_candidate else None,
        recruiter_id=None if is_candidate else person.pk,
        name=str(person),
        note=note,
        batch=batch,
        created_by=actor,
        expires_at=expires_at,
    )


def _facts(invitation: Invitation) -> Document:
    """For the audit trail; the token, which lets people in, is not among them."""
    person = invitation.candidate_id or invitation.recruiter_id
    return {"role": invitation.role, "person_id": str(person), "expires_at": invitation.expires_at.isoformat()}


def _entry(
    invitation_id: str, action: str, now: datetime, actor: str, correlation_id: str, after: Document
) -> Document:
    return audit.entry(
        "invitation",
        invitation_id,
        action,
        actor=f"staff:{actor}",
        via="desk",
        now=now,
        correlation_id=correlation_id,
        after=after or None,
    )
