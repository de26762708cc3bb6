"""Lists for recruiters and staff (``bot.digest.command``), sent once each and reported."""

from uuid import NAMESPACE_OID, uuid5

from structlog.stdlib import get_logger
from telegram import BotCommandScopeChat
from telegram.error import TelegramError

from interview_bot.common import clock
from interview_bot.common.person_locks import PersonLocks
from interview_bot.dialogs.context import Services
from interview_bot.inbound.sent_once import OneTimeMessage, SendProgress, SentOnce
from interview_bot.messaging.envelope import envelope
from interview_bot.telegram.errors import classify
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.views import keyboards
from interview_bot.views.digest_texts import digest_text
from interview_bot.views.screen import Screen
from interview_bot.views.texts import texts_for
from shared_contracts.broadcast import Delivery, DeliveryStatus, DigestDelivered
from shared_contracts.digest import DigestCommand
from shared_contracts.transport.topology import DELIVERY_EVENT

_log = get_logger(__name__)


class Digests:
    """Sends lists; ``deliver`` is the handler of ``bot.digest.command``."""

    def __init__(self, services: Services, once: SentOnce, locks: PersonLocks) -> None:
        self._services = services
        self._once = once
        self._locks = locks

    async def deliver(self, command: DigestCommand) -> None:
        """Send the list unless it was sent before or its time is over; then report it.

        Raises:
            TelegramError: not sent, worth another try.
        """
        message = OneTimeMessage(command.digest_id, command.chat_id, command.attempt, command.thread_id)
        await self._services.rate_limiter.take_turn(command.chat_id, Priority.NOTICE)  # before anything is held
        async with self._locks.hold(command.chat_id):  # two copies may be in hand at once
            progress = await self._once.progress_of(message)
            if progress.is_open_for(command.attempt):
                progress = await self._once.record_end(message, progress, await self._send(command, message, progress))
        end = progress.report(message)
        if end.status is DeliveryStatus.BLOCKED:
            await self._services.chats.mark_unreachable(command.chat_id)
        event = DigestDelivered(
            **envelope(uuid5(NAMESPACE_OID, f"digest:{command.digest_id}:{command.attempt}:{end.status.value}")),
            digest_id=command.digest_id,
            delivery=end,
            attempt=command.attempt,
        )
        await self._services.outbox.send(DELIVERY_EVENT, event)

    async def _send(self, command: DigestCommand, message: OneTimeMessage, progress: SendProgress) -> Delivery:
        if clock.now() > command.not_after:
            return progress.end_without_try(message, DeliveryStatus.TOO_LATE)
        texts = texts_for(command.language or await self._services.chats.language(command.chat_id))
        screen = Screen(digest_text(command, texts))
        if command.farewell is not None:
            await self._take_menu_away(command.chat_id)
            screen = Screen(screen.text, keyboards.contact(command.farewell.contact_url, texts))
        return await self._once.send(message, progress, screen, Priority.IN_TURN)

    async def _take_menu_away(self, chat_id: int) -> None:
        """The chat's menu has no recruiters' commands any more."""
        await self._services.dialog_states.clear(chat_id)
        await self._services.directory.recruiters_cache.invalidate()
        try:
            await self._services.bot.delete_my_commands(scope=BotCommandScopeChat(chat_id))
        except TelegramError as error:
            _log.info("menu_stays", trouble=classify(error).value)
