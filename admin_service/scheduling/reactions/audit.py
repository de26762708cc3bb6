"""The audit trail of bookings and slots."""

from common import audit
from common.mongo import Document
from scheduling.domain.events import BookingEvent, SlotEdited
from scheduling.services.audit import booking_facts, slot_facts
from scheduling.services.reacting import Batch, Effects
from scheduling.services.requests import Request


def keep_trail(batch: Batch) -> Effects:
    """An entry for each change of a booking, and for each edit of a slot."""
    effects = Effects()
    for request, edited in batch.events(SlotEdited):
        facts = slot_facts(edited.before), slot_facts(edited.after)
        entry = _entry(request, batch, "slot", edited.after.id, "changed", *facts, request.command.reason)
        effects.inserts["audit_entries"].append(entry)
    told = batch.before.slots | {edited.before.id: edited.before for _request, edited in batch.events(SlotEdited)}
    for request, event in batch.events(BookingEvent):
        changes = booking_facts(event.before, told), booking_facts(event.after, batch.after.slots)
        reason = request.reason_about(event.after.id)
        entry = _entry(request, batch, "booking", event.after.id, event.action, *changes, reason)
        effects.inserts["audit_entries"].append(entry)
    return effects


def _entry(
    request: Request,
    batch: Batch,
    subject: str,
    subject_id: str,
    action: str,
    before: Document | None,
    after: Document | None,
    reason: str,
) -> Document:
    return audit.entry(
        subject,
        subject_id,
        action,
        actor=str(request.command.actor),
        via=request.via,
        now=batch.now,
        correlation_id=request.correlation_id,
        before=before,
        after=after,
        reason=reason,
    )
