"""From an interview event to its slots: the questionnaire first where it has one, then city, recruiter, slot (R9).

Every step a button asks for goes through ``event_if_passed``: a forged one leads no further than the questionnaire.
"""

from interview_bot.common.dialog_data import DialogData, DialogState
from interview_bot.dialogs.candidate import questionnaire
from interview_bot.dialogs.candidate.slot_choice import show_confirmation, show_slot_menu
from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action, StaleDataError
from interview_bot.views.screen import Screen
from shared_contracts.directory import InterviewEvent, ScreeningStatus

_CHOOSING = frozenset({DialogState.WAITING_FOR_SLOT, DialogState.WAITING_FOR_CONFIRMATION})


async def show_home(context: DialogContext, lead: str | None = None, page: int = 0) -> None:
    """A page of the open interview events; the way into it at once where there is only one."""
    events = await context.services.directory.events()
    recruits = context.recruiter is not None
    if len(events) == 1 and not recruits:
        await enter_event(context, events[0].id, lead)
        return
    if events:
        screen = Screen(context.texts("home.events"), keyboards.events(events, page, context.texts, recruits))
    elif recruits:
        screen = Screen(context.texts("home.no_events"), keyboards.events([], 0, context.texts, recruits))
    else:
        screen = Screen(context.texts("home.no_events"), keyboards.contact(await context.contact_url(), context.texts))
    await context.show(screen.with_lead(lead))


async def enter_event(
    context: DialogContext, event_id: str, lead: str | None = None, city_id: str | None = None
) -> None:
    """Sign up for an event: show the first step that is still to be done."""
    if await event_if_passed(context, event_id, lead) is not None:
        await show_slot_menu(context, _new_choice(context, event_id, city_id), lead)


async def show_page(context: DialogContext, event_id: str, page: str) -> None:
    """Another page of the slots."""
    if await event_if_passed(context, event_id) is not None:
        data = await current_choice(context, event_id)
        await show_slot_menu(context, data.model_copy(update={"page": page}))


async def pick_slot(context: DialogContext, event_id: str, slot_id: str) -> None:
    """A slot was chosen."""
    if await event_if_passed(context, event_id) is not None:
        await show_confirmation(context, await current_choice(context, event_id), slot_id)


async def show_cities(context: DialogContext, event_id: str, page: str) -> None:
    """Another city was asked for, or another page of them."""
    if await event_if_passed(context, event_id) is not None:
        await show_slot_menu(context, DialogData(event_id=event_id, menu=int(page)))


async def pick_city(context: DialogContext, event_id: str, city_id: str) -> None:
    """A city was chosen."""
    if await event_if_passed(context, event_id) is not None:
        await show_slot_menu(context, DialogData(event_id=event_id, city_id=city_id))


async def show_recruiters(context: DialogContext, event_id: str, page: str) -> None:
    """Another recruiter was asked for, another page of them, or the menu as it is now."""
    if await event_if_passed(context, event_id) is not None:
        city_id = (await current_choice(context, event_id)).city_id
        await show_slot_menu(context, DialogData(event_id=event_id, city_id=city_id, menu=int(page)))


async def pick_recruiter(context: DialogContext, event_id: str, recruiter: str) -> None:
    """A recruiter was chosen."""
    if await event_if_passed(context, event_id) is not None:
        city_id = (await current_choice(context, event_id)).city_id
        await show_slot_menu(context, DialogData(event_id=event_id, city_id=city_id, recruiter=recruiter))


async def back_to_slots(context: DialogContext) -> None:
    """From a slot's details back to the page it was on.

    Raises:
        StaleDataError: nothing was chosen lately.
    """
    state, data = await context.services.dialog_states.get(context.user_id)
    if data is None or state not in _CHOOSING:
        raise StaleDataError
    await context.acknowledge()
    await show_slot_menu(context, data)


async def show_current_step(context: DialogContext, lead: str | None = None) -> None:
    """The step the person is at, or the open events where they are at none."""
    state, data = await context.services.dialog_states.get(context.user_id)
    if data is None or state in {None, DialogState.WAITING_FOR_RESULT}:
        await show_home(context, lead)
    elif state is DialogState.ANSWERING:
        await enter_event(context, data.event_id, lead)
    elif state is DialogState.WAITING_FOR_CONFIRMATION and data.slot is not None:
        await show_confirmation(context, data, data.slot.id, lead, data.nonce)
    else:
        await show_slot_menu(context, data, lead)


async def event_if_passed(context: DialogContext, event_id: str, lead: str | None = None) -> InterviewEvent | None:
    """The event, if the person may choose a slot of it; else None, and they are shown what they have to do first."""
    event = await context.services.directory.event(event_id)
    if event is None:
        await _show_closed(context)
        return None
    if event.questionnaire is None:
        return event
    screening = await context.services.screenings.get(context.user_id, event_id)
    if screening.status is ScreeningStatus.PASSED:
        return event
    if screening.status is ScreeningStatus.REJECTED:
        await context.services.dialog_states.clear(context.user_id)
        await context.show(await questionnaire.rejection_screen(context, screening.reason))
    else:
        await questionnaire.begin(context, event_id, event.questionnaire, lead)
    return None


async def _show_closed(context: DialogContext) -> None:
    await show_home(context, context.texts("home.event_closed"))


def _new_choice(context: DialogContext, event_id: str, city_id: str | None = None) -> DialogData:
    """A new choice, in the candidate's own city if it is known."""
    return DialogData(event_id=event_id, city_id=city_id or (context.person.city_id if context.person else None))


async def current_choice(context: DialogContext, event_id: str) -> DialogData:
    """What the candidate has chosen so far for this event."""
    state, data = await context.services.dialog_states.get(context.user_id)
    if data is None or state not in _CHOOSING or data.event_id != event_id or data.booking is not None:
        return _new_choice(context, event_id)
    return data


PRESSES: Presses = {
    Action.HOME: show_home,
    Action.EVENTS: lambda context, page: show_home(context, page=int(page)),
    Action.SIGN_UP: enter_event,
    Action.CITIES: show_cities,
    Action.CITY: pick_city,
    Action.RECRUITERS: show_recruiters,
    Action.RECRUITER: pick_recruiter,
    Action.PAGE: show_page,
    Action.CHOOSE: pick_slot,
    Action.BACK: back_to_slots,
}
