"""The flow towards Telegram: limits kept before Telegram has to say so."""

import asyncio

import pytest
from redis.asyncio import Redis
from telegram.error import RetryAfter

from interview_bot.rate_limiter import Priority, SharedRateLimiter
from tests.kit.desk import Desk
from tests.kit.telegram import GROUP, Person, Sandbox, eventually


async def refusals(sandbox: Sandbox) -> list[object]:
    """The calls that Telegram answered with 429."""
    return [call for call in await sandbox.calls("sendMessage") if "429" in str(call.get("error"))]


async def test_one_chat_gets_one_message_a_second_after_a_burst(anna: Person, sandbox: Sandbox) -> None:
    """Guard: the chat's bucket; the sandbox's is as narrow here, so without ours it would refuse."""
    await sandbox.limits(enabled=True, per_chat={"messages": 1, "seconds": 1, "burst": 5})
    for _ in range(7):
        await anna.writes("/help")

    async def answered() -> bool:
        return len(await anna.messages()) == 7

    await eventually(answered, "seven answers", seconds=20)
    assert await refusals(sandbox) == []


async def test_a_429_is_obeyed_and_the_message_sent_afterwards(anna: Person, sandbox: Sandbox) -> None:
    """Guard: the retry in ``process_request``."""
    await sandbox.fault("sendMessage", error_code=429, retry_after=1)
    await anna.writes("/help")
    await anna.sees("Вот что я умею")
    assert len(await sandbox.calls("sendMessage", anna.id)) == 2


async def test_a_pause_in_one_chat_does_not_hold_others(sandbox: Sandbox, anna: Person, desk: Desk) -> None:
    """Only the chat that Telegram named waits."""
    desk.allow(1002, "Борис")
    boris = await sandbox.person(1002, "Борис")
    await sandbox.fault("sendMessage", error_code=429, retry_after=3, chat_id=anna.id)
    await anna.writes("/help")
    await boris.writes("/help")
    await boris.sees("Вот что я умею")
    assert await anna.messages() == []
    await anna.sees("Вот что я умею")


async def test_telegrams_patience_is_not_tried_for_ever(redis: Redis, desk: Desk) -> None:
    """After four refusals the caller is told; messages from a queue are tried again from there."""
    calls: list[int] = []

    async def refuse() -> None:
        calls.append(1)
        raise RetryAfter(0)

    limiter = SharedRateLimiter(redis)
    with pytest.raises(RetryAfter):
        await limiter.process_request(refuse, (), {}, "sendMessage", {"chat_id": GROUP}, Priority.BROADCAST)
    assert len(calls) == 4


async def test_presses_are_never_held_back_by_a_broadcast(
    redis: Redis, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: priorities. The budget for all is spent: an interactive message goes at once, a broadcast's waits."""
    limiter, waits = SharedRateLimiter(redis), []
    rest = asyncio.sleep

    async def note(seconds: float) -> None:
        waits.append(seconds)
        await rest(seconds)

    async def send() -> None:
        await rest(0)

    monkeypatch.setattr("interview_bot.rate_limiter.sleep", note)
    for number in range(60):  # that many people press at once
        await limiter.process_request(send, (), {}, "editMessageText", {"chat_id": 5000 + number}, None)
    assert waits == []
    await limiter.process_request(send, (), {}, "sendMessage", {"chat_id": 6000}, Priority.BROADCAST)
    assert waits != []


async def test_cards_come_before_notices_and_notices_before_broadcasts_when_room_is_short(
    redis: Redis, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: the burst per priority makes room for what is more urgent."""
    limiter, asked_to_wait = SharedRateLimiter(redis), []

    async def make_room(seconds: float) -> None:
        asked_to_wait.append(seconds)
        await redis.delete("flow:all")

    async def send() -> None:
        pass

    monkeypatch.setattr("interview_bot.rate_limiter.sleep", make_room)
    for priority in (Priority.CARD, Priority.NOTICE, Priority.BROADCAST):
        seconds, micros = await redis.time()
        await redis.set("flow:all", seconds * 1000 + micros // 1000 + 5000)  # far beyond the budget
        await limiter.process_request(send, (), {}, "sendMessage", {"chat_id": 6000}, priority)
    card, notice, broadcast = asked_to_wait
    assert card + 0.1 < notice
    assert notice + 0.1 < broadcast


async def test_who_has_waited_for_their_turn_is_not_held_back_again(redis: Redis, desk: Desk) -> None:
    """``IN_TURN``: no second wait between a last check and the call; after a 429 the caller starts anew, later."""
    limiter, calls = SharedRateLimiter(redis), []

    async def refuse() -> None:
        calls.append(1)
        raise RetryAfter(30)

    async def call() -> None:
        await limiter.process_request(refuse, (), {}, "sendMessage", {"chat_id": 1}, Priority.IN_TURN)

    with pytest.raises(RetryAfter):
        await call()
    assert await redis.pttl("flow:pause:1") > 0, "others wait with it"
    with pytest.raises(RetryAfter):
        await asyncio.wait_for(call(), 5)
    assert len(calls) == 2
