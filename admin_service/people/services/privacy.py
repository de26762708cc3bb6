"""The company's privacy text, and who has agreed to which version of it."""

from datetime import datetime

from common import audit
from common.audited import save_audited
from common.models import StampedModel
from common.mongo import Document, collection, current_session
from messaging import caches, outbox
from messaging.dialogs import DialogAnswer
from people.models import PrivacySettings
from shared_contracts.dialog import DialogOutcome, PrivacyAccepted
from shared_contracts.notification import CacheName

_TEXTS = ("text_ru", "text_en", "link")
_NONE = PrivacySettings()


def privacy_settings() -> PrivacySettings:
    """The text as it is in force, in the transaction under way; an empty one where there has never been any."""
    row = collection("privacy_settings").find_one({}, session=current_session())
    return PrivacySettings(**{name: row[name] for name in (*_TEXTS, "version", "consent_version")}) if row else _NONE


def save_privacy(privacy: PrivacySettings, *, ask_again: bool, actor: str) -> None:
    """Save the text; a changed one is a new version.

    Args:
        privacy: with the texts as they are to be.
        ask_again: who has agreed to an earlier version is asked before they sign up again. The first text ever is
            asked about anyway.
        actor: the staff login.
    """

    def number(stored: StampedModel | None, _now: datetime) -> list[str]:
        was = stored if isinstance(stored, PrivacySettings) else _NONE
        changed = any(getattr(was, name) != getattr(privacy, name) for name in _TEXTS)
        privacy.version = was.version + 1 if changed else was.version
        privacy.consent_version = was.consent_version
        if privacy.text_ru and (ask_again or not was.consent_version):
            privacy.consent_version = privacy.version
        return ["version", "consent_version"]

    def tell(_now: datetime) -> None:
        caches.invalidate(CacheName.CITIES)  # it is kept with the default contact

    save_audited(privacy, "privacy", ("version", "consent_version", *_TEXTS), actor, prepare=number, then=tell)


def must_agree_first(privacy: PrivacySettings, accepted: int | None) -> bool:
    """Whether who has agreed to version ``accepted`` (None: to none) has to agree before they sign up."""
    return bool(privacy.text_ru) and (accepted or 0) < privacy.consent_version


def accept(item: PrivacyAccepted, now: datetime) -> DialogAnswer:
    """Note that a candidate agrees, in the transaction under way; to an earlier version than before is nothing new."""
    person = collection("users").find_one(
        {"telegram_id": item.user_telegram_id, "is_allowed": True}, session=current_session()
    )
    if person is None or item.version > privacy_settings().version:
        return DialogAnswer(DialogOutcome.NOT_ALLOWED, event_id=item.event_id)
    if (person.get("privacy_version") or 0) < item.version:
        _note(person, item, now)
    return DialogAnswer(DialogOutcome.ACCEPTED, event_id=item.event_id)


def _note(person: Document, item: PrivacyAccepted, now: datetime) -> None:
    facts = {"privacy_version": item.version, "privacy_accepted_at": now, "listed_at": now, "updated_at": now}
    collection("users").update_one({"_id": person["_id"]}, {"$set": facts}, session=current_session())
    entry = audit.entry(
        "candidate",
        str(person["_id"]),
        "privacy_accepted",
        actor=f"candidate:{item.user_telegram_id}",
        via="chat",
        now=now,
        correlation_id=item.correlation_id,
        before={"privacy_version": person.get("privacy_version")},
        after={"privacy_version": item.version},
    )
    audit.add([entry])
    outbox.add([caches.invalidation(CacheName.ALLOWED_USERS, correlation_id=item.correlation_id)])
