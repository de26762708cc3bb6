"""Requests from chat (``admin.booking.event``), decided in batches."""

from collections.abc import Sequence
from typing import assert_never

from bson import ObjectId
from pydantic import ValidationError

from common import clock
from common.mongo import Document
from messaging import inbox, outbox
from messaging.receiving import ANY_SENDER, Receiver
from scheduling.domain import attendance
from scheduling.domain.answering import Approve, AskReschedule, Reject, WithdrawMove
from scheduling.domain.booking import Cancel, Move
from scheduling.domain.commands import Actor, ActorKind, Book, Shown
from scheduling.domain.decide import AnyCommand
from scheduling.domain.marking import MarkOutcome
from scheduling.domain.proposals import AnswerProposedTime, ProposeTime
from scheduling.domain.seat_offers import PassSeatOffer, TakeSeatOffer
from scheduling.services import candidate_news
from scheduling.services.batch import decide_requests
from scheduling.services.requests import InChat, Request
from shared_contracts.attendance import AttendanceAnswered, DelayAnnounced
from shared_contracts.booking import (
    AnyBookingRequest,
    BookingApproved,
    BookingCancelled,
    BookingCancelledByRecruiter,
    BookingCreated,
    BookingMovedByRecruiter,
    BookingRejected,
    BookingRescheduled,
    BookingResult,
    MoveWithdrawn,
    OfferPassed,
    OfferTaken,
    Outcome,
    OutcomeMarked,
    RequestEssentials,
    RescheduleAsked,
    TimeAnswered,
    TimeOffered,
    booking_event,
    request_essentials,
)
from shared_contracts.requests import ShownSlot
from shared_contracts.transport.envelope import BadMessageError, decode, read_json_object
from shared_contracts.transport.topology import BOOKING_EVENT, BOOKING_RESULT

_RecruitersRequest = (
    BookingApproved
    | BookingRejected
    | RescheduleAsked
    | TimeOffered
    | OutcomeMarked
    | BookingMovedByRecruiter
    | BookingCancelledByRecruiter
)


class BookingEvents:
    """The handler of ``admin.booking.event``."""

    queue = BOOKING_EVENT

    def __init__(self, receiver: Receiver = ANY_SENDER) -> None:
        self._receiver = receiver

    def read(self, body: bytes) -> AnyBookingRequest:
        """The request."""
        return decode(booking_event, self._receiver.open(body, self.queue))

    def handle(self, items: Sequence[AnyBookingRequest]) -> list[Document]:
        """Decide the requests in one transaction; the rows are their answers."""
        return decide_requests([request_of(item) for item in items], published_by_caller=True).rows

    def give_up(self, body: bytes, reason: str) -> None:
        """Answer ``failed`` where the request still says whom to answer (a dead letter may be replayed later)."""
        try:
            opened = self._receiver.open(body, self.queue)
            read_json_object(opened)  # within the limits on size and depth
            request = request_essentials.validate_json(opened)
        except (BadMessageError, ValidationError):
            return  # not the bot's, or it does not say whom to answer
        if not inbox.is_decided(request.message_id):
            outbox.add_once(outbox.Outgoing(BOOKING_RESULT, _failed(request)))


def request_of(message: AnyBookingRequest) -> Request:
    """A request as the rules take it."""
    return Request(
        command=_command(message),
        via="chat",
        correlation_id=message.correlation_id,
        chat=InChat(message.event_type, message.user_telegram_id, message.reply),
    )


def _command(request: AnyBookingRequest) -> AnyCommand:
    key, person = str(request.message_id), str(request.user_telegram_id)
    candidate = Actor(ActorKind.CANDIDATE, person)
    match request:
        case BookingCreated(event_id=event_id, slot=slot):
            booking_id = str(ObjectId())
            return Book(key, candidate, request.user_telegram_id, event_id, slot.id, booking_id, _shown(slot))
        case BookingRescheduled(slot=slot):
            return Move(key, candidate, request.booking_id, request.expected_version, slot.id, _shown(slot))
        case BookingCancelled():
            return Cancel(key, candidate, request.booking_id, request.expected_version)
        case MoveWithdrawn():
            return WithdrawMove(key, candidate, request.booking_id, request.expected_version)
        case OfferTaken():
            return TakeSeatOffer(key, candidate, request.booking_id, request.expected_version)
        case OfferPassed():
            return PassSeatOffer(key, candidate, request.booking_id, request.expected_version)
        case TimeAnswered(slot_id=slot_id, take=take):
            return AnswerProposedTime(key, candidate, request.booking_id, None, slot_id, take, _shown(request.shown))
        case AttendanceAnswered() | DelayAnnounced():
            return attendance.command_of(request)
        case _:
            return _recruiters_command(request)


def _recruiters_command(request: _RecruitersRequest) -> AnyCommand:
    key, recruiter = str(request.message_id), Actor(ActorKind.RECRUITER, str(request.user_telegram_id))
    match request:
        case BookingApproved():
            return Approve(key, recruiter, request.booking_id, request.expected_version)
        case BookingRejected():
            version, reason = request.expected_version, request.reason or ""
            return Reject(key, recruiter, request.booking_id, version, request.rejection, reason=reason)
        case RescheduleAsked():
            return AskReschedule(key, recruiter, request.booking_id, request.expected_version)
        case TimeOffered():
            version, shown = request.expected_version, _shown(request.shown)
            return ProposeTime(key, recruiter, request.booking_id, version, request.slot_id, shown)
        case BookingMovedByRecruiter():
            version, shown = request.expected_version, _shown(request.shown)
            return Move(key, recruiter, request.booking_id, version, request.slot_id, shown)
        case BookingCancelledByRecruiter():
            version, reason, withdraws = request.expected_version, request.reason or "", request.withdraws_slot
            return Cancel(key, recruiter, request.booking_id, version, reason=reason, withdraws_slot=withdraws)
        case OutcomeMarked():
            return MarkOutcome(key, recruiter, request.booking_id, request.expected_version, request.mark)
        case _:
            assert_never(request)


def _shown(slot: ShownSlot | None) -> Shown:
    """Nothing of it where the bot that sent it did not say yet."""
    return Shown(slot.starts_at, slot.city_id, slot.recruiter_id, slot.place) if slot else Shown()


def _failed(request: RequestEssentials) -> BookingResult:
    now = clock.now()
    return BookingResult(
        message_id=candidate_news.derived_id(str(request.message_id), "failed"),
        correlation_id=request.correlation_id,
        occurred_at=now,
        request_id=request.message_id,
        event_type=request.event_type,
        outcome=Outcome.FAILED,
        decided_at=now,
        user_telegram_id=request.user_telegram_id,
        reply=request.reply,
        booking=None,
    )
