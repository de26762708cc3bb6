"""Taking updates in: nothing that is slow keeps Telegram from bringing the next, and a crash loses nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from telegram import Update

from interview_bot.application import BotService
from interview_bot.common.redis_values import answer_of
from interview_bot.settings import Settings
from interview_bot.telegram import gate as gate_module
from interview_bot.telegram.gate import Budget
from interview_bot.telegram.intake import Intake
from interview_bot.telegram.polling import Poller, PollingBot
from interview_bot.telegram.requests import AiohttpRequest
from tests.kit.desk import Desk
from tests.kit.line import Line
from tests.kit.servers import TOKEN, free_port, start_sandbox
from tests.kit.telegram import Person, Sandbox, eventually

BOT = int(TOKEN.partition(":")[0])
PARKED = f"update:{BOT}:parked"


async def taken(sandbox: Sandbox) -> bool:
    """Whether everything that was written to the bot is confirmed to Telegram."""
    return bool((await sandbox.get("/bot"))["pending_updates"] == 0)


async def test_a_slow_update_is_parked_and_answered_in_the_end(
    anna: Person, desk: Desk, sandbox: Sandbox, redis: Redis
) -> None:
    """Guard: ``_park``; when it is handled, it is kept no longer."""
    desk.http_open.clear()
    await anna.writes("/start")
    await eventually(partial(taken, sandbox), "it is confirmed to Telegram")
    assert await answer_of(redis.hlen(PARKED)) == 1
    desk.http_open.set()
    await anna.sees("Выберите")

    async def forgotten() -> bool:
        return await answer_of(redis.hlen(PARKED)) == 0

    await eventually(forgotten, "nothing is parked")


async def test_more_slow_updates_than_a_poll_shows_keep_nobody_waiting(
    anna: Person, desk: Desk, sandbox: Sandbox, bot: BotService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poll brings the oldest hundred that are not confirmed: with all of one person's the others' never came."""
    for budget in ("KNOWN", "STRANGER"):
        monkeypatch.setattr(gate_module, budget, Budget(200, 1))
    desk.allow(1002, "Борис")
    boris = await sandbox.person(1002, "Борис")
    async with bot._locks.hold(anna.id):
        for _ in range(110):
            await anna.writes("/help")
        await boris.writes("/help")
        await boris.sees("Вот что я умею")
        assert await anna.messages() == []
    await anna.sees("Вот что я умею")


@pytest_asyncio.fixture
async def silent_bot(sandbox_url: str) -> AsyncIterator[PollingBot]:
    """A bot that nobody polls for."""
    async with PollingBot(TOKEN, base_url=f"{sandbox_url}/bot", request=AiohttpRequest(2, 1, 8)) as bot:
        yield bot


class Slow:
    """A handler that ends when it is told."""

    def __init__(self) -> None:
        self.handled: list[int] = []
        self.go_on = asyncio.Event()

    async def __call__(self, update: Update) -> None:
        await self.go_on.wait()
        self.handled.append(update.update_id)


async def test_what_a_dead_process_had_parked_is_handled_at_the_next_start(
    silent_bot: PollingBot, redis: Redis, desk: Desk
) -> None:
    """I5. Guard: ``run``. The first process never comes to its end."""
    dead, alive = Slow(), Slow()
    await Intake(redis, silent_bot, 1, dead).take({"update_id": 70_001})
    assert await answer_of(redis.hlen("update:1:parked")) == 1
    alive.go_on.set()
    looking = asyncio.create_task(Intake(redis, silent_bot, 1, alive).run())

    async def handled() -> bool:
        return alive.handled == [70_001] and not await redis.exists("update:1:parked")

    await eventually(handled, "it is handled, and forgotten")
    looking.cancel()
    dead.go_on.set()


async def test_a_replica_at_work_leaves_what_others_have_just_parked(
    silent_bot: PollingBot, redis: Redis, desk: Desk
) -> None:
    """Guard: ``_LEFT_BEHIND``; what was parked by a clock that was ahead is looked after, too."""
    other = Slow()
    other.go_on.set()
    seconds, _ = await redis.time()
    body = json.dumps({"update_id": 1})
    kept = {"1": f"{seconds}|{body}", "2": f"{seconds - 600}|{body}", "3": f"{seconds + 600}|{body}"}
    for number, (name, value) in enumerate(kept.items(), 1):
        await answer_of(redis.hset("update:1:parked", name, value.replace('"update_id": 1', f'"update_id": {number}')))
    await Intake(redis, silent_bot, 1, other)._look(120)

    async def handled() -> bool:
        return sorted(other.handled) == [2, 3]

    await eventually(handled, "the old ones are handled")
    assert await answer_of(redis.hkeys("update:1:parked")) == ["1"]


async def test_without_redis_telegram_keeps_what_is_not_handled(
    silent_bot: PollingBot, settings: Settings, redis_line: Line, desk: Desk
) -> None:
    """Guard: what could not be parked is not confirmed."""
    client: Redis = Redis.from_url(settings.redis_url.get_secret_value(), decode_responses=True)
    slow = Slow()
    redis_line.cut()
    try:
        taking = asyncio.create_task(Intake(client, silent_bot, 1, slow).take({"update_id": 5}))
        await asyncio.sleep(2)
        assert not taking.done()
        slow.go_on.set()
        await taking
    finally:
        redis_line.mend()
        await client.aclose()
    assert slow.handled == [5]


async def test_an_update_that_comes_twice_at_once_is_in_hand_once(
    silent_bot: PollingBot, redis: Redis, desk: Desk
) -> None:
    """Guard: ``_in_hand``."""
    slow = Slow()
    intake = Intake(redis, silent_bot, 1, slow)
    twice = [asyncio.create_task(intake.take({"update_id": 6})) for _ in range(2)]
    await asyncio.sleep(0)
    slow.go_on.set()
    await asyncio.gather(*twice)
    assert slow.handled == [6]


async def test_a_server_that_begins_to_number_anew_is_served(settings: Settings) -> None:
    """Guard: ``_shown``: an offset is sent only for what Telegram has just shown; an old one would confirm the new."""
    port, seen = free_port(), []

    async def take(raw: dict[str, Any]) -> None:
        seen.append((raw["update_id"], raw["message"]["text"]))

    async def written(text: str) -> None:
        async with Sandbox.at(f"http://127.0.0.1:{port}") as sandbox:
            person = await sandbox.person(1001, "Анна")
            await person.writes(text)

            async def arrived() -> bool:
                return text in [said for _, said in seen]

            await eventually(arrived, f"{text!r} arrives", seconds=60)

    server = start_sandbox(port)
    request = AiohttpRequest(2, 1, 8)
    bot = PollingBot(TOKEN, base_url=f"http://127.0.0.1:{port}/bot", get_updates_request=request)
    await bot._request[0].initialize()
    polling = asyncio.create_task(Poller(bot, take).run())
    try:
        for text in ("first", "second", "third"):
            await written(text)
        server.kill()
        server.wait()
        server = start_sandbox(port)
        await written("after the new beginning")
    finally:
        polling.cancel()
        server.kill()
        server.wait()
        await bot._request[0].shutdown()
    numbers = [number for number, _ in seen]
    assert numbers[-1] < numbers[-2]
