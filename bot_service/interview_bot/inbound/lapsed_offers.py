"""Seat offers that nobody answered in time: the messages that make them say so, without a new one (R7)."""

from structlog.stdlib import get_logger

from interview_bot.common.person_locks import PersonLocks
from interview_bot.dialogs.context import Services
from interview_bot.inbound.untrue_messages import correct_untrue_messages
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.views.texts import texts_for
from shared_contracts.notification import SeatOfferLapsed

_NONE_NEWER = 0
"""No message tells of it but those that are put right."""
_log = get_logger(__name__)


async def show_lapsed(services: Services, locks: PersonLocks, command: SeatOfferLapsed) -> None:
    """Put the offer's messages right; twice is as once. What can't be edited now is left to the ``Corrector``.

    Raises:
        AdminApiDownError, AdminApiRefusedError: nothing is known to tell them now; worth another try.
    """
    chat_id = command.user_telegram_id
    await services.rate_limiter.take_turn(chat_id, Priority.NOTICE)  # before anything is held
    async with locks.hold(chat_id):
        _, person = await services.allow_list.check(chat_id)
        texts, zone = texts_for(await services.chats.language(chat_id)), person.timezone if person else None
        shown, booking = services.shown_bookings, command.booking
        await correct_untrue_messages(services, shown, chat_id, booking, zone, texts, newest=_NONE_NEWER)
    _log.info("lapsed_offer_shown", booking=booking.id, user_id=chat_id)
