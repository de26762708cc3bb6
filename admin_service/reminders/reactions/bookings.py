"""The ledger of automatic messages follows what becomes of bookings, and recruiters hear of it."""

from reminders.domain.kinds import SECOND_CHANCES, SPECS
from reminders.services.ledger import RecruiterNotice, ledger_writes
from reminders.services.message_writes import STANDS, BookingChange
from scheduling.domain.editing import BookingFollowedSlot
from scheduling.domain.events import BookingEvent
from scheduling.domain.model import Booking
from scheduling.reactions.cards import occasion_of
from scheduling.services.reacting import Batch, Effects


def follow_bookings(batch: Batch) -> Effects:
    """Messages planned, moved or suppressed, and a notice for recruiters of what they did not do themselves."""
    followed = {event.after.id for _request, event in batch.events(BookingFollowedSlot)}
    changes = []
    for booking_id in batch.changed_bookings:
        before, after = batch.before.bookings.get(booking_id), batch.after.bookings[booking_id]
        # What staff change in a slot can be all that a message depends on: its recruiter, its city's clocks.
        if booking_id in followed or _relevant_facts(before) != _relevant_facts(after):
            person, slot = batch.after.candidates[after.telegram_id], batch.after.slots.get(after.slot_id)
            changes.append(BookingChange(before, after, person, slot))
    writes = ledger_writes(changes, _notices(batch), batch.now)
    effects = Effects()
    effects.inserts["auto_messages"] += writes.inserts
    effects.updates["auto_messages"] += writes.updates
    return effects


def _notices(batch: Batch) -> list[RecruiterNotice]:
    notices = []
    for _request, event in batch.events(BookingEvent):
        booking = batch.after.bookings[event.after.id]
        slot, occasion = batch.after.slots.get(booking.slot_id), occasion_of(event, batch)
        if slot and occasion:
            stored = batch.loaded.bookings.get(booking.id)
            notices.append(RecruiterNotice(booking, slot, occasion, bool(stored and stored.get("card_holders"))))
    return notices


def _relevant_facts(booking: Booking | None) -> tuple[object, ...] | None:
    """What a booking's messages depend on."""
    if booking is None:
        return None
    if booking.status not in STANDS:
        return (booking.status,) if booking.status in {SPECS[kind].after for kind in SECOND_CHANCES} else None
    return booking.slot_id, booking.starts_at, booking.ends_at, booking.coming.is_answered
