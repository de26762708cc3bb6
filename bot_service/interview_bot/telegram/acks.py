"""Acknowledging presses: each callback is answered, within a second whatever its handling waits for (NFR1).

An answer that fails is given again until Telegram takes it, or says that it is too late.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, repeat
from time import perf_counter

from structlog.stdlib import get_logger
from telegram.error import RetryAfter, TelegramError
from telegram.ext import ExtBot

from interview_bot.common.metrics import PRESS_TO_ACK
from interview_bot.telegram.errors import Trouble, classify, seconds_to_wait
from interview_bot.telegram.rate_limiter import Priority

PATIENCE = 1.0
"""Seconds after which a press is acknowledged without a text: Telegram's spinner must not outlast two."""
AGAIN: Sequence[float] = (0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 24)
"""Seconds between tries of an answer: the first ones within Telegram's spinner, the last beyond the life of a press."""
_MAY_PASS = frozenset({Trouble.RETRY_AFTER, Trouble.TRANSIENT, Trouble.UNCERTAIN})
_FIRST_TRY_SECONDS = 1.0
_TRY_SECONDS = 3.0
"""Of one try, so that a silent server costs a try and not the answer; the second is within Telegram's spinner."""
_CROWD = 0.3
"""Seconds that the work behind an answered press waits at most for others to be answered first."""
_log = get_logger(__name__)


@dataclass
class _Press:
    began: float
    watch: asyncio.Task[None]


class Acks:
    """The presses this process has in hand, by callback query id.

    When a crowd presses at once, all are answered before the work behind the first of them goes on.
    """

    def __init__(self, bot: ExtBot[Priority]) -> None:
        self._bot = bot
        self._open: dict[str, _Press] = {}
        self._unanswered: set[str] = set()
        self._trying: set[asyncio.Task[bool]] = set()
        self._all_answered = asyncio.Event()

    def open(self, query_id: str) -> None:
        """A press came in. If nobody answers it within a second, the watch does."""
        self._open[query_id] = _Press(perf_counter(), asyncio.create_task(self._watch(query_id)))

    async def answer(self, query_id: str, text: str | None = None, alert: bool = False) -> bool:
        """Answer the press. False when it was answered before: the text has to reach the person another way."""
        press = self._open.pop(query_id, None)
        if press is None:
            return False
        if press.watch is not asyncio.current_task():
            press.watch.cancel()
        trying = asyncio.create_task(self._try(query_id, press.began, text, alert))
        self._trying.add(trying)
        trying.add_done_callback(self._trying.discard)
        done, _ = await asyncio.wait({trying}, timeout=PATIENCE)  # the handling goes on, the tries as well
        return trying.result() if done else True

    async def finish(self, patience: float) -> None:
        """Give the answers under way ``patience`` seconds."""
        if self._trying:
            await asyncio.wait(self._trying, timeout=patience)

    async def _try(self, query_id: str, began: float, text: str | None, alert: bool) -> bool:
        """Answer until Telegram takes it. False when it never will: too late, or it was away for long."""
        for pause, patience in zip((*AGAIN, None), chain([_FIRST_TRY_SECONDS], repeat(_TRY_SECONDS)), strict=False):
            try:
                await self._bot.answer_callback_query(query_id, text=text, show_alert=alert, read_timeout=patience)
            except TelegramError as error:
                self._mark_answered(query_id)  # others need not wait for another try
                trouble = classify(error)
                _log.warning("press_not_acknowledged", trouble=trouble.value, again_in=pause)
                if trouble not in _MAY_PASS or pause is None:
                    return False
                await asyncio.sleep(max(pause, seconds_to_wait(error)) if isinstance(error, RetryAfter) else pause)
            else:
                self._mark_answered(query_id)
                PRESS_TO_ACK.observe(perf_counter() - began)
                return True
        return False

    def begin_handling(self, query_id: str) -> None:
        """The press is being handled now; before that it waited for an earlier press of the same person."""
        if query_id in self._open:
            self._unanswered.add(query_id)
            self._all_answered.clear()

    async def wait_for_others(self) -> None:
        """Return once every press that is being handled is answered, or after ``_CROWD`` seconds."""
        if self._unanswered:
            with suppress(TimeoutError):
                async with asyncio.timeout(_CROWD):
                    await self._all_answered.wait()

    async def close(self, query_id: str) -> None:
        """The press was handled: answer it now if nobody has."""
        await self.answer(query_id)

    def _mark_answered(self, query_id: str) -> None:
        self._unanswered.discard(query_id)
        if not self._unanswered:
            self._all_answered.set()

    async def _watch(self, query_id: str) -> None:
        await asyncio.sleep(PATIENCE)
        await self.answer(query_id)
