"""Automatic messages to a recruiter about one booking: its card, below a line that says what it is about."""

from html import escape

from structlog.stdlib import get_logger

from interview_bot.common import clock
from interview_bot.dialogs.context import Services
from interview_bot.dialogs.recruiter.card_messages import point_to_card_below, read_card_screen
from interview_bot.inbound.sent_once import OneTimeMessage, SendProgress, SentOnce
from interview_bot.store.shown_cards import ShownCard
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.views.attendance_screens import delay_on_card
from interview_bot.views.formatting import is_superseded, slot_changes
from interview_bot.views.texts import Texts, texts_for
from shared_contracts.broadcast import Delivery, DeliveryStatus
from shared_contracts.card import CardAttention, CardCommand, CardOccasion, RecruiterCard
from shared_contracts.directory import BookingStatus

_ABOUT_ATTENDANCE = frozenset({CardOccasion.NO_ANSWER, CardOccasion.RESCHEDULE_ASKED})
_TO_BE_MARKED = frozenset({BookingStatus.BOOKED, BookingStatus.UNMARKED})
"""Time alone turns the first into the second, just when the outcome is asked for."""
_log = get_logger(__name__)


_SAYS_WHAT_WAS = frozenset({CardOccasion.CHANGED, CardOccasion.MOVED})
"""What these are about has changed, so they name what it was."""


class CardNotices:
    """Sends cards as messages of their own, once per automatic message."""

    def __init__(self, services: Services, once: SentOnce) -> None:
        self._services = services
        self._once = once

    async def deliver(self, command: CardCommand) -> Delivery:
        """Send the newest card that is known, unless what was to be told is not so any more. The caller holds the lock.

        Raises:
            TelegramError, AdminApiDownError: not sent, worth another try.
        """
        chat_id, card = command.recruiter_telegram_id, command.card
        # one for the recruiter and one for the deputy
        message = OneTimeMessage(f"{command.auto_message_id or command.message_id}:{chat_id}", chat_id)
        progress = await self._once.progress_of(message)
        if not progress.is_open_for(message.attempt):
            return progress.report(message)
        before = await self._services.shown_cards.get(chat_id, card.booking.id)
        shown = await self._services.shown_cards.claim(chat_id, card)
        shown = shown or await self._services.shown_cards.get(chat_id, card.booking.id)
        if shown is None or not still_holds(command, shown.card):
            _log.info("notice_overtaken", booking_id=card.booking.id, revision=card.revision)
            # its end is not recorded: it may be told when it is true again
            return progress.end_without_try(message, DeliveryStatus.SUPPRESSED)
        return await self._send(command, message, progress, shown, before)

    async def _send(
        self,
        command: CardCommand,
        message: OneTimeMessage,
        progress: SendProgress,
        shown: ShownCard,
        before: ShownCard | None,
    ) -> Delivery:
        chat_id = message.chat_id
        texts = texts_for(await self._services.chats.language(chat_id))
        occasion = command.occasion
        lead = _lead(occasion, shown.card, texts)
        if occasion in _SAYS_WHAT_WAS:
            lead = "\n".join([lead, *_changes(before.told or before.card if before else None, shown.card, texts)])
        screen = await read_card_screen(self._services, shown, texts, lead, about=occasion)
        end = await self._once.send(message, progress, screen, Priority.IN_TURN)
        progress = await self._once.record_end(message, progress, end)
        if end.status is DeliveryStatus.BLOCKED:
            await self._services.chats.mark_unreachable(chat_id)
        if end.telegram_message_id is not None:
            await self._services.shown_cards.set_message(chat_id, shown.card, end.telegram_message_id)
            # an update to the same revision would only take the line away that says what it is about
            await self._services.shown_cards.record_end(chat_id, shown.card, CardAttention.UPDATE, None)
            await point_to_card_below(self._services, chat_id, shown, end.telegram_message_id, texts)
        return progress.report(message)


def _lead(occasion: CardOccasion | None, card: RecruiterCard, texts: Texts) -> str:
    """The line that says what it is about.

    None where the card itself does: it asks for a mark, and says who has it in the reader's place.
    """
    if occasion in {None, CardOccasion.OUTCOME_DUE} or (occasion is CardOccasion.HANDED_OVER and card.handed_over_to):
        return ""
    told = f"<b>{delay_on_card(card, texts)}</b>" if occasion is CardOccasion.DELAY and card.booking.delay_at else ""
    return told or texts(f"card.notice_{occasion}")


def _changes(before: RecruiterCard | None, card: RecruiterCard, texts: Texts) -> list[str]:
    """What is otherwise than the recruiter was told last, as HTML; an edit may have shown it meanwhile.

    ``before``: as they were told; None where they were told nothing, and then what staff have changed counts.
    """
    edited = card.slot_before if card.slot_before and card.slot_before.id == card.booking.slot.id else None
    was, zone_was = (before.booking.slot, before.timezone) if before else (edited, card.timezone)
    lines = slot_changes(was, card.booking.slot, card.timezone, texts, zone_was) if was else []
    return [escape(line) for line in lines]


def still_holds(command: CardCommand, newest: RecruiterCard) -> bool:
    """Whether what the command tells is still so, by the newest known card."""
    told_booking, booking = command.card.booking, newest.booking
    if command.occasion is CardOccasion.NO_ANSWER and booking.slot.starts_at <= clock.now():
        return False  # it asks to write to them before the interview
    if command.occasion in _ABOUT_ATTENDANCE and told_booking.attendance is not booking.attendance:
        return False
    if command.occasion is CardOccasion.RESCHEDULE_ASKED and is_superseded(booking):
        return False  # the request for the time they have chosen since tells it
    same_slot = (told_booking.slot.id, told_booking.slot.starts_at) == (booking.slot.id, booking.slot.starts_at)
    same_status = told_booking.status is booking.status
    if command.occasion is CardOccasion.OUTCOME_DUE:
        same_status = {told_booking.status, booking.status} <= _TO_BE_MARKED
    return newest.yours is command.card.yours and same_status and same_slot
