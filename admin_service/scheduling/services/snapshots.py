"""What bookings, the waiting list and answers repeat of people and events follows them: lists and search go by it.

All of it joins the transaction of what has changed.
"""

from datetime import datetime

from bson import ObjectId

from common.mongo import Document, collection, current_session
from common.texts.names import name_in
from messaging import outbox
from questionnaires.services import answering
from scheduling.services.recruiter_cards.cards import Act, show_again
from scheduling.services.store.booking_documents import search_text, user_snapshot
from scheduling.services.store.loading import candidate_from
from scheduling.services.store.slots import Names


def follow_person(telegram_id: int, correlation_id: str, now: datetime) -> None:
    """A candidate may be called otherwise by now; recruiters' cards of their live bookings say so."""
    person = collection("users").find_one({"telegram_id": telegram_id}, session=current_session())
    if person is None:
        return
    candidate = candidate_from(person, Names())  # no zone is shown
    shown = user_snapshot(candidate)
    stale = {
        "telegram_id": person["telegram_id"],
        "$or": [{f"user.{key}": {"$ne": value}} for key, value in shown.items()],
    }
    changed = collection("bookings").distinct("_id", {**stale, "live": True}, session=current_session())
    collection("bookings").update_many(
        stale,
        {"$set": {"user": shown, "search": search_text(candidate), "updated_at": now}},
        session=current_session(),
    )
    collection("waiting_list").update_many(
        {"user_id": person["_id"]},
        {"$set": {"name": name_in(person), "username": candidate.username, "updated_at": now}},
        session=current_session(),
    )
    answering.follow_person(person, now)
    _show_cards({"_id": {"$in": changed}}, changed, correlation_id, now)


def follow_event(event_id: ObjectId, title: str, correlation_id: str, now: datetime) -> None:
    """An interview event has another title."""
    of_event = {"event_id": event_id}
    live = collection("bookings").distinct("_id", {**of_event, "live": True}, session=current_session())
    for name, field in (("bookings", "slot.event"), ("waiting_list", "event"), ("questionnaire_answers", "event")):
        collection(name).update_many(of_event, {"$set": {field: title, "updated_at": now}}, session=current_session())
    _show_cards({"_id": {"$in": live}}, live, correlation_id, now)


def _show_cards(query: Document, booking_ids: list[ObjectId], correlation_id: str, now: datetime) -> None:
    if booking_ids:
        outbox.add(show_again(query, Act(None, "", correlation_id), now, to_holders=True))
