"""Fixtures: one sandbox, one desk and one bot for all tests; what they remember is emptied before each."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from pydantic import AnyHttpUrl, SecretStr
from redis.asyncio import Redis

from interview_bot import database
from interview_bot.application import BotService
from interview_bot.database import Database
from interview_bot.settings import Settings
from tests.kit.desk import API_TOKEN, Desk, purge
from tests.kit.line import Line
from tests.kit.recruiting import RITA
from tests.kit.servers import TOKEN, Servers, declare_topology, free_port, start_sandbox
from tests.kit.telegram import Person, Sandbox

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
    async with Line.to(servers.redis_url) as line:
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
        listen_port=free_port(),
    )


@pytest_asyncio.fixture(scope="session")
async def desk_process(servers: Servers, settings: Settings) -> AsyncIterator[Desk]:
    """The admin service's edge, running."""
    await declare_topology(servers.amqp_url_operator)
    await purge(servers.amqp_url_operator)
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
async def bot_process(settings: Settings, desk_process: Desk, bots_database: Database) -> AsyncIterator[BotService]:
    """The real bot, polling the sandbox."""
    bot = BotService(settings)
    await bot.start()
    yield bot
    await bot.stop()


@pytest_asyncio.fixture
async def sandbox(sandbox_url: str) -> AsyncIterator[Sandbox]:
    """An empty sandbox."""
    sandbox = Sandbox(sandbox_url)
    await sandbox.reset()
    yield sandbox
    await sandbox.client.aclose()


@pytest_asyncio.fixture
async def desk(desk_process: Desk, sandbox: Sandbox, bots_database: Database, redis: Redis, servers: Servers) -> Desk:
    """An empty desk, and nothing remembered anywhere."""
    desk_process.clear()
    await purge(servers.amqp_url_operator)
    await redis.flushdb()
    await asyncio.gather(*(bots_database[name].delete_many({}) for name in database.INDEXES))
    return desk_process


@pytest.fixture
def bot(desk: Desk, bot_process: BotService) -> BotService:
    """The running bot, remembering nothing."""
    return bot_process


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
