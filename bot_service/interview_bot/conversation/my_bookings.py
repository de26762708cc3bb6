"""/mybooking, /reschedule, /cancel (FR6)."""

from interview_bot.conversation import keyboards, requests
from interview_bot.conversation.callback_data import Action
from interview_bot.conversation.screen import Screen
from interview_bot.conversation.signing_up import choose, show_slots
from interview_bot.conversation.talk import Talk
from interview_bot.conversation.wording import booking_card
from shared_contracts.directory import BookingView


async def show_bookings(talk: Talk, lead: str | None = None) -> None:
    """The person's live bookings with what can be done about them."""
    await _list(talk, "bookings.yours", Action.MOVE, Action.CANCEL, lead=lead)


async def start_moving(talk: Talk) -> None:
    """/reschedule: the slots at once for one booking, else which one."""
    held = await _held(talk)
    if len(held) == 1:
        await show_slots(talk, held[0].slot.event.id, moved=held[0])
    else:
        await _list(talk, "bookings.which_to_move", Action.MOVE)


async def start_cancelling(talk: Talk) -> None:
    """/cancel: the question at once for one booking, else which one."""
    held = await _held(talk)
    if len(held) == 1:
        await _ask_to_cancel(talk, held[0])
    else:
        await _list(talk, "bookings.which_to_cancel", Action.CANCEL)


async def move(talk: Talk, booking_id: str, page: str | None = None) -> None:
    """Offer the slots a booking could move to."""
    booking = await _own(talk, booking_id)
    if booking is not None:
        await show_slots(talk, booking.slot.event.id, moved=booking, page=page)


async def choose_move(talk: Talk, booking_id: str, slot_id: str) -> None:
    """A slot to move to was chosen."""
    booking = await _own(talk, booking_id)
    if booking is not None:
        await choose(talk, booking.slot.event.id, slot_id, moved=booking)


async def ask_to_cancel(talk: Talk, booking_id: str) -> None:
    """Cancel was pressed under a booking."""
    booking = await _own(talk, booking_id)
    if booking is not None:
        await _ask_to_cancel(talk, booking)


async def cancel(talk: Talk, booking_id: str, version: int) -> None:
    """The cancellation was confirmed."""
    if await requests.is_asked(talk, requests.cancel_nonce(booking_id, version)):
        return
    booking = await _own(talk, booking_id)
    if booking is not None:
        await requests.cancel(talk, booking, version)


async def _held(talk: Talk) -> list[BookingView]:
    return await talk.tools.api.bookings(talk.user_id)


async def _own(talk: Talk, booking_id: str) -> BookingView | None:
    """The person's own live booking; anything else is answered with what they do have."""
    booking = next((held for held in await _held(talk) if held.id == booking_id), None)
    if booking is None:
        await show_bookings(talk, lead=talk.texts("outcome.booking_not_found"))
    return booking


async def _list(talk: Talk, title: str, *actions: Action, lead: str | None = None) -> None:
    held = await _held(talk)
    if not held:
        screen = Screen(talk.texts("bookings.none"), keyboards.home(talk.texts))
    else:
        cards = [booking_card(booking, talk.zone, talk.texts) for booking in held]
        text = "\n\n".join([talk.texts(title), *cards])
        screen = Screen(text, keyboards.bookings(held, talk.zone, talk.texts, *actions))
    await talk.show(screen.under(lead) if lead else screen)


async def _ask_to_cancel(talk: Talk, booking: BookingView) -> None:
    text = f"{talk.texts('cancel.question')}\n\n{booking_card(booking, talk.zone, talk.texts)}"
    await talk.show(Screen(text, keyboards.cancel_question(booking, talk.texts)))
