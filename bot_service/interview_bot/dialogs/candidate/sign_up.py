"""From an interview event to its slots: consent and questionnaire first where they are asked for, then the slot (R9).

Every step a button asks for goes through ``event_if_passed``: a forged one leads no further than the privacy text and
the questionnaire.
"""

from dataclasses import replace
from functools import partial

from telegram import InlineKeyboardMarkup

from interview_bot.common.dialog_data import DialogData, DialogState
from interview_bot.dialogs.candidate import questionnaire, slot_choice
from interview_bot.dialogs.candidate.announcements import note_press
from interview_bot.dialogs.candidate.consent import ask_for_consent
from interview_bot.dialogs.candidate.my_bookings import list_screen, show_if_settled, start_choice
from interview_bot.dialogs.candidate.slot_choice import show_confirmation, show_slot_menu
from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action, Pressed, StaleDataError, unpack
from interview_bot.views.screen import Screen
from shared_contracts.directory import BookingsPage, InterviewEvent, ScreeningStatus

_CHOOSING = frozenset({DialogState.WAITING_FOR_SLOT, DialogState.WAITING_FOR_CONFIRMATION})


async def show_home(context: DialogContext, lead: str | None = None, page: int = 0) -> None:
    """The person's bookings and a page of the other interview events that are open; the way into the only one at once.

    Without those in which a recruiter has said no to the person: nothing there is theirs to ask.
    """
    every = await context.services.directory.events()
    found = await slot_choice.found_bookings(context.services.api, context.user_id)
    recruits = context.recruiter is not None
    if len(every) == 1 and not recruits and not slot_choice.is_booked_elsewhere(found, every[0].id):
        await enter_event(context, every[0].id, lead, found=found)
        return
    settled = {*found.refused_event_ids, *(booking.slot.event.id for booking in found.results)}
    events = [event for event in every if event.id not in settled]
    if found.results:
        screen = _with_events(list_screen(context, found.results), events, page, context)
    elif events:
        refused = [context.texts("home.refused", event=it.title) for it in every if it.id in found.refused_event_ids]
        text = "\n\n".join([*refused, context.texts("home.events")])
        screen = Screen(text, keyboards.events(events, page, context.texts, recruits))
    elif recruits:
        screen = Screen(context.texts("home.no_events"), keyboards.events([], 0, context.texts, recruits))
    else:
        key = "bookings.refused" if every else "home.no_events"
        screen = Screen(context.texts(key), keyboards.contact(await context.contact_url(), context.texts))
    await context.show(screen.with_lead(lead))


def _with_events(screen: Screen, events: list[InterviewEvent], page: int, context: DialogContext) -> Screen:
    """The screen of the person's bookings with what else is open below."""
    texts = context.texts
    text = f"{screen.text}\n\n{texts('home.more_events')}" if events else screen.text
    below = keyboards.events(events, page, texts, context.recruiter is not None).inline_keyboard
    rows = [*(screen.keyboard.inline_keyboard if screen.keyboard else ()), *below]
    return replace(screen, text=text, keyboard=InlineKeyboardMarkup(rows))


async def enter_event(
    context: DialogContext,
    event_id: str,
    lead: str | None = None,
    city_id: str | None = None,
    recruiter: str | None = None,
    found: BookingsPage | None = None,
) -> None:
    """Sign up for an event: show the first step that is still to be done, or the booking there is.

    ``city_id``, ``recruiter``: chosen already. ``found``: the person's bookings, where they were read already.
    """
    if await show_if_settled(context, event_id, lead, found):
        return
    if await event_if_passed(context, event_id, lead) is not None:
        if city_id is not None:
            await context.services.dialog_states.remember_city(context.user_id, city_id)
        choice = await _new_choice(context, event_id)
        first = dict.fromkeys(("recruiter", "first_recruiter"), recruiter)
        await show_slot_menu(context, choice.model_copy(update=first), lead)


async def go_on(context: DialogContext, event_id: str, lead: str | None = None, city_id: str | None = None) -> None:
    """What had to come first is done: to the step that was pressed when it came in between, else into the event.

    ``city_id``: the city they have named meanwhile; it counts, and a step into another one that came before does not.
    """
    kept = await context.services.dialog_states.take_press(context.user_id)
    pressed = _step_of(kept, event_id)
    if pressed is None or (city_id is not None and await _leads_elsewhere(context, pressed, city_id)):
        await enter_event(context, event_id, lead, city_id)
        return
    if city_id is not None:
        await context.services.dialog_states.remember_city(context.user_id, city_id)
    await PRESSES[pressed.action](replace(context, pressed=kept, lead=lead), *pressed.arguments)


async def _press_sign_up(context: DialogContext, event_id: str) -> None:
    await enter_event(context, event_id)
    await note_press(context)


async def _show_other_times(context: DialogContext, event_id: str, recruiter: str) -> None:
    await enter_event(context, event_id, recruiter=recruiter)


async def start(context: DialogContext, event_id: str) -> DialogData | None:
    """What the person has chosen so far for this event; None after showing what comes before choosing."""
    if await event_if_passed(context, event_id) is None:
        return None
    return await current_choice(context, event_id)


async def _start_unless_settled(context: DialogContext, event_id: str) -> DialogData | None:
    """The same where a slot is asked for: an old message shows slots to who is booked by now."""
    return None if await show_if_settled(context, event_id) else await start(context, event_id)


async def back_to_slots(context: DialogContext) -> None:
    """From a slot's details back to the page it was on.

    Raises:
        StaleDataError: nothing was chosen lately.
    """
    state, data = await context.services.dialog_states.get(context.user_id)
    if data is None or state not in _CHOOSING:
        raise StaleDataError
    await context.acknowledge()
    current = await _as_it_is_now(context, data)
    if current is not None:
        await show_slot_menu(context, current)


async def show_current_step(context: DialogContext, lead: str | None = None) -> None:
    """The step the person is at, or the open events where they are at none."""
    state, data = await context.services.dialog_states.get(context.user_id)
    if data is None or state in {None, DialogState.WAITING_FOR_RESULT}:
        await show_home(context, lead)
    elif state is DialogState.ANSWERING:
        await enter_event(context, data.event_id, lead)
    else:
        await _show_choice(context, state, data, lead)


async def _show_choice(context: DialogContext, state: DialogState | None, data: DialogData, lead: str | None) -> None:
    current = await _as_it_is_now(context, data)
    if current is None:
        return
    if state is DialogState.WAITING_FOR_CONFIRMATION and current.slot is not None:
        await show_confirmation(context, current, current.slot.id, lead, current.nonce)
    else:
        await show_slot_menu(context, current, lead)


async def _as_it_is_now(context: DialogContext, data: DialogData) -> DialogData | None:
    """What was chosen, with the booking that is to be moved as it is by now; None after showing what is so instead."""
    if data.booking is not None:
        return await start_choice(context, data.booking.id)
    return None if await show_if_settled(context, data.event_id) else data


async def event_if_passed(context: DialogContext, event_id: str, lead: str | None = None) -> InterviewEvent | None:
    """The event, if the person may choose a slot of it; else None, and they are shown what they have to do first."""
    event = await context.services.directory.event(event_id)
    if event is None:
        await _show_closed(context)
        return None
    if await ask_for_consent(context, event_id, lead):
        await _keep_step(context, event_id)
        return None
    if event.questionnaire is None:
        return event
    screening = await context.services.screenings.get(context.user_id, event_id)
    if screening.status is ScreeningStatus.PASSED:
        return event
    if screening.status is ScreeningStatus.REJECTED:
        await context.services.dialog_states.clear(context.user_id)
        await context.show(await questionnaire.rejection_screen(context, event_id, screening.reason))
    else:
        await _keep_step(context, event_id)
        await questionnaire.begin(context, event_id, event.questionnaire, lead)
    return None


async def _keep_step(context: DialogContext, event_id: str) -> None:
    """What was pressed is done once what comes first is."""
    if context.pressed is not None and _step_of(context.pressed, event_id) is not None:
        await context.services.dialog_states.keep_press(context.user_id, context.pressed)


def _step_of(data: str | None, event_id: str) -> Pressed | None:
    """The step on the way to a slot of the event that a button's data names; None for anything else."""
    try:
        pressed = unpack(data)
    except StaleDataError:
        return None
    return pressed if pressed.action in _STEPS and pressed.arguments[0] == event_id else None


async def _leads_elsewhere(context: DialogContext, pressed: Pressed, city_id: str) -> bool:
    """Whether a step names another city than this one, or a slot there."""
    if pressed.action is Action.CITY:
        return pressed.arguments[1] != city_id
    if pressed.action is Action.CHOOSE:
        slots = await context.services.directory.slots(pressed.arguments[0])
        return any(slot.id == pressed.arguments[1] and slot.city.id != city_id for slot in slots)
    return False


async def _show_closed(context: DialogContext) -> None:
    await show_home(context, context.texts("home.event_closed"))


async def _new_choice(context: DialogContext, event_id: str) -> DialogData:
    """A new choice, in the city chosen last, else in the candidate's own if it is known."""
    city_id = await context.services.dialog_states.city(context.user_id)
    city_id = city_id or (context.person.city_id if context.person else None)
    found = await slot_choice.found_bookings(context.services.api, context.user_id)
    return DialogData(
        event_id=event_id,
        city_id=city_id,
        first_city_id=city_id,
        booked_elsewhere=slot_choice.is_booked_elsewhere(found, event_id),
        refused=found.refused_slot_ids,
        on_list=any(place.event_id == event_id for place in found.waiting),
    )


async def current_choice(context: DialogContext, event_id: str) -> DialogData:
    """What the candidate has chosen so far for this event."""
    state, data = await context.services.dialog_states.get(context.user_id)
    if data is None or state not in _CHOOSING or data.event_id != event_id or data.booking is not None:
        return await _new_choice(context, event_id)
    return data


PRESSES: Presses = {
    Action.HOME: show_home,
    Action.EVENTS: lambda context, page: show_home(context, page=int(page)),
    Action.SIGN_UP: _press_sign_up,
    Action.OTHER_TIMES: _show_other_times,
    Action.CITIES: partial(slot_choice.show_cities, start),
    Action.CITY: partial(slot_choice.pick_city, start),
    Action.RECRUITERS: partial(slot_choice.show_recruiters, start),
    Action.RECRUITER: partial(slot_choice.pick_recruiter, start),
    Action.PAGE: partial(slot_choice.show_page, start),
    Action.DAYS: partial(slot_choice.show_days, start),
    Action.DAY: partial(slot_choice.show_day, start),
    Action.CHOOSE: partial(slot_choice.pick_slot, _start_unless_settled),
    Action.BACK: back_to_slots,
}
_STEPS = frozenset(PRESSES) - {Action.HOME, Action.EVENTS, Action.SIGN_UP, Action.OTHER_TIMES, Action.BACK}
