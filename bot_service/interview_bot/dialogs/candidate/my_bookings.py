"""/mybooking, /reschedule, /cancel (FR6)."""

from functools import partial
from typing import Literal

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from interview_bot.admin_client.api import AdminApiDownError, AdminApiRefusedError
from interview_bot.common import clock
from interview_bot.common.dialog_data import DialogData
from interview_bot.dialogs.candidate import booking_requests, slot_choice
from interview_bot.dialogs.candidate.slot_choice import show_slot_menu
from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.dialogs.requests import is_repeated_press
from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action
from interview_bot.views.formatting import booking_card
from interview_bot.views.screen import Screen
from interview_bot.views.slots.menu import recruiter_of
from shared_contracts.directory import BookingsPage, BookingStatus, BookingView


async def show_bookings(context: DialogContext, lead: str | None = None) -> None:
    """The person's live bookings with what can be done about them."""
    await _show(context, await _live_bookings(context), lead)


async def show_if_settled(
    context: DialogContext, event_id: str, lead: str | None = None, found: BookingsPage | None = None
) -> bool:
    """Show in place of the event's slots the person's booking of it, or that a recruiter has said no to them there.

    ``found``: their bookings, where they were read already.

    Returns: False without either, also while nobody can say: the admin service decides every request anyway.
    """
    try:
        found = found or await context.services.api.person_bookings(context.user_id)
        other_events = len(await context.services.directory.events()) > 1
    except (AdminApiDownError, AdminApiRefusedError):
        return False
    booked = [booking for booking in found.results if booking.slot.event.id == event_id]
    has_list = other_events or slot_choice.is_booked_elsewhere(found, event_id)
    back = keyboards.to_events(context.texts) if has_list else None
    if booked:
        held = all(booking.status is BookingStatus.OFFERED for booking in booked)
        title = "offer.answer_first" if held else "bookings.already"
        await _list(context, title, booked, Action.MOVE, Action.CANCEL, lead=lead, back=back)
        return True
    if event_id in found.refused_event_ids:
        await context.services.dialog_states.clear(context.user_id)
        rows = keyboards.contact_rows(await context.contact_url(), context.texts)
        keyboard = InlineKeyboardMarkup([*rows, [back]] if back else rows)
        await context.show(Screen(context.texts("bookings.refused"), keyboard).with_lead(lead))
        return True
    return False


async def start_moving(context: DialogContext) -> None:
    """/reschedule: show the slots if there is one booking, else ask which one."""
    found = await context.services.api.person_bookings(context.user_id)
    changeable = _without_seat_offers(found.results)
    movable = [booking for booking in changeable if keyboards.can_move(booking)]
    if len(movable) == 1:
        await show_slot_menu(context, _new_choice(movable[0], found))
    elif movable:
        await _list(context, "bookings.which_to_move", movable, Action.MOVE, back=keyboards.to_bookings(context.texts))
    else:
        lead = _why_not_to_move(context, changeable[0]) if changeable else None
        await _show(context, found.results, lead)


async def start_cancelling(context: DialogContext) -> None:
    """/cancel: ask for confirmation if there is one booking, else ask which one."""
    bookings = await _live_bookings(context)
    changeable = _without_seat_offers(bookings)
    live = [booking for booking in changeable if keyboards.can_cancel(booking)]
    if len(live) == 1:
        await _ask_to_cancel(context, live[0])
    elif live:
        await _list(context, "bookings.which_to_cancel", live, Action.CANCEL, back=keyboards.to_bookings(context.texts))
    else:
        await _show(context, bookings, _why_not_to_cancel(context, changeable[0]) if changeable else None)


async def move(context: DialogContext, booking_id: str) -> None:
    """Show the slots a booking could move to, those of its recruiter first."""
    data = await _start_moving(context, booking_id)
    if data is not None:
        await show_slot_menu(context, data)


async def start_choice(context: DialogContext, booking_id: str) -> DialogData | None:
    """What the candidate has chosen so far to move this booking; None if they can't move it, after saying why."""
    new = await _start_moving(context, booking_id)
    _, data = await context.services.dialog_states.get(context.user_id)
    if new is None or data is None or data.booking is None or data.booking.id != booking_id:
        return new
    return data.model_copy(update={"booking": new.booking, "refused": new.refused})


async def _start_moving(context: DialogContext, booking_id: str) -> DialogData | None:
    """Where looking for another time begins; None if there is nothing to move (any more), after saying why."""
    found = await context.services.api.person_bookings(context.user_id)
    booking = next((live for live in found.results if live.id == booking_id), None)
    if booking is None:
        await _show(context, found.results, context.texts("outcome.booking_not_found"))
        return None
    if not keyboards.can_move(booking):
        await _show(context, found.results, _why_not_to_move(context, booking))
        return None
    return _new_choice(booking, found)


async def withdraw_move(context: DialogContext, booking_id: str) -> None:
    """The move that awaits the recruiter is not wanted any more, whichever it is by now."""
    booking = await own_booking(context, booking_id)
    if booking is None:
        return
    if booking.requested_slot is None:
        await show_bookings(context, lead=context.texts("bookings.no_move"))
    else:
        await booking_requests.withdraw_move(context, booking)


async def ask_to_cancel(context: DialogContext, booking_id: str) -> None:
    """Cancel was pressed under a booking."""
    booking = await own_booking(context, booking_id)
    if booking is None:
        return
    if keyboards.can_cancel(booking):
        await _ask_to_cancel(context, booking)
    else:
        await show_bookings(context, _why_not_to_cancel(context, booking))


async def cancel(context: DialogContext, booking_id: str, version: str) -> None:
    """The cancellation was confirmed."""
    if await is_repeated_press(context, booking_requests.cancel_button(booking_id, int(version))):
        return
    booking = await own_booking(context, booking_id)
    if booking is not None:
        await booking_requests.cancel(context, booking, int(version))


async def answer_seat_offer(
    context: DialogContext, booking_id: str, version: str, *, kind: Literal["take", "pass"]
) -> None:
    """Take or Pass was pressed under a seat that is held for someone on the waiting list."""
    bookings = await _live_bookings(context)
    booking = next((live for live in bookings if live.id == booking_id), None)
    if booking and booking.status is BookingStatus.OFFERED and booking.version == int(version):
        await booking_requests.answer_seat_offer(context, booking, kind)
    elif bookings:
        await _show(context, bookings, context.texts("offer.over"))
    else:  # they never had a booking, so nothing is said of one
        await context.show(Screen(context.texts("offer.closed"), keyboards.home(context.texts)))


async def own_booking(context: DialogContext, booking_id: str) -> BookingView | None:
    """The person's live booking with this id; if it isn't theirs, None, and they are shown what they have."""
    booking = next((live for live in await _live_bookings(context) if live.id == booking_id), None)
    if booking is None:
        await show_bookings(context, lead=context.texts("outcome.booking_not_found"))
    return booking


def _why_not_to_move(context: DialogContext, booking: BookingView) -> str:
    """What stands in the way, and what can be done instead."""
    if not booking.may_move:
        return context.texts("outcome.move_limit")
    return context.texts("bookings.ask_to_move" if keyboards.can_ask_for_time(booking) else "bookings.too_late")


def _why_not_to_cancel(context: DialogContext, booking: BookingView) -> str:
    begun = clock.now() >= booking.slot.starts_at
    return context.texts("bookings.begun" if begun else "bookings.too_late")


def _new_choice(booking: BookingView, found: BookingsPage) -> DialogData:
    """Where looking for another time begins: in the same city, with the same recruiter."""
    slot = booking.slot
    return DialogData(
        event_id=slot.event.id,
        booking=booking,
        city_id=slot.city.id,
        city_chosen=True,
        recruiter=recruiter_of(slot),
        first_city_id=slot.city.id,
        first_recruiter=recruiter_of(slot),
        refused=found.refused_slot_ids,
    )


async def _live_bookings(context: DialogContext) -> list[BookingView]:
    return await context.services.api.bookings(context.user_id)


def _without_seat_offers(bookings: list[BookingView]) -> list[BookingView]:
    """Without seat offers: those are taken or passed on, and can be neither moved nor cancelled."""
    return [booking for booking in bookings if booking.status is not BookingStatus.OFFERED]


async def _show(context: DialogContext, bookings: list[BookingView], lead: str | None = None) -> None:
    if bookings:
        await context.show(list_screen(context, bookings).with_lead(lead))
        return
    screen = Screen(context.texts("bookings.none"), keyboards.home(context.texts))
    await context.show(screen.with_lead(lead))


def list_screen(context: DialogContext, bookings: list[BookingView]) -> Screen:
    """The person's bookings with what can be done about them."""
    title = "bookings.yours" if len(bookings) == 1 else "bookings.several"
    return _list_screen(context, title, bookings, Action.MOVE, Action.CANCEL)


async def _list(
    context: DialogContext,
    title: str,
    bookings: list[BookingView],
    *actions: Action,
    lead: str | None = None,
    back: InlineKeyboardButton | None = None,
) -> None:
    await context.show(_list_screen(context, title, bookings, *actions, back=back).with_lead(lead))


def _list_screen(
    context: DialogContext,
    title: str,
    bookings: list[BookingView],
    *actions: Action,
    back: InlineKeyboardButton | None = None,
) -> Screen:
    cards = [booking_card(booking, context.zone, context.texts) for booking in bookings]
    text = "\n\n".join([context.texts(title), *cards])
    return Screen(text, keyboards.bookings(bookings, context.zone, context.texts, *actions, back=back), tuple(bookings))


async def _ask_to_cancel(context: DialogContext, booking: BookingView) -> None:
    text = f"{context.texts('cancel.question')}\n\n{booking_card(booking, context.zone, context.texts)}"
    await context.show(Screen(text, keyboards.cancel_question(booking, context.texts), (booking,)))


PRESSES: Presses = {
    Action.MY_BOOKINGS: show_bookings,
    Action.MOVE: move,
    Action.MOVE_CITIES: partial(slot_choice.show_cities, start_choice),
    Action.MOVE_CITY: partial(slot_choice.pick_city, start_choice),
    Action.MOVE_RECRUITERS: partial(slot_choice.show_recruiters, start_choice),
    Action.MOVE_RECRUITER: partial(slot_choice.pick_recruiter, start_choice),
    Action.MOVE_PAGE: partial(slot_choice.show_page, start_choice),
    Action.MOVE_DAYS: partial(slot_choice.show_days, start_choice),
    Action.MOVE_DAY: partial(slot_choice.show_day, start_choice),
    Action.MOVE_CHOOSE: partial(slot_choice.pick_slot, start_choice),
    Action.WITHDRAW_MOVE: withdraw_move,
    Action.CANCEL: ask_to_cancel,
    Action.CANCEL_CONFIRM: cancel,
    Action.TAKE: partial(answer_seat_offer, kind="take"),
    Action.PASS: partial(answer_seat_offer, kind="pass"),
}
