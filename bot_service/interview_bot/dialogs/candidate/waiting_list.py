"""Tell me when there are slots (R7): joining the waiting list of an interview event and leaving it."""

from collections.abc import Callable
from functools import partial

from telegram import InlineKeyboardMarkup

from interview_bot.admin_client.api import AdminApiDownError, AdminApiRefusedError
from interview_bot.common.dialog_data import DialogData
from interview_bot.dialogs.candidate import sign_up
from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.dialogs.requests import dialog_envelope, submit
from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action
from interview_bot.views.formatting import sought
from interview_bot.views.screen import Screen
from interview_bot.views.texts import Texts
from shared_contracts.dialog import DialogOutcome, DialogResult, WaitingListJoined, WaitingListLeft
from shared_contracts.directory import InterviewEvent
from shared_contracts.transport.topology import DIALOG_COMMAND

_WAITS = frozenset({DialogOutcome.JOINED, DialogOutcome.ALREADY_JOINED})
_TEXTS: dict[DialogOutcome, tuple[str, Callable[[Texts], InlineKeyboardMarkup]]] = {
    DialogOutcome.LEFT: ("waiting.left", keyboards.home),
    DialogOutcome.ALREADY_BOOKED: ("waiting.already_booked", keyboards.my_bookings),
    DialogOutcome.NOT_ALLOWED: ("waiting.not_allowed", keyboards.home),
}


async def join(context: DialogContext, event_id: str) -> None:
    """Tell me when there are slots, in the city looked at where the event goes by cities."""
    event = await sign_up.event_if_passed(context, event_id)
    if event is None:
        return
    city_id = await _city_of(context, event)
    head = dialog_envelope(context, f"wait:{context.query_id}")
    command = WaitingListJoined(**head, event_id=event_id, city_id=city_id)
    await submit(context, DIALOG_COMMAND, command, "wait", DialogData(event_id=event_id, city_id=city_id))


async def leave(context: DialogContext, event_id: str) -> None:
    """No need to tell me any more."""
    command = WaitingListLeft(**dialog_envelope(context, f"leave:{context.query_id}"), event_id=event_id)
    await submit(context, DIALOG_COMMAND, command, "leave", DialogData(event_id=event_id))


async def show_result(context: DialogContext, result: DialogResult) -> None:
    """What came of it.

    Raises:
        TelegramError: not shown.
    """
    record = await context.services.request_records.find(str(result.request_id))
    event_id = result.event_id or (record.event_id if record else None)
    if result.outcome in _WAITS and event_id is not None:
        words = context.texts(f"waiting.{result.outcome.value}")
        what = await _what_for(context, event_id, record.city_id if record else None)
        screen = Screen(words, keyboards.stop_waiting(event_id, context.texts)).with_lead(what)
    else:
        key, keyboard = _TEXTS.get(result.outcome, ("outcome.failed", keyboards.home))
        if result.closed == "city" and event_id is not None:
            key, keyboard = "waiting.city_closed", partial(keyboards.sign_up, event_id)
        elif result.closed == "event":
            key = "home.event_closed"
        screen = Screen(context.texts(key), keyboard(context.texts))
    await context.services.dialog_states.reopen_message(context.chat_id, await context.show_and_get_id(screen))


async def _city_of(context: DialogContext, event: InterviewEvent) -> str | None:
    """The city whose slots are waited for; None for those of every city."""
    choice = await sign_up.current_choice(context, event.id)
    return choice.city_id if event.chooses_recruiter or choice.city_chosen else None


async def _what_for(context: DialogContext, event_id: str, city_id: str | None) -> str | None:
    """What they wait for; None while nobody can say: that they wait counts more."""
    try:
        event = await context.services.directory.event(event_id)
    except (AdminApiDownError, AdminApiRefusedError):
        return None
    if event is None:
        return None
    city = next((city.name for city in event.cities if city.id == city_id), None) if len(event.cities) > 1 else None
    return sought(event.title, city, context.texts)


PRESSES: Presses = {
    Action.WAIT: join,
    Action.LEAVE: leave,
}
