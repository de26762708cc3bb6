"""Asking for a booking, a move or a cancellation, and answering a seat offer (FR4, FR6, R7)."""

from typing import Literal

from interview_bot.common.dialog_data import DialogData, DialogState
from interview_bot.dialogs.candidate.consent import ask_for_consent
from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.dialogs.requests import booking_envelope, brief_payload, is_repeated_press, shown_slot, submit
from interview_bot.store.request_records import RequestKind
from interview_bot.views.callback_data import Action, StaleDataError, pack
from shared_contracts.booking import (
    BookingCancelled,
    BookingCreated,
    BookingRescheduled,
    MoveWithdrawn,
    OfferPassed,
    OfferTaken,
)
from shared_contracts.directory import BookingView, SlotView
from shared_contracts.requests import BookingRequest
from shared_contracts.transport.topology import BOOKING_EVENT


async def confirm(context: DialogContext, nonce: str) -> None:
    """Confirm was pressed under a slot's details.

    Raises:
        StaleDataError: those are not the details the person is at.
    """
    state, data = await context.services.dialog_states.get(context.user_id)
    if state is not DialogState.WAITING_FOR_CONFIRMATION or data is None or data.slot is None or data.nonce != nonce:
        if not await is_repeated_press(context, nonce):
            raise StaleDataError
        return
    await context.acknowledge()
    if data.booking is None:
        if await ask_for_consent(context, data.event_id):  # the text was changed a moment ago
            choice = pack(Action.CHOOSE, data.event_id, data.slot.id)
            await context.services.dialog_states.keep_press(context.user_id, choice)
            return
        await _submit(context, _new_booking(context, nonce, data.event_id, data.slot), "book", data)
    else:
        await _submit(context, _move(context, nonce, data.booking, data.slot), "move", data)


async def cancel(context: DialogContext, booking: BookingView, version: int) -> None:
    """The cancellation was confirmed for the booking as it was at ``version``."""
    await context.acknowledge()
    request = BookingCancelled(
        **booking_envelope(context, cancel_button(booking.id, version), brief_payload(old=booking.slot)),
        booking_id=booking.id,
        expected_version=version,
    )
    await _submit(context, request, "cancel", DialogData(event_id=booking.slot.event.id, booking=booking))


async def withdraw_move(context: DialogContext, booking: BookingView) -> None:
    """The move that awaits the recruiter is not wanted any more."""
    button = f"withdraw:{booking.id}:{booking.version}"
    request = MoveWithdrawn(
        **booking_envelope(context, button, brief_payload(old=booking.slot)),
        booking_id=booking.id,
        expected_version=booking.version,
    )
    await _submit(context, request, "withdraw_move", DialogData(event_id=booking.slot.event.id, booking=booking))


def cancel_button(booking_id: str, version: int) -> str:
    """What makes one cancellation button different from another (see ``requests.request_id``)."""
    return f"{booking_id}:{version}"


async def answer_seat_offer(context: DialogContext, booking: BookingView, kind: Literal["take", "pass"]) -> None:
    """A seat held for someone on the waiting list is taken, or left to the next."""
    # by press, not by button: after a failure the same button may be pressed again
    button = f"offer:{booking.id}:{booking.version}:{context.query_id}"
    answer = OfferTaken if kind == "take" else OfferPassed
    request = answer(
        **booking_envelope(context, button, brief_payload(old=booking.slot)),
        booking_id=booking.id,
        expected_version=booking.version,
    )
    await _submit(context, request, kind, DialogData(event_id=booking.slot.event.id, booking=booking))


async def _submit(context: DialogContext, request: BookingRequest, kind: RequestKind, data: DialogData) -> None:
    if await submit(context, BOOKING_EVENT, request, kind, data):
        await context.services.dialog_states.put(context.user_id, DialogState.WAITING_FOR_RESULT, data)


def _new_booking(context: DialogContext, nonce: str, event_id: str, slot: SlotView) -> BookingCreated:
    return BookingCreated(
        **booking_envelope(context, nonce, brief_payload(new=slot)), event_id=event_id, slot=shown_slot(slot)
    )


def _move(context: DialogContext, nonce: str, booking: BookingView, slot: SlotView) -> BookingRescheduled:
    return BookingRescheduled(
        **booking_envelope(context, nonce, brief_payload(old=booking.slot, new=slot)),
        booking_id=booking.id,
        expected_version=booking.version,
        slot=shown_slot(slot),
    )


PRESSES: Presses = {
    Action.CONFIRM: confirm,
}
