"""I6 and the consumers' rules: poison, repeats, attempts, caches."""

import asyncio
import json
from uuid import uuid4

import aio_pika
import pytest
from pydantic import TypeAdapter
from redis.asyncio import Redis

from interview_bot.__main__ import main
from interview_bot.admin_client.cache import Cache
from interview_bot.application import BotService
from interview_bot.common.database import Database
from interview_bot.messaging import dead_letters
from shared_contracts.booking import Outcome
from shared_contracts.notification import CacheName, NotificationKind
from shared_contracts.transport.topology import BOOKING_RESULT, BY_NAME, NOTIFICATION_COMMAND, REASON_HEADER, Queue
from tests.dialogs.test_booking import open_details
from tests.inbound.test_notifications import notice
from tests.kit.desk import Desk
from tests.kit.line import Line
from tests.kit.servers import Servers
from tests.kit.telegram import Person, eventually


async def buried(servers: Servers, queue: str, count: int = 1) -> list[tuple[str, str]]:
    """Wait for dead letters of a queue; (id, reason) of each."""
    found: list[tuple[str, str]] = []

    async def look() -> bool:
        async with dead_letters.read(servers.amqp_url_operator, queue) as letters:
            found[:] = [(letter.id, letter.reason) for letter in letters]
        return len(found) >= count

    await eventually(look, f"{count} dead letters of {queue}")
    return found


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "invalid_json"),
        (b'{"a": NaN}', "not_a_number"),
        (b"[]", "not_an_object"),
        (b'{"schema_version": 99}', "unknown_version"),
        (b'{"schema_version": 1}', "wrong_fields"),
        (b'"' + b"x" * 70_000 + b'"', "too_large"),
        (b"[" * 100 + b"]" * 100, "not_an_object"),
    ],
)
async def test_poison_goes_to_the_dead_letters_with_its_reason(
    anna: Person, desk: Desk, servers: Servers, body: bytes, reason: str
) -> None:
    """I6: with neighbours unaffected."""
    await desk.send_raw(BOOKING_RESULT.name, body, "poison-1")
    [(letter_id, said)] = await buried(servers, BOOKING_RESULT.name)
    assert letter_id == "poison-1"
    assert said.startswith(reason)
    await anna.presses(await open_details(anna), "Подтвердить")
    await anna.sees("Вы записаны!")


@pytest.mark.parametrize("queue", [BOOKING_RESULT, NOTIFICATION_COMMAND], ids=lambda queue: queue.name)
async def test_poison_with_headers_that_fill_a_frame_is_buried_and_its_neighbour_shown(
    anna: Person, desk: Desk, servers: Servers, queue: Queue
) -> None:
    """I6. Guard: ``reason`` is the only header of ``Broker.publish``.

    One more header and the frame was too large: the broker closed the connection, with every consumer of the bot.
    """
    await anna.writes("/start")
    await anna.sees("Выберите")
    full = {"h": "x" * 130_690}
    ids = {"correlation_id": "c" * 100}
    await desk.send_raw(queue.name, b"{", "ид" * 60, headers=full, **ids)
    [(letter_id, reason)] = await buried(servers, queue.name)
    assert letter_id == "ид" * 60
    assert reason.startswith("invalid_json")
    async with dead_letters.read(servers.amqp_url_operator, queue.name) as [letter]:
        assert letter.raw.correlation_id == ids["correlation_id"]
        assert "h" not in letter.raw.headers
    await desk.send(NOTIFICATION_COMMAND.name, notice(desk, NotificationKind.BOOKING_MOVED))
    await anna.sees("перенесено")


@pytest.mark.parametrize("reason", ["ж" * 90_000, "\ud800"], ids=["long", "half a character"])
async def test_whatever_the_reason_says_a_letter_can_be_buried(
    anna: Person, bot: BotService, servers: Servers, reason: str
) -> None:
    """Guard: ``cut``."""
    queue = NOTIFICATION_COMMAND
    await bot._broker.publish(
        queue.dead_exchange, queue.name, b"{", message_id="i" * 300, correlation_id="ж" * 200, reason=reason
    )
    [(letter_id, said)] = await buried(servers, queue.name)
    assert letter_id == "i" * 255
    assert said in {"ж" * 500, "?"}


async def test_a_message_redelivered_too_often_is_set_aside(
    anna: Person, desk: Desk, servers: Servers, bots_database: Database, broker_line: Line
) -> None:
    """Guard: attempts of redelivered messages are counted in MongoDB; this one has killed the bot five times."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    command = notice(desk, NotificationKind.BOOKING_MOVED)
    row = {"_id": f"{NOTIFICATION_COMMAND.name}:{command.message_id}", "attempts": 5}
    await bots_database["inbox"].insert_one(row)
    await _send_redelivered(
        servers, broker_line, NOTIFICATION_COMMAND.name, command.model_dump_json().encode(), command.message_id
    )
    [(_, reason)] = await buried(servers, NOTIFICATION_COMMAND.name)
    assert "gave up after 5 attempts" in reason
    assert not any("перенесено" in message.text for message in await anna.messages())


async def test_dead_letters_can_be_listed_shown_and_replayed(
    anna: Person, desk: Desk, servers: Servers, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """I6: an operator reads and replays; the replayed message is handled."""
    await anna.presses(await open_details(anna), "Подтвердить")
    await anna.sees("Вы записаны!")
    result = desk.result_of(desk.requests[0], outcome=Outcome.FAILED, booking=None, request_id=uuid4())
    body = json.loads(result.model_dump_json())
    await desk.send_raw(BOOKING_RESULT.name, json.dumps(body | {"schema_version": 2}).encode(), "letter-1")
    await buried(servers, BOOKING_RESULT.name)
    monkeypatch.setenv("AMQP_URL_OPERATOR", servers.amqp_url_operator)
    assert await _command("list") == 0
    assert "letter-1" in (listed := capsys.readouterr().out)
    assert "unknown_version" in listed
    assert await _command("show", "letter-1") == 0
    assert str(result.message_id) in capsys.readouterr().out
    assert await _command("replay", "letter-1") == 0
    assert "replayed 1" in capsys.readouterr().out
    assert len(await buried(servers, BOOKING_RESULT.name)) == 1, "it is still poison, so it comes back"


async def test_a_terminal_is_told_nothing_by_a_dead_letter(
    desk: Desk, servers: Servers, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guard: ``printable``. Ids, reasons and bodies come from outside, and a terminal obeys some characters."""
    wicked = "\x1b]0;owned\x07\u202e\r\nforged line"
    await _put_aside(servers, NOTIFICATION_COMMAND.name, wicked.encode(), f"id{wicked}", reason=f"because{wicked}")
    monkeypatch.setenv("AMQP_URL_OPERATOR", servers.amqp_url_operator)
    assert await _command("list") == 0
    listed = capsys.readouterr().out
    assert listed.count("\n") == 1
    shown_id = listed.split("  ")[1]
    assert await _command("show", shown_id) == 0
    for printed in (listed, capsys.readouterr().out):
        assert "forged line" in printed
        assert all(char.isprintable() or char == "\n" for char in printed)


async def test_a_replayed_message_that_is_good_now_is_handled(anna: Person, desk: Desk, servers: Servers) -> None:
    """What an outage put aside is shown after the replay."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    command = notice(desk, NotificationKind.BOOKING_MOVED)
    await _put_aside(servers, NOTIFICATION_COMMAND.name, command.model_dump_json().encode(), str(command.message_id))
    assert await dead_letters.replay(servers.amqp_url_operator, str(command.message_id)) == 1
    await anna.sees("перенесено")
    async with dead_letters.read(servers.amqp_url_operator) as letters:
        assert letters == []


async def test_a_slow_fill_never_restores_stale_slots(redis: Redis) -> None:
    """R6. Guard: the generation in ``Cache``: the fill began before the invalidation and ends after it."""
    cache = Cache(redis, "slots", TypeAdapter(str))

    async def slow() -> str:
        await cache.invalidate()
        return "stale"

    async def quick() -> str:
        return "current"

    await redis.flushdb()
    await cache.read("event", slow)
    assert await cache.read("event", quick) == "current"


async def test_an_invalidation_shows_new_slots_at_the_next_press(anna: Person, desk: Desk, redis: Redis) -> None:
    """R6: by message, not only by time-out."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    generation = await redis.get("slots:generation")
    desk.slots.clear()
    desk.add_slot(7)
    await desk.invalidate(CacheName.SLOTS)

    async def raised() -> bool:
        return bool(await redis.get("slots:generation") != generation)

    await eventually(raised, "the generation is raised")
    await anna.writes("/mybooking")
    await anna.sees("нет предстоящих")
    await anna.writes("/start")
    slots = await anna.sees("Выберите")
    assert ["каб. 7" in label for label in slots.labels] == [True]


async def test_slots_are_read_once_for_many_people(anna: Person, desk: Desk) -> None:
    """FR3: the list is cached."""
    for _ in range(5):
        await anna.writes("/start")
    await anna.sees("Выберите")
    assert desk.asked.count("/api/available-slots") == 1


async def _command(*arguments: str) -> int:
    return await asyncio.to_thread(main, ["dead_letters", *arguments])


async def _send_redelivered(servers: Servers, line: Line, queue: str, body: bytes, message_id: object) -> None:
    """Have a message come with the redelivered flag: the bot is away, its first consumer gives it back."""
    line.cut()
    connection = await aio_pika.connect(servers.amqp_url_operator)
    async with connection, connection.channel() as channel:
        source = await channel.declare_queue(queue, passive=True)
        exchange = await channel.get_exchange(BY_NAME[queue].exchange, ensure=False)
        await exchange.publish(aio_pika.Message(body, message_id=str(message_id)), queue, mandatory=True)
        await (await source.get(timeout=5)).nack(requeue=True)
    line.mend()


async def _put_aside(servers: Servers, queue: str, body: bytes, message_id: str, reason: str = "an outage") -> None:
    connection = await aio_pika.connect(servers.amqp_url_operator)
    async with connection, connection.channel() as channel:
        exchange = await channel.get_exchange(BY_NAME[queue].dead_exchange, ensure=False)
        message = aio_pika.Message(body, message_id=message_id, headers={REASON_HEADER: reason})
        await exchange.publish(message, queue, mandatory=True)
