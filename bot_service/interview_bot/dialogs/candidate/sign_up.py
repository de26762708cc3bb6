"""From an interview event to its slots: the questionnaire first where it has one, then city, recruiter, slot (R9).

Every step a button asks for goes through ``passed``: a forged one leads no further than the questionnaire.
"""

from interview_bot.common.dialog_data import DialogData, DialogState
from interview_bot.dialogs.candidate import questionnaire
from interview_bot.dialogs.candidate.slot_choice import choose, show_slot_menu
from interview_bot.dialogs.context import Talk
from interview_bot.views import keyboards
from interview_bot.views.callback_data import StaleDataError
from interview_bot.views.screen import Screen
from shared_contracts.directory import InterviewEvent, ScreeningStatus

_CHOOSING = frozenset({DialogState.WAITING_FOR_SLOT, DialogState.WAITING_FOR_CONFIRMATION})


async def show_home(talk: Talk, lead: str | None = None, page: int = 0) -> None:
    """A page of the open interview events; the way into it at once where there is only one."""
    events = await talk.tools.directory.events()
    recruits = talk.recruiter is not None
    if len(events) == 1 and not recruits:
        await enter(talk, events[0].id, lead)
        return
    if events:
        screen = Screen(talk.texts("home.events"), keyboards.events(events, page, talk.texts, recruits))
    elif recruits:
        screen = Screen(talk.texts("home.no_events"), keyboards.events([], 0, talk.texts, recruits))
    else:
        screen = Screen(talk.texts("home.no_events"), keyboards.contact(await talk.contact_url(), talk.texts))
    await talk.show(screen.under(lead) if lead else screen)


async def enter(talk: Talk, event_id: str, lead: str | None = None, city_id: str | None = None) -> None:
    """Sign up for an event: whatever comes first on the way."""
    if await passed(talk, event_id, lead) is not None:
        await show_slot_menu(talk, _new(talk, event_id, city_id), lead)


async def turn(talk: Talk, event_id: str, page: str) -> None:
    """Another page of the slots."""
    if await passed(talk, event_id) is not None:
        data = await begun(talk, event_id)
        await show_slot_menu(talk, data.model_copy(update={"page": page}))


async def pick(talk: Talk, event_id: str, slot_id: str) -> None:
    """A slot was chosen."""
    if await passed(talk, event_id) is not None:
        await choose(talk, await begun(talk, event_id), slot_id)


async def show_cities(talk: Talk, event_id: str, page: str) -> None:
    """Another city was asked for, or another page of them."""
    if await passed(talk, event_id) is not None:
        await show_slot_menu(talk, DialogData(event_id=event_id, menu=int(page)))


async def pick_city(talk: Talk, event_id: str, city_id: str) -> None:
    """A city was chosen."""
    if await passed(talk, event_id) is not None:
        await show_slot_menu(talk, DialogData(event_id=event_id, city_id=city_id))


async def show_recruiters(talk: Talk, event_id: str, page: str) -> None:
    """Another recruiter was asked for, another page of them, or the menu as it is now."""
    if await passed(talk, event_id) is not None:
        city_id = (await begun(talk, event_id)).city_id
        await show_slot_menu(talk, DialogData(event_id=event_id, city_id=city_id, menu=int(page)))


async def pick_recruiter(talk: Talk, event_id: str, recruiter: str) -> None:
    """A recruiter was chosen."""
    if await passed(talk, event_id) is not None:
        city_id = (await begun(talk, event_id)).city_id
        await show_slot_menu(talk, DialogData(event_id=event_id, city_id=city_id, recruiter=recruiter))


async def back(talk: Talk) -> None:
    """From a slot's details back to the page it was on.

    Raises:
        StaleDataError: nothing was chosen lately.
    """
    state, data = await talk.tools.dialogs.get(talk.user_id)
    if data is None or state not in _CHOOSING:
        raise StaleDataError
    await talk.acknowledge()
    await show_slot_menu(talk, data)


async def show_current(talk: Talk, lead: str | None = None) -> None:
    """The step the person is at, or the open events where they are at none."""
    state, data = await talk.tools.dialogs.get(talk.user_id)
    if data is None or state in {None, DialogState.WAITING_FOR_RESULT}:
        await show_home(talk, lead)
    elif state is DialogState.ANSWERING:
        await enter(talk, data.event_id, lead)
    elif state is DialogState.WAITING_FOR_CONFIRMATION and data.slot is not None:
        await choose(talk, data, data.slot.id, lead, data.nonce)
    else:
        await show_slot_menu(talk, data, lead)


async def passed(talk: Talk, event_id: str, lead: str | None = None) -> InterviewEvent | None:
    """The event, for someone who may choose a slot of it; anyone else is shown what stands before that."""
    event = await talk.tools.directory.event(event_id)
    if event is None:
        await _show_closed(talk)
        return None
    if event.questionnaire is None:
        return event
    screening = await talk.tools.screenings.of(talk.user_id, event_id)
    if screening.status is ScreeningStatus.PASSED:
        return event
    if screening.status is ScreeningStatus.REJECTED:
        await talk.tools.dialogs.clear(talk.user_id)
        await talk.show(await questionnaire.rejected(talk, screening.reason))
    else:
        await questionnaire.begin(talk, event_id, event.questionnaire, lead)
    return None


async def _show_closed(talk: Talk) -> None:
    await show_home(talk, talk.texts("home.event_closed"))


def _new(talk: Talk, event_id: str, city_id: str | None = None) -> DialogData:
    """At the beginning of the choice; the city is the candidate's own where one is known."""
    return DialogData(event_id=event_id, city_id=city_id or (talk.person.city_id if talk.person else None))


async def begun(talk: Talk, event_id: str) -> DialogData:
    """The choice as far as it has come for this event."""
    state, data = await talk.tools.dialogs.get(talk.user_id)
    if data is None or state not in _CHOOSING or data.event_id != event_id or data.booking is not None:
        return _new(talk, event_id)
    return data
