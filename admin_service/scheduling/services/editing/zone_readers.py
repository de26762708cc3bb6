"""People of a city whose zone is put right: their online interviews are told on their own clocks (spec, "Time")."""

from collections.abc import Iterable

from bson import ObjectId

from common import clock, correlation
from common.mongo import Document, collection, current_session
from common.zones import local
from messaging import outbox
from messaging.outbox import Outgoing
from people.models import City
from scheduling.domain.model import Booking, State
from scheduling.services.candidate_news import comes_silently, notification, remember
from scheduling.services.impact import Affected, is_told, note_impact
from scheduling.services.serializing import booking_view, slot_view
from scheduling.services.store.loading import load_around
from shared_contracts.directory import BookingStatus
from shared_contracts.notification import NotificationCommand, NotificationKind
from shared_contracts.transport.topology import NOTIFICATION_COMMAND


def tell_readers(city: City, was: str, edited: list[ObjectId], reason: str, *, without: Iterable[str] = ()) -> None:
    """Tell a city's candidates of their online interviews, which start at another time of their clocks.

    In the transaction under way. Those in slots that are ``edited`` are told of the edit.

    Args:
        city: as it is now.
        was: its zone until now.
        edited: ids of its own slots.
        reason: they read it.
        without: ids of bookings whose people have just been told something else.
    """
    people = collection("users").distinct("_id", {"city_id": city.pk}, session=current_session())
    others = {"_id": {"$nin": [ObjectId(item) for item in without]}, "slot_id": {"$nin": edited}}
    theirs = {"user_id": {"$in": people}, "live": True, "starts_at": {"$gt": clock.now()}, **others}
    online = {**theirs, "slot.video_link": {"$nin": ["", None]}}
    found = collection("bookings").find(online, session=current_session())
    shifted = [row for row in found if _differs(row, was, city.timezone)]
    if not shifted:
        return
    state = load_around(shifted).state
    worded = [(item, _message(item, state, city, was, reason)) for item in state.bookings.values()]
    concerned = [(item, message) for item, message in worded if message]
    outgoing = [Outgoing(NOTIFICATION_COMMAND, message) for item, message in concerned if is_told(item.id)]
    outbox.add(outgoing)
    remember(outgoing)
    note_impact(lambda: [_affected(item, message, state, was) for item, message in concerned])


def _message(booking: Booking, state: State, city: City, was: str, reason: str) -> NotificationCommand | None:
    view, person = booking_view(booking, state), state.candidates[booking.telegram_id]
    if view is None:
        return None
    key, before = str(ObjectId()), slot_view(state.slots[booking.slot_id])
    held = booking.status is BookingStatus.OFFERED
    kind = NotificationKind.SLOT_OFFER_CHANGED if held else NotificationKind.BOOKING_CHANGED
    correlation_id = correlation.current()
    slot = state.slots[booking.slot_id]
    silent = comes_silently(person, slot, (slot.starts_at,), clock.now())
    message = notification(key, kind, person, view, reason, correlation_id, slot_before=before, silent=silent)
    return message.model_copy(update={"timezone": city.timezone, "timezone_before": was})


def _affected(booking: Booking, message: NotificationCommand, state: State, was: str) -> Affected:
    slot, person = state.slots[booking.slot_id], state.candidates[booking.telegram_id]
    return Affected(booking, person, slot, slot, notice=message if is_told(booking.id) else None, zone_was=was)


def _differs(row: Document, was: str, zone: str) -> bool:
    return local(row["starts_at"], was).utcoffset() != local(row["starts_at"], zone).utcoffset()
