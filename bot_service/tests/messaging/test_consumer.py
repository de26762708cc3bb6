"""What a consumer does with a message that can't be read, fails, waits, or comes too often; its neighbours go on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Annotated
from uuid import uuid4

import aio_pika
import pytest
import pytest_asyncio
from aio_pika.abc import AbstractChannel
from pydantic import BeforeValidator, TypeAdapter
from telegram.error import NetworkError

from interview_bot.common import clock
from interview_bot.common.database import Database
from interview_bot.common.person_locks import PersonBusyError
from interview_bot.messaging.broker import Broker
from interview_bot.messaging.consumer import MAX_ATTEMPTS, Consumer, Subscription
from interview_bot.settings import Settings
from interview_bot.telegram.errors import HeldBackError
from shared_contracts.notification import CacheInvalidate, CacheName, cache_invalidate
from shared_contracts.transport.topology import CACHE_INVALIDATE, TO_BOT
from tests.kit.desk import Desk
from tests.kit.servers import Servers
from tests.kit.telegram import eventually
from tests.messaging.test_messaging import buried

QUEUE = CACHE_INVALIDATE
Handle = Callable[[CacheInvalidate], Awaitable[None]]


@pytest_asyncio.fixture
async def broker(settings: Settings, desk: Desk) -> AsyncIterator[Broker]:
    """A line to RabbitMQ; no bot consumes in this module."""
    broker = Broker(settings.amqp_url.get_secret_value())
    await broker.connect()
    yield broker
    await broker.close()


def message() -> CacheInvalidate:
    """Any message will do: the handlers are this module's."""
    return CacheInvalidate(message_id=uuid4(), correlation_id="desk", occurred_at=clock.now(), caches=[CacheName.SLOTS])


@asynccontextmanager
async def consuming(
    broker: Broker,
    database: Database,
    handle: Handle,
    backoff: Sequence[float] = (0.01,) * 8,
    adapter: TypeAdapter[CacheInvalidate] = cache_invalidate,
) -> AsyncIterator[None]:
    """A consumer at work."""
    consumer = Consumer(broker, database, Subscription(QUEUE, adapter, handle, 50), backoff)
    await consumer.start()
    try:
        yield
    finally:
        await consumer.stop(0.1)


async def redelivered(channel: AbstractChannel, *messages: CacheInvalidate) -> None:
    """Have them come with the redelivered flag, in this order: somebody has given them back."""
    exchange = await channel.get_exchange(TO_BOT, ensure=False)
    source = await channel.declare_queue(QUEUE.name, passive=True)
    for item in messages:
        body = aio_pika.Message(item.model_dump_json().encode(), message_id=str(item.message_id))
        await exchange.publish(body, QUEUE.name, mandatory=True)
    got = [await source.get(timeout=5) for _ in messages]
    for raw in reversed(got):
        await raw.nack(requeue=True)


async def done(database: Database, item: CacheInvalidate) -> bool:
    """Whether it is marked as done."""
    row = {"_id": f"{QUEUE.name}:{item.message_id}", "done_at": {"$type": "date"}}
    return await database["inbox"].find_one(row) is not None


async def test_whatever_breaks_while_a_message_is_read_buries_it(
    broker: Broker, bots_database: Database, desk: Desk, servers: Servers
) -> None:
    """I6. Guard: ``unreadable``. Alone it was left unacknowledged for ever: the error was none that was thought of."""

    def overflow(_value: object) -> object:
        raise OverflowError("date value out of range")

    async def handle(_: CacheInvalidate) -> None:
        raise AssertionError("it can't be read")

    broken: TypeAdapter[CacheInvalidate] = TypeAdapter(Annotated[CacheInvalidate, BeforeValidator(overflow)])
    async with consuming(broker, bots_database, handle, adapter=broken):
        await desk.send(QUEUE.name, message())
        [(_, reason)] = await buried(servers, QUEUE.name)
    assert reason == "unreadable: OverflowError"


async def test_a_moment_that_no_calendar_holds_is_poison(
    broker: Broker, bots_database: Database, desk: Desk, servers: Servers
) -> None:
    """The first day of the first year, east of Greenwich: in UTC there is no such day."""

    async def handle(_: CacheInvalidate) -> None:
        raise AssertionError("it can't be read")

    item = message()
    body = item.model_dump_json().replace(item.model_dump(mode="json")["occurred_at"], "0001-01-01T00:00:00+23:00")
    async with consuming(broker, bots_database, handle):
        await desk.send_raw(QUEUE.name, body.encode(), str(item.message_id))
        [(letter_id, reason)] = await buried(servers, QUEUE.name)
    assert letter_id == str(item.message_id)
    assert reason


async def test_a_fault_that_nothing_is_known_of_is_tried_again_and_buried_with_its_name(
    broker: Broker, bots_database: Database, desk: Desk, servers: Servers
) -> None:
    """Guard: ``_pause_after``; the first such fault may have been a moment's."""
    tries: list[int] = []

    async def handle(_: CacheInvalidate) -> None:
        tries.append(1)
        raise LookupError("no such thing")

    async with consuming(broker, bots_database, handle):
        await desk.send(QUEUE.name, message())
        [(_, reason)] = await buried(servers, QUEUE.name)
    assert reason == f"LookupError: no such thing (after {MAX_ATTEMPTS} attempts)"
    assert len(tries) == MAX_ATTEMPTS


@pytest.mark.parametrize("error", [PersonBusyError(), TimeoutError(), NetworkError("Bad Gateway")], ids=repr)
async def test_a_fault_that_passes_buries_nothing(
    broker: Broker, bots_database: Database, desk: Desk, error: Exception
) -> None:
    """Guard: ``is_passing``; more often than an unknown fault is borne."""
    tries: list[int] = []

    async def handle(_: CacheInvalidate) -> None:
        tries.append(1)
        if len(tries) <= MAX_ATTEMPTS + 2:
            raise error

    item = message()
    async with consuming(broker, bots_database, handle):
        await desk.send(QUEUE.name, item)
        await eventually(lambda: done(bots_database, item), "it is done in the end")


async def test_a_chat_without_room_is_no_fault_of_its_message(
    broker: Broker, bots_database: Database, desk: Desk
) -> None:
    """Guard: ``RetryAfter`` is counted as no failure, however often it comes."""
    tries: list[int] = []

    async def handle(_: CacheInvalidate) -> None:
        tries.append(1)
        if len(tries) < 30:
            raise HeldBackError(timedelta(seconds=0.01))

    item = message()
    async with consuming(broker, bots_database, handle):
        await desk.send(QUEUE.name, item)
        await eventually(lambda: done(bots_database, item), "it is done in the end")
    row = await bots_database["inbox"].find_one({"_id": f"{QUEUE.name}:{item.message_id}"})
    assert row is not None
    assert "attempts" not in row, "it was not given back and counted"


async def test_a_redelivered_message_that_waits_for_its_next_try_holds_no_other(
    broker: Broker, bots_database: Database, operators_channel: AbstractChannel
) -> None:
    """I6. Guard: ``_one_at_a_time`` is held for a try, not through the back-off, which is an hour here."""
    refused, *others = (message() for _ in range(4))

    async def handle(item: CacheInvalidate) -> None:
        if item.message_id == refused.message_id:
            raise NetworkError("Bad Gateway")

    await redelivered(operators_channel, refused, *others)
    async with consuming(broker, bots_database, handle, backoff=(3600,)):
        for item in others:
            await eventually(partial(done, bots_database, item), "the others are done")
        row = await bots_database["inbox"].find_one({"_id": f"{QUEUE.name}:{refused.message_id}"})
    assert row is not None
    assert row["attempts"] == 0, "a try that the process has outlived does not count towards its deaths"


async def test_a_message_with_an_effect_is_never_poison(
    broker: Broker, bots_database: Database, operators_channel: AbstractChannel, servers: Servers
) -> None:
    """Guard: the inbox is asked before attempts are: what was shown is not set aside at its sixth coming."""
    item = message()
    row = {"_id": f"{QUEUE.name}:{item.message_id}", "attempts": 9, "done_at": clock.now()}
    await bots_database["inbox"].insert_one(row)
    called = asyncio.Event()

    async def handle(_: CacheInvalidate) -> None:
        called.set()

    last = message()
    await redelivered(operators_channel, item, last)
    async with consuming(broker, bots_database, handle):
        await eventually(lambda: done(bots_database, last), "what came after it is done")
    assert called.is_set()
    dead = await operators_channel.declare_queue(QUEUE.dead_name, passive=True)
    assert dead.declaration_result.message_count == 0
    row_after = await bots_database["inbox"].find_one({"_id": row["_id"]})
    assert row_after is not None
    assert row_after["attempts"] == 9
