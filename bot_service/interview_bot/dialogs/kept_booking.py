"""Somebody off the allow list whose booking staff let stand (FR2): they see it, answer about it, cancel it."""

from collections.abc import Awaitable, Callable

from telegram import InlineKeyboardMarkup

from interview_bot.dialogs import commands, language
from interview_bot.dialogs.candidate import calendar_files, my_bookings, privacy
from interview_bot.dialogs.context import DialogContext
from interview_bot.views import keyboards
from interview_bot.views.screen import Screen


async def handle_message(context: DialogContext, command: str | None) -> None:
    """Something was written; None: no command."""
    if command not in _COMMANDS:
        await context.note_not_understood()
    await _COMMANDS.get(command or "", refuse)(context)


async def refuse(context: DialogContext) -> None:
    """Say that there is nothing new for them, and what stands; who helps, too."""
    contact = keyboards.contact(await context.contact_url(), context.texts)
    rows = [*keyboards.my_bookings(context.texts).inline_keyboard, *(contact.inline_keyboard if contact else ())]
    await context.services.dialog_states.clear(context.user_id)
    await context.show(Screen(context.texts("refusal.kept_booking"), InlineKeyboardMarkup(rows)))


_COMMANDS: dict[str, Callable[[DialogContext], Awaitable[None]]] = {
    "mybooking": my_bookings.show_bookings,
    "cancel": my_bookings.start_cancelling,
    "calendar": calendar_files.send_again,
    "contact": commands.show_contact,
    "language": language.show_choice,
    "privacy": privacy.show_notice,
    "help": commands.show_help,
}
