"""Messages that have candidates write to a recruiter who isn't on the bot: put right once the recruiter is."""

import asyncio
from contextlib import suppress

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError
from structlog.stdlib import get_logger
from telegram.error import TelegramError

from interview_bot.admin_client.api import AdminApiDownError, AdminApiRefusedError
from interview_bot.common.person_locks import PersonBusyError, PersonLocks
from interview_bot.dialogs.context import Services
from interview_bot.store.shown_bookings import AwaitingMessage
from interview_bot.telegram.errors import Trouble, classify
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.telegram.sending import edit
from interview_bot.views.outcome_screens import pending_screen
from interview_bot.views.texts import texts_for
from shared_contracts.directory import LIVE_STATUSES, BookingView

_LOOK_AGAIN = 600.0
"""Seconds, for what could not be done when the recruiters changed."""
_AWAY = (PyMongoError, RedisError, AdminApiDownError, AdminApiRefusedError, PersonBusyError)
_log = get_logger(__name__)


def writes_to_recruiter(booking: BookingView) -> bool:
    """Whether neither the recruiter asked nor a deputy gets a card: then the candidate writes to them (R4)."""
    return not (booking.recruiter_reachable if booking.requested_slot is None else booking.asked_reachable)


class JoinedRecruiters:
    """``run`` looks whenever ``changed`` is set: the recruiters are others than before."""

    def __init__(self, services: Services, locks: PersonLocks) -> None:
        self._services = services
        self._locks = locks
        self.changed = asyncio.Event()

    async def run(self) -> None:
        """Put right what there is, for ever."""
        while True:
            self.changed.clear()
            try:
                await self._look()
            except _AWAY as error:
                _log.warning("joined_recruiters_unknown", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), _LOOK_AGAIN)

    async def _look(self) -> None:
        for message in await self._services.shown_bookings.awaiting_recruiters():
            try:
                await self._put_right(message)
            except (TelegramError, *_AWAY) as error:  # one does not stop the others
                _log.warning("awaiting_message_stays", error=type(error).__name__)

    async def _put_right(self, message: AwaitingMessage) -> None:
        services, chat_id = self._services, message.chat_id
        await services.rate_limiter.take_turn(chat_id, Priority.FILE)
        async with self._locks.hold(chat_id):  # a press may make it show another thing
            found = await services.api.bookings(chat_id)
            booking = next((live for live in found if live.id == message.booking_id), None)
            if not await services.shown_bookings.awaits_recruiter(message):
                return
            if booking is not None and booking.status in LIVE_STATUSES and booking.expires_at is not None:
                if writes_to_recruiter(booking):
                    return
                await self._show(chat_id, message.message_id, booking)
            await services.shown_bookings.forget_awaited(message)

    async def _show(self, chat_id: int, message_id: int, booking: BookingView) -> None:
        _, person = await self._services.allow_list.check(chat_id)
        texts = texts_for(await self._services.chats.language(chat_id))
        screen = pending_screen(booking, person.timezone if person else None, texts)
        try:
            await edit(self._services.bot, chat_id, message_id, screen, Priority.IN_TURN)
        except TelegramError as error:
            if classify(error) is not Trouble.BLOCKED:
                raise
