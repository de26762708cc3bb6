"""The bot as a process of its own, which can be killed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from interview_bot.application import BotService
from interview_bot.settings import Settings
from tests.kit.desk import SIGNING_KEY, Desk
from tests.kit.servers import ROOT
from tests.kit.telegram import eventually


def environment_of(settings: Settings, **changes: str) -> dict[str, str]:
    """The settings as environment variables."""
    return {
        "PATH": os.environ["PATH"],
        "TELEGRAM_BOT_TOKEN": settings.telegram_bot_token.get_secret_value(),
        "TELEGRAM_API_URL": str(settings.telegram_api_url),
        "AMQP_URL": settings.amqp_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "MONGODB_URI": settings.mongodb_uri.get_secret_value(),
        "MONGODB_DATABASE": settings.mongodb_database,
        "ADMIN_API_URL": str(settings.admin_api_url),
        "ADMIN_API_TOKEN": settings.admin_api_token.get_secret_value(),
        "REQUEST_SIGNING_KEY": SIGNING_KEY,
        "LISTEN_PORT": str(settings.listen_port),
        "TEST_MODE": "1",
    } | changes


@asynccontextmanager
async def bot_process(settings: Settings, **changes: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """``python -m interview_bot``, ready; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "interview_bot"),
        cwd=ROOT / "bot_service",
        env=environment_of(settings, **changes),
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await eventually(lambda: _ready(settings.listen_port), "the bot is ready", seconds=60)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def run_command(settings: Settings, *arguments: str, **changes: str) -> tuple[int, str]:
    """Run ``python -m interview_bot <arguments>``; exit code and stderr."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "interview_bot", *arguments),
        cwd=ROOT / "bot_service",
        env={name: value for name, value in environment_of(settings, **changes).items() if value},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, stderr = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode or 0, stderr.decode()


def stop(process: asyncio.subprocess.Process) -> None:
    """As a supervisor does."""
    process.send_signal(signal.SIGTERM)


def offset_file(folder: Path) -> Path:
    """A clock that has not been moved yet."""
    path = folder / "offset"
    path.write_text("0")
    return path


async def at_rest(bot: BotService, desk: Desk) -> bool:
    """Whether neither a bot of this process nor the desk has anything in hand, for longer than a message travels."""
    for pause in (0.03, 0):
        if desk.deciding or not bot._intake.is_idle or any(consumer._in_hand for consumer in bot._consumers):
            return False
        await asyncio.sleep(pause)
    return True


async def forget(bot: BotService) -> None:
    """What waits for room in a chat, and the pauses that this process knows of, are of the past."""
    await bot._services.outgoing.finish(0)
    for known in (
        bot._services.rate_limiter._pauses,
        bot._services.rate_limiter._refused,
        bot._services.rate_limiter._lines,
        bot._services.gate._closed,
    ):
        known.clear()


async def _ready(port: int) -> bool:
    try:
        async with httpx.AsyncClient(verify=False) as http:
            return (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
