"""News that is not about a booking of theirs, sent once each.

Nobody is to wait for what can't come (``WaitingEnded``): the city or the event is closed. And what staff write.
"""

from html import escape
from uuid import NAMESPACE_OID, uuid5

from structlog.stdlib import get_logger

from interview_bot.admin_client.allow_list import AccessStatus
from interview_bot.admin_client.api import AdminApiDownError, AdminApiRefusedError
from interview_bot.common.person_locks import PersonLocks
from interview_bot.dialogs.context import Services
from interview_bot.inbound.sent_once import OneTimeMessage, SendProgress, SentOnce
from interview_bot.messaging.envelope import envelope
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.views import keyboards
from interview_bot.views.screen import Screen
from interview_bot.views.texts import Texts, texts_for
from shared_contracts.broadcast import Delivery, DeliveryStatus, NotificationDelivered
from shared_contracts.notification import StaffMessage, WaitingEnded
from shared_contracts.transport.topology import DELIVERY_EVENT

_log = get_logger(__name__)


class OtherNews:
    """Sends it, and reports what became of it."""

    def __init__(self, services: Services, once: SentOnce, locks: PersonLocks) -> None:
        self._services = services
        self._once = once
        self._locks = locks

    async def deliver(self, command: WaitingEnded | StaffMessage) -> None:
        """Send it unless it was sent before or they are not let in any more; then report it.

        Raises:
            TelegramError: not sent, worth another try.
        """
        chat_id = command.user_telegram_id
        message = OneTimeMessage(command.notification_id, chat_id)
        await self._services.rate_limiter.take_turn(chat_id, Priority.NOTICE)  # before anything is held
        async with self._locks.hold(chat_id):  # two copies may be in hand at once
            progress = await self._once.progress_of(message)
            if progress.is_open_for(message.attempt):
                progress = await self._once.record_end(message, progress, await self._send(command, message, progress))
        end = progress.report(message)
        if end.status is DeliveryStatus.BLOCKED:
            await self._services.chats.mark_unreachable(chat_id)
        event = NotificationDelivered(
            **envelope(uuid5(NAMESPACE_OID, f"notification:{command.notification_id}:0"), progress.at),
            notification_id=command.notification_id,
            user_telegram_id=chat_id,
            delivery=end,
        )
        await self._services.outbox.send(DELIVERY_EVENT, event)
        _log.info("notice_ended", kind=command.kind, status=end.status.value, notice=command.notification_id)

    async def _send(
        self, command: WaitingEnded | StaffMessage, message: OneTimeMessage, progress: SendProgress
    ) -> Delivery:
        if isinstance(command, WaitingEnded) and command.off_list:
            await self._services.allow_list.invalidate()  # what was cached may be of before
        access, person = await self._services.allow_list.check(command.user_telegram_id)
        if (access is AccessStatus.REFUSED) is not (isinstance(command, WaitingEnded) and command.off_list):
            return progress.end_without_try(message, DeliveryStatus.SUPPRESSED)
        texts = texts_for(await self._services.chats.language(command.user_telegram_id))
        if isinstance(command, StaffMessage):
            contact_url = await self._services.directory.contact_url(person)
            screen = Screen(escape(command.text), keyboards.contact(contact_url, texts))
        else:
            screen = await self._end_of_waiting(command, texts)
        return await self._once.send(message, progress, screen, Priority.IN_TURN)

    async def _end_of_waiting(self, command: WaitingEnded, texts: Texts) -> Screen:
        if command.off_list:
            contact_url = await self._services.directory.contact_url(None)
            return Screen(texts("waiting.off_list", event=command.event.name), keyboards.contact(contact_url, texts))
        if command.city is None:
            text = texts("waiting.ended_event", event=command.event.name)
            return Screen(text, keyboards.home(texts))
        text = texts("waiting.ended_city", event=command.event.name, city=command.city)
        more = "waiting.look_elsewhere" if await self._has_slots(command.event.id) else "waiting.none_elsewhere"
        return Screen(f"{text} {texts(more)}", keyboards.sign_up(command.event.id, texts))

    async def _has_slots(self, event_id: str) -> bool:
        """Whether there is free time elsewhere, in another city or online."""
        try:
            return bool(await self._services.directory.slots(event_id))
        except (AdminApiDownError, AdminApiRefusedError):
            return False
