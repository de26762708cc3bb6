"""Choosing a slot, for a new booking or to move one (FR3, FR4, FR6, R7)."""

from secrets import token_hex

from interview_bot.caches import Directory
from interview_bot.conversation import keyboards
from interview_bot.conversation.screen import Screen
from interview_bot.conversation.slot_pages import SlotPage, turn_to
from interview_bot.conversation.talk import Talk
from interview_bot.conversation.texts import Texts
from interview_bot.conversation.wording import booking_card, slot_card
from interview_bot.state import State, TempData
from shared_contracts.directory import BookingView, SlotView


async def slots_screen(
    directory: Directory,
    texts: Texts,
    *,
    event_id: str,
    moved: BookingView | None,
    zone: str | None,
    contact_url: str | None,
    page: str | None = None,
) -> tuple[Screen, SlotPage]:
    """Three slots from ``page`` on, or the contact link where there is none."""
    slots = [slot for slot in await directory.slots(event_id) if moved is None or slot.id != moved.slot.id]
    shown = turn_to(slots, page)
    if not shown.slots:
        keyboard = keyboards.contact(contact_url, texts)
        return Screen(texts("slots.none_to_move" if moved else "slots.none"), keyboard), shown
    if moved:
        text = texts("slots.move") + "\n\n" + booking_card(moved, zone, texts)
    else:
        text = texts("slots.choose", event=shown.slots[0].event.name)
    keyboard = keyboards.slots(shown, moved, event_id, zone, texts)
    return Screen(text + "\n\n" + texts("slots.contact_hint"), keyboard), shown


async def show_slots(
    talk: Talk,
    event_id: str,
    moved: BookingView | None = None,
    page: str | None = None,
    lead: str | None = None,
) -> None:
    """Offer a page of slots in the message, below ``lead`` if given."""
    screen, shown = await slots_screen(
        talk.tools.directory,
        talk.texts,
        event_id=event_id,
        moved=moved,
        zone=talk.zone,
        contact_url=await talk.contact_url(),
        page=page,
    )
    data = TempData(event_id=event_id, booking=moved, page=shown.name)
    await talk.tools.dialogs.put(talk.user_id, State.WAITING_FOR_SLOT, data)
    await talk.show(screen.under(lead) if lead else screen)


async def choose(talk: Talk, event_id: str, slot_id: str, moved: BookingView | None = None) -> None:
    """Show the chosen slot's details with Confirm and Back, or that it is gone (FR5)."""
    slot = next((slot for slot in await talk.tools.directory.slots(event_id) if slot.id == slot_id), None)
    if slot is None:
        await show_slots(talk, event_id, moved, lead=talk.texts("outcome.slot_full"))
        return
    _, before = await talk.tools.dialogs.get(talk.user_id)
    nonce = token_hex(8)
    data = TempData(event_id=event_id, booking=moved, page=before.page if before else None, slot=slot, nonce=nonce)
    await talk.tools.dialogs.put(talk.user_id, State.WAITING_FOR_CONFIRMATION, data)
    await talk.show(Screen(_question(talk, slot, moved), keyboards.confirm(nonce, talk.texts)))


async def back(talk: Talk) -> None:
    """From a slot's details back to the page it was on."""
    _, data = await talk.tools.dialogs.get(talk.user_id)
    if data is None:
        await talk.acknowledge("press.stale")
        await show_home(talk)
        return
    await show_slots(talk, data.event_id, data.booking, data.page)


async def show_home(talk: Talk, lead: str | None = None) -> None:
    """The open interview events; the slots at once where there is only one."""
    events = await talk.tools.directory.events()
    if len(events) == 1:
        await show_slots(talk, events[0].id, lead=lead)
        return
    if events:
        screen = Screen(talk.texts("home.events"), keyboards.events(events))
    else:
        screen = Screen(talk.texts("home.no_events"), keyboards.contact(await talk.contact_url(), talk.texts))
    await talk.show(screen.under(lead) if lead else screen)


def _question(talk: Talk, slot: SlotView, moved: BookingView | None) -> str:
    key = "confirm.move" if moved else "confirm.book"
    return f"{talk.texts(key)}\n\n{slot_card(slot, talk.zone, talk.texts)}"
