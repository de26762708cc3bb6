"""Changing people and places: the document, its audit entry and the bot's stale caches, in one transaction.

Taking people off the allow list may cancel bookings and is in ``scheduling.services.staff_commands``.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast

from bson import ObjectId
from django.utils.translation import gettext as _

from common.audited import save_audited
from common.models import StampedModel
from common.mongo import in_transaction
from common.refusals import RefusedError
from messaging import caches
from people.models import Candidate, City, ContactSettings, Office, Person, Recruiter
from people.services.calendar_links import revoke_calendar_of
from people.services.invitations import revoke_of
from people.services.outside.addresses import take_away_of
from shared_contracts.notification import CacheName

# Names, places and links of cities and recruiters are part of how slots are shown.
_PLACE_CACHES = (CacheName.CITIES, CacheName.RECRUITERS, CacheName.SLOTS, CacheName.ALLOWED_USERS)


_CANDIDATE_FACTS = ("telegram_id", "is_allowed", "city_id", "tags")


def save_candidate(
    candidate: Candidate, *, actor: str, stale: Sequence[CacheName] = (CacheName.ALLOWED_USERS,)
) -> None:
    """Save a new or changed entry of the allow list; ``actor`` is the staff login.

    Args:
        stale: the bot's caches to be told of; none where the caller tells them once for many entries.

    Raises:
        RefusedError: naming the field; see ``check_person``.
    """
    _save_person(candidate, "candidate", _CANDIDATE_FACTS, stale, actor)


def save_city(city: City, *, actor: str) -> None:
    """Save a city. Its people are shown its zone and contact, so their entries count as changed."""

    def listed(now: datetime) -> None:
        Candidate.objects.filter(city_id=city.pk).update(listed_at=now)

    _save_place(city, "city", ("name", "timezone", "contact_url"), actor, listed)


def open_or_close(place: City | Office, is_open: bool, *, actor: str, reason: str = "") -> None:
    """Close a city or an office, or open it again; what depends on one that closes is the caller's to see to."""

    def mark(_stored: StampedModel | None, _now: datetime) -> list[str]:
        place.is_active = is_open
        return ["is_active"]

    def tell(_now: datetime) -> None:
        caches.invalidate(*_PLACE_CACHES)

    subject = place._meta.model_name or ""
    save_audited(place, subject, ("name", "is_active"), actor, prepare=mark, then=tell, reason=reason)


def save_recruiter(recruiter: Recruiter, *, actor: str, reason: str = "") -> None:
    """Save a recruiter. What depends on one who becomes inactive is the caller's to see to.

    Raises:
        RefusedError: naming the field; see ``check_person``.
    """
    fields = ("name", "city_id", "telegram_id", "is_active", "deputy_id")
    _save_person(recruiter, "recruiter", fields, _PLACE_CACHES, actor, reason)


def _keep_out(person: Person, actor: str) -> Callable[[datetime], None] | None:
    """Who is taken off the list has no link to come back by; a recruiter's calendars are read no more."""
    if person.is_let_in or person._state.adding:
        return None

    def close(now: datetime) -> None:
        revoke_of(person, now, actor)
        if isinstance(person, Recruiter):
            revoke_calendar_of(person.pk, now, actor)
            take_away_of(person.pk, now, actor)

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

    def listed(now: datetime) -> None:
        Candidate.objects.update(listed_at=now)

    _save_place(contact, "contact", ("contact_url",), actor, listed)


def restore_candidates(
    candidate_ids: Sequence[str], *, actor: str, then: Callable[[Sequence[str]], None] | None = None
) -> int:
    """Put people back on the allow list; the answer is how many were off it.

    ``then``: more to do in the same transaction; gets their ids.
    """

    def work() -> int:
        removed = Candidate.objects.filter(
            pk__in=[ObjectId(item) for item in candidate_ids], is_allowed=False, merged_into=None
        )
        people = list(removed)
        for candidate in people:
            candidate.is_allowed = True
            save_candidate(candidate, actor=actor)
        if then:
            then([str(candidate.pk) for candidate in people])
        return len(people)

    return in_transaction(work)


def _save_place(
    place: City | ContactSettings,
    subject: str,
    fields: Sequence[str],
    actor: str,
    listed: Callable[[datetime], None],
) -> None:
    def then(now: datetime) -> None:
        listed(now)
        caches.invalidate(*_PLACE_CACHES)

    save_audited(place, subject, fields, actor, then=then)


def _save_person(
    person: Person, subject: str, fields: Sequence[str], stale: Sequence[CacheName], actor: str, reason: str = ""
) -> None:
    keep_out = _keep_out(person, actor)

    def then(now: datetime) -> None:
        if keep_out:
            keep_out(now)
        if stale:
            caches.invalidate(*stale)

    def prepare(stored: StampedModel | None, now: datetime) -> list[str]:
        return _prepared(person, cast(Person | None, stored), now)

    save_audited(person, subject, fields, actor, prepare=prepare, then=then, reason=reason)


def _prepared(person: Person, stored: Person | None, now: datetime) -> list[str]:
    """Hold a wrong entry; the names of the fields that are set here, not by staff."""
    check_person(person, stored)
    if isinstance(person, Candidate):
        person.listed_at = now
        return ["listed_at"]
    if isinstance(person, Recruiter) and person.telegram_id != (stored.telegram_id if stored else None):
        person.started_at, person.blocked_at = _chat_of(person.telegram_id)  # what was kept was of another account
        return ["started_at", "blocked_at"]
    return []


def _chat_of(telegram_id: int | str | None) -> tuple[datetime | None, datetime | None]:
    """When an account started the bot, and when it blocked it, as far as its candidate's entry tells."""
    known = Candidate.objects.filter(telegram_id=telegram_id).first() if telegram_id is not None else None
    return (known.started_at, known.blocked_at) if known else (None, None)
