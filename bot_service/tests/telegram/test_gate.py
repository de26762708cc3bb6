"""Who sends too much: counted before it is handled, dropped beyond a burst, told once, and nobody else waits."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis
from telegram import CallbackQuery, Chat, Message, Update, User

from interview_bot.admin_client.allow_list import ENTRIES
from interview_bot.application import BotService
from interview_bot.common.metrics import UPDATES
from interview_bot.common.redis_values import answer_of
from interview_bot.settings import Settings
from interview_bot.telegram import gate as gate_module
from interview_bot.telegram.gate import KNOWN, STRANGER, Admission, Budget, Gate
from tests.kit.desk import Desk
from tests.kit.line import Line
from tests.kit.recruiting import RITA
from tests.kit.telegram import GROUP, Person, Sandbox, eventually

SLOW_DOWN = "Слишком много сразу"
OTHER_BOT = 200000002
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def written(
    update_id: int, user_id: int = 1001, at: datetime = NOW, text: str = "/help", chat: Chat | None = None
) -> Update:
    """A message as the bot reads it; in the private chat by default."""
    chat = chat or Chat(user_id, Chat.PRIVATE)
    message = Message(update_id + 500, at, chat, from_user=User(user_id, "Анна", is_bot=False), text=text)
    return Update(update_id, message=message)


async def admitted(gate: Gate, updates: Iterable[Update]) -> list[Admission]:
    return [await gate.admit(update) for update in updates]


def dropped() -> float:
    """How many updates were dropped in this process."""
    value: float = UPDATES.labels("dropped")._value.get()
    return value


async def test_a_stranger_who_floods_keeps_nobody_waiting_and_is_told_once(
    sandbox: Sandbox, anna: Person, desk: Desk
) -> None:
    """Guard: ``STRANGER``. 130 messages; a candidate is answered as if there were none."""
    before = dropped()
    stranger = await sandbox.person(1099, "Чужой")
    for number in range(130):
        await stranger.writes(f"hi {number}")
    await anna.writes("/help")
    await anna.sees("Вот что я умею")
    assert len(desk.asked) < 130

    async def all_gone() -> bool:
        return dropped() - before >= 120

    await eventually(all_gone, "the rest is dropped")
    told = [message.text for message in await stranger.messages() if SLOW_DOWN in message.text]
    assert len(told) <= 1
    assert len(await stranger.messages()) <= 10


async def test_a_crowd_of_strangers_keeps_no_candidate_waiting(sandbox: Sandbox, anna: Person) -> None:
    """Guard: ``Priority.STRANGER``. With Telegram's limits on: she is answered, and Telegram has to refuse nothing."""
    strangers = [await sandbox.person(7000 + number, "Чужой") for number in range(120)]
    await sandbox.limits(enabled=True)
    for _ in range(2):
        await asyncio.gather(*(stranger.writes("/start") for stranger in strangers))
    await anna.writes("/help")
    await anna.sees("Вот что я умею")
    assert not [call for call in await sandbox.calls("sendMessage") if "429" in str(call.get("error"))]
    refused = [call for call in await sandbox.calls("sendMessage") if call.get("chat_id", 0) >= 7000]
    assert 0 < len(refused) < len(strangers), "strangers are told, too, where there is room"


async def test_a_candidate_who_writes_too_much_is_told_in_their_language_and_served_again(
    sandbox: Sandbox, anna: Person, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: ``Admission.TOLD``: one line however much follows."""
    monkeypatch.setattr(gate_module, "KNOWN", Budget(3, 1_000))
    monkeypatch.setattr(gate_module, "STRANGER", Budget(3, 1_000))
    for number in range(30):
        await anna.writes(f"/help {number}")

    async def told() -> bool:
        return any(SLOW_DOWN in message.text for message in await anna.messages())

    await eventually(told, "she is told")
    await asyncio.sleep(1)
    await anna.writes("/contact")
    await anna.sees("Напишите")
    assert sum(SLOW_DOWN in message.text for message in await anna.messages()) == 1


async def test_presses_beyond_the_burst_are_all_answered_with_what_to_do(
    sandbox: Sandbox, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: ``turn_away``. No request is lost without a word; nothing is written into the chat for it."""
    await anna.writes("/start")
    slots = await anna.sees("Выберите")
    monkeypatch.setattr(gate_module, "KNOWN", Budget(2, 60_000))
    queries = [await anna.presses(slots, "каб. 1") for _ in range(6)]
    answers = [await anna.answer_to(query) for query in queries]
    assert sum(SLOW_DOWN in (answer["text"] or "") for answer in answers) >= 4
    assert not any(SLOW_DOWN in message.text for message in await anna.messages())


async def test_a_group_gets_few_answers_however_many_ask_and_no_word_about_it(
    sandbox: Sandbox, anna: Person, desk: Desk
) -> None:
    """What people do in their private chats goes on meanwhile."""
    people = [await sandbox.person(1100 + number, f"Кандидат {number}") for number in range(15)]
    for person in people:
        desk.allow(person.id)
        await person.writes("/start", GROUP)
    for person in people:
        await person.writes("/help")
    for person in people:
        await person.sees("Вот что я умею")
    shown = [message.text for message in await sandbox.messages(GROUP)]
    assert 1 <= len(shown) <= 7
    assert not any(SLOW_DOWN in text for text in shown)


async def test_a_groups_commands_are_bounded_whoever_writes_them(redis: Redis, desk: Desk) -> None:
    """Guard: ``GROUP``; nobody is told, and nobody's own budget is spent by it."""
    gate, chat = Gate(redis, 1, ENTRIES), Chat(GROUP, Chat.SUPERGROUP)
    let_in = await admitted(gate, (written(n, user_id=3000 + n, chat=chat) for n in range(1, 41)))
    assert let_in.count(Admission.ADMITTED) <= 6
    assert set(let_in) == {Admission.ADMITTED, Admission.DROPPED}
    assert await gate.admit(written(99, user_id=3040)) is Admission.ADMITTED


async def test_what_people_say_to_each_other_in_a_group_is_not_counted(redis: Redis, desk: Desk) -> None:
    """Guard: ``NOT_OURS``."""
    gate, chat = Gate(redis, 1, ENTRIES), Chat(GROUP, Chat.SUPERGROUP)
    talk = [written(n, text="hello", chat=chat) for n in range(1, 20)]
    assert set(await admitted(gate, talk)) == {Admission.NOT_OURS}
    assert await redis.keys("flow:*") == []


async def test_the_burst_is_shared_by_replicas(redis: Redis, desk: Desk) -> None:
    """Guard: the buckets in Redis."""
    gates = [Gate(redis, 1, ENTRIES), Gate(redis, 1, ENTRIES)]
    let_in = [await gates[n % 2].admit(written(n)) for n in range(1, 20)]
    assert let_in.count(Admission.ADMITTED) == STRANGER.burst
    assert let_in.count(Admission.TOLD) == 1


async def test_whom_the_desk_knows_has_the_larger_budget(redis: Redis, desk: Desk) -> None:
    """Guards: the allow list's entry for candidates, ``served`` for recruiters."""
    await answer_of(redis.hset("allowed:entries", "1001", '{"allowed": true}'))
    await answer_of(redis.hset("allowed:entries", "1003", '{"allowed": false}'))
    gate = Gate(redis, 1, ENTRIES)
    await gate.mark_served(1002)
    for user_id, budget in ((1001, KNOWN), (1002, KNOWN), (1003, STRANGER)):
        first = user_id * 100
        let_in = await admitted(gate, (written(n, user_id) for n in range(first, first + 40)))
        assert abs(let_in.count(Admission.ADMITTED) - budget.burst) <= 1


async def test_a_recruiter_who_is_no_candidate_is_no_stranger(rita: Person, redis: Redis) -> None:
    """Guard: ``gate.mark_served`` where they are let in."""
    assert await redis.exists(f"flow:served:{RITA}")


async def test_without_redis_this_process_counts_alone(redis_line: Line, settings: Settings, desk: Desk) -> None:
    """Guard: ``_Buckets``."""
    client: Redis = Redis.from_url(settings.redis_url.get_secret_value(), decode_responses=True)
    gate = Gate(client, 1, ENTRIES)
    redis_line.cut()
    try:
        let_in = await admitted(gate, (written(n) for n in range(1, 61)))
    finally:
        redis_line.mend()
        await client.aclose()
    assert KNOWN.burst <= let_in.count(Admission.ADMITTED) < 60
    assert let_in.count(Admission.TOLD) == 1


async def test_an_update_that_was_let_in_is_not_counted_again(redis: Redis, desk: Desk) -> None:
    """Guard: ``Admission.AGAIN``: after a crash Telegram sends what was in hand once more."""
    gate = Gate(redis, 1, ENTRIES)
    await admitted(gate, (written(n) for n in range(1, STRANGER.burst + 1)))
    assert await gate.admit(written(1)) is Admission.AGAIN
    await gate.mark_done(written(1))
    assert await gate.admit(written(1)) is Admission.REPEATED


async def test_a_dropped_update_stays_dropped_when_it_comes_again(redis: Redis, desk: Desk) -> None:
    """Guard: its mark."""
    gate = Gate(redis, 1, ENTRIES)
    await admitted(gate, (written(n) for n in range(1, STRANGER.burst + 2)))
    assert await Gate(redis, 1, ENTRIES).admit(written(STRANGER.burst + 1)) is Admission.REPEATED


async def test_another_bots_updates_are_its_own(redis: Redis, desk: Desk) -> None:
    """Guard: the bot's id in the key."""
    await Gate(redis, 1, ENTRIES).mark_done(written(7))
    assert await Gate(redis, OTHER_BOT, ENTRIES).admit(written(7)) is Admission.ADMITTED


async def test_a_server_that_numbers_anew_is_served(redis: Redis, desk: Desk) -> None:
    """Guard: ``_fingerprint``: the number is the same, the message or the press is another."""
    gate = Gate(redis, 1, ENTRIES)
    await gate.mark_done(written(7))
    assert await gate.admit(written(7, at=NOW + timedelta(days=1))) is Admission.ADMITTED
    press = CallbackQuery("11", User(1001, "Анна", is_bot=False), "1")
    await gate.mark_done(Update(8, callback_query=press))
    other = CallbackQuery("12", User(1001, "Анна", is_bot=False), "1")
    assert await gate.admit(Update(8, callback_query=other)) is Admission.ADMITTED


async def test_a_clock_of_redis_that_was_put_back_shuts_nobody_out(redis: Redis, desk: Desk) -> None:
    """Guard: how far ahead a bucket can be (``_ADMIT``)."""
    seconds, _ = await redis.time()
    await redis.set("flow:person:1001", (seconds + 3600) * 1000)
    assert await Gate(redis, 1, ENTRIES).admit(written(1)) is Admission.ADMITTED


async def test_handling_goes_on_for_updates_of_nobody(bot: BotService) -> None:
    """A channel's post has no person to count."""
    await bot.handle(Update(60_001))
