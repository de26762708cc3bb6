"""kill -9, SIGTERM and wrong starts of the bot as a process of its own."""

from pathlib import Path

from interview_bot.database import Database
from interview_bot.settings import Settings
from shared_contracts.broadcast import DeliveryStatus
from shared_contracts.topology import BROADCAST_COMMAND
from tests.kit.desk import Desk
from tests.kit.line import Line
from tests.kit.process import bot_process, offset_file, run_command, stop
from tests.kit.telegram import Person, Sandbox, eventually
from tests.test_broadcasts import announcement, finished


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

        await eventually(both_answered, "both messages are answered", seconds=15)


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
        await anna.sees("Ваша просьба сохранена")
        process.kill()
        await process.wait()
    broker_line.mend()
    async with bot_process(settings):
        booked = await anna.sees("Вы записаны!", seconds=15)
    assert booked.id == details.id
    assert len(desk.requests) == 1


async def test_a_killed_broadcast_goes_on_without_duplicates(
    settings: Settings, sandbox: Sandbox, desk: Desk, tmp_path: Path
) -> None:
    """Guards: rows claimed before sending; claims of the dead process reported uncertain and never sent again."""
    people = [await sandbox.person(4000 + number, f"Кандидат {number}") for number in range(25)]
    for person in people:
        await person.writes("/start")
    moved = {"CLOCK_OFFSET_FILE": str(offset_file(tmp_path))}
    desk.audience = [person.id for person in people]
    command = announcement(audience="all")
    async with bot_process(settings, **moved) as process:
        await people[-1].sees("приглашённых", seconds=20)
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


async def test_a_missing_or_wrong_setting_is_named_in_one_line(settings: Settings) -> None:
    """Exit code 2 and nothing else to read; the wrong value, maybe a secret, isn't shown."""
    code, said = await run_command(settings, TELEGRAM_BOT_TOKEN="no token", REDIS_URL="")
    assert code == 2
    assert said.count("\n") == 1
    assert "TELEGRAM_BOT_TOKEN" in said
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
