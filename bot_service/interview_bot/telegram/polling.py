"""Long polling that confirms an update to Telegram only once it has been handled, or parked (``intake``).

python-telegram-bot's own updater confirms with its next request, so a crash in between would lose the press.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from structlog.stdlib import get_logger
from telegram import Update
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot

from interview_bot.telegram.errors import seconds_to_wait
from interview_bot.telegram.intake import UnreadableUpdateError
from interview_bot.telegram.rate_limiter import Priority

ALLOWED_UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]
_LONG_POLL = 10
_READ_TIMEOUT = 8
"""Seconds for an answer to arrive, on top of the long poll."""
_WHILE_BUSY = 0.05
"""Seconds after which new updates are fetched although older ones are still being handled.

Each such poll brings the unconfirmed ones again, so polling faster costs more than it gains.
"""
_AFTER_ERROR = 2.0
_log = get_logger(__name__)


class PollingBot(ExtBot[Priority]):
    """A bot that fetches updates as Telegram sent them.

    While a crowd is served each poll brings up to a hundred known updates again; python-telegram-bot's ``get_updates``
    makes objects of them all, which took a quarter of the bot's processor time.
    """

    async def raw_updates(self, offset: int | None, timeout: int, limit: int = 100) -> list[dict[str, Any]]:
        """``getUpdates``; ``timeout`` in seconds.

        Raises:
            TelegramError: as ``get_updates``.
        """
        data = {"offset": offset, "timeout": timeout, "limit": limit, "allowed_updates": ALLOWED_UPDATES}
        updates: list[dict[str, Any]] = await self._post("getUpdates", data, read_timeout=timeout + _READ_TIMEOUT)
        return updates


class Poller:
    """The one poller of a bot (Telegram refuses a second with 409).

    An offset is sent only for updates that Telegram has just shown. It may begin to number anew, lower than before
    (after a week without updates, or as another server), and an old offset would then confirm what nobody has seen.
    """

    def __init__(self, bot: PollingBot, take: Callable[[dict[str, Any]], Coroutine[Any, Any, None]]) -> None:
        self._bot = bot
        self._take = take
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._unhandled: set[int] = set()
        self._shown: set[int] = set()
        self._handled: set[int] = set()

    async def run(self) -> None:
        """Poll for ever.

        Raises:
            InvalidToken: Telegram does not know the bot.
        """
        while True:
            try:
                await self._round()
            except InvalidToken:
                raise
            except TelegramError as error:
                _log.warning("polling_failed", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(seconds_to_wait(error) if isinstance(error, RetryAfter) else _AFTER_ERROR)
                self._shown, self._handled = set(), set()  # the next answer may come from another server

    async def finish(self, patience: float) -> None:
        """Wait for what is in hand, then confirm it; call after ``run`` was cancelled."""
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=patience)
        self._collect()
        if self._offset is not None:
            try:
                await self._bot.raw_updates(self._offset, timeout=0, limit=1)
            except TelegramError as error:
                # the gate knows them when they come again
                _log.info("last_updates_unconfirmed", error=type(error).__name__)

    @property
    def _offset(self) -> int | None:
        """The first update that is not to be confirmed; None where there is nothing to confirm."""
        if not self._shown:
            return None
        return min(self._unhandled & self._shown, default=max(self._shown) + 1)

    async def _round(self) -> None:
        offset = self._offset
        found = await self._bot.raw_updates(offset, 0 if self._tasks else _LONG_POLL)
        self._shown = {raw["update_id"] for raw in found}
        self._handled &= self._shown
        for raw in found:
            update_id: int = raw["update_id"]
            if update_id not in self._tasks and update_id not in self._handled:
                self._unhandled.add(update_id)
                self._tasks[update_id] = asyncio.create_task(self._take(raw))
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=_WHILE_BUSY)
        self._collect()
        self._unhandled &= self._shown | self._tasks.keys()

    def _collect(self) -> None:
        for update_id, task in list(self._tasks.items()):
            if not task.done():
                continue
            del self._tasks[update_id]
            error = None if task.cancelled() else task.exception()
            if isinstance(error, UnreadableUpdateError):
                _log.error("update_unreadable", update_id=update_id, error=str(error))
            elif task.cancelled() or error is not None:
                _log.warning("update_comes_again", update_id=update_id)
                continue
            self._unhandled.discard(update_id)
            self._handled.add(update_id)
