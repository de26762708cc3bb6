"""The admin service's outermost edge: its HTTP answers and its answers to booking requests, over the real broker."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractRobustConnection
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from interview_bot.common import clock
from interview_bot.common.http_server import Server
from shared_contracts.booking import (
    SLOT_GONE,
    AnyBookingRequest,
    BookingCancelled,
    BookingCreated,
    BookingRescheduled,
    BookingResult,
    MoveWithdrawn,
    OfferPassed,
    OfferTaken,
    Outcome,
    booking_event,
)
from shared_contracts.broadcast import AnyDeliveryEvent, delivery_event
from shared_contracts.card import CardAttention, RecruiterCard
from shared_contracts.dialog import AnyDialogCommand, dialog_command
from shared_contracts.directory import (
    AllowedUser,
    BookingStatus,
    BookingView,
    CityRef,
    InterviewEvent,
    NamedRef,
    SlotView,
)
from shared_contracts.notification import CacheInvalidate, CacheName
from shared_contracts.transport.envelope import Message, decode, encode
from shared_contracts.transport.signing import verified
from shared_contracts.transport.topology import (
    ALL_QUEUES,
    BOOKING_EVENT,
    BOOKING_RESULT,
    CACHE_INVALIDATE,
    CARD_COMMAND,
    DELIVERY_EVENT,
    DIALOG_COMMAND,
    TO_BOT,
    Queue,
)
from tests.kit.answers import Answers, is_answer
from tests.kit.dialog_desk import DialogDesk
from tests.kit.pages import pages
from tests.kit.recruiting import RITA, Recruiting, is_recruiters
from tests.kit.servers import Servers

API_TOKEN = "token-of-the-tests"
SIGNING_KEY = "signing-key-of-the-tests-0123456789"
MOSCOW = CityRef(id="c" * 23 + "1", name="Москва", timezone="Europe/Moscow")
YEKATERINBURG = CityRef(id="c" * 23 + "2", name="Екатеринбург", timezone="Asia/Yekaterinburg")
RECRUITER = NamedRef(id="d" * 23 + "1", name="Рита Рекрутер")
EVENT = NamedRef(id="e" * 23 + "1", name="Стажировка")
CONTACT_URL = "https://t.me/responsible_person"


def _signed(body: bytes, queue: Queue) -> bytes:
    """What bears the bot's mark, as the admin service takes it."""
    return verified(body, queue, [SIGNING_KEY])


class Desk:
    """What staff see and decide, in memory; each test begins with an empty one."""

    def __init__(self, servers: Servers, port: int) -> None:
        self._servers = servers
        self.url = f"http://127.0.0.1:{port}"
        self.dialogs = DialogDesk(self)
        self._server = Server.of(Starlette(routes=[*pages(self), *self.dialogs.routes()]), "127.0.0.1", port)
        self._serving: asyncio.Task[None] | None = None
        self._connection: AbstractRobustConnection | None = None
        self.deciding = 0
        self.answering, self.http_open = asyncio.Event(), asyncio.Event()
        self._exchange: aio_pika.abc.AbstractExchange | None = None
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.dialogs.clear()
        self.people: dict[int, AllowedUser] = {}
        self.slots: dict[str, SlotView] = {}
        self.events: list[InterviewEvent] = []
        self.bookings: dict[str, tuple[int, BookingView]] = {}
        self.refused: list[str] = []
        self.refused_events: list[str] = []
        self.cities = [MOSCOW, YEKATERINBURG]
        self.closed_cities: set[str] = set()
        self.audience: list[int] = []
        self.requests: list[AnyBookingRequest] = []
        self.dialog_commands: list[AnyDialogCommand] = []
        self.delivery_events: list[AnyDeliveryEvent] = []
        self.asked: list[str] = []
        self.looked_up: set[int] = set()
        self.correlation_ids: list[str | None] = []
        self.down = False
        self.lists_down = False
        self.outcome: Outcome | None = None
        self.withdrawn = False
        self.recruiting = Recruiting()
        self.answers = Answers()
        self.open_doors()

    def open_doors(self) -> None:
        """Keep nobody waiting any more."""
        self.answering.set()
        self.http_open.set()
        self.dialogs.answering.set()

    async def start(self) -> None:
        """Serve HTTP and consume the admin service's queues."""
        self._serving = asyncio.create_task(self._server.serve())
        self._connection = await aio_pika.connect_robust(self._servers.amqp_url_admin, reconnect_interval=1)
        channel = await self._connection.channel(on_return_raises=True)
        self._exchange = await channel.get_exchange(TO_BOT, ensure=False)
        for queue, receive in (
            (BOOKING_EVENT, self._decide),
            (DIALOG_COMMAND, self._note_dialog),
            (DELIVERY_EVENT, self._note_delivery),
        ):
            source = await channel.declare_queue(queue.name, passive=True)
            await source.consume(receive)

    async def stop(self) -> None:
        """Close everything; nothing may wait on a closed door."""
        self.open_doors()
        self._server.should_exit = True
        if self._serving:
            await self._serving
        if self._connection:
            await self._connection.close()

    # What staff do

    def allow(self, telegram_id: int, first_name: str = "Анна", **changes: Any) -> None:
        """Put someone on the allow list, or change their entry."""
        values: dict[str, Any] = {
            "telegram_id": telegram_id,
            "username": None,
            "first_name": first_name,
            "allowed": True,
            "city_id": MOSCOW.id,
            "timezone": None,
            "contact_url": CONTACT_URL,
            "changed_at": datetime.now(UTC),
        }
        self.people[telegram_id] = AllowedUser(**(values | changes))

    def change_person(self, telegram_id: int, **changes: Any) -> None:
        """Another entry of the allow list for somebody who has one."""
        if telegram_id in self.people:
            changes["changed_at"] = datetime.now(UTC)
            self.people[telegram_id] = self.people[telegram_id].model_copy(update=changes)

    def remove(self, telegram_id: int) -> None:
        """Take someone off the allow list."""
        self.people[telegram_id] = self.people[telegram_id].model_copy(
            update={"allowed": False, "changed_at": datetime.now(UTC)}
        )

    def open_event(self, number: int = 1, title: str = EVENT.name, **policy: Any) -> InterviewEvent:
        """Open an interview event."""
        values: dict[str, Any] = {
            "id": "e" * 23 + str(number),
            "title": title,
            "description": "",
            "approval_required": False,
        }
        event = InterviewEvent(**(values | policy))
        self.events.append(event)
        return event

    def change_event(self, **policy: Any) -> None:
        """Give the first event another policy."""
        self.events[0] = self.events[0].model_copy(update=policy)

    def add_slot(self, number: int, *, hours: float = 48, free: int = 1, **changes: Any) -> SlotView:
        """Add a slot that starts ``hours`` after the next full hour, plus twenty minutes per ``number``."""
        hour = clock.now().replace(minute=0, second=0, microsecond=0)
        starts_at = hour + timedelta(hours=hours, minutes=20 * number)
        values: dict[str, Any] = {
            "id": f"{number:024x}",
            "starts_at": starts_at,
            "closes_at": starts_at - timedelta(hours=2),
            "duration_minutes": 20,
            "free": free,
            "location": "Офис на Тверской",
            "room": f"каб. {number}",
            "city": MOSCOW,
            "recruiter": RECRUITER,
            "event": EVENT,
        }
        slot = SlotView(**(values | changes))
        self.slots[slot.id] = slot
        return slot

    def take_seats(self, slot: SlotView) -> None:
        """Somebody else got the last seat."""
        self.slots[slot.id] = self.slots[slot.id].model_copy(update={"free": 0})

    def book(self, telegram_id: int, slot: SlotView, number: int = 1) -> BookingView:
        """A booking made earlier."""
        booking = BookingView(id=f"b{number:023x}", version=1, status=BookingStatus.BOOKED, slot=slot)
        self.bookings[booking.id] = (telegram_id, booking)
        return booking

    async def invalidate(self, *caches: CacheName) -> None:
        """Tell the bot that something changed."""
        message = CacheInvalidate(
            message_id=uuid4(), correlation_id="desk", occurred_at=clock.now(), caches=list(caches)
        )
        await self.send(CACHE_INVALIDATE.name, message)

    async def send(self, queue: str, message: Message) -> None:
        """Send the bot a message."""
        await self.send_raw(queue, encode(message), str(message.message_id))

    async def show_card(self, *, number: int = 1, to: int = RITA, **changes: Any) -> RecruiterCard:
        """A recruiter gets the card of Anna's request for the slot of that number."""
        booking = self.book(1001, self.slots[f"{number:024x}"], number)
        card = self.recruiting.card(to, booking, **changes)
        await self.send(CARD_COMMAND.name, self.recruiting.command(to, card, CardAttention.NEW))
        return card

    async def send_raw(self, queue: str, body: bytes, message_id: str | None = None, **properties: Any) -> None:
        """Send the bot any bytes."""
        assert self._exchange is not None
        persistent = aio_pika.DeliveryMode.PERSISTENT
        sent = aio_pika.Message(body, message_id=message_id, delivery_mode=persistent, **properties)
        await self._exchange.publish(sent, queue, mandatory=True)

    async def api_answer(self, request: Request, make: Callable[[], BaseModel]) -> Response:
        """Answer a read of the bot's, if the desk is up and the token right."""
        self.asked.append(request.url.path)
        self.correlation_ids.append(request.headers.get("X-Correlation-ID"))
        await self.http_open.wait()
        if self.down:
            return Response(status_code=503)
        if request.headers.get("Authorization") != f"Bearer {API_TOKEN}":
            return Response(status_code=401)
        return Response(make().model_dump_json(), media_type="application/json")

    # How requests are answered

    async def _decide(self, raw: AbstractIncomingMessage) -> None:
        request = decode(booking_event, _signed(raw.body, BOOKING_EVENT))
        self.requests.append(request)
        self.deciding += 1
        try:
            await self.answering.wait()
            await self.send(BOOKING_RESULT.name, self.result_of(request))
            await raw.ack()
        finally:
            self.deciding -= 1

    def result_of(self, request: AnyBookingRequest, **changes: Any) -> BookingResult:
        """The decision on a request, carried out; ``changes`` replace fields of the answer."""
        card = None
        if is_recruiters(request):
            outcome, booking, card = self.recruiting.carry_out(request, self.outcome)
        elif is_answer(request):
            outcome, booking = self.answers.carry_out(request, self.outcome, self.bookings, self.slots)
        else:
            outcome, booking = self._carry_out(request)
        values: dict[str, Any] = {
            "card": card,
            "message_id": uuid4(),
            "correlation_id": request.correlation_id,
            "occurred_at": clock.now(),
            "request_id": request.message_id,
            "event_type": request.event_type,
            "outcome": outcome,
            "decided_at": clock.now(),
            "user_telegram_id": request.user_telegram_id,
            "reply": request.reply,
            "booking": booking,
            "withdrawn": self.withdrawn,
            "alternatives": [slot for slot in self.slots.values() if slot.free][:3] if outcome in SLOT_GONE else [],
        }
        return BookingResult(**(values | changes))

    def _carry_out(self, request: AnyBookingRequest) -> tuple[Outcome, BookingView | None]:
        if self.outcome is Outcome.ALREADY_BOOKED:
            held = [booking for owner, booking in self.bookings.values() if owner == request.user_telegram_id]
            return self.outcome, next(iter(held), None)
        if self.outcome is not None:
            return self.outcome, None
        if isinstance(request, OfferTaken | OfferPassed):
            return self._answer_offer(request)
        if isinstance(request, BookingCreated):
            slot = self.slots[request.slot.id]
            if not slot.free:
                return Outcome.SLOT_FULL, None
            self._seats(slot, -1)
            return Outcome.BOOKED, self.book(request.user_telegram_id, self.slots[slot.id], len(self.requests))
        assert isinstance(request, BookingRescheduled | BookingCancelled | MoveWithdrawn)
        if request.booking_id not in self.bookings:
            return Outcome.BOOKING_NOT_FOUND, None
        _, booking = self.bookings[request.booking_id]
        if isinstance(request, BookingCancelled):
            del self.bookings[booking.id]
            update: dict[str, Any] = {"version": booking.version + 1, "status": BookingStatus.CANCELLED}
            return Outcome.CANCELLED, booking.model_copy(update=update)
        if isinstance(request, MoveWithdrawn):
            kept = booking.model_copy(update={"version": booking.version + 1, "requested_slot": None})
            self.bookings[booking.id] = (request.user_telegram_id, kept)
            return Outcome.BOOKED, kept
        slot = self.slots[request.slot.id]
        if not slot.free:
            return Outcome.SLOT_FULL, booking
        self._seats(slot, -1)
        booking = booking.model_copy(update={"version": booking.version + 1, "slot": self.slots[slot.id]})
        self.bookings[booking.id] = (request.user_telegram_id, booking)
        return Outcome.MOVED, booking

    def _seats(self, slot: SlotView, change: int) -> None:
        self.slots[slot.id] = slot.model_copy(update={"free": slot.free + change})

    def _answer_offer(self, request: OfferTaken | OfferPassed) -> tuple[Outcome, BookingView | None]:
        owner, booking = self.bookings[request.booking_id]
        taken = isinstance(request, OfferTaken)
        status = BookingStatus.BOOKED if taken else BookingStatus.CANCELLED
        booking = booking.model_copy(update={"version": booking.version + 1, "status": status})
        self.bookings[booking.id] = (owner, booking)
        if not taken:
            del self.bookings[booking.id]
        return (Outcome.BOOKED if taken else Outcome.CANCELLED), booking

    async def _note_dialog(self, raw: AbstractIncomingMessage) -> None:
        command = decode(dialog_command, _signed(raw.body, DIALOG_COMMAND))
        self.dialog_commands.append(command)
        await self.dialogs.answer(command)
        await raw.ack()

    async def _note_delivery(self, raw: AbstractIncomingMessage) -> None:
        self.delivery_events.append(decode(delivery_event, _signed(raw.body, DELIVERY_EVENT)))
        await raw.ack()


async def purge(channel: AbstractChannel) -> None:
    """Empty every queue."""
    names = [name for queue in ALL_QUEUES for name in (queue.name, queue.dead_name)]
    for queue in await asyncio.gather(*(channel.declare_queue(name, passive=True) for name in names)):
        if queue.declaration_result.message_count:
            await queue.purge()
