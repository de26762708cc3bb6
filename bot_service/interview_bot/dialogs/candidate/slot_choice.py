"""Choosing a slot, for a new booking or to move one (FR3, FR4, FR6, R7, R9)."""

from secrets import token_hex

from interview_bot.admin_client.directory import Directory
from interview_bot.common.dialog_data import DialogData, DialogState
from interview_bot.dialogs.context import DialogContext
from interview_bot.views import keyboards
from interview_bot.views.formatting import slot_card
from interview_bot.views.screen import Reader, Screen
from interview_bot.views.slot_menu import slot_menu
from shared_contracts.directory import SlotView


async def read_slot_menu(directory: Directory, reader: Reader, data: DialogData) -> tuple[Screen, DialogData]:
    """The slot menu as it is now, and the data as that screen shows it.

    Raises:
        AdminApiDownError, AdminApiRefusedError: nothing cached to show.
    """
    event, slots = await directory.event(data.event_id), await directory.slots(data.event_id)
    return slot_menu(event, slots, reader, data)


async def show_slot_menu(context: DialogContext, data: DialogData, lead: str | None = None) -> None:
    """Show in the message what is to be chosen next, below ``lead`` if given."""
    screen, data = await read_slot_menu(context.services.directory, await context.reader(), data)
    data = data.model_copy(update={"slot": None, "nonce": None})
    await context.services.dialog_states.put(context.user_id, DialogState.WAITING_FOR_SLOT, data)
    await context.show(screen.with_lead(lead))


async def show_confirmation(
    context: DialogContext, data: DialogData, slot_id: str, lead: str | None = None, nonce: str | None = None
) -> None:
    """Show the chosen slot's details with Confirm and Back, or that it is gone (FR5).

    ``nonce``: of the Confirm button that is shown already, if the same question is only asked again.
    """
    slots = await context.services.directory.slots(data.event_id)
    slot = next((slot for slot in slots if slot.id == slot_id), None)
    if slot is None:
        await show_slot_menu(context, data, context.texts("outcome.slot_full"))
        return
    nonce = nonce or token_hex(8)
    data = data.model_copy(update={"slot": slot, "nonce": nonce})
    await context.services.dialog_states.put(context.user_id, DialogState.WAITING_FOR_CONFIRMATION, data)
    screen = Screen(_question(context, slot, data), keyboards.confirm(nonce, context.texts))
    await context.show(screen.with_lead(lead))


def _question(context: DialogContext, slot: SlotView, data: DialogData) -> str:
    key = "confirm.move" if data.booking else "confirm.book"
    return f"{context.texts(key)}\n\n{slot_card(slot, context.zone, context.texts)}"
