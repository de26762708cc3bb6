"""A crowd's presses: all are acknowledged before the work behind the first goes on (NFR1)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from telegram import CallbackQuery, Update, User

from interview_bot.admin_client.allow_list import ENTRIES
from interview_bot.application import BotService
from interview_bot.common.person_locks import PersonLocks
from interview_bot.dialogs.context import DialogContext
from interview_bot.telegram import acks as acks_module
from interview_bot.telegram.acks import Acks
from interview_bot.telegram.gate import STRANGER, Gate
from interview_bot.telegram.polling import PollingBot
from interview_bot.telegram.requests import AiohttpRequest
from interview_bot.telegram.update_processor import OneUpdatePerPerson
from interview_bot.views.texts import texts_for
from tests.kit.servers import TOKEN
from tests.kit.telegram import Person, Sandbox

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
        acks.begin_handling(query_id)


async def test_an_answered_press_goes_on_once_the_others_are_answered(
    acks: Acks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acks_module, "_CROWD", PATIENCE)
    pressed(acks, "1", "2")
    await acks.answer("1")
    going_on = asyncio.create_task(acks.wait_for_others())
    await asyncio.sleep(0)
    assert not going_on.done()

    await acks.answer("2")

    await going_on
    assert not acks._unanswered


async def test_a_lone_press_goes_on_at_once(acks: Acks) -> None:
    pressed(acks, "1")
    await acks.answer("1")
    going_on = asyncio.create_task(acks.wait_for_others())
    await asyncio.sleep(0)
    assert going_on.done()


async def test_the_dialogs_go_on_once_the_others_are_answered(
    acks: Acks, bot: BotService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acks_module, "_CROWD", PATIENCE)
    pressed(acks, "1", "2")
    talk = DialogContext(replace(bot._services, acks=acks), texts_for("en"), None, 4001, 1, "1")
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
        await acks.wait_for_others()


async def test_a_second_press_of_the_same_person_is_not_waited_for(
    acks: Acks, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits itself, for the first one's lock."""
    monkeypatch.setattr(acks_module, "PATIENCE", 10 * PATIENCE)
    monkeypatch.setattr(acks_module, "_CROWD", 10 * PATIENCE)
    processor = OneUpdatePerPerson(Gate(redis, 1, ENTRIES), PersonLocks(redis), acks, nobody_is_turned_away)
    person = User(4001, "Anna", is_bot=False)
    handled: list[int] = []

    async def handle(update: Update) -> None:
        assert update.callback_query
        await acks.answer(update.callback_query.id)
        await acks.wait_for_others()
        handled.append(update.update_id)

    await redis.flushdb()
    updates = [Update(n, callback_query=CallbackQuery(str(n), person, "1")) for n in (1, 2)]
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(processor.process_update(update, handle(update)) for update in updates))

    assert handled == [1, 2]


async def test_what_came_first_is_handled_first(acks: Acks, redis: Redis) -> None:
    """Guard: ``_lines``. Else a press overtakes what was typed before it, which then answers the press's question."""
    await redis.flushdb()
    processor = OneUpdatePerPerson(Gate(redis, 1, ENTRIES), PersonLocks(redis), acks, nobody_is_turned_away)
    numbers, handled = range(1, 1 + STRANGER.burst), dict[int, list[int]]()

    async def handle(user_id: int, number: int) -> None:
        handled.setdefault(user_id, []).append(number)

    people = [User(user_id, "Anna", is_bot=False) for user_id in range(4001, 4009)]
    updates = [
        (person.id, n, Update(person.id * 100 + n, callback_query=CallbackQuery(f"{person.id}-{n}", person, "1")))
        for n in numbers
        for person in people
    ]
    await asyncio.gather(*(processor.process_update(update, handle(who, n)) for who, n, update in updates))

    assert handled == {person.id: [*numbers] for person in people}


async def nobody_is_turned_away(_update: Update, _tell: bool) -> None:
    raise AssertionError("two presses are not too many")


@pytest.mark.parametrize(
    "fault",
    [
        {"error_code": 502, "times": 3},
        {"error_code": 429, "retry_after": 1, "times": 1},
        {"mode": "drop_after_apply", "times": 2},
        {"mode": "timeout", "times": 1},
    ],
    ids=lambda fault: str(fault.get("error_code") or fault["mode"]),
)
async def test_an_answer_that_failed_is_given_again(anna: Person, sandbox: Sandbox, fault: dict[str, object]) -> None:
    """NFR1. Guard: ``AGAIN``. Whatever kept Telegram from it, the press is answered in the end."""
    await anna.writes("/start")
    slots = await anna.sees("Выберите")
    await sandbox.fault("answerCallbackQuery", **fault)
    query = await anna.presses(slots, "каб. 1")
    await anna.answer_to(query)
    await anna.sees("Записать вас")


async def test_an_answer_that_is_too_late_is_not_given_for_ever(
    anna: Person, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: ``_MAY_PASS``; and the dialog goes on."""
    monkeypatch.setattr(acks_module, "AGAIN", (0.01,) * 5)
    await anna.writes("/start")
    slots = await anna.sees("Выберите")
    await sandbox.fault("answerCallbackQuery", error_code=400, description="Bad Request: query is too old")
    await anna.presses(slots, "каб. 1")
    await anna.sees("Записать вас")
    assert len(await sandbox.calls("answerCallbackQuery")) == 1


async def test_the_dialog_goes_on_while_telegram_is_silent_about_an_answer(
    acks: Acks, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: ``PATIENCE`` in ``answer``: whoever handles the press holds the person's lock meanwhile."""
    monkeypatch.setattr(acks_module, "PATIENCE", 0.05)
    await sandbox.fault("answerCallbackQuery", mode="timeout")
    acks.open("1")
    assert await acks.answer("1", "a text")
    assert len(acks._trying) == 1
    for trying in acks._trying:
        trying.cancel()


async def test_the_second_try_comes_before_telegrams_spinner_ends(
    anna: Person, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NFR1. Guard: ``_FIRST_TRY_SECONDS``. Later tries may wait for long here: the answer is the second one's."""
    monkeypatch.setattr(acks_module, "_TRY_SECONDS", 60.0)
    await anna.writes("/start")
    slots = await anna.sees("Выберите")
    await sandbox.fault("answerCallbackQuery", mode="timeout", times=1)
    query = await anna.presses(slots, "каб. 1")
    await anna.answer_to(query)
    assert len(await sandbox.calls("answerCallbackQuery")) == 2
