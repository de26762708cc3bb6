"""News about a booking that its candidate did not ask for (``bot.notification.command``), sent once each.

An automatic message was decided some time ago: right before it is sent, the admin service says whether it still holds.
"""

from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from redis.exceptions import RedisError
from structlog.stdlib import get_logger
from telegram import InlineKeyboardMarkup

from interview_bot.admin_client.allow_list import AccessStatus
from interview_bot.common import clock
from interview_bot.common.person_locks import PersonLocks
from interview_bot.dialogs.context import Services
from interview_bot.dialogs.notice_texts import notice_text
from interview_bot.inbound.calendar_sender import put_calendar_file
from interview_bot.inbound.sent_once import OneTimeMessage, SendProgress, SentOnce
from interview_bot.inbound.untrue_messages import correct_untrue_messages
from interview_bot.messaging.envelope import envelope
from interview_bot.store.corrections import Correction
from interview_bot.store.shown_bookings import Shown, ShownBookings
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.views import keyboards
from interview_bot.views.attendance_screens import attendance_keyboard
from interview_bot.views.callback_data import Action
from interview_bot.views.formatting import booking_card
from interview_bot.views.screen import Screen
from interview_bot.views.texts import Texts, texts_for
from shared_contracts.broadcast import Delivery, DeliveryStatus, NotificationDelivered
from shared_contracts.directory import LIVE_STATUSES, BookingView
from shared_contracts.notification import NotificationCommand, NotificationKind
from shared_contracts.transport.topology import DELIVERY_EVENT

_CHOOSE_AGAIN = frozenset(
    {NotificationKind.BOOKING_CANCELLED, NotificationKind.BOOKING_EXPIRED, NotificationKind.SLOT_OFFER_ENDED}
    | {NotificationKind.NO_SHOW, NotificationKind.RECRUITER_ABSENT}
)
_TELLS_WISH = frozenset({NotificationKind.RESCHEDULE_ASKED, NotificationKind.WANTED_CHANGED})
"""What tells of the move that is asked for, too."""
_TELLS_PROPOSAL = frozenset({NotificationKind.TIME_OFFERED, NotificationKind.PROPOSAL_CHANGED})
"""What tells of the time that the recruiter proposes, and asks for an answer."""
_log = get_logger(__name__)


class Notifications:
    """Sends notices and reports what became of them."""

    def __init__(self, services: Services, once: SentOnce, shown: ShownBookings, locks: PersonLocks) -> None:
        self._services = services
        self._once = once
        self._shown = shown
        self._locks = locks

    async def deliver(self, command: NotificationCommand) -> None:
        """Send the notice unless it was sent before or is not due any more, then report it.

        Raises:
            TelegramError, AdminApiDownError: not delivered, worth another try.
            AdminApiRefusedError: the admin service does not let us ask.
        """
        chat_id = command.user_telegram_id
        message = OneTimeMessage(command.notification_id, chat_id, command.attempt, silent=command.silent)
        await self._services.rate_limiter.take_turn(chat_id, Priority.NOTICE)  # before anything is held, or asked
        async with self._locks.hold(chat_id):  # two copies may be in hand at once
            progress = await self._once.progress_of(message)
            if progress.is_open_for(message.attempt):
                progress = await self._deliver(command, message, progress)
            elif progress.end is not None and progress.end.telegram_message_id is not None:
                await self._record_shown(progress.end.telegram_message_id, command, None)  # may not have come to that
        end = progress.report(message)
        if end.status is DeliveryStatus.SENT:
            await put_calendar_file(self._services, chat_id, command)
        await self._report(command, end, progress.at)

    async def _deliver(
        self, command: NotificationCommand, message: OneTimeMessage, progress: SendProgress
    ) -> SendProgress:
        """Make this try; ``progress`` is what is known of earlier ones.

        Its end is recorded before all that follows from it, so that none of that, such as a Redis that goes away, has
        it sent once more.
        """
        current = await self._current_command(command)
        if isinstance(current, DeliveryStatus):
            return await self._once.record_end(message, progress, progress.end_without_try(message, current))
        newer = await self._newer_than(current)
        if isinstance(newer, DeliveryStatus):
            return await self._once.record_end(message, progress, progress.end_without_try(message, newer))
        screen = await self._screen(current, newer)
        end = await self._once.send(message, progress, screen, Priority.IN_TURN)
        ended = await self._once.record_end(message, progress, end)
        if end.telegram_message_id is not None:
            await self._record_shown(end.telegram_message_id, current, newer)
        return ended

    async def _newer_than(self, command: NotificationCommand) -> BookingView | DeliveryStatus | None:
        """The booking as it is now, where this news comes after newer news of it: nobody's last message is an old time.

        The status that says why it is not sent, where the booking has ended meanwhile, which they were told; None
        where the news is the newest.
        """
        chat_id, booking = command.user_telegram_id, command.booking
        if booking.status not in LIVE_STATUSES or not await self._shown.is_older(chat_id, booking):
            return None
        found = await self._services.api.bookings(chat_id)
        _log.info("notice_overtaken", kind=command.kind.value, notice=command.notification_id)
        return next((item for item in found if item.id == booking.id), DeliveryStatus.SUPPRESSED)

    async def _record_shown(self, message_id: int, command: NotificationCommand, newer: BookingView | None) -> None:
        chat_id, booking = command.user_telegram_id, newer or command.booking
        tells_wish = newer is not None or command.kind in _TELLS_WISH
        tells_proposal = newer is not None or command.kind in _TELLS_PROPOSAL
        shown = await self._shown.claim(
            chat_id, message_id, booking, tells_wish=tells_wish, tells_proposal=tells_proposal
        )
        if shown is not Shown.NEWEST:
            return
        every = command.kind is NotificationKind.BOOKING_KEPT  # their buttons to move it do nothing any more
        try:
            _, person = await self._services.allow_list.check(chat_id)
            texts = texts_for(await self._services.chats.language(chat_id))
            zone = person.timezone if person else None
            await correct_untrue_messages(
                self._services, self._shown, chat_id, booking, zone, texts, newest=message_id, every=every
            )
        except RedisError as error:
            _log.info("corrections_wait", trouble=type(error).__name__)
            await self._services.corrections.put(Correction(chat_id, booking, message_id, every))

    async def _current_command(self, command: NotificationCommand) -> NotificationCommand | DeliveryStatus:
        """The command as it is to be sent now, or the status that says why it is not sent."""
        if command.not_after is not None and clock.now() > command.not_after:
            return DeliveryStatus.TOO_LATE
        if not command.recheck:
            return command
        now = await self._services.api.auto_message(command.notification_id)
        if now is None or not now.due or now.attempt != command.attempt:
            return DeliveryStatus.SUPPRESSED
        update = {"booking": now.booking or command.booking, "asks_attendance": now.asks_attendance}
        return command.model_copy(update=update)

    async def _screen(self, command: NotificationCommand, newer: BookingView | None) -> Screen:
        person_id = command.user_telegram_id
        texts = texts_for(await self._services.chats.language(person_id))
        text = await notice_text(
            self._services,
            command.kind,
            command.booking,
            candidate_id=person_id,
            name=command.candidate_name,
            reason=command.reason,
            texts=texts,
            before=command.slot_before,
            booked_before=command.booked_before,
            zones=(command.timezone_before, command.timezone),
        )
        if command.asks_attendance:
            text = f"{text}\n\n{texts('notice.please_confirm')}"
        access, person = await self._services.allow_list.check(person_id)
        if newer is not None:
            card = booking_card(newer, person.timezone if person else None, texts)
            text = f"{text}\n\n{texts('booking.changed_since')}\n\n{card}"
        screen = Screen(text, _keyboard_as_it_is(newer, texts) if newer else _keyboard(command, texts))
        off_list = command.off_list or access is AccessStatus.REFUSED
        return keyboards.for_kept_booking(screen) if off_list else screen

    async def _report(self, command: NotificationCommand, end: Delivery, at: datetime) -> None:
        if end.status is DeliveryStatus.BLOCKED:
            await self._services.chats.mark_unreachable(command.user_telegram_id)
        event = NotificationDelivered(
            **envelope(uuid5(NAMESPACE_OID, f"notification:{command.notification_id}:{command.attempt}"), at),
            notification_id=command.notification_id,
            user_telegram_id=command.user_telegram_id,
            delivery=end,
            attempt=command.attempt,
        )
        await self._services.outbox.send(DELIVERY_EVENT, event)
        _log.info("notice_ended", kind=command.kind.value, status=end.status.value, notice=command.notification_id)


def _keyboard_as_it_is(booking: BookingView, texts: Texts) -> InlineKeyboardMarkup:
    """What the candidate can do now, as under ``/mybooking``."""
    return keyboards.bookings([booking], None, texts, Action.MOVE, Action.CANCEL)


def _keyboard(command: NotificationCommand, texts: Texts) -> InlineKeyboardMarkup | None:
    """What the candidate can do now."""
    kind, booking = command.kind, command.booking
    if kind is NotificationKind.BOOKING_REJECTED:
        return None
    if kind is NotificationKind.TIME_REJECTED:
        return keyboards.other_times(booking.slot, texts)
    if kind in _CHOOSE_AGAIN:
        return keyboards.choose_time(booking.slot.event.id, texts)
    if kind in {NotificationKind.SLOT_OFFERED, NotificationKind.SLOT_OFFER_CHANGED}:
        return InlineKeyboardMarkup([keyboards.seat_offer_buttons(booking, texts)])
    if kind in _TELLS_PROPOSAL and booking.offered_slot is not None:
        return keyboards.proposed_time(booking, booking.offered_slot, texts)
    if command.asks_attendance:
        return attendance_keyboard(booking, texts)
    return keyboards.change_booking(booking, texts, asked=kind is NotificationKind.RESCHEDULE_ASKED)
