"""Cards in their readers' quiet hours (spec, "Time"): what comes without a sound, and what waits.

The rule is ``arrival`` in ``scheduling.domain.requesting``. Notices have their own: they wait in the ledger.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from bson import Int64

from common.mongo import Document
from common.quiet_hours import is_quiet, next_allowed_time
from scheduling.domain.model import Booking
from scheduling.domain.requesting import Arrival, arrival
from scheduling.services.recruiter_cards.deck import Deck, Holder
from shared_contracts.card import CardAttention


class Night(NamedTuple):
    """How loudly a card comes to each of its readers, whatever the hour.

    ``waiting``: who gets it in their morning only; ``silent``: who sleeps, so that it comes without a sound;
    ``rings``: when (aware UTC) those are to be told aloud who have not been, by Telegram id.
    """

    loud: dict[Holder, CardAttention]
    waiting: frozenset[Holder]
    silent: frozenset[Holder]
    rings: dict[int, datetime]

    def fields(self) -> Document:
        """What the booking's document keeps of it."""
        return {"asleep": [Int64(item) for item in self.rings], "ring_at": min(self.rings.values(), default=None)}


def mornings(deck: Deck, booking: Booking, readers: Iterable[Holder], now: datetime) -> dict[int, datetime]:
    """Of those who are in their quiet hours, by Telegram id, when these end."""
    slot = deck.asked_slot(booking)
    if slot is None:
        return {}
    zones = {reader.telegram_id: deck.timezone_of(reader) or slot.place.timezone for reader in readers}
    return {person: next_allowed_time(now, zone) for person, zone in zones.items() if is_quiet(now, zone)}


def over_night(
    deck: Deck,
    booking: Booking,
    loud: Mapping[Holder, CardAttention],
    asked: Iterable[Holder],
    now: datetime,
    *,
    by_candidate: bool,
) -> Night:
    """How the card of a booking comes to its readers.

    Args:
        deck: what it shows, and who had it before.
        booking: as it is now.
        loud: how loudly it would come by day.
        asked: those among them who are to answer it.
        now: aware UTC.
        by_candidate: it is they who have just asked.
    """
    stored, held, wake_at = deck.stored[booking.id], deck.held(booking), mornings(deck, booking, loud, now)
    asks = booking.live and booking.awaits_approval and not booking.reschedule_asked
    untold = set(stored["asleep"]) if asks else set()
    night, waiting, rings = dict(loud), set(), {}
    for holder in asked:
        person, morning = holder.telegram_id, wake_at.get(holder.telegram_id)
        if morning is None:
            if person in untold and night[holder] is CardAttention.UPDATE:
                night[holder] = CardAttention.REMINDER  # it came while they slept
            continue
        news = asks and (night[holder] is CardAttention.NEW or person in untold)
        how = arrival(booking.expires_at, morning, by_candidate=by_candidate)
        if news and how is Arrival.ALOUD:
            del wake_at[person]
            night[holder] = CardAttention.REMINDER if person in untold and holder in held else CardAttention.NEW
        elif news:
            rings[person] = morning
        if news and how is Arrival.IN_THE_MORNING:
            night[holder] = CardAttention.UPDATE
            if holder not in held:
                waiting.add(holder)
    silent = frozenset(holder for holder in loud if holder.telegram_id in wake_at)
    return Night(night, frozenset(waiting), silent, rings)
