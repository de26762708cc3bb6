"""The admin service's outermost edge: its HTTP answers and its answers to booking requests, over the real broker."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import aio_pika
from aio_pika.abc import AbstractIncomingMessage, AbstractRobustConnection
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from interview_bot import clock
from interview_bot.web import Server
from shared_contracts.booking import (
    AnyBookingRequest,
    BookingCancelled,
    BookingCreated,
    BookingRescheduled,
    BookingResult,
    Outcome,
    booking_event,
)
from shared_contracts.broadcast import AnyDeliveryEvent, delivery_event
from shared_contracts.dialog import AnyDialogCommand, dialog_command
from shared_contracts.directory import (
    AllowedUser,
    BookingStatus,
    BookingView,
    ChangesPage,
    CityRef,
    Contact,
    InterviewEvent,
    NamedRef,
    Page,
    Recipient,
    SlotView,
)
from shared_contracts.envelope import Message, decode, encode
from shared_contracts.notification import CacheInvalidate, CacheName
from shared_contracts.topology import (
    ALL_QUEUES,
    BOOKING_EVENT,
    BOOKING_RESULT,
    CACHE_INVALIDATE,
    DELIVERY_EVENT,
    DIALOG_COMMAND,
    TO_BOT,
)
from tests.kit.servers import Servers

API_TOKEN = "token-of-the-tests"
MOSCOW = CityRef(id="c" * 23 + "1", name="Москва", timezone="Europe/Moscow")
YEKATERINBURG = CityRef(id="c" * 23 + "2", name="Екатеринбург", timezone="Asia/Yekaterinburg")
RECRUITER = NamedRef(id="d" * 23 + "1", name="Рита Рекрутер")
EVENT = NamedRef(id="e" * 23 + "1", name="Стажировка")
CONTACT_URL = "https://t.me/responsible_person"


class Desk:
    """What staff see and decide, in memory; each test begins with an empty one."""

    def __init__(self, servers: Servers, port: int) -> None:
        self._servers = servers
        self.url = f"http://127.0.0.1:{port}"
        self._server = Server.of(self._app(), "127.0.0.1", port)
        self._serving: asyncio.Task[None] | None = None
        self._connection: AbstractRobustConnection | None = None
        self.answering, self.http_open = asyncio.Event(), asyncio.Event()
        self._exchange: aio_pika.abc.AbstractExchange | None = None
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.people: dict[int, AllowedUser] = {}
        self.slots: dict[str, SlotView] = {}
        self.events: list[InterviewEvent] = []
        self.bookings: dict[str, tuple[int, BookingView]] = {}
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
        self.answering.set()
        self.http_open.set()

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
        self.http_open.set()
        self.answering.set()
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

    def remove(self, telegram_id: int) -> None:
        """Take someone off the allow list."""
        self.people[telegram_id] = self.people[telegram_id].model_copy(
            update={"allowed": False, "changed_at": datetime.now(UTC)}
        )

    def open_event(self, number: int = 1, title: str = EVENT.name) -> InterviewEvent:
        """Open an interview event."""
        event = InterviewEvent(id="e" * 23 + str(number), title=title, description="", approval_required=False)
        self.events.append(event)
        return event

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

    async def send_raw(self, queue: str, body: bytes, message_id: str | None = None) -> None:
        """Send the bot any bytes."""
        assert self._exchange is not None
        sent = aio_pika.Message(body, message_id=message_id, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await self._exchange.publish(sent, queue, mandatory=True)

    # How requests are answered

    async def _decide(self, raw: AbstractIncomingMessage) -> None:
        request = decode(booking_event, raw.body)
        self.requests.append(request)
        await self.answering.wait()
        await self.send(BOOKING_RESULT.name, self.result_of(request))
        await raw.ack()

    def result_of(self, request: AnyBookingRequest, **changes: Any) -> BookingResult:
        """The decision on a request, carried out; ``changes`` replace fields of the answer."""
        outcome, booking = self._carry_out(request)
        values: dict[str, Any] = {
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
            "alternatives": [slot for slot in self.slots.values() if slot.free][:3],
        }
        return BookingResult(**(values | changes))

    def _carry_out(self, request: AnyBookingRequest) -> tuple[Outcome, BookingView | None]:
        if self.outcome is not None:
            return self.outcome, None
        if isinstance(request, BookingCreated):
            slot = self.slots[request.slot.id]
            if not slot.free:
                return Outcome.SLOT_FULL, None
            self._seats(slot, -1)
            return Outcome.BOOKED, self.book(request.user_telegram_id, self.slots[slot.id], len(self.requests))
        assert isinstance(request, BookingRescheduled | BookingCancelled)
        if request.booking_id not in self.bookings:
            return Outcome.BOOKING_NOT_FOUND, None
        _, booking = self.bookings[request.booking_id]
        if isinstance(request, BookingCancelled):
            del self.bookings[booking.id]
            update: dict[str, Any] = {"version": booking.version + 1, "status": BookingStatus.CANCELLED}
            return Outcome.CANCELLED, booking.model_copy(update=update)
        slot = self.slots[request.slot.id]
        if not slot.free:
            return Outcome.SLOT_FULL, booking
        self._seats(slot, -1)
        booking = booking.model_copy(update={"version": booking.version + 1, "slot": self.slots[slot.id]})
        self.bookings[booking.id] = (request.user_telegram_id, booking)
        return Outcome.MOVED, booking

    def _seats(self, slot: SlotView, change: int) -> None:
        self.slots[slot.id] = slot.model_copy(update={"free": slot.free + change})

    async def _note_dialog(self, raw: AbstractIncomingMessage) -> None:
        self.dialog_commands.append(decode(dialog_command, raw.body))
        await raw.ack()

    async def _note_delivery(self, raw: AbstractIncomingMessage) -> None:
        self.delivery_events.append(decode(delivery_event, raw.body))
        await raw.ack()

    # HTTP

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/allowed-users", self._allowed_users),
                Route("/api/available-slots", self._available_slots),
                Route("/api/events", self._events),
                Route("/api/contact", self._contact),
                Route("/api/bookings", self._bookings),
                Route("/api/broadcasts/{id}/recipients", self._recipients),
            ]
        )

    async def _answer(self, request: Request, make: Callable[[], BaseModel]) -> Response:
        self.asked.append(request.url.path)
        self.correlation_ids.append(request.headers.get("X-Correlation-ID"))
        await self.http_open.wait()
        if self.down:
            return Response(status_code=503)
        if request.headers.get("Authorization") != f"Bearer {API_TOKEN}":
            return Response(status_code=401)
        return Response(make().model_dump_json(), media_type="application/json")

    async def _allowed_users(self, request: Request) -> Response:
        wanted, since = request.query_params.get("telegram_id"), request.query_params.get("since")
        if self.lists_down and wanted is None:
            return Response(status_code=503)
        if wanted:
            self.looked_up.add(int(wanted))
            entries = [user for user in [self.people.get(int(wanted))] if user and user.allowed]
        elif since:
            entries = [user for user in self.people.values() if user.changed_at.isoformat() >= since]
        else:
            entries = [user for user in self.people.values() if user.allowed]
        size, start = int(request.query_params.get("limit", "500")), int(request.query_params.get("start", "0"))
        more = f"/api/allowed-users?limit={size}&start={start + size}" + (f"&since={since}" if since else "")
        return await self._answer(
            request,
            lambda: ChangesPage[AllowedUser](
                results=entries[start : start + size],
                next=more if start + size < len(entries) else None,
                changes_cursor=max((user.changed_at.isoformat() for user in self.people.values()), default="0"),
            ),
        )

    async def _available_slots(self, request: Request) -> Response:
        event = request.query_params["event"]
        found = [slot for slot in self.slots.values() if slot.event.id == event and slot.free]  # read before the wait
        return await self._answer(request, lambda: Page[SlotView](results=found, next=None))

    async def _events(self, request: Request) -> Response:
        return await self._answer(request, lambda: Page[InterviewEvent](results=self.events, next=None))

    async def _contact(self, request: Request) -> Response:
        return await self._answer(request, lambda: Contact(contact_url="https://t.me/default_contact"))

    async def _bookings(self, request: Request) -> Response:
        wanted = int(request.query_params["telegram_id"])
        held = [booking for owner, booking in self.bookings.values() if owner == wanted]
        return await self._answer(request, lambda: Page[BookingView](results=held, next=None))

    async def _recipients(self, request: Request) -> Response:
        start, path = int(request.query_params.get("start", "0")), request.url.path
        chosen = [Recipient(chat_id=chat, user_telegram_id=chat) for chat in self.audience[start : start + 3]]
        more = f"{path}?start={start + 3}" if start + 3 < len(self.audience) else None
        return await self._answer(request, lambda: Page[Recipient](results=chosen, next=more))


async def purge(operator_url: str) -> None:
    """Empty every queue."""
    connection = await aio_pika.connect(operator_url)
    async with connection, connection.channel() as channel:
        names = [name for queue in ALL_QUEUES for name in (queue.name, queue.dead_name)]
        for queue in await asyncio.gather(*(channel.declare_queue(name, passive=True) for name in names)):
            if queue.declaration_result.message_count:
                await queue.purge()
