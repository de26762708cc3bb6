"""How often a secret may be guessed: counted in MongoDB before the guess is looked at.

One document per bucket, changed by one atomic update each: attempts that come at the same moment are all counted, and
what has been counted survives a restart. Names and addresses are part of a keyed hash only, since what is typed as a
name may be a password.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from common import clock
from common.http.addresses import household
from common.mongo import Document, collection

COLLECTION = "login_attempts"


@dataclass(frozen=True)
class Limit:
    """``most`` wrong guesses, each within ``window`` of the one before; then none for ``window``."""

    name: str
    most: int
    window: timedelta


PASSWORDS = Limit("password", 10, timedelta(minutes=15))
"""Of one login from one address: nobody elsewhere is held up by them."""
PASSWORDS_FROM_ADDRESS = Limit("address", 100, timedelta(minutes=15))
"""Of all logins together."""
CODES = Limit("code", 10, timedelta(minutes=15))
CODES_OF_LOGIN = Limit("login_code", 60, timedelta(hours=1))
"""From all addresses: only who knows the password can use these up."""

Bucket = tuple[Limit, str]


@dataclass(frozen=True)
class Attempt:
    """One guess. ``refused_until`` is set if it must not be looked at; ``first_refused``: nobody was told before."""

    buckets: tuple[Bucket, ...]
    refused_until: datetime | None = None
    first_refused: bool = False

    def was_right(self) -> None:
        """Forget the wrong ones of this bucket; in the wider ones, only this guess."""
        narrow, *wider = self.buckets
        collection(COLLECTION).delete_one({"_id": _key(narrow)})
        for bucket in wider:
            collection(COLLECTION).update_one({"_id": _key(bucket), "count": {"$gt": 0}}, {"$inc": {"count": -1}})


def minutes_left(until: datetime) -> int:
    """Whole minutes to wait, at least one."""
    return max(1, -int(-(until - clock.now()).total_seconds() // 60))


def wait_words(until: datetime) -> str:
    """Such as “Try again in 3 minutes.”: how long, not when, since nobody knows a stranger's zone."""
    left = minutes_left(until)
    return ngettext("Try again in %(left)d minute.", "Try again in %(left)d minutes.", left) % {"left": left}


def password_attempt(login: str, address: str) -> Attempt:
    """Count a guess of a login's password."""
    where = household(address)
    return _attempt((PASSWORDS, f"{_one_part(login)}\0{where}"), (PASSWORDS_FROM_ADDRESS, where))


def code_attempt(login: str, address: str) -> Attempt:
    """Count a guess of a login's code, or of one of its recovery codes."""
    name = _one_part(login)
    return _attempt((CODES, f"{name}\0{household(address)}"), (CODES_OF_LOGIN, name))


def lift_locks(login: str) -> None:
    """Forget what was guessed of a login from all addresses: its password or second step is a new one."""
    for limit in (PASSWORDS, CODES, CODES_OF_LOGIN):
        theirs = re.escape(_key((limit, _one_part(login))))
        collection(COLLECTION).delete_many({"_id": {"$regex": f"^{theirs}(:|$)"}})


def _one_part(login: str) -> str:
    """The name as it is counted: capitals are no other login, and nothing typed is taken for two parts."""
    return login.casefold().replace("\0", " ")


def _attempt(*buckets: Bucket) -> Attempt:
    for bucket in buckets:  # what a narrow one refuses does not use up a wide one
        counted = _count(bucket)
        over = counted["count"] - bucket[0].most
        if over > 0:
            return Attempt(buckets, counted["until"], first_refused=over == 1)
    return Attempt(buckets)


def _count(bucket: Bucket) -> Document:
    """One more; a refused one does not put the end off, which people have been told."""
    limit, now = bucket[0], clock.now()
    count = {"$cond": [{"$gt": ["$until", now]}, {"$add": ["$count", 1]}, 1]}
    until = {"$cond": [{"$gt": ["$count", limit.most]}, "$until", now + limit.window]}
    while True:
        try:
            found: Document | None = collection(COLLECTION).find_one_and_update(
                {"_id": _key(bucket)},
                [{"$set": {"count": count}}, {"$set": {"until": until}}],
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
            assert found is not None  # made where there was none
            return found
        except DuplicateKeyError:  # somebody was first to make it: now it is there
            continue


def _key(bucket: Bucket) -> str:
    """The limit's name, and a hash of each thing it counts by: a login's buckets begin alike."""
    limit, whose = bucket
    hashes = (salted_hmac("security.attempts", part, algorithm="sha256").hexdigest() for part in whose.split("\0"))
    return ":".join((limit.name, *hashes))
