"""Earlier messages about a booking that has changed since: a line each of what happened, and where to read on."""

from dataclasses import replace
from datetime import timedelta

from structlog.stdlib import get_logger
from telegram.error import RetryAfter, TelegramError

from interview_bot.admin_client.allow_list import AccessStatus
from interview_bot.dialogs.context import Services
from interview_bot.store.corrections import Correction
from interview_bot.store.shown_bookings import Change, OutdatedMessage, ShownBookings
from interview_bot.telegram.errors import classify, seconds_to_wait
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.telegram.sending import edit, take_buttons_away
from interview_bot.views import keyboards
from interview_bot.views.formatting import DAY_AND_TIME, slot_start, start, what_ended
from interview_bot.views.outcome_screens import seat_offer_lapsed_screen
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

    The caller holds the person's lock. What can't be edited now is left to the ``Corrector``.

    Args:
        zone: the reader's own time zone, None where the slot's city decides.
        newest: the message that tells in full how it stands.
        every: also what is so still, whose buttons are of no use any more.
    """
    outdated = await shown.outdated_messages(chat_id, booking, every=every)
    if not outdated:
        return
    correction = Correction(chat_id, booking, newest, every)
    await services.corrections.put(correction)  # first, so that a crash loses none
    try:
        for message in outdated:
            await put_right(services, correction, message, zone, texts, Priority.INTERACTIVE)
    except TelegramError as error:
        _log.info("corrections_wait", trouble=classify(error).value)
        pause = seconds_to_wait(error) if isinstance(error, RetryAfter) else 1.0
        await services.corrections.postpone(correction, timedelta(seconds=pause))
    else:
        await services.corrections.settle(correction)


async def put_right(
    services: Services,
    correction: Correction,
    message: OutdatedMessage,
    zone: str | None,
    texts: Texts,
    priority: Priority,
) -> None:
    """The message says in a line what became of the booking, or can't be edited for good. Arguments as above.

    Raises:
        TelegramError: worth another try, but for ``Trouble.BLOCKED``.
        AdminApiDownError, AdminApiRefusedError: nobody can say now whether they wait for another seat.
    """
    chat_id, booking, is_below = correction.chat_id, correction.booking, message.message_id < correction.newest
    screen = Screen(_line(message, booking, zone, texts, is_below=is_below))
    if message.change is Change.OFFER_LAPSED:
        screen = await lapsed_offer(services, chat_id, booking, zone, texts)
    if not await edit(services.bot, chat_id, message.message_id, screen, priority):
        await take_buttons_away(services.bot, chat_id, message.message_id, priority)
    await services.shown_bookings.record_correction(chat_id, message, booking)


async def lapsed_offer(
    services: Services, chat_id: int, booking: BookingView, zone: str | None, texts: Texts
) -> Screen:
    """In place of a seat offer that nobody answered in time: that it is over, and what there is to do now."""
    event_id = booking.slot.event.id
    places = (await services.api.person_bookings(chat_id)).waiting
    waits = any(place.event_id == event_id for place in places)
    screen = seat_offer_lapsed_screen(event_id, texts, waits_on=waits)
    access, _ = await services.allow_list.check(chat_id)
    screen = keyboards.for_kept_booking(screen) if access is AccessStatus.REFUSED else screen
    return replace(screen, text=f"{screen.text}\n\n{what_ended(booking.slot, zone, texts)}")


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
