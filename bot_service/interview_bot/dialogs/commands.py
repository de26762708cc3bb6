"""Commands: which dialog each begins, and the small ones themselves."""

import re
from collections.abc import Awaitable, Callable

from telegram import InlineKeyboardButton

from interview_bot.admin_client.api import AdminApiDownError, AdminApiRefusedError
from interview_bot.dialogs import language
from interview_bot.dialogs.admission import show_if_was_recruiter
from interview_bot.dialogs.candidate import calendar_files, my_bookings, privacy
from interview_bot.dialogs.candidate.sign_up import enter_event, show_home
from interview_bot.dialogs.context import (
    ALL_COMMANDS,
    COMMANDS,
    KEPT_COMMANDS,
    RECRUITER_COMMANDS,
    DialogContext,
    Services,
)
from interview_bot.dialogs.interruptions import interrupting
from interview_bot.dialogs.recruiter import calendar_address, open_requests, schedule
from interview_bot.telegram.sending import username_of
from interview_bot.telegram.start_links import COMMAND, EVENT
from interview_bot.views import keyboards
from interview_bot.views.screen import Screen
from interview_bot.views.texts import Texts

_EVENT_PAYLOAD = re.compile(rf"{EVENT}([0-9a-f]{{24}})")


def carried(command: str | None, payload: str) -> tuple[str | None, str]:
    """The command that a deep link brings along from a group, in place of /start; any other as it is."""
    name = payload.removeprefix(COMMAND)
    brings = command == "start" and payload.startswith(COMMAND) and name in ALL_COMMANDS
    return (name, "") if brings else (command, payload)


async def handle(context: DialogContext, command: str, payload: str) -> None:
    """A command was written; ``payload`` is what follows it."""
    async with interrupting(context) as interrupted:
        if command == "start":
            await (open_requests.start(interrupted) if context.person is None else start(interrupted, payload))
        elif command in ALL_COMMANDS and command not in context.commands:
            if command in RECRUITER_COMMANDS and await show_if_was_recruiter(interrupted):
                return
            key = "unknown.for_candidates" if command in COMMANDS else "unknown.for_recruiters"
            await context.note_not_understood()
            await interrupted.show(Screen(context.texts(key)))
        elif command not in _HANDLERS:
            await show_unknown(interrupted)
        else:
            kept = command in KEPT_COMMANDS
            await _HANDLERS[command](interrupted.for_kept_booking() if kept else interrupted)


async def start(context: DialogContext, payload: str) -> None:
    """/start, or a deep link into one interview event's slots."""
    await context.services.dialog_states.clear(context.user_id)
    event = _EVENT_PAYLOAD.fullmatch(payload)
    if event is not None:
        await enter_event(context, event[1])
    elif payload.startswith(EVENT):
        await show_home(context, context.texts("home.cut_link"))
    else:
        name = context.person.first_name if context.person else ""
        await show_home(context, context.texts("home.welcome", name=name))


async def show_help(context: DialogContext) -> None:
    """What the bot can do."""
    await context.show(Screen(help_text(context)))


async def show_contact(context: DialogContext) -> None:
    """A link to the responsible person (FR7)."""
    url = await context.contact_url()
    key = "contact.link" if url else "contact.none"
    await context.show(Screen(context.texts(key), keyboards.contact(url, context.texts)))


async def show_calendar(context: DialogContext) -> None:
    """A recruiter's calendar to subscribe to; a candidate's interviews as files."""
    await (calendar_address.show if context.recruiter else calendar_files.send_again)(context)


async def show_unknown(context: DialogContext) -> None:
    """Something was typed that is no command: who can answer, with the way to them, and where the commands are."""
    await context.note_not_understood()
    name, url = await _recruiter_who_answers(context)
    url = url or await context.contact_url()
    key = "unknown.recruiter" if name else "unknown.contact" if url else "unknown.text"
    buttons = [InlineKeyboardButton(context.texts.plain("button.write"), url=url)] if url else []
    await context.show(Screen(context.texts(key, name=name), keyboards.column(buttons) if buttons else None))


async def _recruiter_who_answers(context: DialogContext) -> tuple[str, str | None]:
    """Name and link of the recruiter of the candidate's next interview; empty and None where nobody is known."""
    if context.person is None:
        return "", None
    try:
        bookings = await context.services.api.bookings(context.user_id)
    except (AdminApiDownError, AdminApiRefusedError):
        return "", None
    for booking in sorted(bookings, key=lambda booking: booking.slot.starts_at):
        if booking.slot.recruiter and booking.recruiter_url:
            return booking.slot.recruiter.name, booking.recruiter_url
    return "", None


async def invite_from_group(
    services: Services, chat_id: int, command: str, texts: Texts, thread_id: int | None = None
) -> None:
    """A command in a group is answered, in its topic, with the way into the private chat, where it is carried out."""
    payload = f"{COMMAND}{command}" if command in ALL_COMMANDS and command != "start" else None
    keyboard = keyboards.deep_link(username_of(services.bot), payload, texts.plain("button.private_chat"))
    await services.outgoing.send(chat_id, Screen(texts("group.command"), keyboard), thread_id=thread_id)


def help_text(context: DialogContext) -> str:
    """The commands and what they do."""
    lines = (f"/{name}: {context.texts(f'command.{name}')}" for name in context.commands)
    return "\n".join([context.texts("help.title"), *lines])


_HANDLERS: dict[str, Callable[[DialogContext], Awaitable[None]]] = {
    "today": schedule.show_today,
    "schedule": schedule.show_schedule,
    "requests": open_requests.show_requests,
    "mybooking": my_bookings.show_bookings,
    "reschedule": my_bookings.start_moving,
    "cancel": my_bookings.start_cancelling,
    "calendar": show_calendar,
    "contact": show_contact,
    "language": language.show_choice,
    "privacy": privacy.show_notice,
    "help": show_help,
}
