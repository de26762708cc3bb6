"""The language that a person has chosen in chat: it wins over Telegram's, which is kept beside it."""

from datetime import datetime

from common import audit, clock
from common.mongo import Document, collection, current_session
from messaging import caches, outbox
from shared_contracts.dialog import LanguageChosen
from shared_contracts.fields import Language
from shared_contracts.notification import CacheName

_KEPT_IN = (
    ("users", "candidate", CacheName.ALLOWED_USERS),
    ("recruiters", "recruiter", CacheName.RECRUITERS),
)

_READ_RUSSIAN = frozenset({"ru", "uk", "be", "kk"})


def reads(person: Document) -> Language:
    """The language in which somebody is written to, by their document: chosen in chat, else Telegram's."""
    code = str(person.get("language") or person.get("language_code") or "ru")
    return "ru" if code.split("-", maxsplit=1)[0].lower() in _READ_RUSSIAN else "en"


def store_language(item: LanguageChosen, now: datetime) -> None:
    """Keep the choice with the candidate and the recruiter that this person is, in the transaction under way.

    Safe to repeat: one that is not newer changes nothing.
    """
    chosen_at = clock.reported(item.occurred_at, now)
    newer = {"$or": [{"language_at": None}, {"language_at": {"$lt": chosen_at}}]}
    for name, subject, cache in _KEPT_IN:
        facts = {"language": item.language, "language_at": chosen_at, "updated_at": now}
        if name == "users":
            facts["listed_at"] = now
        before = collection(name).find_one_and_update(
            {"telegram_id": item.user_telegram_id, **newer}, {"$set": facts}, session=current_session()
        )
        if before is None:
            continue
        entry = audit.entry(
            subject,
            str(before["_id"]),
            "language_chosen",
            actor=f"{subject}:{item.user_telegram_id}",
            via="chat",
            now=now,
            correlation_id=item.correlation_id,
            before={"language": before.get("language", "")},
            after={"language": item.language},
        )
        audit.add([entry])
        outbox.add([caches.invalidation(cache, correlation_id=item.correlation_id)])
