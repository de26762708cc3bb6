"""A recruiter's presses under a card: Approve, Reschedule, Reject (R3), another time, how the interview went (R8).

A press counts only under the message that shows the card in the recruiter's own chat, and only as the card stands now;
the admin service decides anyway.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from interview_bot.common import clock
from interview_bot.common.dialog_data import DialogData, DialogState, PendingRejection
from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.dialogs.recruiter import open_requests
from interview_bot.dialogs.recruiter.card_messages import move_card_to, show_in_pressed_message
from interview_bot.dialogs.requests import booking_envelope, brief_payload, shown_slot, submit
from interview_bot.store.request_records import RequestKind
from interview_bot.store.shown_cards import ShownCard
from interview_bot.views.callback_data import Action
from interview_bot.views.card_buttons import MARKS, UNDO, can_change, can_mark, proposable_slot
from interview_bot.views.recruiter.card_screens import waiting_screen
from interview_bot.views.recruiter.interview_screens import cancel_question
from interview_bot.views.recruiter.rejection_screens import (
    REJECTIONS,
    letter_of,
    reason_key,
    reason_question,
    rejection_question,
)
from interview_bot.views.screen import Screen
from interview_bot.views.texts import Texts, texts_for
from shared_contracts.booking import (
    BookingApproved,
    BookingCancelledByRecruiter,
    BookingRejected,
    OutcomeMarked,
    RescheduleAsked,
    TimeOffered,
)
from shared_contracts.requests import BookingRequest
from shared_contracts.telegram.text import utf16_length
from shared_contracts.transport.topology import BOOKING_EVENT

REASON_LENGTH = 1_000
REASON_AWAITED = timedelta(minutes=30)
"""Free text that comes later is not taken as the reason: the recruiter has turned to something else."""


async def approve(context: DialogContext, booking_id: str, version: str, turn: str) -> None:
    """Approve was pressed."""
    shown = await card_of_button(context, booking_id, _awaits_answer_as_shown(version, turn))
    if shown is not None:
        await submit_card_request(context, shown, "approve", BookingApproved)


async def ask_to_reschedule(context: DialogContext, booking_id: str, version: str, turn: str) -> None:
    """Reschedule was pressed: the candidate is to choose another time."""
    shown = await card_of_button(context, booking_id, _awaits_answer_as_shown(version, turn))
    if shown is not None:
        await submit_card_request(context, shown, "reschedule", RescheduleAsked)


async def ask_what_to_reject(context: DialogContext, booking_id: str, version: str, turn: str) -> None:
    """Reject was pressed: ask what does not suit, in the card; of a move it is the time."""
    shown = await card_of_button(context, booking_id, _awaits_answer_as_shown(version, turn))
    if shown is None:
        return
    if shown.card.booking.requested_slot:
        await _ask_reason(context, shown, "t")
    else:
        await forget_reason(context)
        await context.show(rejection_question(shown.card, context.texts, shown.turn))


async def ask_reason(context: DialogContext, booking_id: str, version: str, turn: str, letter: str) -> None:
    """It is known what does not suit: ask why."""
    shown = await card_of_button(context, booking_id, _awaits_answer_as_shown(version, turn))
    if shown is not None:
        await _ask_reason(context, shown, letter)


async def _ask_reason(context: DialogContext, shown: ShownCard, letter: str) -> None:
    booking = shown.card.booking
    step = PendingRejection(
        booking_id=booking.id,
        version=booking.version,
        turn=shown.turn,
        until=clock.now() + REASON_AWAITED,
        rejection=REJECTIONS[letter],
    )
    await ask_for_reason(context, shown, step)


async def ask_for_reason(context: DialogContext, shown: ShownCard, step: PendingRejection) -> None:
    """Ask for the reason in the pressed message; what is typed next is one."""
    data = DialogData(event_id=shown.card.booking.slot.event.id, rejecting=step)
    await context.services.dialog_states.put(context.user_id, DialogState.WAITING_FOR_REASON, data)
    await context.show(_question(shown, step, context.texts))


def _question(shown: ShownCard, step: PendingRejection, texts: Texts) -> Screen:
    if step.cancels:
        return cancel_question(shown.card, texts, shown.turn, withdraws_slot=step.withdraws_slot)
    return reason_question(shown.card, texts, shown.turn, letter_of(step.rejection))


async def reject_for(context: DialogContext, booking_id: str, version: str, turn: str, code: str) -> None:
    """A ready-made reason was pressed, or that there is none; the candidate reads it in their own language."""
    shown = await card_of_button(context, booking_id, _awaits_answer_as_shown(version, turn))
    if shown is None:
        return
    await forget_reason(context)
    reason = await ready_made_reason(context, shown, reason_key(code))
    rejection = REJECTIONS[code[0]]
    await submit_card_request(context, shown, "reject", BookingRejected, reason=reason, rejection=rejection)


async def ready_made_reason(context: DialogContext, shown: ShownCard, key: str | None) -> str | None:
    """The text of that key as the candidate reads it, in their language."""
    if key is None:
        return None
    language = await context.services.chats.language(shown.card.candidate.telegram_id)
    return texts_for(language).plain(key)


async def ask_reason_again(context: DialogContext, data: DialogData) -> None:
    """The same question in the pressed message, with half an hour more to answer it."""
    step = data.rejecting
    shown = await context.services.shown_cards.get(context.chat_id, step.booking_id) if step else None
    if step is None or shown is None or not _still_asked(shown, step):
        await forget_reason(context)
        await open_requests.show_requests(context, lead=context.texts("card.refused_changed"))
        return
    step = step.model_copy(update={"until": clock.now() + REASON_AWAITED})
    data = data.model_copy(update={"rejecting": step})
    await context.services.dialog_states.put(context.user_id, DialogState.WAITING_FOR_REASON, data)
    screen = _question(shown, step, context.texts)
    message_id = await context.show_and_get_id(screen)
    await move_card_to(context.services, context.chat_id, shown, message_id, screen, context.texts)


async def reject_without_reason(context: DialogContext, booking_id: str, version: str, turn: str) -> None:
    """Reject without a reason was pressed, in a message from before it was asked what is rejected."""
    shown = await card_of_button(context, booking_id, _awaits_answer_as_shown(version, turn))
    if shown is not None:
        await submit_card_request(context, shown, "reject", BookingRejected)


async def back_to_card(context: DialogContext, booking_id: str, version: str, turn: str) -> None:
    """Back was pressed: show the card again."""
    shown = await card_of_button(context, booking_id, lambda shown: _is_shown(shown, int(version), int(turn)))
    if shown is not None:
        await show_in_pressed_message(context, shown)


async def propose_time(context: DialogContext, booking_id: str, revision: str, turn: str, number: str) -> None:
    """One of the free slots was chosen for a candidate who asked for another time."""

    def is_possible(shown: ShownCard) -> bool:
        # by revision: another card's slots may have other numbers
        current = (shown.card.revision, shown.turn) == (int(revision), int(turn))
        return current and proposable_slot(shown.card, int(number), clock.now()) is not None

    shown = await card_of_button(context, booking_id, is_possible)
    if shown is not None:
        slot = shown.card.free_slots[int(number)]
        await submit_card_request(context, shown, "offer_time", TimeOffered, slot_id=slot.id, shown=shown_slot(slot))


async def mark(context: DialogContext, booking_id: str, version: str, turn: str, code: str) -> None:
    """A mark button was pressed: how the interview went, or that mark is taken back."""

    def is_possible(shown: ShownCard) -> bool:
        current = (shown.card.booking.version, shown.turn) == (int(version), int(turn))
        return current and can_mark(shown.card, code, clock.now())

    shown = await card_of_button(context, booking_id, is_possible)
    if shown is not None:
        await submit_card_request(context, shown, "unmark" if code == UNDO else "mark", OutcomeMarked, mark=MARKS[code])


async def take_reason(context: DialogContext, text: str | None, message_id: int) -> bool:
    """Take free text as a rejection's reason. False if no reason is waited for; nothing is done then."""
    data = await _rejecting(context)
    if data is None or data.rejecting is None:
        return False
    step = data.rejecting
    if not text or not text.strip():  # a picture is no reason, and must not reject without one
        await context.show(Screen(context.texts("card.cancel_why" if step.cancels else "card.why")))
        return True
    if utf16_length(text) > REASON_LENGTH:
        tried = step.model_copy(update={"tried": message_id})
        await context.services.dialog_states.put(
            context.user_id, DialogState.WAITING_FOR_REASON, data.model_copy(update={"rejecting": tried})
        )
        await context.show(Screen(context.texts("card.reason_too_long", most=REASON_LENGTH)))
        return True
    await forget_reason(context)
    shown = await context.services.shown_cards.get(context.chat_id, step.booking_id)
    if shown is None or shown.message_id is None or not _still_asked(shown, step):
        await open_requests.show_requests(context, lead=context.texts("card.refused_changed"))
        return True
    context, reason = replace(context, message_id=shown.message_id), text.strip()
    if step.cancels:
        await submit_cancellation(context, shown, reason, withdraws_slot=step.withdraws_slot)
    else:
        await submit_card_request(context, shown, "reject", BookingRejected, reason=reason, rejection=step.rejection)
    return True


async def take_edited_reason(context: DialogContext, text: str, message_id: int) -> bool:
    """Take what was too long a reason, and was edited. False for any other message."""
    data = await _rejecting(context)
    if data is None or data.rejecting is None or data.rejecting.tried != message_id:
        return False
    return await take_reason(context, text, message_id)


async def _rejecting(context: DialogContext) -> DialogData | None:
    """The dialog's data while a rejection's reason is waited for."""
    if context.recruiter is None:
        return None
    state, data = await context.services.dialog_states.get(context.user_id)
    if data is None or data.rejecting is None or state is not DialogState.WAITING_FOR_REASON:
        return None
    return data if data.rejecting.until >= clock.now() else None


def _awaits_answer_as_shown(version: str, turn: str) -> Callable[[ShownCard], bool]:
    return lambda shown: _is_current(shown, int(version), int(turn))


def _is_current(shown: ShownCard, version: int, turn: int) -> bool:
    return shown.card.awaits_answer and _is_shown(shown, version, turn)


def _is_shown(shown: ShownCard, version: int, turn: int) -> bool:
    return (shown.card.booking.version, shown.turn) == (version, turn)


def _still_asked(shown: ShownCard, step: PendingRejection) -> bool:
    possible = can_change(shown.card, clock.now()) if step.cancels else shown.card.awaits_answer
    return possible and _is_shown(shown, step.version, step.turn)


async def card_of_button(
    context: DialogContext, booking_id: str, is_possible: Callable[[ShownCard], bool]
) -> ShownCard | None:
    """The card under the pressed button, acknowledged; None after saying what is possible instead.

    Args:
        is_possible: whether the button still means what it meant, by the card as it is known now.
    """
    shown = await context.services.shown_cards.get(context.chat_id, booking_id)
    if shown is None or shown.message_id != context.message_id:
        await context.acknowledge("press.stale")
        await open_requests.show_requests(context)
        return None
    if not is_possible(shown):
        await context.acknowledge("press.stale")
        await show_in_pressed_message(context, shown)
        return None
    await context.acknowledge()
    return shown


async def submit_card_request(
    context: DialogContext, shown: ShownCard, kind: RequestKind, request: type[BookingRequest], /, **fields: object
) -> None:
    """Send a request from a card. As long as the card shows the same, its buttons together make one request.

    Args:
        fields: what this kind of request carries besides the booking and its version.
    """
    booking = shown.card.booking
    button = f"card:{booking.id}:{booking.version}:{shown.turn}"
    values = {
        **booking_envelope(context, button, brief_payload(old=booking.slot)),
        "booking_id": booking.id,
        "expected_version": booking.version,
    }
    data = DialogData(event_id=booking.slot.event.id, booking=booking)

    def waiting(key: str) -> Screen:
        return waiting_screen(shown.card, context.texts, key)

    await submit(context, BOOKING_EVENT, request.model_validate(values | fields), kind, data, waiting)


async def submit_cancellation(
    context: DialogContext, shown: ShownCard, reason: str | None, *, withdraws_slot: bool
) -> None:
    """Call the interview off; ``withdraws_slot``: nobody else is to be offered its time."""
    values = {"reason": reason, "withdraws_slot": withdraws_slot}
    await submit_card_request(context, shown, "cancel_interview", BookingCancelledByRecruiter, **values)


async def forget_reason(context: DialogContext) -> None:
    """The person turned to something else, so free text is not taken as a rejection's reason any more."""
    if context.recruiter is None:
        return
    state, _ = await context.services.dialog_states.get(context.user_id)
    if state is DialogState.WAITING_FOR_REASON:
        await context.services.dialog_states.clear(context.user_id)


PRESSES: Presses = {
    Action.CARD_APPROVE: approve,
    Action.CARD_RESCHEDULE: ask_to_reschedule,
    Action.CARD_REJECT: ask_what_to_reject,
    Action.CARD_REJECT_WHAT: ask_reason,
    Action.CARD_REJECT_FOR: reject_for,
    Action.CARD_REJECT_WITHOUT_REASON: reject_without_reason,
    Action.CARD_BACK: back_to_card,
    Action.CARD_PROPOSE: propose_time,
    Action.CARD_MARK: mark,
}
