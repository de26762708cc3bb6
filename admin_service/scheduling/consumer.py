"""Requests from chat (``admin.booking.event``), decided in batches."""

from collections.abc import Sequence

from bson import ObjectId
from pydantic import ValidationError

from common import clock
from common.mongo import Document
from messaging import inbox, outbox
from messaging.receiving import ANY_SENDER, Receiver
from scheduling.domain.commands import (
    Actor,
    ActorKind,
    AnnounceDelay,
    AnswerAttendance,
    AnswerProposedTime,
    AnyCommand,
    Approve,
    AskReschedule,
    Book,
    Cancel,
    MarkOutcome,
    Move,
    PassSeatOffer,
    ProposeTime,
    Reject,
    Shown,
    TakeSeatOffer,
)
from scheduling.services import candidate_news
from scheduling.services.batch import decide_requests
from scheduling.services.requests import InChat, Request
from shared_contracts.attendance import AttendanceAnswered, DelayAnnounced
from shared_contracts.booking import (
    AnyBookingRequest,
    BookingApproved,
    BookingCancelled,
    BookingCreated,
    BookingRejected,
    BookingRescheduled,
    BookingResult,
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
from shared_contracts.envelope import BadMessageError, decode, read_json_object
from shared_contracts.requests import ShownSlot
from shared_contracts.topology import BOOKING_EVENT, BOOKING_RESULT


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
    candidate, recruiter = Actor(ActorKind.CANDIDATE, person), Actor(ActorKind.RECRUITER, person)
    if isinstance(request, BookingCreated):
        slot = request.slot
        booking_id = str(ObjectId())
        return Book(key, candidate, request.user_telegram_id, request.event_id, slot.id, booking_id, _shown(slot))
    if isinstance(request, BookingRescheduled):
        slot = request.slot
        return Move(key, candidate, request.booking_id, request.expected_version, slot.id, _shown(slot))
    if isinstance(request, BookingCancelled):
        return Cancel(key, candidate, request.booking_id, request.expected_version)
    if isinstance(request, BookingApproved):
        return Approve(key, recruiter, request.booking_id, request.expected_version)
    if isinstance(request, BookingRejected):
        return Reject(key, recruiter, request.booking_id, request.expected_version, reason=request.reason or "")
    if isinstance(request, RescheduleAsked):
        return AskReschedule(key, recruiter, request.booking_id, request.expected_version)
    if isinstance(request, OfferTaken):
        return TakeSeatOffer(key, candidate, request.booking_id, request.expected_version)
    if isinstance(request, OfferPassed):
        return PassSeatOffer(key, candidate, request.booking_id, request.expected_version)
    return _about_coming(request, key, candidate, recruiter)


def _about_coming(
    request: AttendanceAnswered | DelayAnnounced | TimeOffered | TimeAnswered | OutcomeMarked,
    key: str,
    candidate: Actor,
    recruiter: Actor,
) -> AnyCommand:
    booking_id = request.booking_id
    if isinstance(request, AttendanceAnswered):
        return AnswerAttendance(key, candidate, booking_id, None, request.starts_at, request.answer)
    if isinstance(request, DelayAnnounced):
        return AnnounceDelay(key, candidate, booking_id, None, request.starts_at, request.minutes)
    if isinstance(request, TimeAnswered):
        shown = _shown(request.shown) if request.shown else Shown()
        return AnswerProposedTime(key, candidate, booking_id, None, request.slot_id, request.take, shown)
    if isinstance(request, TimeOffered):
        return ProposeTime(key, recruiter, booking_id, request.expected_version, request.slot_id)
    return MarkOutcome(key, recruiter, booking_id, request.expected_version, request.mark)


def _shown(slot: ShownSlot) -> Shown:
    return Shown(slot.starts_at, slot.city_id, slot.recruiter_id)


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
