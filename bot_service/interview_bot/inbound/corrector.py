"""Puts right the earlier messages that could not be put right at once, until told to stop."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError
from structlog.stdlib import get_logger
from telegram.error import RetryAfter, TelegramError

from interview_bot.admin_client.api import AdminApiDownError, AdminApiRefusedError
from interview_bot.common import logs
from interview_bot.common.person_locks import PersonBusyError, PersonLocks
from interview_bot.dialogs.context import Services
from interview_bot.inbound.untrue_messages import put_right
from interview_bot.store.corrections import Correction
from interview_bot.telegram.errors import Trouble, classify, seconds_to_wait
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.views.texts import texts_for

WORKERS = 4
"""Chats in hand at once: one that answers slowly does not hold the others."""
MAX_ATTEMPTS = 20
AT_ONCE = 4
"""Messages of one chat that are corrected before others have their turn; together they take less than the lease."""
_LONGEST_PAUSE = 300
_LOOK_AGAIN = 2.0
_AWAY = (PyMongoError, RedisError, AdminApiDownError, AdminApiRefusedError, PersonBusyError)
_log = get_logger(__name__)


class Corrector:
    """Works on what waits in ``corrections``, after everything that people wait for."""

    def __init__(self, services: Services, locks: PersonLocks) -> None:
        self._services = services
        self._corrections = services.corrections
        self._locks = locks
        self._stopping = False

    def stop(self) -> None:
        """Finish the one in hand and no more."""
        self._stopping = True
        self._corrections.added.set()

    async def run(self) -> None:
        """Make what there is to be made."""
        await asyncio.gather(*(self._work() for _ in range(WORKERS)))

    async def _work(self) -> None:
        while not self._stopping:
            try:
                while not self._stopping and (correction := await self._corrections.claim()):
                    await self._work_on(correction)
            except PyMongoError as error:
                _log.warning("corrections_wait_for_mongodb", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._corrections.added.wait(), _LOOK_AGAIN)
                self._corrections.added.clear()

    async def _work_on(self, correction: Correction) -> None:
        logs.begin(correction.correlation_id, user_id=correction.chat_id)
        try:
            is_done = await self._correct_some(correction)
        except RetryAfter as error:
            pause = timedelta(seconds=seconds_to_wait(error))
            await self._corrections.postpone(correction, pause, tried=False)
        except (TelegramError, *_AWAY) as error:
            await self._after_trouble(correction, error)
        else:
            if is_done:
                await self._corrections.settle(correction)
            else:
                await self._corrections.postpone(correction, timedelta(), tried=False)

    async def _correct_some(self, correction: Correction) -> bool:
        """Correct a few messages, each once its chat is at rest. Returns whether none is left."""
        chat_id = correction.chat_id
        for _ in range(AT_ONCE):
            await self._services.rate_limiter.take_turn(chat_id, Priority.FILE)
            async with self._locks.hold(chat_id):  # a press may make it show another thing
                if not await self._correct_next(correction):
                    return True
        return False

    async def _correct_next(self, correction: Correction) -> bool:
        chat_id, booking, shown = correction.chat_id, correction.booking, self._services.shown_bookings
        outdated = await shown.outdated_messages(chat_id, booking, every=correction.every)
        if not outdated:
            return False
        _, person = await self._services.allow_list.check(chat_id)
        texts = texts_for(await self._services.chats.language(chat_id))
        zone = person.timezone if person else None
        another = outdated[correction.attempts % len(outdated)]  # after each failure, so that none stops the others
        await put_right(self._services, correction, another, zone, texts, Priority.IN_TURN)
        return True

    async def _after_trouble(self, correction: Correction, error: Exception) -> None:
        is_blocked = isinstance(error, TelegramError) and classify(error) is Trouble.BLOCKED
        _log.warning("correction_not_made", error=type(error).__name__, attempts=correction.attempts)
        if is_blocked or correction.attempts >= MAX_ATTEMPTS:
            await self._corrections.settle(correction)
            return
        await self._corrections.postpone(correction, timedelta(seconds=min(2**correction.attempts, _LONGEST_PAUSE)))
