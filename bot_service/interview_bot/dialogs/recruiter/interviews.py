"""A recruiter's presses under the card of an approved interview that is still to come: move it, call it off."""

from interview_bot.common import clock
from interview_bot.common.dialog_data import PendingRejection
from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.dialogs.recruiter.cards import (
    REASON_AWAITED,
    ask_for_reason,
    card_of_button,
    forget_reason,
    ready_made_reason,
    submit_cancellation,
    submit_card_request,
)
from interview_bot.dialogs.requests import shown_slot
from interview_bot.store.shown_cards import ShownCard
from interview_bot.views.callback_data import Action, seen
from interview_bot.views.card_buttons import can_change
from interview_bot.views.recruiter.interview_screens import WITHDRAWS, cancel_reason_key, slot_question, times_screen
from shared_contracts.booking import BookingMovedByRecruiter
from shared_contracts.directory import SlotView


async def show_times(context: DialogContext, booking_id: str, version: str, turn: str, page: str) -> None:
    """Move was pressed: a page of the recruiter's free times, in the card."""
    shown = await _changeable(context, booking_id, version, turn)
    if shown is not None:
        slots = await _free_times(context, shown)
        await context.show(times_screen(shown.card, slots, int(page), context.texts, shown.turn))


async def move_to(context: DialogContext, booking_id: str, as_seen: str, slot_id: str) -> None:
    """One of the free times was chosen: the interview moves there at once, where the time is the one that was listed.

    Otherwise, and from a button of before it carried what was seen, the times are listed anew.
    """
    shown = await card_of_button(context, booking_id, lambda shown: can_change(shown.card, clock.now()))
    if shown is None:
        return
    version, slots = shown.card.booking.version, await _free_times(context, shown)
    slot = next((slot for slot in slots if (slot.id, seen(slot, version)) == (slot_id, as_seen)), None)
    if slot is None:
        lead = "card.times_changed" if slots else ""
        await context.show(times_screen(shown.card, slots, 0, context.texts, shown.turn, lead=lead))
        return
    await submit_card_request(
        context, shown, "move_interview", BookingMovedByRecruiter, slot_id=slot.id, shown=shown_slot(slot)
    )


async def _free_times(context: DialogContext, shown: ShownCard) -> list[SlotView]:
    """The recruiter's other slots in the event that have a free seat, by start."""
    card = shown.card
    slots = await context.services.directory.slots(card.booking.slot.event.id, for_move=True)
    own = (slot for slot in slots if slot.recruiter and slot.recruiter.id == card.recruiter_id)
    return [slot for slot in own if slot.id != card.booking.slot.id]


async def ask_about_slot(context: DialogContext, booking_id: str, version: str, turn: str) -> None:
    """Cancel was pressed: ask whether, and whether the time can be offered to others, in the card."""
    shown = await _changeable(context, booking_id, version, turn)
    if shown is not None:
        await forget_reason(context)
        await context.show(slot_question(shown.card, context.texts, shown.turn))


async def ask_why(context: DialogContext, booking_id: str, version: str, turn: str, letter: str) -> None:
    """It is known what becomes of the time: ask why, in the card."""
    shown = await _changeable(context, booking_id, version, turn)
    if shown is not None:
        step = PendingRejection(
            booking_id=booking_id,
            version=int(version),
            turn=shown.turn,
            until=clock.now() + REASON_AWAITED,
            cancels=True,
            withdraws_slot=letter == WITHDRAWS,
        )
        await ask_for_reason(context, shown, step)


async def cancel_for(context: DialogContext, booking_id: str, version: str, turn: str, code: str) -> None:
    """A ready-made reason was pressed, or that there is none."""
    shown = await _changeable(context, booking_id, version, turn)
    if shown is not None:
        await forget_reason(context)
        reason = await ready_made_reason(context, shown, cancel_reason_key(int(code[-1])))
        await submit_cancellation(context, shown, reason, withdraws_slot=code.startswith(WITHDRAWS))


async def _changeable(context: DialogContext, booking_id: str, version: str, turn: str) -> ShownCard | None:
    """The card under the button, while it shows the same interview; None after saying what is possible instead."""

    def is_possible(shown: ShownCard) -> bool:
        current = (shown.card.booking.version, shown.turn) == (int(version), int(turn))
        return current and can_change(shown.card, clock.now())

    return await card_of_button(context, booking_id, is_possible)


PRESSES: Presses = {
    Action.CARD_MOVE: show_times,
    Action.CARD_MOVE_TO: move_to,
    Action.CARD_CANCEL: ask_about_slot,
    Action.CARD_CANCEL_SLOT: ask_why,
    Action.CARD_CANCEL_FOR: cancel_for,
}
