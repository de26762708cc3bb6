"""Buttons: each dialog names its own in ``PRESSES``; what holds for all of them is here."""

from interview_bot.dialogs import interruptions, language
from interview_bot.dialogs.admission import show_if_was_recruiter
from interview_bot.dialogs.candidate import (
    attendance,
    booking_requests,
    my_bookings,
    privacy,
    questionnaire,
    sign_up,
    waiting_list,
)
from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.dialogs.recruiter import calendar_address, cards, interviews, open_requests, schedule
from interview_bot.views.callback_data import FOR_KEPT_BOOKINGS, Action, Pressed, StaleDataError

_HANDLERS: Presses = {
    **sign_up.PRESSES,
    **booking_requests.PRESSES,
    **questionnaire.PRESSES,
    **my_bookings.PRESSES,
    **attendance.PRESSES,
    **waiting_list.PRESSES,
    **privacy.PRESSES,
    **open_requests.PRESSES,
    **cards.PRESSES,
    **interviews.PRESSES,
    **schedule.PRESSES,
    **calendar_address.PRESSES,
    **interruptions.PRESSES,
    **language.PRESSES,
}
_FOR_EVERYONE = frozenset({*interruptions.PRESSES, *language.PRESSES})
_UNDER_CARDS = frozenset({*cards.PRESSES, *interviews.PRESSES})
_FOR_RECRUITERS = frozenset({*_UNDER_CARDS, *open_requests.PRESSES, *schedule.PRESSES, *calendar_address.PRESSES})
_ANSWER_THEMSELVES = _UNDER_CARDS | {
    *(Action.CONFIRM, Action.CANCEL_CONFIRM, Action.BACK),
    *(Action.ANSWER, Action.SKIP, Action.QUESTION_BACK, Action.QUESTION_PAGE),
}


async def handle(context: DialogContext, pressed: Pressed) -> None:
    """A button was pressed.

    Raises:
        StaleDataError: it means nothing (any more) for this person.
    """
    if pressed.action in _FOR_RECRUITERS and context.recruiter is None and await show_if_was_recruiter(context):
        return
    if pressed.action in FOR_KEPT_BOOKINGS - _FOR_EVERYONE:
        context = context.for_kept_booking()
    if context.off_list:
        if pressed.action not in FOR_KEPT_BOOKINGS:
            raise StaleDataError
    elif pressed.action not in _FOR_EVERYONE:
        await cards.forget_reason(context)
        if (context.recruiter if pressed.action in _FOR_RECRUITERS else context.person) is None:
            raise StaleDataError  # a button for recruiters pressed by a candidate, or the other way round
    if pressed.action not in _ANSWER_THEMSELVES:
        await context.acknowledge()
    await _HANDLERS[pressed.action](context, *pressed.arguments)
