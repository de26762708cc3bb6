"""Recruiters' cards: shown on command (``bot.card.command``), kept current, and the answers to presses (R3, R4, R8)."""

from uuid import NAMESPACE_OID, uuid5

from structlog.stdlib import get_logger
from telegram.error import NetworkError, TelegramError

from interview_bot.common.person_locks import PersonLocks
from interview_bot.dialogs.context import Services
from interview_bot.dialogs.recruiter.card_messages import (
    move_card_to,
    point_to_card_below,
    read_card_screen,
    with_way_back,
)
from interview_bot.inbound.card_notices import CardNotices
from interview_bot.inbound.sent_once import SentOnce
from interview_bot.messaging.envelope import envelope
from interview_bot.store.request_records import RequestRecord
from interview_bot.store.shown_cards import ShownCard, done_key
from interview_bot.telegram.errors import Trouble, classify, final_status
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.telegram.sending import edit, edit_or_send, send
from interview_bot.views.recruiter.card_screens import refusal
from interview_bot.views.screen import Screen
from interview_bot.views.texts import Texts, texts_for
from shared_contracts.booking import BookingResult
from shared_contracts.broadcast import CardDelivered, Delivery, DeliveryStatus
from shared_contracts.card import CardAttention, CardCommand
from shared_contracts.transport.topology import DELIVERY_EVENT

_log = get_logger(__name__)


class Cards:
    """Shows cards; ``deliver`` is the handler of ``bot.card.command``."""

    def __init__(self, services: Services, once: SentOnce, locks: PersonLocks) -> None:
        self._services = services
        self._notices = CardNotices(services, once)
        self._locks = locks

    async def deliver(self, command: CardCommand) -> None:
        """Show the card once per revision and attention, unless a newer one is shown; report a message of its own.

        A ``notice`` comes once per automatic message, and is reported whatever became of it.

        Raises:
            TelegramError, AdminApiDownError: not shown, worth another try.
        """
        chat_id = command.recruiter_telegram_id
        await self._services.rate_limiter.take_turn(chat_id, Priority.CARD)  # before anything is held
        async with self._locks.hold(chat_id):
            if command.attention is CardAttention.NOTICE:
                end: Delivery | None = await self._notices.deliver(command)
            else:
                end = await self._deliver(command)
        if end is not None:
            await self._report(command, end)

    async def _deliver(self, command: CardCommand) -> Delivery | None:
        chat_id, card = command.recruiter_telegram_id, command.card
        shown = await self._services.shown_cards.claim(chat_id, card)
        if shown is None:
            _log.info("older_card_not_shown", booking_id=card.booking.id, revision=card.revision)
            return None
        key = done_key(card, command.attention)
        if key in shown.done:
            recorded = shown.done[key]
            return None if recorded is None else Delivery.model_validate(recorded, strict=False)
        end = await self._show(chat_id, shown, command.attention, silent=command.silent)
        await self._services.shown_cards.record_end(chat_id, card, command.attention, end)
        return end

    async def show_result(self, result: BookingResult, record: RequestRecord | None) -> None:
        """The answer to a press: the card as it is now, below the reason when it was refused.

        The caller has taken the chat's turn and holds the recruiter's lock.

        Raises:
            TelegramError, AdminApiDownError: not shown, worth another try.
        """
        chat_id = result.user_telegram_id
        booking_id = result.card.booking.id if result.card else record.booking_id if record else None
        known = await self._services.shown_cards.get(chat_id, booking_id) if booking_id else None
        card = result.card or (known.card if known else None)
        if card is None:
            _log.warning("result_without_card", outcome=result.outcome.value)
            return
        newest = known.card if known and known.card.revision > card.revision else card
        shown = await self._services.shown_cards.claim(chat_id, newest, turns=1)
        if shown is None or result.reply is None:
            _log.info("older_card_not_shown", booking_id=booking_id)
            return
        texts = texts_for(await self._services.chats.language(chat_id, record.language if record else None))
        lead = refusal(result.asked, result.outcome, texts)
        screen = await read_card_screen(self._services, shown, texts, lead)
        message_id = shown.message_id or result.reply.message_id
        screen = with_way_back(screen, shown, message_id, texts)
        message_id = await edit_or_send(self._services.bot, chat_id, message_id, screen, Priority.IN_TURN)
        await move_card_to(self._services, chat_id, shown, message_id, screen, texts)

    async def _show(self, chat_id: int, shown: ShownCard, attention: CardAttention, *, silent: bool) -> Delivery | None:
        """Edit the card's message or send a new one. Returns how it ended if that is to be reported."""
        texts = texts_for(await self._services.chats.language(chat_id))
        reminds = attention is CardAttention.REMINDER
        screen = await read_card_screen(self._services, shown, texts, reminds=reminds)
        try:
            if attention is CardAttention.UPDATE and await self._edit_shown(chat_id, shown, screen, texts):
                return None
            message_id = await send(self._services.bot, chat_id, screen, Priority.IN_TURN, silent=silent)
        except TelegramError as error:
            status = final_status(error)
            if status is None:
                raise
            if status is DeliveryStatus.BLOCKED:
                await self._services.chats.mark_unreachable(chat_id)
            return Delivery(chat_id=chat_id, status=status, error=error.message[:256])
        end = Delivery(chat_id=chat_id, status=DeliveryStatus.SENT, telegram_message_id=message_id)
        await self._services.shown_cards.set_message(chat_id, shown.card, message_id)
        await self._services.shown_cards.record_end(chat_id, shown.card, attention, end)  # it is not sent again
        await point_to_card_below(self._services, chat_id, shown, message_id, texts)
        return end

    async def _edit_shown(self, chat_id: int, shown: ShownCard, screen: Screen, texts: Texts) -> bool:
        """Whether the message that shows the card shows this now; False where a new one is needed."""
        if shown.message_id is None:
            return False
        screen = with_way_back(screen, shown, shown.message_id, texts)
        try:
            done = await edit(self._services.bot, chat_id, shown.message_id, screen, Priority.IN_TURN)
        except TelegramError as error:
            if classify(error) is Trouble.UNCERTAIN:  # editing again does no harm
                raise NetworkError("an edit without an answer") from error
            raise
        if done and screen.keyboard is not None:
            await self._services.dialog_states.reopen_message(chat_id, shown.message_id)
        return done

    async def _report(self, command: CardCommand, end: Delivery) -> None:
        key = done_key(command.card, command.attention)
        what = f"card:{command.recruiter_telegram_id}:{command.card.booking.id}:{key}"
        if command.attention is CardAttention.NOTICE:  # the same card may be sent for several reasons
            what = f"notice:{command.message_id}"
        event = CardDelivered(
            **envelope(uuid5(NAMESPACE_OID, what)),
            booking_id=command.card.booking.id,
            recruiter_telegram_id=command.recruiter_telegram_id,
            delivery=end,
            auto_message_id=command.auto_message_id,
        )
        await self._services.outbox.send(DELIVERY_EVENT, event)
