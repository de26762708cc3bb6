"""Two entries of one person become one, in one transaction, and can be taken apart again by its record.

Somebody was put down by @username or name, and came later with another account. What belonged to the one entry goes
over to the other, which goes on; the one that goes is off the allow list for good. Nobody is told anything new, since
nothing has changed for the person; what did not reach their other account they hear now. Notes, messages and the audit
trail stay with the entry that goes, and are read with the other's.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bson import Int64, ObjectId
from django.utils.translation import gettext as _

from common import audit, clock, correlation
from common.mongo import Document, GuardFailedError, collection, current_session, in_transaction, tried_again
from common.refusals import RefusedError
from common.texts.names import name_in
from messaging import caches, outbox
from people.models import MOST_TAGS, Candidate, name_words
from people.services.invitations import revoke_of
from people.services.reach import chat_state
from questionnaires.services import handing_over
from scheduling.services.recruiter_cards.cards import Act, show_again
from scheduling.services.recruiter_cards.reached import follow_start
from scheduling.services.snapshots import follow_person
from shared_contracts.notification import CacheName

_FILLED = ("last_name", "city_id")
"""What the entry that goes on takes from the other where it has none of its own."""


def merge_into(kept_id: ObjectId, gone_id: ObjectId, *, actor: str) -> None:
    """Merge one entry into another; ``actor`` is the staff login.

    Raises:
        RefusedError: they can't be, or both hold a booking of one interview event, or at one time; nothing was written.
    """

    def work() -> None:
        now = clock.now()
        kept, gone = _entry(kept_id), _entry(gone_id)
        _check(kept, gone)
        record: dict[str, Any] = {"was_allowed": gone["is_allowed"]}
        record |= _move_bookings(gone, kept, now) | _move_waiting(gone, kept, now)
        record |= handing_over.hand_over(gone, kept, now)
        record |= _join(kept, gone, now)
        person = Candidate.objects.get(pk=gone_id)
        revoke_of(person, now, actor)
        _tell(kept, now)
        after = {"merged_id": str(gone_id), "tags_added": record["tags_added"], "record": record}
        audit.record_staff("candidate", str(kept_id), "merged", actor, None, after)
        audit.record_staff("candidate", str(gone_id), "merged_away", actor, None, {"merged_into": str(kept_id)})

    tried_again(lambda: in_transaction(work))


def take_apart(kept_id: ObjectId, gone_id: ObjectId, *, actor: str) -> None:
    """Undo a merge by its record. What came to the entry since stays with it.

    Raises:
        RefusedError: there is no such merge, or a later one has to be undone first.
    """

    def work() -> None:
        now = clock.now()
        kept, gone = _entry(kept_id), _entry(gone_id)
        if gone.get("merged_into") != kept_id:
            raise RefusedError({"": _("These entries are not merged any more. Look again.")})
        record = _record(kept_id, gone_id)
        _part(kept, gone, record, now)
        gone = _entry(gone_id)
        _bookings_to(gone, kept, [ObjectId(item) for item in record["bookings"]], now)
        _waiting_to(gone, [ObjectId(item) for item in record["waiting"]], now)
        _set("waiting_list", [ObjectId(item) for item in record["left"]], {"state": "waiting"}, now)
        handing_over.hand_back(record, gone, now)
        _tell(gone, now)
        audit.record_staff("candidate", str(kept_id), "taken_apart", actor, {"merged_id": str(gone_id)}, None)
        audit.record_staff("candidate", str(gone_id), "taken_apart", actor, {"merged_into": str(kept_id)}, None)

    tried_again(lambda: in_transaction(work))


def clashes_between(kept_id: ObjectId, gone_id: ObjectId) -> list[tuple[Document, Document]]:
    """Live bookings of the two that one person can't both have."""
    own, others = (_live(item) for item in (kept_id, gone_id))
    return [(one, other) for one in own for other in others if _clash(one, other)]


def _clash(one: Document, other: Document) -> bool:
    overlaps = one["starts_at"] < other["ends_at"] and other["starts_at"] < one["ends_at"]
    return bool(one["event_id"] == other["event_id"] or overlaps)


def _check(kept: Document, gone: Document) -> None:
    if kept["_id"] == gone["_id"] or kept.get("merged_into") or gone.get("merged_into"):
        raise RefusedError({"": _("Choose another entry: this one is merged already, or the same.")})
    if not kept["is_allowed"]:
        raise RefusedError({"": _("%(name)s is off the allow list: put them back first.") % {"name": name_in(kept)}})
    if kept["telegram_id"] is None and gone["telegram_id"] is not None:
        raise RefusedError({"": _("Keep the entry of the account that has come in.")})
    if len({*(kept.get("tags") or ()), *(gone.get("tags") or ())}) > MOST_TAGS:
        raise RefusedError({"": _("A person has %(most)s tags at most.") % {"most": MOST_TAGS}})
    if clashes := clashes_between(kept["_id"], gone["_id"]):
        events = ", ".join(sorted({row["slot"]["event"] for pair in clashes for row in pair}))
        text = _("Both have a booking for the same event, or at the same time: %(events)s. Cancel one of them first.")
        raise RefusedError({"": text % {"events": events}})


def _move_bookings(gone: Document, kept: Document, now: datetime) -> Document:
    theirs = collection("bookings").distinct("_id", {"user_id": gone["_id"]}, session=current_session())
    _bookings_to(kept, gone, theirs, now)
    return {"bookings": [str(item) for item in theirs]}


def _bookings_to(owner: Document, former: Document, ids: Sequence[ObjectId], now: datetime) -> None:
    """Bookings and the seats they hold; what they repeat of their candidate follows."""
    if not ids:
        return
    live = list(collection("bookings").find({"_id": {"$in": list(ids)}, "live": True}, session=current_session()))
    _set("bookings", ids, _owned_by(owner), now)
    for slot_id in {item for row in live for item in (row["slot_id"], row["requested_slot_id"]) if item}:
        seat = {"_id": slot_id, "booked_users": former["_id"]}
        change = {"$set": {"booked_users.$": owner["_id"], "updated_at": now}}
        if not collection("interview_slots").update_one(seat, change, session=current_session()).matched_count:
            raise GuardFailedError(f"slot {slot_id}: the seat is not there any more")


def _move_waiting(gone: Document, kept: Document, now: datetime) -> Document:
    """Who waits twice for one event waits once."""
    theirs = list(collection("waiting_list").find({"user_id": gone["_id"]}, session=current_session()))
    waits = {"user_id": kept["_id"], "state": "waiting"}
    own = set(collection("waiting_list").distinct("event_id", waits, session=current_session()))
    left = [row["_id"] for row in theirs if row["state"] == "waiting" and row["event_id"] in own]
    _set("waiting_list", left, {"state": "left"}, now)
    _waiting_to(kept, [row["_id"] for row in theirs], now)
    return {"waiting": [str(row["_id"]) for row in theirs], "left": [str(item) for item in left]}


def _waiting_to(owner: Document, ids: Sequence[ObjectId], now: datetime) -> None:
    _set("waiting_list", ids, _owned_by(owner), now)


def _owned_by(person: Document) -> Document:
    number = person["telegram_id"]
    return {"user_id": person["_id"], **({} if number is None else {"telegram_id": Int64(number)})}


def _join(kept: Document, gone: Document, now: datetime) -> Document:
    """The two entries themselves. ``decisions``: whoever decides about one of them at this moment looks again."""
    filled = {name: gone[name] for name in _FILLED if gone.get(name) and not kept.get(name)}
    tags = sorted({*(kept.get("tags") or ()), *(gone.get("tags") or ())})
    added = sorted(set(tags) - set(kept.get("tags") or ()))
    merged = [gone["_id"], *(gone.get("merged_ids") or ())]
    values = {**filled, "tags": tags, "merged_ids": [*(kept.get("merged_ids") or ()), *merged]}
    _change(kept, {**values, "words": name_words({**kept, **filled})}, now)
    _change(gone, {"is_allowed": False, "awaited_username": None, "merged_into": kept["_id"]}, now)
    told = {name: str(value) for name, value in filled.items()}
    return {"tags_added": added, "filled": told, "awaited": gone["awaited_username"]}


def _part(kept: Document, gone: Document, record: dict[str, Any], now: datetime) -> None:
    filled = {name: was for name, was in record["filled"].items() if name in _FILLED}
    back = {name: None if name == "city_id" else "" for name, was in filled.items() if str(kept[name]) == was}
    tags = [tag for tag in kept.get("tags") or () if tag not in record["tags_added"]]
    theirs = {gone["_id"], *(gone.get("merged_ids") or ())}
    left = [item for item in kept.get("merged_ids") or () if item not in theirs]
    words = name_words({**kept, **back})
    _change(kept, {**back, "tags": tags, "merged_ids": left, "words": words}, now)
    awaited, taken = record["awaited"], False
    if awaited:
        taken = collection("users").count_documents({"awaited_username": awaited}, session=current_session()) > 0
    values = {"is_allowed": record["was_allowed"], "merged_into": None, "awaited_username": None if taken else awaited}
    _change(gone, values, now)


def _tell(owner: Document, now: datetime) -> None:
    """What repeats the person's name, recruiters' cards and the bot's allow list follow."""
    if owner["telegram_id"] is not None:
        follow_person(int(owner["telegram_id"]), correlation.current(), now)
        if chat_state(owner) == "started":  # what the other account could not be told
            follow_start(int(owner["telegram_id"]), now, correlation.current(), anew=False)
    outbox.add(show_again({"user_id": owner["_id"], "live": True}, Act(None, "", correlation.current()), now))
    caches.invalidate(CacheName.ALLOWED_USERS)


def _record(kept_id: ObjectId, gone_id: ObjectId) -> dict[str, Any]:
    found = collection("audit_entries").find(
        {"subject_id": kept_id, "action": "merged", "after.merged_id": str(gone_id)}, session=current_session()
    )
    (last, *_earlier) = sorted(found, key=lambda row: row["_id"], reverse=True)
    record: dict[str, Any] = last["after"]["record"]
    return record


def _entry(entry_id: ObjectId) -> Document:
    found = collection("users").find_one({"_id": entry_id}, session=current_session())
    if found is None:
        raise RefusedError({"": _("There is no such entry any more.")})
    return found


def _live(entry_id: ObjectId) -> list[Document]:
    return list(collection("bookings").find({"user_id": entry_id, "live": True}, session=current_session()))


def _change(entry: Document, values: Document, now: datetime) -> None:
    change = {"$set": {**values, "listed_at": now, "updated_at": now}, "$inc": {"decisions": 1}}
    collection("users").update_one({"_id": entry["_id"]}, change, session=current_session())


def _set(name: str, ids: Sequence[ObjectId], values: Document, now: datetime) -> None:
    if ids:
        change = {"$set": {**values, "updated_at": now}}
        collection(name).update_many({"_id": {"$in": list(ids)}}, change, session=current_session())
