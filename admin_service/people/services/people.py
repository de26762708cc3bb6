"""Changing people and places: the document, its audit entry and the bot's stale caches, in one transaction.

Taking people off the allow list may cancel bookings and is in ``scheduling.services.removal``.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

from bson import ObjectId
from django.utils.translation import gettext as _

from common import audit, clock, correlation
from common.models import StampedModel
from common.mongo import in_transaction
from common.refusals import RefusedError
from messaging import caches
from people.models import Candidate, City, ContactSettings, Person, Recruiter
from people.services.calendar_links import revoke_calendar_of
from people.services.invitations import revoke_of
from shared_contracts.notification import CacheName

# Names, places and links of cities and recruiters are part of how slots are shown.
_PLACE_CACHES = (CacheName.CITIES, CacheName.RECRUITERS, CacheName.SLOTS, CacheName.ALLOWED_USERS)


CANDIDATE_FACTS = ("telegram_id", "is_allowed", "city_id")


def save_candidate(candidate: Candidate, *, actor: str) -> None:
    """Save a new or changed entry of the allow list; ``actor`` is the staff login.

    Raises:
        RefusedError: naming the field; see ``check_person``.
    """
    stale = (CacheName.ALLOWED_USERS,)
    save_audited(candidate, "candidate", CANDIDATE_FACTS, stale, actor, then=_keep_out(candidate, actor))


def save_city(city: City, *, actor: str) -> None:
    """Save a city. Its people are shown its zone and contact, so their entries count as changed."""

    def listed(now: Any) -> None:
        Candidate.objects.filter(city_id=city.pk).update(listed_at=now)

    save_audited(city, "city", ("name", "timezone", "contact_url"), _PLACE_CACHES, actor, then=listed)


def save_recruiter(recruiter: Recruiter, *, actor: str) -> None:
    """Save a recruiter.

    Raises:
        RefusedError: naming the field; see ``check_person``.
    """
    fields = ("name", "city_id", "telegram_id", "is_active", "deputy_id")
    save_audited(recruiter, "recruiter", fields, _PLACE_CACHES, actor, then=_keep_out(recruiter, actor))


def _keep_out(person: Person, actor: str) -> Callable[[datetime], None] | None:
    """Who is taken off the list has no link to come back by; a recruiter's calendar is read no more."""
    if person.is_let_in or person._state.adding:
        return None

    def close(now: datetime) -> None:
        revoke_of(person, now, actor)
        if isinstance(person, Recruiter):
            revoke_calendar_of(person.pk, now, actor)

    return close


def check_person(person: Person, stored: Person | None) -> None:
    """Hold what would give one Telegram account two entries, or one entry two accounts.

    Raises:
        RefusedError: the @username is awaited by another entry; or the entry, which looked free, was joined meanwhile.
    """
    others = type(person)._default_manager.exclude(pk=person.pk)
    awaited = person.awaits()
    if awaited and others.filter(awaited_username=awaited).exists():
        raise RefusedError({"username": _("@%(name)s is awaited already by another entry.") % {"name": awaited}})
    if stored and stored.telegram_id is not None and person.telegram_id is None:
        raise RefusedError({"": _("They have just joined. Look at the entry again.")})


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


def _written_by_staff(document: StampedModel, stored: StampedModel | None) -> list[str]:
    """What staff may change. The rest belongs to chat and to decisions, which may be writing it at this moment."""
    names = [field.name for field in document._meta.concrete_fields if field.editable and not field.primary_key]
    if isinstance(document, Candidate):
        names.append("listed_at")
    if isinstance(document, Recruiter) and isinstance(stored, Recruiter) and document.telegram_id != stored.telegram_id:
        document.blocked_at = None  # that was about another account
        names.append("blocked_at")
    return names


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
        if isinstance(document, Person):
            check_person(document, cast(Person | None, stored))
        if isinstance(document, Candidate):
            document.listed_at = now
        document._state.adding = adding  # the driver may run this again after a conflict
        document.save(update_fields=None if adding else _written_by_staff(document, stored))
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
