"""Changing people and places: the document, its audit entry and the bot's stale caches, in one transaction.

Taking people off the allow list may cancel bookings and is in ``scheduling.removal``.
"""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from common import audit, clock, correlation
from common.models import StampedModel
from common.mongo import in_transaction
from messaging import caches
from people.models import Candidate, City, ContactSettings, Recruiter
from shared_contracts.notification import CacheName

# Names, places and links of cities and recruiters are part of how slots are shown.
_PLACE_CACHES = (CacheName.CITIES, CacheName.RECRUITERS, CacheName.SLOTS, CacheName.ALLOWED_USERS)


def save_candidate(candidate: Candidate, *, actor: str) -> None:
    """Save a new or changed entry of the allow list; ``actor`` is the staff login."""
    save_audited(candidate, "candidate", ("telegram_id", "is_allowed", "city_id"), (CacheName.ALLOWED_USERS,), actor)


def save_city(city: City, *, actor: str) -> None:
    """Save a city. Its people are shown its zone and contact, so their entries count as changed."""

    def listed(now: Any) -> None:
        Candidate.objects.filter(city_id=city.pk).update(listed_at=now)

    save_audited(city, "city", ("name", "timezone", "contact_url"), _PLACE_CACHES, actor, then=listed)


def save_recruiter(recruiter: Recruiter, *, actor: str) -> None:
    """Save a recruiter."""
    save_audited(recruiter, "recruiter", ("name", "city_id", "telegram_id", "is_active"), _PLACE_CACHES, actor)


def save_contact(contact: ContactSettings, *, actor: str) -> None:
    """Save the default contact. Everyone without a city is shown it."""

    def listed(now: Any) -> None:
        Candidate.objects.update(listed_at=now)

    save_audited(contact, "contact", ("contact_url",), _PLACE_CACHES, actor, then=listed)


def restore_candidates(candidate_ids: Sequence[str], *, actor: str) -> int:
    """Put people back on the allow list; the answer is how many were off it."""

    def work() -> int:
        removed = Candidate.objects.filter(pk__in=[ObjectId(item) for item in candidate_ids], is_allowed=False)
        people = list(removed)
        for candidate in people:
            candidate.is_allowed = True
            save_candidate(candidate, actor=actor)
        return len(people)

    return in_transaction(work)


def facts(document: StampedModel, fields: Sequence[str]) -> dict[str, Any]:
    """The fields of a document that the audit trail keeps, as JSON values."""
    values = {name: getattr(document, name) for name in fields}
    return {name: str(value) if isinstance(value, ObjectId) else value for name, value in values.items()}


def _written_by_staff(document: StampedModel) -> list[str]:
    """What staff may change. The rest belongs to chat and to decisions, which may be writing it at this moment."""
    names = [field.name for field in document._meta.concrete_fields if field.editable and not field.primary_key]
    return [*names, "listed_at"] if isinstance(document, Candidate) else names


def save_audited(
    document: StampedModel,
    subject: str,
    fields: Sequence[str],
    stale: Sequence[CacheName],
    actor: str,
    then: Any = None,
) -> None:
    """Save a document with its audit entry; the bot is told that ``stale`` caches are out of date.

    Args:
        document: new or changed.
        subject: what the audit trail calls it.
        fields: the fields that the audit trail keeps.
        stale: none for what the bot does not cache.
        actor: the staff login.
        then: more to do in the same transaction; gets its moment.
    """

    adding = document._state.adding

    def work() -> None:
        now, correlation_id = clock.now(), correlation.current()
        stored = None if adding else type(document).objects.filter(pk=document.pk).first()
        if isinstance(document, Candidate):
            document.listed_at = now
        document._state.adding = adding  # the driver may run this again after a conflict
        document.save(update_fields=None if adding else _written_by_staff(document))
        if then:
            then(now)
        audit.add(
            [
                audit.entry(
                    subject,
                    str(document.pk),
                    "changed" if stored else "created",
                    actor=f"staff:{actor}",
                    via="desk",
                    now=now,
                    correlation_id=correlation_id,
                    before=facts(stored, fields) if stored else None,
                    after=facts(document, fields),
                )
            ]
        )
        if stale:
            caches.tell_stale(*stale)

    in_transaction(work)
