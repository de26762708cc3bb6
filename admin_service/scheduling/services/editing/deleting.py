"""Deleting slots in which people are booked: once each of them has another slot, or knows that it is off (FR10)."""

from collections.abc import Sequence

from bson import ObjectId

from common.mongo import Document, collection, current_session, in_transaction
from scheduling.domain.commands import SlotChanges
from scheduling.services.editing.slot_edits import edit_slots
from scheduling.services.impact import AS_IT_COMES, Choices, note_impact, standing
from scheduling.services.slots import delete_slot


def name_people_in(slot_ids: Sequence[str]) -> None:
    """Say who is in these slots, or wants to move there; nothing is done."""
    note_impact(lambda: standing(_people_in(slot_ids), {ObjectId(item) for item in slot_ids}))


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


def _people_in(slot_ids: Sequence[str]) -> list[Document]:
    ids = {"$in": [ObjectId(item) for item in slot_ids]}
    query = {"live": True, "$or": [{"slot_id": ids}, {"requested_slot_id": ids}]}
    return list(collection("bookings").find(query, session=current_session()))
