"""Which outside calendar is a recruiter's: given and taken away by staff, gone with the recruiter.

Its address is a secret: nothing here puts it into an audit entry, a log or a refusal.
"""

from datetime import datetime
from urllib.parse import urlsplit

from bson import ObjectId
from django.conf import settings
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from common import audit, clock, correlation
from common.mongo import Document, collection, current_session, in_transaction
from common.refusals import RefusedError
from people.models import ADDRESS_LENGTH
from shared_contracts.telegram.names import without_unseen

_ROWS = "outside_calendars"
_SUBSCRIBING = ("webcal://", "webcals://")
_LONGEST_SHOWN = 60


def give_address(recruiter_id: ObjectId, typed: str, *, actor: str) -> None:
    """Have a recruiter's calendar read from now on; what was read from another address is forgotten.

    Args:
        typed: as calendar programs give it; see ``clean_address``.
        actor: the staff login.

    Raises:
        RefusedError: by ``address``: it is none that is read; or the recruiter is not active.
    """
    address = clean_address(typed)

    def work() -> None:
        if not collection("recruiters").find_one({"_id": recruiter_id, "is_active": True}, session=current_session()):
            raise RefusedError({"": _("This recruiter is not active, so there is nothing to read.")})
        now = clock.now()
        fresh: Document = {
            "address": address, "busy": [], "zone": "", "covers_until": None, "read_at": None, "failing_since": None,
            "failure": "", "unread": 0, "due_at": now, "etag": "", "last_modified": "", "created_at": now,
            "updated_at": now,
        }  # fmt: skip
        rows, session = collection(_ROWS), current_session()
        before = rows.find_one_and_replace({"_id": recruiter_id}, fresh, upsert=True, session=session)
        _note(recruiter_id, "outside_calendar_replaced" if before else "outside_calendar_given", actor, now)

    in_transaction(work)


def take_away(recruiter_id: ObjectId, *, actor: str) -> bool:
    """Forget a recruiter's calendar, its address and what was read of it; False where there was none."""
    return in_transaction(lambda: take_away_of(recruiter_id, clock.now(), actor))


def take_away_of(recruiter_id: ObjectId, now: datetime, actor: str) -> bool:
    """The same in the transaction under way, such as that which lets a recruiter go."""
    if not collection(_ROWS).delete_one({"_id": recruiter_id}, session=current_session()).deleted_count:
        return False
    _note(recruiter_id, "outside_calendar_taken_away", actor, now)
    return True


def read_soon(recruiter_id: ObjectId) -> None:
    """Have the next scan read it, whenever it was last read."""
    now = clock.now()
    collection(_ROWS).update_one({"_id": recruiter_id}, {"$set": {"due_at": now, "updated_at": now}})


def outside_calendar_of(recruiter_id: ObjectId) -> Document | None:
    """What is kept of a recruiter's calendar (``people.models.OutsideCalendar``); None where they have none."""
    return collection(_ROWS).find_one({"_id": recruiter_id})


def clean_address(typed: str) -> str:
    """A calendar's address as it is asked: https, or http where the installation names networks of its own.

    Raises:
        RefusedError: naming ``address``, and what to give.
    """
    address = str(iri_to_uri(without_unseen(typed).strip()))
    for scheme in _SUBSCRIBING:
        if address.lower().startswith(scheme):
            address = f"https://{address[len(scheme) :]}"
    try:
        parts = urlsplit(address)
        is_whole = bool(parts.hostname) and parts.port != 0 and not set(address) & set(' "<>\\')
    except ValueError:
        is_whole = False
    if not is_whole or parts.scheme not in {"http", "https"} or len(address) > ADDRESS_LENGTH:
        raise RefusedError({"address": _("Give the calendar's address, such as https://… or webcal://….")})
    if parts.username or parts.password:
        raise RefusedError({"address": _("Give an address without a name and a password in it.")})
    if parts.scheme == "http" and not settings.ENV.outside_calendar_networks:
        raise RefusedError({"address": _("Give an address that begins with https://: others can be overheard.")})
    return address


def masked(address: str) -> str:
    """The address as it may be shown: where it leads, without what opens it."""
    host = urlsplit(address).hostname or ""
    return f"{host[:_LONGEST_SHOWN]}/…"


def _note(recruiter_id: ObjectId, action: str, actor: str, now: datetime) -> None:
    subject = ("recruiter", str(recruiter_id), action)
    by, what = f"staff:{actor}", correlation.current()
    audit.add([audit.entry(*subject, actor=by, via="desk", now=now, correlation_id=what)])
