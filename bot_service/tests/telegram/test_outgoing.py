"""A chat without room: what it is shown waits there, and nothing and nobody else does."""

from functools import partial

import pytest
from redis.asyncio import Redis

from interview_bot.application import BotService
from interview_bot.common.database import Database
from interview_bot.telegram import outgoing as outgoing_module
from interview_bot.telegram.outgoing import MAX_IN_CHAT, Outgoing
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.telegram.sending import edit
from interview_bot.telegram.waiting_edits import WaitingEdits
from interview_bot.views.screen import Screen
from shared_contracts.transport.topology import BOOKING_RESULT
from tests.dialogs.test_booking import open_details
from tests.kit.desk import Desk
from tests.kit.telegram import GROUP, Message, Person, Sandbox, eventually


async def _is_empty(outgoing: Outgoing) -> bool:
    return not outgoing._chats


async def pause(redis: Redis, chat_id: int, seconds: float = 600) -> None:
    """As after a 429."""
    await redis.set(f"flow:pause:{chat_id}", int(seconds * 1000), px=int(seconds * 1000))


async def resume(redis: Redis, chat_id: int) -> None:
    """Its time is over."""
    await redis.delete(f"flow:pause:{chat_id}")


async def taken(sandbox: Sandbox) -> bool:
    """Whether everything that was written to the bot is confirmed to Telegram."""
    return bool((await sandbox.get("/bot"))["pending_updates"] == 0)


async def shown(anna: Person) -> Message:
    """A message of the bot's."""
    await anna.writes("/start")
    return await anna.sees("Выберите")


async def test_a_chat_that_has_to_wait_holds_neither_the_update_nor_the_person(
    anna: Person, sandbox: Sandbox, redis: Redis, bot: BotService
) -> None:
    """Guard: ``_put`` in place of a wait. The updates are done, the person's lock is free."""
    slots = await shown(anna)
    await pause(redis, anna.id)
    await anna.presses(slots, "каб. 1")
    await anna.writes("/help")
    await eventually(partial(taken, sandbox), "both are confirmed")

    async def idle() -> bool:
        return bot._intake.is_idle

    await eventually(idle, "nothing is in hand")
    assert await redis.exists(f"user:{anna.id}:lock") == 0
    assert [message.text for message in await anna.messages()] == [slots.text]
    await resume(redis, anna.id)
    await anna.sees("Вот что я умею", seconds=15)
    assert "Записать вас" in (await anna.messages())[0].text


async def test_of_several_edits_of_a_message_only_the_last_is_made(anna: Person, redis: Redis, bot: BotService) -> None:
    """Guard: the key of what waits."""
    message = await shown(anna)
    await pause(redis, anna.id)
    for number in range(5):
        await bot._services.outgoing.edit(anna.id, message.id, Screen(f"edit {number}"))
    await resume(redis, anna.id)
    seen = await anna.sees("edit 4", seconds=15)
    assert seen.edits == message.edits + 1


async def test_the_same_answer_in_one_group_is_given_once(anna: Person, redis: Redis, bot: BotService) -> None:
    """Guard: ``_MESSAGE``'s key is what it says."""
    await pause(redis, GROUP)
    for _ in range(5):
        await bot._services.outgoing.send(GROUP, Screen("here"))
    await bot._services.outgoing.send(GROUP, Screen("the last"))
    await resume(redis, GROUP)

    async def all_there() -> bool:
        return [message.text for message in await anna.sandbox.messages(GROUP)] == ["here", "the last"]

    await eventually(all_there, "one of each", seconds=60)


async def test_few_answers_wait_in_one_chat(anna: Person, redis: Redis, bot: BotService) -> None:
    """Guard: ``MAX_IN_CHAT``; the oldest make room, an edit does not."""
    message = await shown(anna)
    await pause(redis, anna.id)
    await bot._services.outgoing.edit(anna.id, message.id, Screen("edited"))
    for number in range(3 * MAX_IN_CHAT):
        await bot._services.outgoing.send(anna.id, Screen(f"text {number}"))
    waiting = list(bot._services.outgoing._chats[anna.id])
    assert len(waiting) == MAX_IN_CHAT
    assert waiting[0] == ("edit", message.id)
    assert waiting[-1] == ("message", f":text {3 * MAX_IN_CHAT - 1}")


async def test_an_answer_nobody_waits_for_any_more_is_dropped(
    anna: Person, redis: Redis, bot: BotService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: ``KEPT_SECONDS``."""
    await shown(anna)
    monkeypatch.setattr(outgoing_module, "KEPT_SECONDS", 0.0)
    monkeypatch.setattr(outgoing_module, "_LONGEST_LOOK", 0.05)
    await pause(redis, anna.id)
    await bot._services.outgoing.send(anna.id, Screen("late"))
    await eventually(partial(_is_empty, bot._services.outgoing), "it is dropped")


async def test_an_answer_that_failed_is_given_again(anna: Person, redis: Redis, bot: BotService) -> None:
    """Guard: ``MAX_TRIES``: a server's hiccup loses nothing."""
    message = await shown(anna)
    await pause(redis, anna.id)
    await bot._services.outgoing.edit(anna.id, message.id, Screen("in the end"))
    await anna.sandbox.fault("editMessageText", error_code=502, times=2)
    await resume(redis, anna.id)
    await anna.sees("in the end", seconds=20)


async def test_an_edit_that_waits_is_overtaken_by_one_that_is_made(anna: Person, redis: Redis, bot: BotService) -> None:
    """Guard: ``overtake`` in the limiter. Without it "booking…" would be written over the outcome."""
    message, tools = await shown(anna), bot._services
    await pause(redis, anna.id)
    await tools.outgoing.edit(anna.id, message.id, Screen("booking…"))
    await edit(tools.bot, anna.id, message.id, Screen("booked"), Priority.IN_TURN)
    await resume(redis, anna.id)
    await eventually(partial(_is_empty, tools.outgoing), "all that waited is done with", seconds=60)
    assert (await anna.messages())[0].text == "booked"


async def test_an_edit_that_waits_is_overtaken_by_another_replicas(anna: Person, redis: Redis, bot: BotService) -> None:
    """Guard: the token in Redis (``is_waiting``)."""
    message, tools = await shown(anna), bot._services
    await pause(redis, anna.id)
    await tools.outgoing.edit(anna.id, message.id, Screen("booking…"))
    await WaitingEdits(redis).overtake(anna.id, message.id)
    await resume(redis, anna.id)
    await eventually(partial(_is_empty, tools.outgoing), "all that waited is done with", seconds=60)
    assert (await anna.messages())[0].text == message.text


async def test_an_edit_that_waited_is_not_made_while_the_person_is_being_handled(
    anna: Person, redis: Redis, bot: BotService
) -> None:
    """Guard: the person's lock in ``_show``: what is newer may be on its way."""
    message, tools = await shown(anna), bot._services
    await pause(redis, anna.id)
    async with bot._locks.hold(anna.id):
        await tools.outgoing.edit(anna.id, message.id, Screen("older"))
        await redis.delete(f"flow:chat:{anna.id}")
        await resume(redis, anna.id)
        await eventually(partial(_turn_taken, redis, anna.id), "its turn has come", seconds=60)
        await edit(tools.bot, anna.id, message.id, Screen("newer"), Priority.IN_TURN)
    await eventually(partial(_is_empty, tools.outgoing), "all that waited is done with", seconds=60)
    [last] = await anna.messages()
    assert (last.text, last.edits) == ("newer", message.edits + 1)


async def _turn_taken(redis: Redis, chat_id: int) -> bool:
    return bool(await redis.exists(f"flow:chat:{chat_id}"))


async def test_an_outcome_waits_for_its_chat_and_is_shown_whole(
    anna: Person, sandbox: Sandbox, redis: Redis, desk: Desk, bots_database: Database
) -> None:
    """I5: a result is acknowledged to RabbitMQ only once it is shown. Nobody sleeps under the lock."""
    details = await open_details(anna)
    await pause(redis, anna.id)
    query = await anna.presses(details, "Подтвердить")
    await anna.answer_to(query)

    async def asked() -> bool:
        return len(desk.requests) == 1

    await eventually(asked, "the request is sent")
    assert await bots_database["inbox"].count_documents({"_id": {"$regex": f"^{BOOKING_RESULT.name}"}}) == 0
    await eventually(partial(_lock_is_free, redis, anna.id), "the person's lock is free")
    await resume(redis, anna.id)
    booked = await anna.sees("Вы записаны!", seconds=15)
    assert booked.id == details.id


async def _lock_is_free(redis: Redis, user_id: int) -> bool:
    return not await redis.exists(f"user:{user_id}:lock")


async def test_a_recruiters_card_that_waits_for_its_chat_holds_nobody(
    rita: Person, sandbox: Sandbox, redis: Redis, desk: Desk
) -> None:
    """It comes when there is room; until then the recruiter's presses are handled."""
    await pause(redis, rita.id)
    await desk.show_card()
    await eventually(partial(_lock_is_free, redis, rita.id), "the lock is free")
    query = await rita.sends_data((await rita.messages())[-1], "1:rq:0")
    await rita.answer_to(query)
    await resume(redis, rita.id)

    async def card() -> bool:
        return any("Анна" in message.text for message in await rita.messages())

    await eventually(card, "the card comes", seconds=60)
