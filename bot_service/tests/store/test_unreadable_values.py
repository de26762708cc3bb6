"""What another version or a hand left in Redis and nobody can read is none: it is dropped, and all go on."""

import json
from typing import Any

import pytest
from redis.asyncio import Redis

from interview_bot.admin_client.allow_list import ENTRIES
from interview_bot.application import BotService
from interview_bot.common.metrics import UNREADABLE
from interview_bot.common.redis_values import answer_of
from interview_bot.telegram.gate import KNOWN, Admission, Gate
from tests.kit.desk import Desk
from tests.kit.telegram import Person, Sandbox, eventually
from tests.telegram.test_gate import admitted, written

OF_ANOTHER_VERSION = json.dumps({"generation": "0", "filled_at": 1e12, "payload": '[{"id": 1}]'})
UNREADABLE_VALUES = ["{bad", "[]", "[1]", "null", b"\xff", OF_ANOTHER_VERSION]


def dropped(area: str) -> float:
    """How many values of an area were dropped in this process."""
    value: float = UNREADABLE.labels(area)._value.get()
    return value


@pytest.mark.parametrize("value", UNREADABLE_VALUES, ids=repr)
async def test_an_unreadable_cache_entry_is_fetched_anew(
    anna: Person, bot: BotService, desk: Desk, redis: Redis, value: Any
) -> None:
    """Guard: ``Cache._load``, the one place for all of the caches."""
    event = desk.events[0].id
    keys = ["events:cache:open", "recruiters:cache:active", f"slots:cache:{event}", "cities:cache:contact"]
    before = {key: dropped(key.partition(":")[0]) for key in keys}
    for key in keys:
        await redis.set(key, value)
    await anna.writes("/start")
    await anna.sees("Выберите")
    await bot._services.directory.contact_url(None)
    for key in keys:
        assert json.loads(await redis.get(key) or "")["payload"], key
        assert dropped(key.partition(":")[0]) == before[key] + 1, key


@pytest.mark.parametrize("key", ["events:cache:open", "events:generation", "slots:generation", "allowed:generation"])
async def test_a_key_of_another_type_is_none(anna: Person, desk: Desk, redis: Redis, key: str) -> None:
    """Guards: ``read_texts``, and SET for a new generation: INCR fails on a list for ever."""
    await answer_of(redis.rpush(key, "1"))
    await anna.writes("/start")
    await anna.sees("Выберите")


@pytest.mark.parametrize("spoil", ["list", "string"])
async def test_an_allow_list_of_another_type_is_read_again(
    sandbox: Sandbox, anna: Person, bot: BotService, desk: Desk, redis: Redis, spoil: str
) -> None:
    """Guards: ``AllowList._cached`` and ``_sync_changes``: the whole list is there again, not only who wrote."""
    desk.allow(1002, "Борис")
    await bot._services.allow_list.sync()
    await redis.delete("allowed:entries")
    await answer_of(redis.rpush("allowed:entries", "x") if spoil == "list" else redis.set("allowed:entries", "x"))
    await anna.writes("/start")
    await anna.sees("Выберите")

    async def whole() -> bool:
        is_hash = await redis.type("allowed:entries") == "hash"
        return is_hash and bool(await answer_of(redis.hlen("allowed:entries")) == 2)

    await eventually(whole, "the list is whole again")


async def test_a_list_of_another_type_is_replaced_though_nobody_writes(
    bot: BotService, desk: Desk, redis: Redis
) -> None:
    """Guard: ``_sync_changes`` looks at the type."""
    desk.allow(1001)
    await bot._services.allow_list.sync()
    await redis.delete("allowed:entries")
    await answer_of(redis.rpush("allowed:entries", "x"))
    await bot._services.allow_list.sync()
    assert await answer_of(redis.hlen("allowed:entries")) == 1


@pytest.mark.parametrize("value", UNREADABLE_VALUES, ids=repr)
async def test_an_unreadable_entry_of_the_allow_list_is_asked_for_again(
    anna: Person, bot: BotService, desk: Desk, redis: Redis, value: Any
) -> None:
    """Guards: ``AllowList._cached``, and ``is_newer`` in ``_STORE_NEWER``, which must not fail on it either."""
    await bot._services.allow_list.sync()
    await answer_of(redis.hset("allowed:entries", "1001", value))
    await anna.writes("/start")
    await anna.sees("Выберите")
    await answer_of(redis.hset("allowed:entries", "1001", value))
    await bot._services.allow_list._store([desk.people[1001]])
    entry = await answer_of(redis.hget("allowed:entries", "1001"))
    assert "allowed" in json.loads(entry or "")


@pytest.mark.parametrize("value", [*UNREADABLE_VALUES, None], ids=repr)
async def test_whatever_the_allow_list_holds_updates_are_counted_in_redis(redis: Redis, desk: Desk, value: Any) -> None:
    """Guard: ``known`` and HGET by ``pcall`` in ``_ADMIT``; a script that fails counts for each process alone."""
    if value is None:
        await redis.set("allowed:entries", "x")
    else:
        await answer_of(redis.hset("allowed:entries", "1001", value))
    let_in = await admitted(Gate(redis, 1, ENTRIES), (written(n) for n in range(1, 20)))
    assert let_in.count(Admission.ADMITTED) < KNOWN.burst / 2
    assert await redis.exists("flow:person:1001")


async def test_an_unreadable_cursor_is_none(bot: BotService, desk: Desk, redis: Redis) -> None:
    """Guard: ``read_texts`` in ``_sync_changes``."""
    desk.allow(1001)
    await redis.delete("allowed:cursor")
    await answer_of(redis.rpush("allowed:cursor", "x"))
    await bot._services.allow_list.sync()
    assert await redis.type("allowed:cursor") == "string"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("x", "1|{}"),
        ("7", ""),
        ("7", "{bad"),
        ("7", "1|{bad"),
        ("7", "1|[]"),
        ("7", "99|null"),
        ("7", "x|{}"),
        ("", ""),
    ],
)
async def test_an_unreadable_parked_update_is_dropped_and_the_next_handled(
    anna: Person, bot: BotService, redis: Redis, field: str, value: str
) -> None:
    """Guard: ``_pick_up``. It ended the bot, and again at each start."""
    key = bot._intake._key
    seconds, _ = await redis.time()
    await answer_of(redis.hset(key, field, value.replace("1|", f"{seconds}|").replace("99|", f"{seconds}|")))
    await bot._intake._look(0)
    assert await answer_of(redis.hgetall(key)) == {}
    await redis.delete(key)
    await redis.set(key, "x")
    await bot._intake._look(0)
    assert not await redis.exists(key)


@pytest.mark.parametrize("value", ["{bad", b"\xff"], ids=repr)
async def test_what_is_remembered_of_one_person_may_be_unreadable(
    anna: Person, desk: Desk, redis: Redis, value: Any
) -> None:
    """Guards: ``DialogStates``, ``ProgressStore``, ``Screenings``."""
    event = desk.events[0].id
    for name in ("state", "temp_data", "claim"):
        await redis.set(f"user:1001:{name}", value)
    await redis.set("user:1001:answers", value)
    await redis.set(f"screening:1001:{event}", value)
    await anna.writes("/start")
    await anna.presses(await anna.sees("Выберите"), "каб. 1")
    await anna.presses(await anna.sees("Записать вас"), "Подтвердить")
    await anna.sees("Вы записаны!")


async def test_a_lock_without_an_end_is_given_one(anna: Person, redis: Redis) -> None:
    """Guard: ``_FOR_EVER``; no holder leaves it so."""
    await redis.set("user:1001:lock", "x")
    await anna.writes("/start")
    await anna.sees("Выберите", seconds=15)
