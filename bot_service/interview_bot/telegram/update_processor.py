"""One update in flight per person, whichever replica gets it; each update handled once."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext, suppress
from inspect import iscoroutine
from typing import Any
from weakref import WeakValueDictionary

from redis.exceptions import RedisError
from structlog.stdlib import get_logger
from telegram import Update
from telegram.ext import BaseUpdateProcessor

from interview_bot.common import logs
from interview_bot.common.metrics import UPDATES
from interview_bot.common.person_locks import PersonLocks
from interview_bot.telegram.acks import Acks
from interview_bot.telegram.gate import Admission, Gate

MAX_CONCURRENT = 2_000
"""Most of them wait for their person's lock, which costs nothing. The gate limits how many one person has."""
_LET_IN = frozenset({Admission.ADMITTED, Admission.AGAIN})
_TURNED_AWAY = frozenset({Admission.DROPPED, Admission.TOLD})
ALBUM_PAUSE = 0.7
"""An album is answered once, by its part with the words, if one has some: the others let it go first (seconds)."""
_log = get_logger(__name__)


def is_wordless_album_part(update: Update) -> bool:
    """Whether it is a picture of an album without a caption."""
    message = update.message
    return message is not None and message.media_group_id is not None and not message.caption


class OneUpdatePerPerson(BaseUpdateProcessor):
    """Runs an update's handling under its person's lock, unless it was handled before or is one too many.

    A person's updates are handled in the order in which they came to this process: a button pressed after something
    was typed must not come before it.

    Args:
        turn_away: tells whose update was dropped; with False the person was told before.
    """

    def __init__(
        self, gate: Gate, locks: PersonLocks, acks: Acks, turn_away: Callable[[Update, bool], Awaitable[None]]
    ) -> None:
        super().__init__(MAX_CONCURRENT)
        self._gate = gate
        self._locks = locks
        self._acks = acks
        self._turn_away = turn_away
        self._lines: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def initialize(self) -> None:
        """Nothing to set up."""

    async def shutdown(self) -> None:
        """Nothing to take down."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Handle one update; a press is acknowledged whatever happens.

        Raises:
            PersonBusyError: not handled; the update must be delivered again.
        """
        if not isinstance(update, Update):
            await coroutine
            return
        if is_wordless_album_part(update):
            await asyncio.sleep(ALBUM_PAUSE)  # before anything is held
        logs.begin(update_id=update.update_id)
        query = update.callback_query
        if query is not None:
            self._acks.open(query.id)
        try:
            outcome = await self._decide(update, coroutine)
            UPDATES.labels(outcome).inc()
        finally:
            if iscoroutine(coroutine):
                coroutine.close()  # harmless when it has run; never awaited otherwise
            if query is not None:
                await self._acks.close(query.id)

    async def _decide(self, update: Update, coroutine: Awaitable[Any]) -> str:
        user = update.effective_user
        async with self._lines.setdefault(user.id, asyncio.Lock()) if user else nullcontext():
            admission = await self._gate.admit(update)
        # Nothing is awaited from here to the person's lock, so the next of theirs, let in now, comes to it after this.
        if admission in _TURNED_AWAY:
            await self._turn_away(update, admission is Admission.TOLD)
            return Admission.DROPPED.value
        if admission not in _LET_IN:
            return admission.value
        if user is None:
            return await self._once(update, coroutine, admission)
        async with self._locks.hold(user.id):
            if update.callback_query is not None:
                self._acks.begin_handling(update.callback_query.id)
            return await self._once(update, coroutine, admission)

    async def _once(self, update: Update, coroutine: Awaitable[Any], admission: Admission) -> str:
        if admission is Admission.AGAIN and await self._gate.is_done(update):
            return Admission.REPEATED.value
        await coroutine
        with suppress(RedisError):
            await self._gate.mark_done(update)
        return "handled"
