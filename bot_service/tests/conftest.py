"""Fixtures: one sandbox, one desk and one bot for all tests; what they remember is emptied before each."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import aio_pika
import pytest
import pytest_asyncio
from aio_pika.abc import AbstractChannel
from pydantic import AnyHttpUrl, SecretStr
from pymongo import WriteConcern
from redis.asyncio import Redis
from telegram.ext import ExtBot

from interview_bot.application import BotService
from interview_bot.common import database
from interview_bot.common.database import Database
from interview_bot.settings import Settings
from interview_bot.telegram import rate_limiter
from tests.kit.desk import API_TOKEN, SIGNING_KEY, Desk, purge
from tests.kit.line import Line
from tests.kit.process import at_rest, forget
from tests.kit.recruiting import RITA
from tests.kit.servers import TOKEN, Servers, declare_topology, free_port, start_sandbox
from tests.kit.telegram import Person, Sandbox, eventually

DATABASE = "slotdesk_bot_tests"


@pytest.fixture(scope="session")
def servers() -> Servers:
    """Where MongoDB, RabbitMQ and Redis are."""
    return Servers.from_environment()


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    """A running Telegram sandbox."""
    port = free_port()
    process = start_sandbox(port)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


@pytest_asyncio.fixture(scope="session")
async def broker_line(servers: Servers) -> AsyncIterator[Line]:
    """The bot's line to RabbitMQ, which can be cut."""
    async with Line.to(servers.amqp_url_bot) as line:
        yield line


@pytest_asyncio.fixture(scope="session")
async def redis_line(servers: Servers) -> AsyncIterator[Line]:
    """The bot's line to Redis, which can be cut."""
    async with Line.to(servers.redis_url_bot) as line:
        yield line


@pytest.fixture(scope="session")
def settings(servers: Servers, sandbox_url: str, broker_line: Line, redis_line: Line) -> Settings:
    """The bot's settings for these tests."""
    return Settings(
        telegram_bot_token=SecretStr(TOKEN),
        telegram_api_url=AnyHttpUrl(sandbox_url),
        amqp_url=SecretStr(broker_line.url),
        redis_url=SecretStr(redis_line.url),
        mongodb_uri=SecretStr(servers.mongodb_uri),
        mongodb_database=f"{DATABASE}_{os.getpid()}",
        admin_api_url=AnyHttpUrl(f"http://127.0.0.1:{free_port()}"),
        admin_api_token=SecretStr(API_TOKEN),
        request_signing_key=SecretStr(SIGNING_KEY),
        listen_port=free_port(),
    )


@pytest_asyncio.fixture(scope="session")
async def operators_channel(servers: Servers) -> AsyncIterator[AbstractChannel]:
    """The operator's way to the queues, which are all declared."""
    await declare_topology(servers.amqp_url_operator)
    connection = await aio_pika.connect(servers.amqp_url_operator)
    async with connection, connection.channel() as channel:
        yield channel


@pytest_asyncio.fixture(scope="session")
async def desk_process(servers: Servers, settings: Settings, operators_channel: AbstractChannel) -> AsyncIterator[Desk]:
    """The admin service's edge, running."""
    await purge(operators_channel)
    desk = Desk(servers, settings.admin_api_url.port or 0)
    await desk.start()
    yield desk
    await desk.stop()


@pytest_asyncio.fixture(scope="session")
async def bots_database(settings: Settings) -> AsyncIterator[Database]:
    """The bot's database, migrated; dropped at the end."""
    client, bots = database.connect(settings.mongodb_uri.get_secret_value(), settings.mongodb_database)
    await database.migrate(bots)
    yield bots
    await client.drop_database(bots.name)
    await client.close()


@pytest_asyncio.fixture(scope="session")
async def redis(servers: Servers) -> AsyncIterator[Redis]:
    """The tests' own Redis database."""
    client: Redis = Redis.from_url(servers.redis_url, decode_responses=True)
    yield client
    await client.aclose()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bot_process(
    settings: Settings, desk_process: Desk, bots_database: Database, open_sandbox: Sandbox
) -> AsyncIterator[BotService]:
    """The real bot, polling the sandbox, where nothing waits for it that a test before has left."""
    await open_sandbox.reset()
    bot = BotService(settings)
    await bot.start()
    yield bot
    await bot.stop()


@pytest_asyncio.fixture(scope="session")
async def open_sandbox(sandbox_url: str) -> AsyncIterator[Sandbox]:
    """The sandbox as tests reach it."""
    async with Sandbox.at(sandbox_url) as sandbox:
        yield sandbox


@pytest_asyncio.fixture
async def sandbox(open_sandbox: Sandbox) -> Sandbox:
    """An empty sandbox."""
    await open_sandbox.reset()
    return open_sandbox


@pytest_asyncio.fixture
async def desk(
    desk_process: Desk, sandbox: Sandbox, bots_database: Database, redis: Redis, operators_channel: AbstractChannel
) -> Desk:
    """An empty desk, and nothing remembered anywhere."""
    desk_process.clear()
    await purge(operators_channel)
    await redis.flushdb()
    hasty = bots_database.with_options(write_concern=WriteConcern(w=1))  # no need to outlive a crash
    await asyncio.gather(*(hasty[name].delete_many({}) for name in database.INDEXES))
    return desk_process


@pytest_asyncio.fixture
async def bot(desk: Desk, bot_process: BotService) -> AsyncIterator[BotService]:
    """The running bot, remembering nothing; what a test left it with is done before the next."""
    yield bot_process
    desk.open_doors()
    with suppress(AssertionError):  # what waits for a long time, such as a try that comes later, is left alone
        await eventually(partial(at_rest, bot_process, desk), "the bot is at rest", seconds=3)
    await forget(bot_process)


@pytest.fixture
def chats_take_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests with many messages that are not about limits: half of their time would be waiting for the chat's."""
    for bucket in ("_CHAT", "_CHAT_AT_REST"):
        monkeypatch.setattr(rate_limiter, bucket, (1, 100, 0, 1_000))


@pytest.fixture
def redis_goes_after_sending(monkeypatch: pytest.MonkeyPatch, redis_line: Line) -> Iterator[Callable[[], None]]:
    """Redis is gone as soon as Telegram has taken a message, once asked for; back at the latest after the test."""
    send, wanted = ExtBot.send_message, list[bool]()

    async def send_and_cut(bot: Any, *args: Any, **kwargs: Any) -> Any:
        sent = await send(bot, *args, **kwargs)
        if wanted:
            wanted.clear()
            redis_line.cut()
        return sent

    monkeypatch.setattr(ExtBot, "send_message", send_and_cut)
    yield lambda: wanted.append(True)
    redis_line.mend()


@pytest_asyncio.fixture
async def rita(sandbox: Sandbox, desk: Desk, bot: Any) -> Person:
    """Rita, a recruiter who is no candidate and has started the bot; one event with two slots is open."""
    desk.dialogs.employ(RITA)
    desk.open_event()
    for number in (1, 2):
        desk.add_slot(number)
    person = await sandbox.person(RITA, "Рита", "ru", "rita_recruiter")
    await person.writes("/start")
    await person.sees("нет заявок")
    return person


@pytest_asyncio.fixture
async def anna(sandbox: Sandbox, desk: Desk, bot: Any) -> Person:
    """Anna, a candidate on the allow list who reads Russian; one event with six slots is open."""
    desk.allow(1001, "Анна")
    desk.open_event()
    for number in range(1, 7):
        desk.add_slot(number)
    return await sandbox.person(1001, "Анна", "ru", "anna_candidate")
