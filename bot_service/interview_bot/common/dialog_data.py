"""Where a person is in a dialog, as plain data: what stores keep and screens are made from."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel

from shared_contracts.directory import BookingView, QuestionnaireRef, Rejection, SlotView
from shared_contracts.questionnaire import Answer

ANYONE = "any"
"""Stands for a recruiter's id where a slot has none."""


class DialogState(StrEnum):
    """The step a dialog waits at."""

    WAITING_FOR_SLOT = "waiting_for_slot"
    WAITING_FOR_CONFIRMATION = "waiting_for_confirmation"
    WAITING_FOR_RESULT = "waiting_for_result"
    ANSWERING = "answering"
    """The person is answering a questionnaire, by free text or by a button."""
    WAITING_FOR_REASON = "waiting_for_reason"
    """A recruiter has pressed Reject, or Cancel, and is asked for the reason."""


class PendingRejection(BaseModel):
    """The card that is being rejected, as its buttons named it. Text that comes after ``until`` is not the reason.

    ``cancels``: it is no request that is rejected, but an approved interview that is called off; ``withdraws_slot``:
    and its time is not to be offered to others.
    ``tried``: the message whose text was no reason, which may be edited into one.
    """

    booking_id: str
    version: int
    turn: int
    until: datetime
    tried: int | None = None
    rejection: Rejection | None = None
    cancels: bool = False
    withdraws_slot: bool = False


class DialogData(BaseModel):
    """What a dialog remembers between presses.

    ``booking``: the one being moved, None for a new booking. ``city_id`` and ``recruiter`` (an id or ``ANYONE``): those
    chosen, None while they are not, or need not be. ``city_chosen``: the city is what the person looks at, and not only
    where we think they are. ``first_city_id``, ``first_recruiter``: those with which looking at slots began, without
    their list; the way back from the list leads there. ``menu``: the shown page of cities, recruiters or a day's times.
    ``page``: the first slot shown (see ``slots.pages``). ``month`` (by any of its days): whose days are shown.
    ``day``: whose times are shown.
    ``refused``: ids of slots that a recruiter has said no to for this person, which are not shown.
    ``booked_elsewhere``: they have a booking in another interview event, so they come from a list that shows it.
    ``waits``: they are on the event's waiting list for what they look at; ``turned_down``: but not for every seat.
    ``on_list``: they were on that list, for whatever city, when looking began.
    ``slot``: the one chosen. ``nonce``: of the shown Confirm button. ``rejecting``: a recruiter's step.
    """

    event_id: str
    booking: BookingView | None = None
    city_id: str | None = None
    city_chosen: bool = False
    recruiter: str | None = None
    first_city_id: str | None = None
    first_recruiter: str | None = None
    menu: int = 0
    page: str | None = None
    month: date | None = None
    day: date | None = None
    refused: list[str] = []
    booked_elsewhere: bool = False
    waits: bool = False
    turned_down: bool = False
    on_list: bool = False
    slot: SlotView | None = None
    nonce: str | None = None
    rejecting: PendingRejection | None = None


class QuestionnaireProgress(BaseModel):
    """A questionnaire begun.

    ``questionnaire``: the version begun, which is finished whatever is published meanwhile. ``clarifying``: a choice
    that waits for what it asks on top. ``nonce``: of the shown question's buttons. ``message_id``: the message that
    shows it. ``menu``: the shown page of choices. ``request_id``: under which the finished answers were sent, until
    they are decided on. ``written``: by message id, which question each of the person's messages answered or tried to,
    and whether what a choice asks on top; a message that is edited answers it anew.
    """

    event_id: str
    questionnaire: QuestionnaireRef
    answers: dict[str, Answer] = {}
    clarifying: Answer | None = None
    nonce: str = ""
    message_id: int | None = None
    menu: int = 0
    request_id: str | None = None
    written: dict[int, tuple[str, bool]] = {}
