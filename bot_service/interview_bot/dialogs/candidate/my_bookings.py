"""/mybooking, /reschedule, /cancel (FR6)."""

from typing import Literal

from interview_bot.common.dialog_data import DialogData
from interview_bot.dialogs import requests
from interview_bot.dialogs.candidate.slot_choice import choose, show_slot_menu
from interview_bot.dialogs.context import Talk
from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action
from interview_bot.views.formatting import booking_card
from interview_bot.views.screen import Screen
from interview_bot.views.slot_menu import recruiter_of
from shared_contracts.directory import BookingStatus, BookingView


async def show_bookings(talk: Talk, lead: str | None = None) -> None:
    """The person's live bookings with what can be done about them."""
    await _show(talk, await _held(talk), lead)


async def start_moving(talk: Talk) -> None:
    """/reschedule: the slots at once for one booking, else which one."""
    held = await _held(talk)
    taken = _taken(held)
    if len(taken) == 1:
        await show_slot_menu(talk, _wanted(taken[0]))
    elif taken:
        await _list(talk, "bookings.which_to_move", taken, Action.MOVE)
    else:
        await _show(talk, held)


async def start_cancelling(talk: Talk) -> None:
    """/cancel: the question at once for one booking, else which one."""
    held = await _held(talk)
    taken = _taken(held)
    if len(taken) == 1:
        await _ask_to_cancel(talk, taken[0])
    elif taken:
        await _list(talk, "bookings.which_to_cancel", taken, Action.CANCEL)
    else:
        await _show(talk, held)


async def move(talk: Talk, booking_id: str) -> None:
    """Offer the slots a booking could move to, those of its recruiter first."""
    booking = await own(talk, booking_id)
    if booking is not None:
        await show_slot_menu(talk, _wanted(booking))


async def turn(talk: Talk, booking_id: str, page: str) -> None:
    """Another page of the slots a booking could move to."""
    booking = await own(talk, booking_id)
    if booking is not None:
        await show_slot_menu(talk, (await _begun(talk, booking)).model_copy(update={"page": page}))


async def show_recruiters(talk: Talk, booking_id: str, page: str) -> None:
    """The recruiters a booking could move to."""
    booking = await own(talk, booking_id)
    if booking is not None:
        await show_slot_menu(talk, _wanted(booking).model_copy(update={"recruiter": None, "menu": int(page)}))


async def pick_recruiter(talk: Talk, booking_id: str, recruiter: str) -> None:
    """A recruiter to move to was chosen."""
    booking = await own(talk, booking_id)
    if booking is not None:
        await show_slot_menu(talk, _wanted(booking).model_copy(update={"recruiter": recruiter}))


async def choose_move(talk: Talk, booking_id: str, slot_id: str) -> None:
    """A slot to move to was chosen."""
    booking = await own(talk, booking_id)
    if booking is not None:
        await choose(talk, await _begun(talk, booking), slot_id)


async def ask_to_cancel(talk: Talk, booking_id: str) -> None:
    """Cancel was pressed under a booking."""
    booking = await own(talk, booking_id)
    if booking is not None:
        await _ask_to_cancel(talk, booking)


async def cancel(talk: Talk, booking_id: str, version: int) -> None:
    """The cancellation was confirmed."""
    if await requests.is_asked(talk, requests.cancel_nonce(booking_id, version)):
        return
    booking = await own(talk, booking_id)
    if booking is not None:
        await requests.cancel(talk, booking, version)


async def answer_offer(talk: Talk, booking_id: str, version: int, kind: Literal["take", "pass"]) -> None:
    """Take or Pass was pressed under a seat that is held for someone on the waiting list."""
    booking = await own(talk, booking_id)
    if booking is None:
        return
    if booking.status is BookingStatus.OFFERED and booking.version == version:
        await requests.answer_offer(talk, booking, kind)
    else:
        await show_bookings(talk, lead=talk.texts("offer.over"))


async def own(talk: Talk, booking_id: str) -> BookingView | None:
    """The person's own live booking; anything else is answered with what they do have."""
    booking = next((held for held in await _held(talk) if held.id == booking_id), None)
    if booking is None:
        await show_bookings(talk, lead=talk.texts("outcome.booking_not_found"))
    return booking


def _wanted(booking: BookingView) -> DialogData:
    """Where looking for another time begins: in the same city, with the same recruiter."""
    slot = booking.slot
    return DialogData(event_id=slot.event.id, booking=booking, city_id=slot.city.id, recruiter=recruiter_of(slot))


async def _begun(talk: Talk, booking: BookingView) -> DialogData:
    """The choice as far as it has come for this booking, which may have changed since."""
    _, data = await talk.tools.dialogs.get(talk.user_id)
    if data is None or data.booking is None or data.booking.id != booking.id:
        return _wanted(booking)
    return data.model_copy(update={"booking": booking})


async def _held(talk: Talk) -> list[BookingView]:
    return await talk.tools.api.bookings(talk.user_id)


def _taken(held: list[BookingView]) -> list[BookingView]:
    """Without what is only offered: that is taken or passed on, neither moved nor cancelled."""
    return [booking for booking in held if booking.status is not BookingStatus.OFFERED]


async def _show(talk: Talk, held: list[BookingView], lead: str | None = None) -> None:
    if held:
        await _list(talk, "bookings.yours", held, Action.MOVE, Action.CANCEL, lead=lead)
        return
    screen = Screen(talk.texts("bookings.none"), keyboards.home(talk.texts))
    await talk.show(screen.under(lead) if lead else screen)


async def _list(talk: Talk, title: str, held: list[BookingView], *actions: Action, lead: str | None = None) -> None:
    cards = [booking_card(booking, talk.zone, talk.texts) for booking in held]
    text = "\n\n".join([talk.texts(title), *cards])
    screen = Screen(text, keyboards.bookings(held, talk.zone, talk.texts, *actions))
    await talk.show(screen.under(lead) if lead else screen)


async def _ask_to_cancel(talk: Talk, booking: BookingView) -> None:
    text = f"{talk.texts('cancel.question')}\n\n{booking_card(booking, talk.zone, talk.texts)}"
    await talk.show(Screen(text, keyboards.cancel_question(booking, talk.texts)))
