"""What was written down, told and answered."""

from common import clock
from common.mongo import Document, collection
from messaging import outbox
from scheduling.services.recruiter_cards.cards import notice
from shared_contracts.attendance import Attendance
from shared_contracts.booking import AnyBookingRequest
from shared_contracts.card import CardCommand, CardOccasion, RecruiterCard
from tests.helpers import asking
from tests.helpers.card_tools import result_of

COMES, STAYS_AWAY, WANTS_ANOTHER = Attendance.CONFIRMED, Attendance.DECLINED, Attendance.RESCHEDULE_ASKED
ROW = "6b0210a10ebbd9947507d2a0"
"""An automatic message's id."""


def actions() -> list[str]:
    """What the audit trail calls what was done to bookings, in order."""
    return [row["action"] for row in collection("audit_entries").find({"subject": "booking"}).sort("version", 1)]


def tell(occasion: CardOccasion, booking: Document) -> list[CardCommand]:
    """A notice, as the scan of due messages sends it."""
    messages = notice(str(booking["_id"]), occasion, ROW, "c" * 8, clock.now(), waits=False).messages
    outbox.add(messages)
    return [item.message for item in messages if isinstance(item.message, CardCommand)]


def answered(request: AnyBookingRequest) -> RecruiterCard:
    """The card that goes with the answer to a recruiter's press."""
    card = result_of(asking.in_batch(request)).card
    assert card
    return card
