"""What staff choose for single bookings that a change concerns, by the same commands as everywhere else."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from uuid import uuid4

from bson import ObjectId

from common import correlation
from common.mongo import collection, current_session
from scheduling.domain.answering import Reject
from scheduling.domain.booking import Cancel, Move
from scheduling.domain.commands import Actor, ActorKind, BookingCommand
from scheduling.domain.decide import AnyBookingCommand
from scheduling.domain.decisions import Decision
from scheduling.domain.proposals import WithdrawProposedTime
from scheduling.services.batch import carry_out_all
from scheduling.services.impact import Affected, Choices
from scheduling.services.requests import Request
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus


class Choice(StrEnum):
    """What becomes of somebody's booking when something is changed that they were promised."""

    KEEP = "keep"
    """It follows the change, and they are told what is so now."""
    SILENT = "silent"
    """The same without a word to them."""
    MOVE = "move"
    CANCEL = "cancel"


class ChoiceRefusedError(Exception):
    """A booking can't be moved or ended as was chosen; nothing of the change is done.

    Attributes:
        booking_id: of the one in question.
        outcome: why.
    """

    def __init__(self, booking_id: str, outcome: Outcome) -> None:
        super().__init__(f"booking {booking_id}: {outcome}")
        self.booking_id = booking_id
        self.outcome = outcome


def can_move(row: Affected) -> bool:
    """Whether somebody's booking can go to another slot: not what they are only offered, proposed, or want to have."""
    return not row.wants and not row.proposed and row.booking.status is not BookingStatus.OFFERED


def moving(row: Affected, slot_id: str, *, actor: str, words: str = "") -> Move:
    """Move somebody's booking, past its candidate's own limits; they read the words."""
    return Move(_key(), _staff(actor), row.booking.id, None, slot_id, reason=words, beyond_limits=True)


def cancelling(row: Affected, *, actor: str, words: str = "") -> Cancel | Reject | WithdrawProposedTime:
    """End somebody's booking; of who only wants to move into the slot or is proposed it, that. They read the words."""
    if row.proposed:
        return WithdrawProposedTime(_key(), _staff(actor), row.booking.id, None, row.was.id, reason=words)
    if row.wants:
        return Reject(_key(), _staff(actor), row.booking.id, None, reason=words)
    return Cancel(_key(), _staff(actor), row.booking.id, None, reason=words, beyond_limits=True)


def withdrawals(slot_ids: Sequence[str], *, actor: str, reason: str = "") -> list[Request]:
    """A request for each proposal of one of the slots, which are there no more: it ends."""
    among = {"$in": [ObjectId(item) for item in slot_ids]}
    rows = collection("bookings").find({"live": True, "offered_slot_id": among}, session=current_session())
    ids = [(str(row["_id"]), str(row["offered_slot_id"])) for row in rows]
    commands = [
        WithdrawProposedTime(_key(), _staff(actor), booking, None, slot, reason=reason) for booking, slot in ids
    ]
    return [Request(command, "desk", correlation.current()) for command in commands]


def carry_out_choices(choices: Choices) -> None:
    """Move and end the bookings as was chosen, in the transaction under way.

    Raises:
        ChoiceRefusedError: one of them can't be.
    """
    require_done(carry_out_all(requests_for(choices.commands)))


def requests_for(commands: Mapping[str, AnyBookingCommand]) -> Sequence[Request]:
    """The same as requests of the desk."""
    return [Request(command, "desk", correlation.current()) for command in commands.values()]


def require_done(decisions: Iterable[Decision]) -> None:
    """Let a change go on only where each of its bookings is moved or ended.

    Raises:
        ChoiceRefusedError: naming the first that isn't.
    """
    for decision in decisions:
        if isinstance(decision.command, BookingCommand) and not decision.changed:
            raise ChoiceRefusedError(decision.command.booking_id, decision.outcome or Outcome.FAILED)


def _key() -> str:
    return str(uuid4())


def _staff(actor: str) -> Actor:
    return Actor(ActorKind.STAFF, actor)
