"""Earlier messages of a booking that has changed are put right, whatever Telegram says at first."""

import pytest

from interview_bot.common.database import Database
from interview_bot.store.shown_bookings import ShownBookings
from interview_bot.telegram.outgoing import MAX_IN_CHAT
from shared_contracts.directory import BookingStatus, BookingView
from shared_contracts.notification import NotificationKind
from shared_contracts.transport.topology import NOTIFICATION_COMMAND
from tests.inbound.test_notifications import notice
from tests.kit.desk import Desk
from tests.kit.telegram import Person, Sandbox, eventually

pytestmark = pytest.mark.usefixtures("chats_take_all_at_once")

_BOOKED = "✅ Вы записаны"


async def _looks_often(anna: Person, desk: Desk, times: int) -> BookingView:
    """Anna has a booking and that many messages of it."""
    booking = desk.book(1001, desk.slots[f"{2:024x}"])
    desk.bookings = {booking.id: (1001, booking)}
    for _ in range(times):
        already = len(await anna.messages())
        await anna.writes("/mybooking")

        async def comes(already: int = already) -> bool:
            return len(await anna.messages()) > already

        await eventually(comes, "one message more")
    assert all(_BOOKED in message.text for message in await anna.messages())
    return booking


@pytest.mark.parametrize(
    ("times", "fault"),
    [
        (MAX_IN_CHAT + 3, {"error_code": 429, "retry_after": 1}),
        (2, {"error_code": 502}),
        (2, {"mode": "drop_after_apply"}),
        (2, {"error_code": 400, "description": "Bad Request: message to edit not found"}),
    ],
    ids=["no room for many", "hiccup", "no answer", "deleted"],
)
async def test_no_message_goes_on_saying_what_is_over(
    anna: Person, desk: Desk, sandbox: Sandbox, bots_database: Database, times: int, fault: dict[str, object]
) -> None:
    """Nor the first, which had to wait for room. Guards: ``Corrector``, ``record`` of ``Claims``."""
    await sandbox.fault("sendMessage", error_code=429, retry_after=1)
    booking = await _looks_often(anna, desk, times)
    desk.bookings = {}
    gone = booking.model_copy(update={"version": 2, "status": BookingStatus.CANCELLED})
    await sandbox.fault("editMessageText", **fault)
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, NotificationKind.BOOKING_CANCELLED, booking=gone))
    await anna.sees("пришлось отменить")
    out_of_reach = 1 if fault.get("error_code") == 400 else 0

    async def corrected() -> bool:
        still = [message.text for message in await anna.messages() if _BOOKED in message.text]
        return len(still) == out_of_reach and not await bots_database["corrections"].find_one()

    await eventually(corrected, "every earlier message says what became of it")


async def test_what_waited_for_room_is_not_shown_after_newer_news(
    anna: Person, desk: Desk, sandbox: Sandbox, bots_database: Database
) -> None:
    """The last message is never an old state. Guard: ``hold`` of ``Claims``."""
    booking = await _looks_often(anna, desk, 1)
    await sandbox.fault("sendMessage", error_code=429, retry_after=2)
    await anna.writes("/mybooking")
    await anna.writes("/help")
    await ShownBookings(bots_database).claim(1001, 99, booking.model_copy(update={"version": 2}))
    await anna.sees("/contact")
    assert sum(_BOOKED in message.text for message in await anna.messages()) == 1
