"""Buttons: which dialog each belongs to."""

from collections.abc import Awaitable, Callable
from functools import partial

from interview_bot.dialogs.candidate import (
    attendance,
    booking_requests,
    my_bookings,
    questionnaire,
    sign_up,
    waiting_list,
)
from interview_bot.dialogs.context import DialogContext
from interview_bot.dialogs.recruiter import cards, open_requests
from interview_bot.views.callback_data import Action, Pressed, StaleDataError
from shared_contracts.directory import Attendance

_HANDLERS: dict[Action, Callable[..., Awaitable[None]]] = {
    Action.HOME: sign_up.show_home,
    Action.EVENTS: lambda context, page: sign_up.show_home(context, page=int(page)),
    Action.SIGN_UP: sign_up.enter_event,
    Action.CITIES: sign_up.show_cities,
    Action.CITY: sign_up.pick_city,
    Action.RECRUITERS: sign_up.show_recruiters,
    Action.RECRUITER: sign_up.pick_recruiter,
    Action.PAGE: sign_up.show_page,
    Action.CHOOSE: sign_up.pick_slot,
    Action.CONFIRM: booking_requests.confirm,
    Action.BACK: sign_up.back_to_slots,
    Action.ANSWER: questionnaire.answer_by_button,
    Action.SKIP: questionnaire.skip,
    Action.QUESTION_BACK: questionnaire.back,
    Action.QUESTION_PAGE: questionnaire.show_page,
    Action.MY_BOOKINGS: my_bookings.show_bookings,
    Action.MOVE: my_bookings.move,
    Action.MOVE_PAGE: my_bookings.show_page,
    Action.MOVE_RECRUITERS: my_bookings.show_recruiters,
    Action.MOVE_RECRUITER: my_bookings.pick_recruiter,
    Action.MOVE_CHOOSE: my_bookings.pick_slot,
    Action.CANCEL: my_bookings.ask_to_cancel,
    Action.CANCEL_CONFIRM: my_bookings.cancel,
    Action.TAKE: partial(my_bookings.answer_seat_offer, kind="take"),
    Action.PASS: partial(my_bookings.answer_seat_offer, kind="pass"),
    Action.COMING: partial(attendance.answer_attendance, answer=Attendance.CONFIRMED),
    Action.NOT_COMING: partial(attendance.answer_attendance, answer=Attendance.DECLINED),
    Action.ASK_TIME: partial(attendance.answer_attendance, answer=Attendance.RESCHEDULE_ASKED),
    Action.TAKE_TIME: partial(attendance.answer_proposed_time, take=True),
    Action.KEEP_TIME: partial(attendance.answer_proposed_time, take=False),
    Action.WAIT: waiting_list.join,
    Action.LEAVE: waiting_list.leave,
    Action.REQUESTS: lambda context, page: open_requests.show_requests(context, page=int(page)),
    Action.CARD_SHOW: open_requests.show_card,
    Action.CARD_APPROVE: cards.approve,
    Action.CARD_RESCHEDULE: cards.ask_to_reschedule,
    Action.CARD_REJECT: cards.ask_reason,
    Action.CARD_REJECT_WITHOUT_REASON: cards.reject_without_reason,
    Action.CARD_BACK: cards.back_to_card,
    Action.CARD_PROPOSE: cards.propose_time,
    Action.CARD_MARK: cards.mark,
}
_UNDER_CARDS = frozenset(
    {
        *(Action.CARD_APPROVE, Action.CARD_RESCHEDULE, Action.CARD_REJECT, Action.CARD_REJECT_WITHOUT_REASON),
        *(Action.CARD_BACK, Action.CARD_PROPOSE, Action.CARD_MARK),
    }
)
_FOR_RECRUITERS = _UNDER_CARDS | {Action.REQUESTS, Action.CARD_SHOW}
_ANSWER_THEMSELVES = _UNDER_CARDS | {
    *(Action.CONFIRM, Action.CANCEL_CONFIRM, Action.BACK),
    *(Action.ANSWER, Action.SKIP, Action.QUESTION_BACK, Action.QUESTION_PAGE),
}


async def handle(context: DialogContext, pressed: Pressed) -> None:
    """A button was pressed.

    Raises:
        StaleDataError: it means nothing (any more) for this person.
    """
    if (context.recruiter if pressed.action in _FOR_RECRUITERS else context.person) is None:
        raise StaleDataError  # a button for recruiters pressed by a candidate, or the other way round
    if pressed.action not in _ANSWER_THEMSELVES:
        await context.acknowledge()
    await _HANDLERS[pressed.action](context, *pressed.arguments)
