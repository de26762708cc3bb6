"""Sends calendar files, silently and after everything that people wait for."""

import asyncio
import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from pymongo.errors import PyMongoError
from structlog.stdlib import get_logger
from telegram.error import RetryAfter, TelegramError

from interview_bot.common import logs
from interview_bot.common.background import end_tasks
from interview_bot.dialogs.context import Services
from interview_bot.store.calendar_files import LEASE, WaitingFile
from interview_bot.telegram.errors import HeldBackError, final_status, seconds_to_wait
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.views.texts import texts_for
from shared_contracts.booking import BookingResult
from shared_contracts.broadcast import DeliveryStatus
from shared_contracts.calendars import CalendarFile
from shared_contracts.notification import NotificationCommand
from shared_contracts.texts.icalendar_text import calendar_file

FILE_NAME = "interview.ics"
SENDERS = 4
"""Files in hand at once: one that waits for its chat's turn does not hold the others."""
MAX_ATTEMPTS = 20
_LONGEST_PAUSE = 300
_LOOK_AGAIN = 2.0
_log = get_logger(__name__)

mimetypes.add_type("text/calendar", ".ics")  # not every system knows it, and phones go by it


def calendar_file_of(message: BookingResult | NotificationCommand) -> CalendarFile | None:
    """The file that goes with a message, if any; ``message.calendar`` was made by an admin service that still does."""
    return calendar_file(message.calendar_entry) if message.calendar_entry else message.calendar


async def put_calendar_file(services: Services, chat_id: int, message: BookingResult | NotificationCommand) -> None:
    """Have the file sent that goes with a message which has arrived, if any."""
    if file := calendar_file_of(message):
        entry = message.calendar_entry
        await services.calendar_files.put(chat_id, file, entry.starts_at if entry else None)


class CalendarSender:
    """Sends what waits in ``calendar_files``, until told to stop."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._files = services.calendar_files
        self._stopping = False

    def stop(self) -> None:
        """Finish the files in hand and no more."""
        self._stopping = True
        self._files.added.set()

    async def run(self) -> None:
        """Send what there is to send."""
        await asyncio.gather(*(self._work() for _ in range(SENDERS)))

    async def _work(self) -> None:
        while not self._stopping:
            try:
                while not self._stopping and (file := await self._files.claim()):
                    await self._deliver(file)
            except PyMongoError as error:
                _log.warning("calendar_files_wait_for_mongodb", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._files.added.wait(), _LOOK_AGAIN)
                self._files.added.clear()

    async def _deliver(self, file: WaitingFile) -> None:
        logs.begin(file.correlation_id, user_id=file.chat_id)
        if file.is_needless:
            await self._files.settle(file, DeliveryStatus.SUPPRESSED)
            return
        try:
            async with self._keeping(file):
                sent = await self._send(file)
        except TelegramError as error:
            await self._after_trouble(file, error)
            return
        if not sent:
            await self._files.release(file, arrived=False)
            return
        await self._files.settle(file, DeliveryStatus.SENT)
        _log.info("calendar_file_sent", method=file.method, sequence=file.sequence)

    async def _send(self, file: WaitingFile) -> bool:
        """Send it once there is room; False where a newer file has taken its place by then."""
        texts = texts_for(await self._services.chats.language(file.chat_id))
        await self._services.rate_limiter.take_turn(file.chat_id, Priority.FILE)
        if not await self._files.begin(file):
            return False
        await self._services.bot.send_document(
            file.chat_id,
            file.content.encode(),
            filename=FILE_NAME,
            caption=texts.plain(_caption(file)),
            disable_notification=True,
            rate_limit_args=Priority.IN_TURN,
        )
        return True

    async def _after_trouble(self, file: WaitingFile, error: TelegramError) -> None:
        """What may have arrived is not sent again: the text above it says all that matters."""
        if isinstance(error, HeldBackError):  # no sender waits for one chat
            await self._files.postpone(file, timedelta(seconds=seconds_to_wait(error)), tried=False)
            return
        status = final_status(error) or (DeliveryStatus.FAILED if file.attempts >= MAX_ATTEMPTS else None)
        _log.warning("calendar_file_not_sent", error=type(error).__name__, status=status, attempts=file.attempts)
        if status is not None:
            await self._files.settle(file, status)
            return
        pause = seconds_to_wait(error) if isinstance(error, RetryAfter) else min(2**file.attempts, _LONGEST_PAUSE)
        await self._files.postpone(file, timedelta(seconds=pause))

    @asynccontextmanager
    async def _keeping(self, file: WaitingFile) -> AsyncIterator[None]:
        async def renew() -> None:
            while True:
                await asyncio.sleep(LEASE.total_seconds() / 3)
                with suppress(PyMongoError):
                    await self._files.keep(file)

        renewal = asyncio.create_task(renew())
        try:
            yield
        finally:
            await end_tasks([renewal])


def _caption(file: WaitingFile) -> str:
    """The text's key, which says what the file does to a calendar as it is."""
    if file.method == "CANCEL":
        return "calendar.remove"
    if not file.told:
        return "calendar.add"
    return "calendar.new_time" if file.starts_at != file.told_start else "calendar.updated"
