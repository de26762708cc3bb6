"""A recruiter's /calendar: the secret address of their interviews, for a calendar program."""

from interview_bot.common.dialog_data import DialogData
from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.dialogs.requests import dialog_envelope, submit
from interview_bot.views.callback_data import Action
from interview_bot.views.personal_screens import calendar_address_screen, replace_calendar_screen
from interview_bot.views.screen import Screen
from shared_contracts.dialog import CalendarWanted, DialogOutcome, DialogResult
from shared_contracts.transport.topology import DIALOG_COMMAND


async def show(context: DialogContext) -> None:
    """The address and how to subscribe to it, or the way to one. It is asked for each time and kept nowhere."""
    found = await context.services.api.recruiter_calendar(context.user_id)
    await context.show(calendar_address_screen(found, context.texts))


async def ask_or_make(context: DialogContext) -> None:
    """An address is wanted. Where there is one, it is asked whether that may end; it works until they say so."""
    found = await context.services.api.recruiter_calendar(context.user_id)
    if found.is_made:
        await context.show(replace_calendar_screen(context.texts))
    else:
        await make(context)


async def make(context: DialogContext) -> None:
    """A new address is wanted, which ends an earlier one."""
    # by press, not by button: the same button may be pressed again later, for another address
    command = CalendarWanted(**dialog_envelope(context, f"calendar:{context.query_id}"))
    await submit(context, DIALOG_COMMAND, command, "calendar", DialogData(event_id=""))


async def show_result(context: DialogContext, result: DialogResult) -> None:
    """The new address, in the message that it was asked for in."""
    if context.message_id is not None:
        await context.services.dialog_states.reopen_message(context.chat_id, context.message_id)
    if result.outcome is DialogOutcome.ACCEPTED:
        await show(context)
    else:
        await context.show(Screen(context.texts("outcome.failed")))


PRESSES: Presses = {
    Action.NEW_CALENDAR: ask_or_make,
    Action.REPLACE_CALENDAR: make,
    Action.CALENDAR: show,
}
