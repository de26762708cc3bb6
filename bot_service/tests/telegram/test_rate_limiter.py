"""Telegram's limits are kept before Telegram has to say so."""

from datetime import timedelta

import pytest
from redis.asyncio import Redis
from telegram.error import RetryAfter

from interview_bot.common.redis_values import answer_of
from interview_bot.settings import Settings
from interview_bot.telegram.errors import HeldBackError, seconds_to_wait
from interview_bot.telegram.rate_limiter import Priority, SharedRateLimiter
from interview_bot.telegram.waiting_edits import WaitingEdits
from tests.kit.desk import Desk
from tests.kit.line import Line
from tests.kit.telegram import GROUP, Person, Sandbox, eventually


async def refusals(sandbox: Sandbox) -> list[object]:
    """The calls that Telegram answered with 429."""
    return [call for call in await sandbox.calls("sendMessage") if "429" in str(call.get("error"))]


async def test_one_chat_gets_one_message_a_second_after_a_burst(anna: Person, sandbox: Sandbox) -> None:
    """Guard: ``_CHAT``, the chat's bucket; the sandbox's is as narrow here, so without ours it would refuse."""
    await anna.writes("/contact")
    await anna.sees("Напишите")
    await sandbox.limits(enabled=True, per_chat={"messages": 1, "seconds": 1, "burst": 5})
    for text in ("/help", "/contact", "/mybooking", "/start", "/cancel", "?", "/help"):
        await anna.writes(text)

    async def answered() -> bool:
        return len(await anna.messages()) >= 7

    await eventually(answered, "an answer to each that differs", seconds=60)
    assert await refusals(sandbox) == []


async def test_a_429_is_obeyed_and_the_message_sent_afterwards(anna: Person, sandbox: Sandbox) -> None:
    """Guard: ``Outgoing._put``: what Telegram refuses for now waits for its time."""
    await sandbox.fault("sendMessage", error_code=429, retry_after=1)
    await anna.writes("/help")
    await anna.sees("Вот что я умею")
    first, second = await sandbox.calls("sendMessage", anna.id)
    assert second["at"] - first["at"] >= 1


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


async def test_what_has_no_room_is_refused_without_asking_telegram(redis: Redis, desk: Desk) -> None:
    """Guard: ``take_turn``; nobody sleeps in the limiter, whoever sends waits where it holds nothing."""
    limiter, calls = limiter_on(redis), []

    async def send() -> None:
        calls.append(1)

    for _ in range(5):
        await limiter.process_request(send, (), {}, "sendMessage", {"chat_id": 1}, None)
    with pytest.raises(HeldBackError) as refused:
        await limiter.process_request(send, (), {}, "sendMessage", {"chat_id": 1}, None)
    assert 0 < seconds_to_wait(refused.value) <= 1
    assert len(calls) == 5


async def refused_by_telegram(limiter: SharedRateLimiter, chat_id: int, seconds: float = 30) -> None:
    """A call for that chat is answered with 429."""

    async def refuse() -> None:
        raise RetryAfter(timedelta(seconds=seconds))

    with pytest.raises(RetryAfter):
        await limiter.process_request(refuse, (), {}, "sendMessage", {"chat_id": chat_id}, None)


async def test_a_429_of_one_chat_pauses_that_chat_on_every_replica(redis: Redis, desk: Desk) -> None:
    """Guard: ``_pause``."""
    await refused_by_telegram(limiter_on(redis), GROUP)
    other = limiter_on(redis)
    assert await other.seconds_to_turn(GROUP, Priority.INTERACTIVE) > 25
    assert await other.seconds_to_turn(1, Priority.INTERACTIVE) == 0


async def test_429s_of_several_chats_at_once_pause_the_whole_bot(redis: Redis, desk: Desk) -> None:
    """Guard: ``_WHOLE_BOT``. A 429 names no chat; each of these was within its own limit."""
    limiter = limiter_on(redis)
    for chat_id in (1, 2):
        await refused_by_telegram(limiter, chat_id)
    assert await limiter.seconds_to_turn(9, Priority.INTERACTIVE) == 0
    await refused_by_telegram(limiter, 3)
    for replica in (limiter, limiter_on(redis)):
        assert await replica.seconds_to_turn(9, Priority.INTERACTIVE) > 25


async def test_three_chats_at_their_own_limit_hold_nobody_else_up(redis: Redis, desk: Desk) -> None:
    """Guard: ``_record_success``. They are refused again and again, while others are answered."""
    limiter = limiter_on(redis)

    async def send() -> None: ...

    for round_ in range(4):
        for chat_id in (1, 2, 3):
            await refused_by_telegram(limiter, chat_id + 10 * round_, seconds=20)
            await limiter.process_request(send, (), {}, "sendMessage", {"chat_id": 100 + 10 * round_ + chat_id}, None)
    for replica in (limiter, limiter_on(redis)):
        assert await replica.seconds_to_turn(9, Priority.INTERACTIVE) == 0


async def test_a_call_made_before_the_refusals_says_nothing_about_them(redis: Redis, desk: Desk) -> None:
    """Guard: ``_record_success`` asks when the call was made, not when it ended."""
    limiter = limiter_on(redis)

    async def send() -> None:
        for chat_id in (1, 2):
            await refused_by_telegram(limiter, chat_id)

    await limiter.process_request(send, (), {}, "sendMessage", {"chat_id": 8}, None)
    await refused_by_telegram(limiter, 3)
    assert await limiter.seconds_to_turn(9, Priority.INTERACTIVE) > 25


@pytest.mark.parametrize("key", ["flow:all", "flow:chat:1", "flow:pause:all"])
@pytest.mark.parametrize("value", ["", "nan", "inf", "{bad", None], ids=repr)
async def test_an_unreadable_value_lifts_no_limit(redis: Redis, desk: Desk, key: str, value: str | None) -> None:
    """Guard: ``number`` in ``_TAKE``: a script that fails limits nobody, for ever."""
    await answer_of(redis.rpush(key, "x") if value is None else redis.set(key, value))
    limiter = limiter_on(redis)
    waits = [await limiter.seconds_to_turn(1, Priority.INTERACTIVE) for _ in range(6)]
    assert waits[0] == 0
    assert waits[-1] > 0


async def test_a_chats_waiting_cards_come_one_after_the_other(redis: Redis, desk: Desk) -> None:
    """Guard: ``_place_in_line``; told the same moment, all would ask again at once, each second anew."""
    limiter, waits = limiter_on(redis), []
    await redis.set("flow:pause:1", 10_000, px=10_000)
    for _ in range(3):
        with pytest.raises(HeldBackError) as refused:
            await limiter.take_turn(1, Priority.CARD)
        waits.append(seconds_to_wait(refused.value))
    assert [round(wait - waits[0]) for wait in waits] == [0, 1, 2]


async def test_a_429_is_obeyed_while_redis_is_away(redis_line: Line, settings: Settings, desk: Desk) -> None:
    """Guard: ``_paused_here``."""
    client: Redis = Redis.from_url(settings.redis_url.get_secret_value(), decode_responses=True)
    limiter = limiter_on(client)
    redis_line.cut()
    try:
        await refused_by_telegram(limiter, 1)
        assert await limiter.seconds_to_turn(1, Priority.INTERACTIVE) > 25
        assert await limiter.seconds_to_turn(2, Priority.INTERACTIVE) == 0
    finally:
        redis_line.mend()
        await client.aclose()


@pytest.mark.parametrize("key", ["flow:chat:1", "flow:all"])
async def test_a_clock_of_redis_that_was_put_back_holds_nobody_back(redis: Redis, desk: Desk, key: str) -> None:
    """Guard: how far ahead a bucket's value can be (``_TAKE``)."""
    seconds, micros = await redis.time()
    await redis.set(key, seconds * 1000 + micros // 1000 + 60_000)  # as a clock a minute ahead left it
    assert await limiter_on(redis).seconds_to_turn(1, Priority.NOTICE) == 0


async def test_a_pause_lasts_no_longer_than_telegram_said_though_the_clock_was_put_back(
    redis: Redis, desk: Desk
) -> None:
    """Guard: a pause's own length, kept as its value."""
    await redis.set("flow:pause:1", 1_000, px=61_000)  # its second, and the minute by which the clock went back
    assert await limiter_on(redis).seconds_to_turn(1, Priority.INTERACTIVE) <= 1


async def test_presses_are_never_held_back_by_a_broadcast(redis: Redis, desk: Desk) -> None:
    """Guard: priorities. The budget for all is spent: an interactive message goes at once, a broadcast's waits."""
    limiter = limiter_on(redis)
    for number in range(60):  # that many people press at once
        assert await limiter.seconds_to_turn(5000 + number, Priority.INTERACTIVE) == 0
    assert await limiter.seconds_to_turn(6000, Priority.BROADCAST) > 0


async def test_strangers_leave_most_of_the_room_to_people_whom_the_desk_knows(redis: Redis, desk: Desk) -> None:
    """Guard: ``_STRANGERS``; however many ask at once, few are told at once."""
    limiter, waits = limiter_on(redis), []
    for number in range(200):
        await redis.delete("flow:all")  # as if the bot had all of its room
        waits.append(await limiter.seconds_to_turn(7000 + number, Priority.STRANGER))
    assert 5 <= waits.count(0) < 100
    assert await limiter.seconds_to_turn(1, Priority.INTERACTIVE) == 0


async def test_cards_come_before_notices_and_notices_before_broadcasts_when_room_is_short(
    redis: Redis, desk: Desk
) -> None:
    """Guard: the burst per priority (``_ALL``) makes room for what is more urgent."""
    limiter, waits = limiter_on(redis), []
    for priority in (Priority.CARD, Priority.NOTICE, Priority.BROADCAST):
        seconds, micros = await redis.time()
        await redis.set("flow:all", seconds * 1000 + micros // 1000 + 1_030)  # as full as it can be
        waits.append(await limiter.seconds_to_turn(6000, priority))
    card, notice, broadcast = waits
    assert 0 < card < notice < broadcast


async def test_who_has_taken_its_turn_is_not_held_back_again(redis: Redis, desk: Desk) -> None:
    """``IN_TURN``: no second wait between a last check and the call; after a 429 the caller starts anew, later."""
    limiter, calls = limiter_on(redis), []

    async def send() -> None:
        calls.append(1)

    await redis.set("flow:pause:1", 30_000, px=30_000)
    await limiter.process_request(send, (), {}, "sendMessage", {"chat_id": 1}, Priority.IN_TURN)
    assert calls == [1]


def limiter_on(redis: Redis) -> SharedRateLimiter:
    """A replica's limiter."""
    return SharedRateLimiter(redis, WaitingEdits(redis))
