"""A candidate's /calendar: the files of their booked interviews once more."""

from interview_bot.dialogs.context import DialogContext
from interview_bot.views import keyboards
from interview_bot.views.screen import Screen
from shared_contracts.texts.icalendar_text import calendar_file


async def send_again(context: DialogContext) -> None:
    """Have the files sent, as the interviews are now; or say that there is none."""
    entries = await context.services.api.calendar_entries(context.user_id)
    if not entries:
        await context.show(Screen(context.texts("calendar.no_booking"), keyboards.home(context.texts)))
        return
    await context.show(Screen(context.texts("calendar.comes")))
    for entry in entries:
        await context.services.calendar_files.put_again(context.chat_id, calendar_file(entry), entry.starts_at)
