"""A crowd's presses: all are acknowledged before the work behind the first goes on (NFR1)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from telegram import CallbackQuery, Update, User

from interview_bot import acks as acks_module
from interview_bot.acks import Acks
from interview_bot.application import BotService
from interview_bot.conversation.talk import Talk
from interview_bot.conversation.texts import texts_for
from interview_bot.polling import PollingBot
from interview_bot.telegram_requests import AiohttpRequest
from interview_bot.update_processor import OnePressAtATime, PersonLocks
from tests.kit.servers import TOKEN

PATIENCE = 5.0
"""Seconds; far beyond what any of this takes."""


@pytest_asyncio.fixture
async def acks(sandbox_url: str) -> AsyncIterator[Acks]:
    """Of a bot that nobody polls for; Telegram knows none of the presses, which are answered all the same."""
    request = AiohttpRequest(4, connect_timeout=1, read_timeout=8)
    async with PollingBot(TOKEN, base_url=f"{sandbox_url}/bot", request=request) as bot:
        yield Acks(bot)


def pressed(acks: Acks, *query_ids: str) -> None:
    """Presses whose handling has begun."""
    for query_id in query_ids:
        acks.open(query_id)
        acks.in_turn(query_id)


async def test_an_answered_press_goes_on_once_the_others_are_answered(
    acks: Acks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acks_module, "_CROWD", PATIENCE)
    pressed(acks, "1", "2")
    await acks.answer("1")
    going_on = asyncio.create_task(acks.others_first())
    await asyncio.sleep(0)
    assert not going_on.done()

    await acks.answer("2")

    await going_on
    assert not acks._unanswered


async def test_a_lone_press_goes_on_at_once(acks: Acks) -> None:
    pressed(acks, "1")
    await acks.answer("1")
    going_on = asyncio.create_task(acks.others_first())
    await asyncio.sleep(0)
    assert going_on.done()


async def test_the_dialogs_go_on_once_the_others_are_answered(
    acks: Acks, bot: BotService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acks_module, "_CROWD", PATIENCE)
    pressed(acks, "1", "2")
    talk = Talk(replace(bot._tools, acks=acks), texts_for("en"), None, 4001, 1, "1")
    going_on = asyncio.create_task(talk.acknowledge())
    while "1" in acks._unanswered:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    assert not going_on.done()

    await acks.answer("2")

    await going_on


async def test_a_press_that_is_not_answered_does_not_hold_the_others_for_ever(
    acks: Acks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acks_module, "PATIENCE", 10 * PATIENCE)
    pressed(acks, "1", "2")
    await acks.answer("1")

    async with asyncio.timeout(PATIENCE):
        await acks.others_first()


async def test_a_second_press_of_the_same_person_is_not_waited_for(
    acks: Acks, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits itself, for the first one's lock."""
    monkeypatch.setattr(acks_module, "PATIENCE", 10 * PATIENCE)
    monkeypatch.setattr(acks_module, "_CROWD", 10 * PATIENCE)
    processor = OnePressAtATime(redis, PersonLocks(redis), acks)
    person = User(4001, "Anna", is_bot=False)
    handled: list[int] = []

    async def handle(update: Update) -> None:
        assert update.callback_query
        await acks.answer(update.callback_query.id)
        await acks.others_first()
        handled.append(update.update_id)

    await redis.delete("update:1", "update:2")
    updates = [Update(n, callback_query=CallbackQuery(str(n), person, "1")) for n in (1, 2)]
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(processor.process_update(update, handle(update)) for update in updates))

    assert handled == [1, 2]
