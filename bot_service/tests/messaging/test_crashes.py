"""kill -9, SIGTERM and wrong starts of the bot as a process of its own."""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from interview_bot.__main__ import EXIT_TASK_DIED
from interview_bot.application import BotService
from interview_bot.common import clock
from interview_bot.common.database import Database
from interview_bot.inbound.sent_once import UNCERTAIN_TRIES
from interview_bot.messaging.broker import Broker
from interview_bot.messaging.outbox import Outbox
from interview_bot.settings import Settings
from shared_contracts.booking import BookingCancelled
from shared_contracts.broadcast import BroadcastState, DeliveryStatus, NotificationDelivered
from shared_contracts.directory import BookingView
from shared_contracts.notification import NotificationCommand, NotificationKind
from shared_contracts.requests import BriefPayload
from shared_contracts.transport.topology import (
    BOOKING_EVENT,
    BOOKING_RESULT,
    BROADCAST_COMMAND,
    DIGEST_COMMAND,
    NOTIFICATION_COMMAND,
)
from tests.inbound.test_broadcasts import announcement, finished, repeat
from tests.inbound.test_calendar_files import opened, result, settled
from tests.inbound.test_digests import digest, lists, reports
from tests.kit.desk import Desk
from tests.kit.line import Line
from tests.kit.process import bot_process, offset_file, run_command, stop
from tests.kit.telegram import GROUP, Person, Sandbox, eventually


async def candidate(sandbox: Sandbox, desk: Desk) -> Person:
    """Anna and an open event; the bot is started by the test."""
    desk.allow(1001, "Анна")
    desk.open_event()
    for number in range(1, 7):
        desk.add_slot(number)
    return await sandbox.person(1001, "Анна")


async def test_a_press_taken_by_a_bot_that_is_killed_is_answered_by_the_next(
    settings: Settings, sandbox: Sandbox, desk: Desk
) -> None:
    """I5. Guard: an update is confirmed to Telegram only after it was handled (``polling``)."""
    anna = await candidate(sandbox, desk)
    desk.http_open.clear()
    async with bot_process(settings) as process:
        await anna.writes("/start")

        async def asked() -> bool:
            return anna.id in desk.looked_up

        await eventually(asked, "the update is being handled")
        await anna.writes("/help")  # has the bot poll again while the first is in hand
        process.kill()
        await process.wait()
    desk.http_open.set()
    assert await anna.messages() == []
    async with bot_process(settings):

        async def both_answered() -> bool:
            texts = "\n".join(message.text for message in await anna.messages())
            return "Выберите удобное время" in texts and "Вот что я умею" in texts

        await eventually(both_answered, "both messages are answered", seconds=60)


async def test_a_list_that_a_killed_bot_was_sending_is_sent_once_more_and_counted(
    settings: Settings, sandbox: Sandbox, desk: Desk
) -> None:
    """I4. Guard: the try is written down before it is made (``SentOnce.send``)."""
    anna = await candidate(sandbox, desk)
    command = digest(chat_id=anna.id)
    async with bot_process(settings) as process:
        await anna.writes("/start")
        await anna.sees("Выберите")
        await sandbox.fault("sendMessage", mode="drop_after_apply")
        await desk.send(DIGEST_COMMAND.name, command)
        await anna.sees("Завтра, вторник")
        process.kill()
        await process.wait()
    async with bot_process(settings):
        [report] = await reports(desk, command, seconds=20)
    assert report.delivery.uncertain_tries >= 1
    assert await lists(anna) == 2


async def test_a_request_stored_by_a_bot_that_is_killed_is_sent_by_the_next(
    settings: Settings, sandbox: Sandbox, desk: Desk, bots_database: Database, broker_line: Line
) -> None:
    """I2, I5. Guard: the outbox row is written before anything is shown or sent, and relayed later."""
    anna = await candidate(sandbox, desk)
    async with bot_process(settings) as process:
        await anna.writes("/start")
        await anna.presses(await anna.sees("Выберите"), "каб. 1")
        details = await anna.sees("Записать вас")
        broker_line.cut()
        await anna.presses(details, "Подтвердить")
        await anna.sees("Сохранили, но прямо сейчас")
        process.kill()
        await process.wait()
    broker_line.mend()
    async with bot_process(settings):
        booked = await anna.sees("Вы записаны!", seconds=15)
    assert booked.id == details.id
    assert len(desk.requests) == 1


async def test_what_its_writer_could_not_publish_goes_out_with_the_relays_next_round(
    settings: Settings, desk: Desk, bots_database: Database
) -> None:
    """Guard: ``left``; without it the row waits out the seconds that belong to its writer."""
    broker = Broker(settings.amqp_url.get_secret_value())
    outbox = Outbox(bots_database, broker, settings.request_signing_key)
    given_up, under_way = [await outbox.store(BOOKING_EVENT, asking()) for _ in range(2)]
    assert given_up is not None
    assert under_way is not None
    assert not await outbox.publish(given_up), "not connected yet"
    await broker.connect()
    try:
        assert await outbox.relay_once() == 1
    finally:
        await broker.close()

    async def arrived() -> bool:
        return [str(request.message_id) for request in desk.requests] == [given_up["_id"]]

    await eventually(arrived, "the one that was given up has arrived, the other has not")


async def test_a_clock_that_was_put_back_holds_no_request_back(
    settings: Settings, desk: Desk, bots_database: Database
) -> None:
    """Guard: ``of_another_time``: a row from the future is old enough, its writer's seconds can't be known."""
    broker = Broker(settings.amqp_url.get_secret_value())
    outbox = Outbox(bots_database, broker)
    row = await outbox.store(BOOKING_EVENT, asking())
    assert row is not None
    ahead = clock.now() + timedelta(minutes=1)
    await bots_database["outbox"].update_one({"_id": row["_id"]}, {"$set": {"created_at": ahead}})
    await broker.connect()
    try:
        assert await outbox.relay_once() == 1
    finally:
        await broker.close()


async def test_a_background_task_that_dies_ends_the_process_with_a_code_that_says_so(
    settings: Settings, desk: Desk
) -> None:
    """Guard: ``TaskDiedError``. The port is taken, so the web server ends; a supervisor sees more than "exit 1"."""
    taken = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    code, said = await run_command(settings, LISTEN_PORT=str(port))
    taken.close()
    assert code == EXIT_TASK_DIED
    assert "a background task died: web" in said


@pytest.mark.parametrize("name", ["relay", "broadcasts", "allow_list", "parked_updates"])
async def test_no_background_task_can_go_unnoticed(settings: Settings, desk: Desk, name: str) -> None:
    """Guard: ``_task_ended``, also for one that ends without an error."""
    bot = BotService(settings)
    await bot.start()
    try:
        bot._tasks[name].cancel()
        error = await asyncio.wait_for(bot.failed, 60)
    finally:
        await bot.stop()
    assert name in str(error)


def asking() -> BookingCancelled:
    """A request that nobody waits for in a chat."""
    now = clock.now()
    return BookingCancelled(
        message_id=uuid4(),
        correlation_id=uuid4().hex,
        occurred_at=now,
        timestamp=now,
        user_telegram_id=1001,
        payload=BriefPayload(),
        reply=None,
        booking_id=f"{1:024x}",
        expected_version=1,
    )


async def test_a_killed_broadcast_goes_on_without_duplicates(
    settings: Settings, sandbox: Sandbox, desk: Desk, tmp_path: Path
) -> None:
    """Guards: rows claimed before sending; claims of the dead process reported uncertain and never sent again."""
    people = [await sandbox.person(4000 + number, f"Кандидат {number}") for number in range(25)]
    for person in people:
        desk.allow(person.id)
        await person.writes("/start")
    moved = {"CLOCK_OFFSET_FILE": str(offset_file(tmp_path))}
    desk.audience = [person.id for person in people]
    command = announcement(audience="all")
    async with bot_process(settings, **moved) as process:
        for person in people:
            await person.sees("Здравствуйте", seconds=20)
        await desk.send(BROADCAST_COMMAND.name, command)
        await people[7].sees("Открыта запись")
        process.kill()
        await process.wait()
    (tmp_path / "offset").write_text("60")  # the lease of the dead process is over
    async with bot_process(settings, **moved):
        deliveries = {delivery.chat_id: delivery for delivery in await finished(desk, command.broadcast_id)}
    assert set(deliveries) == {person.id for person in people}
    uncertain = [d for d in deliveries.values() if d.status is DeliveryStatus.UNCERTAIN]
    assert len(uncertain) <= 1
    for person in people:
        count = sum("Открыта запись" in message.text for message in await person.messages())
        assert count == 1 or (count == 0 and deliveries[person.id] in uncertain)


async def test_a_broadcast_that_was_paused_stays_so_over_a_kill_and_nobody_gets_it_twice(
    settings: Settings, sandbox: Sandbox, desk: Desk, bots_database: Database, tmp_path: Path
) -> None:
    """Guard: the state is kept with the job in ``accept``, not with the process."""
    people = [await sandbox.person(4100 + number, f"Кандидат {number}") for number in range(40)]
    for person in people:
        desk.allow(person.id)
        await person.writes("/start")
    moved = {"CLOCK_OFFSET_FILE": str(offset_file(tmp_path))}
    desk.audience = [person.id for person in people]
    command = announcement(audience="all")

    async def got() -> list[int]:
        texts = [[message.text for message in await person.messages()] for person in people]
        return [sum("Открыта запись" in text for text in seen) for seen in texts]

    async def begun() -> bool:
        return sum(await got()) > 2

    async def is_paused() -> bool:
        job = await bots_database["broadcasts"].find_one({"_id": command.broadcast_id})
        return job is not None and bool(job["state"] == "paused")

    async with bot_process(settings, **moved) as process:
        for person in people:
            await person.sees("Здравствуйте", seconds=20)
        await desk.send(BROADCAST_COMMAND.name, command)
        await eventually(begun, "some have it", 20)
        await desk.send(BROADCAST_COMMAND.name, repeat(command, BroadcastState.PAUSED, 1))
        await eventually(is_paused, "the pause is stored")
        process.kill()
        await process.wait()
    before = await got()
    (tmp_path / "offset").write_text("60")  # the lease of the dead process is over
    async with bot_process(settings, **moved):
        other = announcement(chat_ids=[GROUP])
        await desk.send(BROADCAST_COMMAND.name, other)
        await finished(desk, other.broadcast_id)
        assert await got() == before
        await desk.send(BROADCAST_COMMAND.name, repeat(command, BroadcastState.SENDING, 2))
        ends = {delivery.chat_id: delivery for delivery in await finished(desk, command.broadcast_id)}
    uncertain = [d for d in ends.values() if d.status is DeliveryStatus.UNCERTAIN]
    assert len(ends) == len(people) and len(uncertain) <= 1
    assert max(await got()) == 1 and (await got()).count(0) <= len(uncertain)


async def test_reminders_of_a_bot_that_is_killed_twice_are_all_seen_and_doubles_are_counted(
    settings: Settings, sandbox: Sandbox, desk: Desk
) -> None:
    """I4: at most one duplicate, and only where the bot died between Telegram's answer and its own record."""
    people = [await sandbox.person(5000 + number, f"Кандидат {number}") for number in range(40)]
    slot = desk.add_slot(1)
    commands = []
    for number, person in enumerate(people):
        desk.allow(person.id)
        commands.append(remind(desk, person.id, desk.book(person.id, slot, number)))
    for person in people:
        await person.writes("/start")
    seen: dict[int, int] = {}

    async def arrived(count: int) -> bool:
        for person in people:
            seen[person.id] = sum("Скоро увидимся" in message.text for message in await person.messages())
        return sum(1 for times in seen.values() if times) >= count

    async def begun() -> bool:
        return any("Ваша запись" in message.text for message in await people[-1].messages())

    for count in (8, 24):
        async with bot_process(settings) as process:
            await eventually(begun, "the last person's chat has begun", seconds=60)
            for command in commands:  # the second time they are repeats, or still in the queue
                await desk.send(NOTIFICATION_COMMAND.name, command)
            await eventually(partial(arrived, count), f"{count} reminders", seconds=60)
            process.kill()
            await process.wait()
    async with bot_process(settings):

        async def reported() -> bool:
            return len({event.notification_id for event in notified(desk)}) == len(people)

        await eventually(reported, "every reminder is reported", seconds=60)
    await arrived(0)
    ends = {event.user_telegram_id: event.delivery for event in notified(desk)}
    for telegram_id, times in seen.items():  # one that both bots died over is reported as uncertain, and not sent again
        sent, tries = ends[telegram_id].status is DeliveryStatus.SENT, ends[telegram_id].uncertain_tries
        assert sent == (tries < UNCERTAIN_TRIES) and int(sent) <= times <= min(1 + tries, 2), (
            telegram_id,
            times,
            ends[telegram_id],
        )


def remind(desk: Desk, person: int, booking: BookingView) -> NotificationCommand:
    """A reminder that is due."""
    command = NotificationCommand(
        message_id=uuid4(),
        correlation_id="desk",
        occurred_at=clock.now(),
        notification_id=uuid4().hex[:24],
        kind=NotificationKind.REMINDER_SOON,
        user_telegram_id=person,
        booking=booking,
        asks_attendance=True,
        recheck=True,
        attempt=1,
    )
    desk.answers.expect(command)
    return command


def notified(desk: Desk) -> list[NotificationDelivered]:
    """The reports of notices."""
    return [event for event in desk.delivery_events if isinstance(event, NotificationDelivered)]


async def test_sigterm_finishes_what_is_in_hand(settings: Settings, sandbox: Sandbox, desk: Desk) -> None:
    """A press being handled is answered before the process ends, with exit code 0."""
    anna = await candidate(sandbox, desk)
    async with bot_process(settings) as process:
        desk.http_open.clear()
        await anna.writes("/start")

        async def asked() -> bool:
            return "/api/events" in desk.asked

        await eventually(asked, "the update is being handled")
        stop(process)
        desk.http_open.set()
        assert await process.wait() == 0
    await anna.sees("Выберите")


async def test_a_bot_that_is_stopped_while_it_looks_at_its_queues_finishes_the_look(
    settings: Settings, desk: Desk
) -> None:
    """Guard: ``_stopping``. The first look begins with the consumers; cancelled, it could keep the bot for ever."""
    bot = BotService(settings)
    await bot.start()

    async def consuming() -> bool:
        return bot._consuming

    await eventually(consuming, "the bot consumes")
    await bot.stop()
    look = bot._tasks["queues"]
    assert look.done()
    assert not look.cancelled()


async def test_a_missing_or_wrong_setting_is_named_in_one_line(settings: Settings) -> None:
    """Exit code 2 and nothing else to read; the wrong value, maybe a secret, isn't shown."""
    code, said = await run_command(settings, TELEGRAM_BOT_TOKEN="no token", AMQP_URL="somewhere", REDIS_URL="")
    assert code == 2
    assert said.count("\n") == 1
    assert "TELEGRAM_BOT_TOKEN should be a token as BotFather gives it" in said
    assert "AMQP_URL should be an address like amqp://" in said
    assert "REDIS_URL is missing" in said
    assert "no token" not in said


async def test_a_secret_can_come_from_a_file(settings: Settings, tmp_path: Path) -> None:
    """``NAME_FILE``, how secrets are mounted."""
    secret = tmp_path / "uri"
    secret.write_text(settings.mongodb_uri.get_secret_value() + "\n")
    code, said = await run_command(settings, "migrate", MONGODB_URI="", MONGODB_URI_FILE=str(secret))
    assert (code, said) == (0, "")
    code, said = await run_command(settings, "migrate", MONGODB_URI="", MONGODB_URI_FILE=str(tmp_path / "none"))
    assert code == 2
    assert "MONGODB_URI_FILE" in said


async def test_the_bot_refuses_a_database_that_was_not_migrated(settings: Settings, bots_database: Database) -> None:
    """One line says what to run; ``migrate`` can be run again and again."""
    await bots_database["deliveries"].drop_index("once")
    code, said = await run_command(settings)
    assert code == 1
    assert said.strip().endswith("run `python -m interview_bot migrate` first")
    for _ in range(2):
        assert (await run_command(settings, "migrate"))[0] == 0
    assert "once" in await bots_database["deliveries"].index_information()


async def test_a_file_in_the_hands_of_a_bot_that_is_killed_is_sent_by_the_next(
    settings: Settings, sandbox: Sandbox, desk: Desk, bots_database: Database, tmp_path: Path
) -> None:
    """Guard: the lease. The second bot's clock is a minute later, when it has run out."""
    anna = await candidate(sandbox, desk)
    async with bot_process(settings) as process:
        message = await opened(anna)
        await sandbox.fault("sendDocument", mode="timeout")
        await desk.send(BOOKING_RESULT.name, result(desk, message))

        async def in_hand() -> bool:
            return bool(await sandbox.calls("sendDocument", anna.id))

        await eventually(in_hand, "the file is being sent", seconds=60)
        process.kill()
        await process.wait()
    offset = offset_file(tmp_path)
    offset.write_text("60")
    async with bot_process(settings, CLOCK_OFFSET_FILE=str(offset)):
        await anna.gets_files(1)
        assert await settled(bots_database) == ["sent"]
    assert len(await sandbox.files(anna.id)) == 1
