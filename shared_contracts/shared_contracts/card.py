"""A recruiter's card of a request for approval (R3, R4): ``bot.card.command``, and the list of open ones."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from shared_contracts.directory import BookingStatus, BookingView, Rejection, SlotView, TimeZoneName
from shared_contracts.fields import (
    Bilingual,
    EntityId,
    LongText,
    Moment,
    Name,
    ShortText,
    TelegramUserId,
    Url,
    Username,
    Version,
    WireModel,
)
from shared_contracts.notification import NotificationKind
from shared_contracts.transport.envelope import Message


class CardCandidate(WireModel):
    """Whom the request is from. ``link`` opens a chat with them."""

    name: Name
    telegram_id: TelegramUserId
    username: Username
    city: ShortText | None
    link: Url
    reachable: bool = True
    """False: the bot can't write to them (blocked, never started), so the recruiter sends the text by hand (R4)."""


class CardAnswer(WireModel):
    """A question of the questionnaire with the candidate's answer, as people read them."""

    question: Bilingual
    answer: Bilingual


MoveEnd = Literal["rejected", "expired", "withdrawn"]
"""How a move that was asked for ended when it was not made; the booking stands as it was.

``withdrawn``: its candidate has taken it back, or was taken off the allow list.
"""


class DecidedBy(WireModel):
    """Who acted last. ``name`` is the recruiter's; empty for staff, jobs and the candidate."""

    kind: Literal["candidate", "recruiter", "staff", "system"]
    name: Name = ""


class RecruiterCard(WireModel):
    """A request as its recruiter sees it. ``revision`` rises with every change of what the card shows.

    ``recruiter_id`` is whose request it is; ``for_deputy`` says that the reader stands in for them. ``yours`` false:
    the request has gone to another recruiter, and this card only says so. ``timezone`` is the reader's.
    ``free_slots``: other times of the recruiter's, to offer to a candidate who asked for one. ``may_mark``: the
    interview has begun and its outcome can be marked; ``undo_until``: it is marked, which can be taken back until then.
    ``approval_required``: a recruiter approves the event's bookings.
    ``move_end``: what was last decided was a move, and this became of it. ``rejection``: what a no was about.
    ``told``: what the candidate was told of what was last done, which a recruiter may have to send by hand (R4);
    ``slot_before``: the slot as it was before that; ``booked_before``: the booked one, where both have changed.
    ``handed_over_by``: the recruiter from whom staff have handed it over to this one, ``handed_over_to``: who has it
    now, for a reader who has nothing to do with it any more. ``left``: the reader holds no interviews any more, and
    this one stands with nobody in their place.
    ``slot_withdrawn``: its time was taken off offer when it was last cancelled; null where that was not wanted. False
    comes from before a time with others in it could be taken off, and says that it was not. ``slot_left``: it was
    cancelled by a recruiter or by staff, and its time stays on offer.
    """

    booking: BookingView
    revision: Version
    recruiter_id: EntityId
    recruiter_name: Name
    for_deputy: bool = False
    yours: bool = True
    timezone: TimeZoneName | None
    candidate: CardCandidate
    answers: Annotated[list[CardAnswer], Field(max_length=30)] = []
    decided_by: DecidedBy | None = None
    reason: LongText | None = None
    move_end: MoveEnd | None = None
    rejection: Rejection | None = None
    told: NotificationKind | None = None
    slot_before: SlotView | None = None
    booked_before: SlotView | None = None
    handed_over_by: Name | None = None
    handed_over_to: Name | None = None
    left: bool = False
    slot_withdrawn: bool | None = None
    slot_left: bool = False
    free_slots: Annotated[list[SlotView], Field(max_length=6)] = []
    may_mark: bool = False
    undo_until: Moment | None = None
    approval_required: bool = True

    @property
    def awaits_answer(self) -> bool:
        """Whether Approve, Reschedule and Reject make sense."""
        waits = self.booking.status is BookingStatus.PENDING or self.booking.requested_slot is not None
        return self.yours and waits


class CardAttention(StrEnum):
    """How loudly a card comes: ``update`` by an edit, the others as a message of their own."""

    NEW = "new"
    UPDATE = "update"
    REMINDER = "reminder"
    NOTICE = "notice"


class CardOccasion(StrEnum):
    """What a ``notice`` is about.

    ``handed_over``: another recruiter holds the interview now; ``offer_declined``: the candidate keeps the time they
    have; ``delay``: comes late.
    """

    BOOKED = "booked"
    MOVED = "moved"
    CHANGED = "changed"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"
    CANT_COME = "cant_come"
    RESCHEDULE_ASKED = "reschedule_asked"
    OFFER_DECLINED = "offer_declined"
    DELAY = "delay"
    NO_ANSWER = "no_answer"
    OUTCOME_DUE = "outcome_due"


class CardCommand(Message):
    """Show a recruiter the card of a request. An older ``revision`` never overwrites a newer one.

    ``silent``: without a sound, for the reader is in their quiet hours.
    ``occasion`` says what a ``notice`` is about; ``auto_message_id`` is the automatic message it is, for its report.
    """

    recruiter_telegram_id: TelegramUserId
    attention: CardAttention
    card: RecruiterCard
    silent: bool = False
    occasion: CardOccasion | None = None
    auto_message_id: EntityId | None = None


card_command: TypeAdapter[CardCommand] = TypeAdapter(CardCommand)
"""Reads a body of ``bot.card.command``."""
