"""Earlier messages about a booking that changed since: they say how it stands now."""

from structlog.stdlib import get_logger
from telegram.error import TelegramError

from interview_bot.dialogs.context import Services
from interview_bot.store.shown_bookings import ShownBookings
from interview_bot.telegram.errors import classify
from interview_bot.views.formatting import booking_card
from interview_bot.views.screen import Screen
from interview_bot.views.texts import Texts
from shared_contracts.directory import BookingView

_log = get_logger(__name__)


async def correct_untrue_messages(
    services: Services,
    shown: ShownBookings,
    chat_id: int,
    booking: BookingView,
    zone: str | None,
    texts: Texts,
    *,
    every: bool = False,
) -> None:
    """Whatever earlier messages of the chat claim about ``booking`` that is no longer so is put right, without buttons.

    They claim the present state from then on, so that the next change puts them right again. The caller holds the
    person's lock. What can't be edited now is tried again with the next change.

    Args:
        zone: the reader's own time zone, None where the slot's city decides.
        every: also what is so still, whose buttons are of no use any more.
    """
    # what is said about coming changes by answers, which put nothing right: it is for the message that asks
    stands = booking.model_copy(update={"attendance": None, "delay_minutes": None})
    lead = texts("bookings.yours" if every else "booking.now")
    screen = Screen(f"{lead}\n\n{booking_card(stands, zone, texts)}")
    for message_id in await shown.untrue_messages(chat_id, booking, every=every):
        try:
            await services.outgoing.edit(chat_id, message_id, screen, or_send=False)
        except TelegramError as error:
            _log.info("untrue_message_stays", trouble=classify(error).value)
        else:
            await shown.record_correction(chat_id, message_id, booking)
