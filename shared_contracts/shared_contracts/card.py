"""A recruiter's card of a request for approval (R3, R4): ``bot.card.command``, and the list of open ones."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from shared_contracts.directory import BookingStatus, BookingView, TimeZoneName
from shared_contracts.envelope import Message
from shared_contracts.fields import (
    Bilingual,
    EntityId,
    LongText,
    ShortText,
    TelegramUserId,
    Url,
    WireModel,
)


class CardCandidate(WireModel):
    """Whom the request is from. ``link`` opens a chat with them."""

    name: ShortText
    telegram_id: TelegramUserId
    username: ShortText | None
    city: ShortText | None
    link: Url
    reachable: bool = True
    """False: the bot can't write to them (blocked, never started), so the recruiter sends the text by hand (R4)."""


class CardAnswer(WireModel):
    """A question of the questionnaire with the candidate's answer, as people read them."""

    question: Bilingual
    answer: Bilingual


class DecidedBy(WireModel):
    """Who acted last. ``name`` is the recruiter's; empty for staff, jobs and the candidate."""

    kind: Literal["candidate", "recruiter", "staff", "system"]
    name: ShortText = ""


class RecruiterCard(WireModel):
    """A request as its recruiter sees it. ``revision`` rises with every change of what the card shows.

    ``recruiter_id`` is whose request it is; ``for_deputy`` says that the reader stands in for them. ``yours`` false:
    the request has gone to another recruiter, and this card only says so. ``timezone`` is the reader's.
    """

    booking: BookingView
    revision: Annotated[int, Field(ge=1)]
    recruiter_id: EntityId
    recruiter_name: ShortText
    for_deputy: bool = False
    yours: bool = True
    timezone: TimeZoneName | None
    candidate: CardCandidate
    answers: Annotated[list[CardAnswer], Field(max_length=30)] = []
    decided_by: DecidedBy | None = None
    reason: LongText | None = None

    @property
    def awaits_answer(self) -> bool:
        """Whether Approve, Reschedule and Reject make sense."""
        waits = self.booking.status is BookingStatus.PENDING or self.booking.requested_slot is not None
        return self.yours and waits


class CardAttention(StrEnum):
    """How loudly a card comes: ``new`` and ``reminder`` as a message of their own, ``update`` by an edit."""

    NEW = "new"
    UPDATE = "update"
    REMINDER = "reminder"


class CardCommand(Message):
    """Show a recruiter the card of a request. An older ``revision`` never overwrites a newer one."""

    recruiter_telegram_id: TelegramUserId
    attention: CardAttention
    card: RecruiterCard


card_command: TypeAdapter[CardCommand] = TypeAdapter(CardCommand)
"""Reads a body of ``bot.card.command``."""
