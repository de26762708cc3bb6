"""News of a booking that come in another order than they were made."""

import pytest

from shared_contracts.broadcast import DeliveryStatus
from shared_contracts.directory import BookingStatus, BookingView
from shared_contracts.notification import NotificationKind
from shared_contracts.transport.topology import NOTIFICATION_COMMAND
from tests.inbound.test_notifications import HELD, notice, reports
from tests.kit.desk import Desk
from tests.kit.telegram import Person, eventually

pytestmark = pytest.mark.usefixtures("chats_take_all_at_once")


async def _told(desk: Desk, kind: NotificationKind, of: BookingView, now: BookingView | None) -> DeliveryStatus:
    """How news ``of`` Anna's booking ended, which is by then as the admin service knows it ``now``."""
    before, news = len(desk.delivery_events), notice(desk, kind, booking=of)
    desk.bookings = {now.id: (1001, now)} if now else {}
    await desk.send(NOTIFICATION_COMMAND.name, news)
    return (await reports(desk, before + 1))[-1].delivery.status


async def test_older_news_that_comes_after_newer_says_how_the_booking_stands(anna: Person, desk: Desk) -> None:
    """After a crash the broker gives news out again: nobody's last message names a time of before.

    Guard: ``_newer_than``. Its words are kept, its buttons and claim are those of now; of what has ended meanwhile
    nothing is sent.
    """
    await anna.writes("/start")
    await anna.sees("Выберите")
    booking = desk.book(1001, desk.slots[f"{2:024x}"])
    newest = booking.model_copy(update={"version": 4, "slot": booking.slot.model_copy(update={"room": "77"})})
    await _told(desk, NotificationKind.BOOKING_CHANGED, newest, newest)
    await _told(desk, NotificationKind.MOVE_REJECTED, booking.model_copy(update={"version": 3}), newest)
    late = await anna.sees("Перенести не получилось")
    assert late.text.index("с тех пор изменилась") < late.text.index("77")
    assert late.labels[:2] == HELD

    gone = newest.model_copy(update={"version": 5, "status": BookingStatus.CANCELLED})
    await _told(desk, NotificationKind.BOOKING_CANCELLED, gone, None)

    async def corrected() -> bool:
        return any(it.id == late.id and "отменена" in it.text for it in await anna.messages())

    await eventually(corrected, "its claim is put right")
    already = len(await anna.messages())
    assert await _told(desk, NotificationKind.BOOKING_MOVED, newest, None) is DeliveryStatus.SUPPRESSED
    assert len(await anna.messages()) == already
