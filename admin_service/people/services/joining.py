"""How people come in (R10): by an invitation's link, or at the first contact of an entry by @username.

Runs in the transaction of ``admin.dialog.command``. Each write carries the condition it rests on, so that of two people
with one link, or one entry, exactly one comes in, whatever was looked at before.
"""

from datetime import datetime
from typing import NamedTuple

from bson import Int64, ObjectId

from common import audit, clock
from common.mongo import Document, collection, current_session
from common.texts.names import full_name
from messaging import caches, outbox
from messaging.dialogs import DialogAnswer
from people.models import LANGUAGE_LENGTH, NAME_LENGTH, Candidate, Recruiter
from people.services.invitations import waiting
from people.services.tokens import digest
from shared_contracts.dialog import DialogOutcome, InvitationClaimed, Role, UsernameClaimed
from shared_contracts.fields import username_or_none
from shared_contracts.notification import CacheName

Claim = InvitationClaimed | UsernameClaimed


class ClaimLostError(Exception):
    """The link or the entry is no longer as it was looked at. Nothing may be written; looking again helps."""


class _Kind(NamedTuple):
    """Where people of a role are kept."""

    entries: str
    let_in: str
    cache: CacheName


_KINDS = {
    Role.RECRUITER: _Kind("recruiters", Recruiter.LET_IN, CacheName.RECRUITERS),
    Role.CANDIDATE: _Kind("users", Candidate.LET_IN, CacheName.ALLOWED_USERS),
}


class Looked(NamedTuple):
    """An invitation, the entry it is for, and the entry that this Telegram account has already, if any.

    ``recruits``: the account is that of a recruiter, whichever the link is for.
    """

    invitation: Document
    entry: Document
    known: Document | None
    recruits: bool

    @property
    def role(self) -> Role:
        """As whom it takes a person in."""
        return Role(self.invitation["role"])


def claim_invitation(item: InvitationClaimed, now: datetime) -> DialogAnswer:
    """Let a person in by their link, or say why not.

    Someone on the list already who opens a link made for another entry keeps their own, and the link stays free for
    whom it was made. So does a candidate's link that a recruiter opens.
    """
    looked = look(item)
    if looked is None:
        return DialogAnswer(DialogOutcome.UNKNOWN)
    outcome = judge(looked, item, now)
    take(looked, outcome, item, now)
    if outcome in {DialogOutcome.ACCEPTED, DialogOutcome.ALREADY_ACCEPTED}:
        return DialogAnswer(outcome, looked.role, _name(looked.known or looked.entry, item))
    return DialogAnswer(outcome)


def look(item: InvitationClaimed) -> Looked | None:
    """What a link is about; None where there is no such link."""
    invitation = collection("invitations").find_one({"token_hash": digest(item.token)}, session=current_session())
    if invitation is None:
        return None
    role = Role(invitation["role"])
    entry = _find(role, {"_id": invitation[f"{role.value}_id"]})
    if entry is None:
        return None
    theirs = {"telegram_id": item.user_telegram_id}
    return Looked(invitation, entry, _find(role, theirs), recruits=_find(Role.RECRUITER, theirs) is not None)


def judge(looked: Looked, item: InvitationClaimed, now: datetime) -> DialogOutcome:
    """Whether the link lets this Telegram account in."""
    invitation, entry, known = looked.invitation, looked.entry, looked.known
    let_in = _KINDS[looked.role].let_in
    if known and known["_id"] == entry["_id"]:
        return DialogOutcome.ALREADY_ACCEPTED if entry[let_in] else DialogOutcome.NOT_ALLOWED
    if invitation["used_at"]:
        return DialogOutcome.USED
    if invitation["revoked_at"] or not entry[let_in]:
        return DialogOutcome.INVITATION_REVOKED
    if invitation["expires_at"] <= now:
        return DialogOutcome.INVITATION_EXPIRED
    if entry["telegram_id"] is not None or entry["awaited_username"] not in {None, _plain(item.username)}:
        return DialogOutcome.NOT_YOURS
    if known:
        return DialogOutcome.ALREADY_ACCEPTED if known[let_in] else DialogOutcome.NOT_ALLOWED
    if _is_only_passed_on(looked):
        return DialogOutcome.NOT_YOURS
    return DialogOutcome.ACCEPTED


def _is_only_passed_on(looked: Looked) -> bool:
    """A recruiter opened a candidate's link, which they look at or pass on; it is theirs only if put down for them."""
    return looked.recruits and looked.role is Role.CANDIDATE and looked.entry["awaited_username"] is None


def take(looked: Looked, outcome: DialogOutcome, item: InvitationClaimed, now: datetime) -> None:
    """Write what the outcome means: the link is used up, the entry belongs to this Telegram account.

    Raises:
        ClaimLostError: the link or the entry has changed since it was looked at.
    """
    if outcome is DialogOutcome.ACCEPTED:
        if not _use_up(looked, item, now):
            raise ClaimLostError
        _bind(looked.role, looked.entry, item, now)
    elif outcome is DialogOutcome.ALREADY_ACCEPTED and looked.known == looked.entry:
        _use_up(looked, item, now)


def claim_username(item: UsernameClaimed, now: datetime) -> DialogAnswer:
    """First contact of someone put down by @username: ``accepted`` once, ``already_accepted``, else ``unknown``."""
    outcome, role, name = DialogOutcome.UNKNOWN, None, None
    for kind in _KINDS:
        known = _find(kind, {"telegram_id": item.user_telegram_id})
        if known:
            if known[_KINDS[kind].let_in] and role is None:
                outcome, role, name = DialogOutcome.ALREADY_ACCEPTED, kind, _name(known, item)
            continue  # whoever staff took off the list is not let in again by a username
        entry = _find(kind, {"awaited_username": _plain(item.username)})
        if entry:
            _bind(kind, entry, item, now)
            outcome, role, name = DialogOutcome.ACCEPTED, kind, _name(entry, item)
    return DialogAnswer(outcome, role, name)


def _find(role: Role, query: Document) -> Document | None:
    return collection(_KINDS[role].entries).find_one(query, session=current_session())


def _use_up(looked: Looked, item: InvitationClaimed, now: datetime) -> bool:
    facts = {"used_at": now, "used_by_telegram_id": Int64(item.user_telegram_id), "updated_at": now}
    done = collection("invitations").update_one(
        {"_id": looked.invitation["_id"], **waiting(now)}, {"$set": facts}, session=current_session()
    )
    if done.modified_count:
        _record("invitation", looked.invitation["_id"], "used", looked.role, item, now)
    return bool(done.modified_count)


def _bind(role: Role, entry: Document, item: Claim, now: datetime) -> None:
    kind = _KINDS[role]
    done = collection(kind.entries).update_one(
        {"_id": entry["_id"], "telegram_id": None, kind.let_in: True},
        {"$set": _facts(role, entry, item, now)},
        session=current_session(),
    )
    if not done.modified_count:
        raise ClaimLostError
    _record(role.value, entry["_id"], "joined", role, item, now)
    outbox.add([caches.invalidation(kind.cache, correlation_id=item.correlation_id)])


def _facts(role: Role, entry: Document, item: Claim, now: datetime) -> Document:
    facts: Document = {
        "telegram_id": Int64(item.user_telegram_id),
        "username": username_or_none(item.username) or "",
        "awaited_username": None,
        "language_code": (item.language_code or "")[:LANGUAGE_LENGTH],
        "updated_at": now,
    }
    came_at = clock.reported(item.occurred_at, now)
    if role is Role.RECRUITER:
        return facts | {"started_at": came_at, "blocked_at": None}
    if not entry["first_name"]:
        facts["first_name"] = item.first_name[:NAME_LENGTH]
        facts["last_name"] = entry["last_name"] or (item.last_name or "")[:NAME_LENGTH]
    return facts | {
        "telegram_name": full_name(item.first_name, item.last_name),
        "started_at": came_at,
        "blocked_at": None,
        "chat_seen_at": came_at,
        "listed_at": now,
    }


def _record(subject: str, subject_id: ObjectId, action: str, role: Role, item: Claim, now: datetime) -> None:
    audit.add(
        [
            audit.entry(
                subject,
                str(subject_id),
                action,
                actor=f"{role.value}:{item.user_telegram_id}",
                via="chat",
                now=now,
                correlation_id=item.correlation_id,
                before={"telegram_id": None},
                after={"telegram_id": item.user_telegram_id},
            )
        ]
    )


def _plain(username: str | None) -> str:
    """As ``awaited_username`` is kept: Telegram's usernames are case-insensitive."""
    return (username or "").removeprefix("@").lower()


def _name(entry: Document, item: Claim) -> str:
    own = full_name(entry.get("first_name"), entry.get("last_name"))
    return str(entry.get("name") or own or item.first_name)
