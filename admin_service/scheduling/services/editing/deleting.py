"""Deleting slots in which people are booked: once each of them has another slot, or knows that it is off (FR10)."""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from common.audit import record_staff
from common.mongo import Document, collection, current_session, in_transaction, tried_again
from common.texts.names import name_in
from messaging import caches
from scheduling.domain.commands import SlotChanges
from scheduling.services.batch import carry_out_all
from scheduling.services.editing.choices import withdrawals
from scheduling.services.editing.slot_edits import edit_slots
from scheduling.services.impact import AS_IT_COMES, Choices, note_impact, standing
from shared_contracts.notification import CacheName


class SlotHasBookingsError(Exception):
    """People hold seats in the slot. ``bookings``: name, username, telegram_id, booking_id, status of each."""

    def __init__(self, bookings: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(bookings)} bookings")
        self.bookings = bookings


def name_people_in(slot_ids: Sequence[str], *, actor: str) -> None:
    """Say who is in these slots, or wants to move there; to whom one is proposed, that ends. In a transaction."""
    note_impact(lambda: standing(_bookings_in(slot_ids), {ObjectId(item) for item in slot_ids}))
    carry_out_all(withdrawals(slot_ids, actor=actor))


def delete_slots(slot_ids: Sequence[str], *, actor: str, choices: Choices = AS_IT_COMES, reason: str = "") -> None:
    """Delete slots, all or none.

    They are closed before their seats are freed, so that nobody who waits is offered one.

    Args:
        choices: what moves or ends each booking in them.

    Raises:
        ChoiceRefusedError: one of the bookings can't be moved or ended as was chosen.
        SlotHasBookingsError: somebody is left in one.
    """

    def work() -> None:
        if choices.commands:
            closed = [(item, SlotChanges(is_active=False)) for item in slot_ids]
            edit_slots(closed, actor=actor, reason=reason, choices=choices)
        for slot_id in slot_ids:
            delete_slot(slot_id, actor=actor)

    in_transaction(work)


def delete_slot(slot_id: str, *, actor: str) -> None:
    """Delete a slot nobody holds a seat in. To whom it is proposed is told that it is gone; their booking stands.

    Raises:
        SlotHasBookingsError: naming the people; nothing was changed.
    """

    def work() -> None:
        people = _people_in(slot_id)
        carry_out_all(withdrawals([slot_id], actor=actor))
        # The condition, not the look before it, decides: a booking may be under way.
        deleted = collection("interview_slots").delete_one(
            {"_id": ObjectId(slot_id), "booked_users": []}, session=current_session()
        )
        if people or not deleted.deleted_count:
            raise SlotHasBookingsError(people)
        record_staff("slot", slot_id, "deleted", actor, None, None)
        caches.invalidate(CacheName.SLOTS, CacheName.EVENTS)

    tried_again(lambda: in_transaction(work))


def _people_in(slot_id: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name_in(row["user"]),
            "username": row["user"]["username"],
            "telegram_id": row["telegram_id"],
            "booking_id": str(row["_id"]),
            "status": row["status"],
        }
        for row in _bookings_in([slot_id])
    ]


def _bookings_in(slot_ids: Sequence[str]) -> list[Document]:
    ids = {"$in": [ObjectId(item) for item in slot_ids]}
    query = {"live": True, "$or": [{"slot_id": ids}, {"requested_slot_id": ids}]}
    return list(collection("bookings").find(query, session=current_session()))
