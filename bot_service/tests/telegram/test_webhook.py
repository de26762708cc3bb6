"""Webhook mode and the rules for updates: handled before 200, once each, one at a time per person."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest_asyncio
from pydantic import AnyHttpUrl, SecretStr
from redis.asyncio import Redis
from telegram import Update

from interview_bot.application import BotService
from interview_bot.common.database import Database
from interview_bot.common.person_locks import PersonLocks
from interview_bot.settings import Settings
from tests.kit.desk import Desk
from tests.kit.servers import free_port
from tests.kit.telegram import Person, Sandbox, eventually

SECRET = "secret-of-the-webhook"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hook(settings: Settings) -> str:
    """The webhook's address."""
    return f"http://127.0.0.1:{free_port()}/updates"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bot_process(
    settings: Settings, hook: str, desk_process: Desk, bots_database: Database, open_sandbox: Sandbox
) -> AsyncIterator[BotService]:
    """The real bot behind a webhook; nothing waits for it that a test before has left."""
    await open_sandbox.reset()
    url = AnyHttpUrl(hook)
    changes = {
        "updates_mode": "webhook",
        "webhook_url": url,
        "webhook_secret": SecretStr(SECRET),
        "listen_port": url.port,
    }
    bot = BotService(settings.model_copy(update=changes))
    await bot.start()
    yield bot
    await bot.stop()


def update(update_id: int, text: str, user_id: int = 1001) -> dict[str, Any]:
    """A message as Telegram posts it."""
    sender = {"id": user_id, "is_bot": False, "first_name": "Анна", "language_code": "ru"}
    message = {
        "message_id": update_id,
        "date": 1_790_000_000,
        "chat": {"id": user_id, "type": "private", "first_name": "Анна"},
        "from": sender,
        "text": text,
    }
    return {"update_id": update_id, "message": message}


async def post(hook: str, body: Any, secret: str = SECRET) -> int:
    """Deliver an update; the answer's status."""
    async with httpx.AsyncClient(timeout=20, verify=False) as http:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        return (await http.post(hook, json=body, headers=headers)).status_code


async def test_the_bot_serves_people_through_a_webhook(anna: Person) -> None:
    """Telegram delivers to us, with the secret token."""
    await anna.writes("/start")
    await anna.presses(await anna.sees("Выберите"), "каб. 1")
    await anna.presses(await anna.sees("Записать вас"), "Подтвердить")
    await anna.sees("Вы записаны!")


async def test_only_telegram_can_deliver_updates(anna: Person, hook: str) -> None:
    """Guard: the secret token's comparison."""
    assert await post(hook, update(1, "/help"), secret="guessed") == 403
    assert await post(hook, "nonsense") == 400
    assert await anna.messages() == []


async def test_an_update_is_handled_before_it_is_answered(anna: Person, desk: Desk, hook: str) -> None:
    """A crash before the 200 has Telegram send it again. Guard: awaiting the update processor."""
    await anna.writes("/help")
    await anna.sees("Вот что я умею")
    desk.http_open.clear()
    before = len(desk.asked)
    posting = asyncio.create_task(post(hook, update(10_001, "/mybooking")))

    async def asked() -> bool:
        return len(desk.asked) > before

    await eventually(asked, "the update is being handled")
    assert not posting.done()
    desk.http_open.set()
    assert await posting == 200


async def test_an_update_delivered_twice_is_handled_once(anna: Person, hook: str) -> None:
    """Guard: ``update_id`` is marked done after handling."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    for _ in range(3):
        assert await post(hook, update(20_001, "/help")) == 200
    assert sum("Вот что я умею" in message.text for message in await anna.messages()) == 1


async def test_two_replicas_never_have_one_person_in_hand_at_once(redis: Redis, desk: Desk) -> None:
    """Guard: the Redis lock. Two lock sets on one Redis are two replicas; different people do not wait."""
    one, other = PersonLocks(redis), PersonLocks(redis)
    inside: list[str] = []

    async def work(locks: PersonLocks, user_id: int) -> None:
        async with locks.hold(user_id):
            assert f"{user_id}" not in inside
            inside.append(f"{user_id}")
            await asyncio.sleep(0.01)
            inside.remove(f"{user_id}")

    await asyncio.gather(*(work(locks, 1001) for _ in range(10) for locks in (one, other)))
    async with one.hold(1001):
        await asyncio.wait_for(work(other, 1002), 5)


async def test_a_lock_left_by_a_dead_replica_expires(redis: Redis, desk: Desk) -> None:
    """Guard: the lock's expiry; a killed process releases nothing."""
    assert await redis.set("user:1001:lock", "token of the dead", px=300)
    async with PersonLocks(redis).hold(1001):
        assert await redis.get("user:1001:lock") != "token of the dead"


async def test_a_long_handling_keeps_its_lock(redis: Redis, desk: Desk, monkeypatch: Any) -> None:
    """Guard: the renewal."""
    monkeypatch.setattr("interview_bot.common.person_locks._LOCK_SECONDS", 0.3)
    async with PersonLocks(redis).hold(1001):
        token = await redis.get("user:1001:lock")
        await asyncio.sleep(1)
        assert await redis.get("user:1001:lock") == token
    assert await redis.get("user:1001:lock") is None


async def test_a_press_is_acknowledged_while_its_handling_waits(
    anna: Person, desk: Desk, bot: BotService, sandbox: Sandbox
) -> None:
    """NFR1. Guard: the watch in ``Acks``; the person's earlier message holds the lock."""
    await anna.writes("/start")
    slots = await anna.sees("Выберите")
    desk.http_open.clear()
    handling = asyncio.create_task(bot.handle(_as_update(bot, update(30_001, "/mybooking"))))
    await asyncio.sleep(0)
    query = await anna.presses(slots, "каб. 1")
    await anna.answer_to(query)
    assert not handling.done()
    desk.http_open.set()
    await handling


def _as_update(bot: BotService, body: dict[str, Any]) -> Update:
    made = Update.de_json(body, bot._services.bot)
    assert made is not None
    return made


async def _begun(hook: str, announced: int, secret: str = SECRET) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A delivery that announces a body and sends one byte of it."""
    url = urlsplit(hook)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    head = f"POST {url.path} HTTP/1.1\r\nHost: a\r\nX-Telegram-Bot-Api-Secret-Token: {secret}\r\n"
    writer.write(f"{head}Content-Length: {announced}\r\n\r\n{{".encode())
    await writer.drain()
    return reader, writer


async def test_a_body_that_does_not_come_is_not_waited_for(hook: str, anna: Person) -> None:
    """Guard: ``_BODY_SECONDS``. Meanwhile others are served."""
    slow = [await _begun(hook, 1000) for _ in range(50)]
    await anna.writes("/help")
    for reader, writer in slow:
        assert b" 408 " in await asyncio.wait_for(reader.readline(), 60)
        writer.close()


async def test_a_body_that_is_too_long_is_refused(hook: str) -> None:
    """Guard: ``_LONGEST_BODY``."""
    reader, writer = await _begun(hook, 9_000_000)
    writer.write(b" " * 1_100_000)
    assert b" 413 " in await asyncio.wait_for(reader.readline(), 60)
    writer.close()


async def test_who_does_not_know_the_secret_is_answered_without_a_body(hook: str) -> None:
    """Guard: the secret is looked at before the ``_body`` is read."""
    reader, writer = await _begun(hook, 9_000_000, secret="guessed")
    assert b" 403 " in await asyncio.wait_for(reader.readline(), 60)
    writer.close()
