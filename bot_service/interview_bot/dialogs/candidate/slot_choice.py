"""Choosing a slot, for a new booking or to move one (FR3, FR4, FR6, R7, R9)."""

from secrets import token_hex

from interview_bot.dialogs.context import Talk
from interview_bot.store.dialog_state import State, TempData
from interview_bot.views import keyboards
from interview_bot.views.formatting import slot_card
from interview_bot.views.screen import Screen
from interview_bot.views.slot_menu import offer
from shared_contracts.directory import SlotView


async def show_offer(talk: Talk, data: TempData, lead: str | None = None) -> None:
    """Offer in the message what is to be chosen next, below ``lead`` if given."""
    screen, data = await offer(talk.tools.directory, await talk.reader(), data)
    data = data.model_copy(update={"slot": None, "nonce": None})
    await talk.tools.dialogs.put(talk.user_id, State.WAITING_FOR_SLOT, data)
    await talk.show(screen.under(lead) if lead else screen)


async def choose(talk: Talk, data: TempData, slot_id: str, lead: str | None = None, nonce: str | None = None) -> None:
    """Show the chosen slot's details with Confirm and Back, or that it is gone (FR5).

    ``nonce``: of the Confirm shown already, where the same is only asked again.
    """
    slots = await talk.tools.directory.slots(data.event_id)
    slot = next((slot for slot in slots if slot.id == slot_id), None)
    if slot is None:
        await show_offer(talk, data, talk.texts("outcome.slot_full"))
        return
    nonce = nonce or token_hex(8)
    data = data.model_copy(update={"slot": slot, "nonce": nonce})
    await talk.tools.dialogs.put(talk.user_id, State.WAITING_FOR_CONFIRMATION, data)
    screen = Screen(_question(talk, slot, data), keyboards.confirm(nonce, talk.texts))
    await talk.show(screen.under(lead) if lead else screen)


def _question(talk: Talk, slot: SlotView, data: TempData) -> str:
    key = "confirm.move" if data.booking else "confirm.book"
    return f"{talk.texts(key)}\n\n{slot_card(slot, talk.zone, talk.texts)}"
