"""``python -m interview_bot [run | migrate | dead_letters …]``."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence

import uvloop
from aio_pika.exceptions import AMQPException
from pymongo.errors import PyMongoError
from telegram.error import InvalidToken

from interview_bot.application import BotService, TaskDiedError
from interview_bot.common import database, logs
from interview_bot.messaging import dead_letters
from interview_bot.messaging.broker import MissingTopologyError
from interview_bot.settings import DeadLetterSettings, Settings, SettingsError, load
from shared_contracts.transport.topology import BOT_QUEUES

EXIT_FAILED = 1
EXIT_SETTINGS = 2
EXIT_TASK_DIED = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 done, 1 failed, 2 a setting is wrong, 3 a background task died.

    Failures are one line on stderr.
    """
    chosen = _parser().parse_args(arguments)
    command = chosen.command or "run"
    try:
        if command == "dead_letters":
            return asyncio.run(_dead_letters(chosen, load(DeadLetterSettings)))
        settings = load(Settings)
        return uvloop.run(_migrate(settings) if command == "migrate" else _run(settings))
    except SettingsError as error:
        return _fail(str(error), EXIT_SETTINGS)
    except (database.DatabaseNotReadyError, MissingTopologyError) as error:
        return _fail(str(error))
    except TaskDiedError as error:
        return _fail(f"a background task died: {error}", EXIT_TASK_DIED)
    except PyMongoError as error:
        return _fail(f"MongoDB: {type(error).__name__}: {str(error)[:200]}")
    except (AMQPException, ConnectionError) as error:
        return _fail(f"RabbitMQ: {type(error).__name__}: {error}")
    except InvalidToken:
        return _fail("TELEGRAM_BOT_TOKEN: Telegram does not know this token", EXIT_SETTINGS)


async def _run(settings: Settings) -> int:
    logs.configure(settings.log_level, settings.log_format, settings.secrets)
    service = BotService(settings)
    working = asyncio.create_task(_work(service))
    for wanted in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(wanted, working.cancel)
    try:
        await working
    except asyncio.CancelledError:
        return 0  # asked to stop
    finally:
        await service.stop()
    return EXIT_FAILED


async def _work(service: BotService) -> None:
    await service.start()
    raise await service.failed


async def _migrate(settings: Settings) -> int:
    client, bots = database.connect(settings.mongodb_uri.get_secret_value(), settings.mongodb_database)
    async with client:
        print(f"{bots.name}: {', '.join(await database.migrate(bots))}")
    return 0


async def _dead_letters(chosen: argparse.Namespace, settings: DeadLetterSettings) -> int:
    url = settings.amqp_url_operator.get_secret_value()
    if chosen.action == "replay":
        wanted = None if chosen.id == "all" else chosen.id
        count = await dead_letters.replay(url, wanted, chosen.queue)
        print(f"replayed {count}")
        return 0 if count or wanted is None else EXIT_FAILED
    async with dead_letters.read(url, chosen.queue) as letters:
        if chosen.action == "list":
            for letter in letters:
                print(letter.line)
            return 0
        found = [letter for letter in letters if letter.id == chosen.id]
        for letter in found:
            print(letter.line)
            print(letter.body)
        return 0 if found else _fail(f"no dead letter {chosen.id}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m interview_bot", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("run", help="run the bot (default)")
    commands.add_parser("migrate", help="create the bot's collections and indexes; harmless to repeat")
    letters = commands.add_parser("dead_letters", help="messages that could not be handled")
    actions = letters.add_subparsers(dest="action", required=True)
    for name, text in (
        ("list", "one line each"),
        ("show", "with its body"),
        ("replay", "put back into its queue"),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument("--queue", choices=[queue.name for queue in BOT_QUEUES])
        if name != "list":
            action.add_argument("id", help="message id" + (" or `all`" if name == "replay" else ""))
    return parser


def _fail(line: str, code: int = EXIT_FAILED) -> int:
    print(line, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
