"""Earlier messages about a booking that has changed since: a line each of what happened, and where to read on."""

from structlog.stdlib import get_logger
from telegram.error import TelegramError

from interview_bot.dialogs.context import Services
from interview_bot.store.shown_bookings import Change, OutdatedMessage, ShownBookings
from interview_bot.telegram.errors import classify
from interview_bot.views.formatting import DAY_AND_TIME, slot_start, start
from interview_bot.views.screen import Screen
from interview_bot.views.texts import Texts
from shared_contracts.directory import BookingView
from shared_contracts.texts.clocks import clocks_of

_log = get_logger(__name__)


async def correct_untrue_messages(
    services: Services,
    shown: ShownBookings,
    chat_id: int,
    booking: BookingView,
    zone: str | None,
    texts: Texts,
    *,
    newest: int,
    every: bool = False,
) -> None:
    """Earlier messages of the chat that say of ``booking`` what is no longer so give way to a line, without buttons.

    The caller holds the person's lock. What can't be edited now is tried again with the next change.

    Args:
        zone: the reader's own time zone, None where the slot's city decides.
        newest: the message that tells in full how it stands.
        every: also what is so still, whose buttons are of no use any more.
    """
    for message in await shown.outdated_messages(chat_id, booking, every=every):
        screen = Screen(_line(message, booking, zone, texts, is_below=message.message_id < newest))
        try:
            await services.outgoing.edit(chat_id, message.message_id, screen, or_send=False)
        except TelegramError as error:
            _log.info("untrue_message_stays", trouble=classify(error).value)
        else:
            await shown.record_correction(chat_id, message, booking)


def _line(message: OutdatedMessage, booking: BookingView, zone: str | None, texts: Texts, *, is_below: bool) -> str:
    """What happened since, and where to read on: below, or by a command, which leads to wherever it is by then."""
    when, told = slot_start(booking.slot, zone, texts, DAY_AND_TIME), message.told
    match message.change:
        case Change.MOVED if told is not None:
            clocks = clocks_of(told.starts_at, told.timezone, zone, online=told.online)
            line = texts("earlier.moved", when=start(told.starts_at, clocks, texts, DAY_AND_TIME))
        case Change.MOVE_ASKED:
            line = texts("earlier.move_asked")
        case Change.TIME_PROPOSED:
            line = texts("earlier.time_proposed")
        case _:
            line = texts("earlier.status", status=texts.plain(f"status.{booking.status.value}"), when=when)
    if is_below:
        return f"{line} {texts('earlier.below')}"
    return line if message.change is Change.ENDED else f"{line} {texts('earlier.elsewhere')}"
