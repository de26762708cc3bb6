"""A recruiter's presses around the interview itself: another time for who asked for one, and how it went (R8)."""

from interview_bot.common import clock
from interview_bot.dialogs.context import Talk
from interview_bot.dialogs.recruiter.cards import ask, held
from interview_bot.store.shown_cards import ShownCard
from interview_bot.views.card_buttons import MARKS, UNDO, can_mark, slot_to_offer
from shared_contracts.booking import OutcomeMarked, TimeOffered


async def offer_time(talk: Talk, booking_id: str, revision: str, turn: str, number: str) -> None:
    """One of the free slots was chosen for a candidate who asked for another time."""

    def is_possible(shown: ShownCard) -> bool:
        # by revision: another card's slots may have other numbers
        current = (shown.card.revision, shown.turn) == (int(revision), int(turn))
        return current and slot_to_offer(shown.card, int(number), clock.now()) is not None

    shown = await held(talk, booking_id, is_possible)
    if shown is not None:
        await ask(talk, shown, "offer_time", TimeOffered, slot_id=shown.card.free_slots[int(number)].id)


async def mark(talk: Talk, booking_id: str, version: str, turn: str, code: str) -> None:
    """How the interview went, in one press; or that mark is taken back."""

    def is_possible(shown: ShownCard) -> bool:
        current = (shown.card.booking.version, shown.turn) == (int(version), int(turn))
        return current and can_mark(shown.card, code, clock.now())

    shown = await held(talk, booking_id, is_possible)
    if shown is not None:
        await ask(talk, shown, "unmark" if code == UNDO else "mark", OutcomeMarked, mark=MARKS[code])
