"""How a request ended, in the message it was made from: each outcome has its own text and next step (R2)."""

from collections.abc import Callable

from structlog.stdlib import get_logger
from telegram import InlineKeyboardMarkup
from telegram.error import TelegramError

from interview_bot.admin_client.api import AdminApiDownError, AdminApiRefusedError
from interview_bot.common import clock
from interview_bot.common.dialog_data import DialogData, DialogState
from interview_bot.common.metrics import PRESS_TO_ANSWER
from interview_bot.common.person_locks import PersonLocks
from interview_bot.dialogs.candidate.slot_choice import read_slot_menu
from interview_bot.dialogs.context import Services
from interview_bot.inbound.calendar_sender import calendar_file_of
from interview_bot.inbound.cards import RECRUITERS_REQUESTS, Cards
from interview_bot.store.request_records import RequestRecord
from interview_bot.store.shown_bookings import Shown, ShownBookings
from interview_bot.telegram.errors import Trouble, sort
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.telegram.sending import edit_or_send
from interview_bot.views import keyboards
from interview_bot.views.attendance_screens import ANSWERS, answered_screen
from interview_bot.views.formatting import booking_card, moment, reader_zone, slot_card
from interview_bot.views.screen import Reader, Screen
from interview_bot.views.slot_menu import slots_screen
from interview_bot.views.texts import Texts, texts_for
from shared_contracts.booking import SLOT_GONE, BookingResult, Outcome, RequestType
from shared_contracts.directory import BookingStatus, BookingView, SlotView

_SHOW_BOOKING = frozenset(
    {Outcome.BOOKED, Outcome.PENDING_APPROVAL, Outcome.MOVED, Outcome.ALREADY_BOOKED, Outcome.TOO_LATE}
    | {Outcome.MOVE_LIMIT, Outcome.VERSION_CONFLICT}
)
_KEYBOARDS: dict[Outcome, Callable[[Texts], InlineKeyboardMarkup]] = {
    Outcome.CANCELLED: keyboards.home,
    Outcome.ALREADY_BOOKED: keyboards.my_bookings,
    Outcome.BOOKING_NOT_FOUND: keyboards.home,
    Outcome.VERSION_CONFLICT: keyboards.my_bookings,
    Outcome.EXPIRED: keyboards.home,
    Outcome.FAILED: keyboards.home,
}
_WITH_CONTACT = frozenset({Outcome.TOO_LATE, Outcome.MOVE_LIMIT, Outcome.REJECTED, Outcome.NOT_ALLOWED})
_OFFERS: dict[tuple[str, Outcome], str] = {
    (RequestType.BOOKING_OFFER_PASSED, Outcome.CANCELLED): "offer.passed",
    (RequestType.BOOKING_OFFER_PASSED, Outcome.EXPIRED): "offer.expired",
    (RequestType.BOOKING_OFFER_TAKEN, Outcome.EXPIRED): "offer.expired",
}
"""Answers to an offer that a booking's own words would not fit; the person stays on the waiting list."""
_log = get_logger(__name__)


class Outcomes:
    """Shows booking results; ``show`` is the handler of ``bot.booking.result``."""

    def __init__(self, services: Services, shown: ShownBookings, locks: PersonLocks, cards: Cards) -> None:
        self._cards = cards
        self._services = services
        self._shown = shown
        self._locks = locks

    async def show(self, result: BookingResult) -> None:
        """Edit the request's message to its outcome.

        Under the person's lock: "booking…" and an older result are written before it or not at all.
        """
        asked = await self._services.request_records.find(str(result.request_id))
        if result.reply is None:
            _log.info("result_without_chat", outcome=result.outcome.value)
            return
        await self._services.flow.take_turn(result.reply.chat_id, Priority.INTERACTIVE)
        async with self._locks.hold(result.user_telegram_id):
            try:
                if result.event_type in RECRUITERS_REQUESTS:
                    await self._cards.show_result(result, asked)
                else:
                    await self._show(result, asked, result.reply.chat_id, result.reply.message_id)
                if file := calendar_file_of(result):
                    await self._services.calendar_files.put(result.reply.chat_id, file)
            except TelegramError as error:
                if sort(error) is not Trouble.BLOCKED:
                    raise
                await self._services.chats.unreachable(result.user_telegram_id)  # they see it when they come back
        if asked is not None:
            PRESS_TO_ANSWER.observe(max(0.0, (clock.now() - asked.asked_at).total_seconds()))
        _log.info("result_shown", outcome=result.outcome.value, user_id=result.user_telegram_id)

    async def _show(self, result: BookingResult, asked: RequestRecord | None, chat_id: int, message_id: int) -> None:
        shown = Shown.NEWEST
        if result.booking is not None:
            shown = await self._shown.claim(chat_id, message_id, result.booking.id, result.booking.version)
        if shown is Shown.NEWER_HERE:
            _log.info("older_result_not_shown", outcome=result.outcome.value)
            return
        texts = texts_for(asked.language if asked else await self._services.chats.language(result.user_telegram_id))
        if shown is Shown.NEWER_ELSEWHERE:
            screen = Screen(texts("outcome.superseded"), keyboards.my_bookings(texts))
        else:
            screen = await self._screen(result, asked, texts)
        shown_in = await edit_or_send(self._services.bot, chat_id, message_id, screen, Priority.IN_TURN)
        if screen.keyboard is not None:
            await self._services.dialogs.reopen_message(chat_id, shown_in)

    async def _screen(self, result: BookingResult, asked: RequestRecord | None, texts: Texts) -> Screen:
        zone = asked.timezone if asked else None
        if result.event_type in ANSWERS:
            reader = Reader(texts, zone, await self._contact(result.user_telegram_id))
            screen = answered_screen(result, await self._as_it_stands(result, asked), reader)
            return screen or await self._final(result, zone, texts)
        if result.outcome in SLOT_GONE:
            return await self._other_slots(result, asked, texts)
        await self._services.dialogs.clear(result.user_telegram_id)
        words = _OFFERS.get((result.event_type, result.outcome))
        if words is not None and asked is not None and asked.event_id is not None:
            return Screen(texts(words), keyboards.stop_waiting(asked.event_id, texts))
        return await self._final(result, zone, texts)

    async def _final(self, result: BookingResult, zone: str | None, texts: Texts) -> Screen:
        booking, outcome = result.booking, result.outcome
        if booking is not None and outcome is Outcome.ALREADY_BOOKED and booking.status is BookingStatus.OFFERED:
            held = f"{texts('offer.answer_first')}\n\n{booking_card(booking, zone, texts)}"
            return Screen(held, InlineKeyboardMarkup([keyboards.offer_buttons(booking, texts)]))
        parts = [texts(f"outcome.{outcome.value}")]
        if booking is not None and outcome in _SHOW_BOOKING:
            asked_anew = outcome is Outcome.PENDING_APPROVAL and booking.requested_slot is None
            said_above = asked_anew or outcome in {Outcome.BOOKED, Outcome.MOVED}
            card = slot_card(booking.slot, zone, texts) if said_above else booking_card(booking, zone, texts)
            parts.append(card)
        if booking is not None and booking.expires_at and outcome is Outcome.PENDING_APPROVAL:
            until = moment(booking.expires_at, reader_zone(zone, booking.slot), texts)
            parts.append(texts("outcome.pending_until", when=until))
            if booking.recruiter_url and await self._recruiter_is_away(booking.slot):
                parts.append(texts("outcome.pending_contact", link=booking.recruiter_url))
        if outcome in {Outcome.BOOKED, Outcome.MOVED}:
            parts.append(texts("outcome.booked_next"))
        keyboard = _KEYBOARDS[outcome](texts) if outcome in _KEYBOARDS else None
        if outcome in _WITH_CONTACT:
            own = booking.contact_url if booking else None
            keyboard = keyboards.contact(own or await self._contact(result.user_telegram_id), texts)
        return Screen("\n\n".join(parts), keyboard)

    async def _other_slots(self, result: BookingResult, asked: RequestRecord | None, texts: Texts) -> Screen:
        """The current slots below what happened: from the admin service, else the alternatives it sent along."""
        lead = texts(f"outcome.{result.outcome.value}")
        event_id = asked.event_id if asked else _event_of(result)
        if event_id is None:
            return Screen(lead, keyboards.home(texts))
        moved = asked is not None and asked.kind == "move"
        booking = await self._as_it_stands(result, asked) if moved else result.booking
        data = DialogData(event_id=event_id, booking=booking)
        if asked is not None:
            # Who or where the slot belongs to has changed: that step's menu comes again.
            changed = result.outcome in {Outcome.WRONG_RECRUITER, Outcome.WRONG_CITY}
            chosen = {"city_id": asked.city_id, "recruiter": None if changed else asked.recruiter}
            data = data.model_copy(update=chosen)
        reader = Reader(texts, asked.timezone if asked else None, await self._contact(result.user_telegram_id))
        await self._services.directory.slots_cache.invalidate()  # it offered what is gone
        try:
            screen, data = await read_slot_menu(self._services.directory, reader, data)
        except (AdminApiDownError, AdminApiRefusedError):
            screen, data = slots_screen(result.alternatives, reader, data.model_copy(update={"recruiter": None}))
        await self._services.dialogs.put(result.user_telegram_id, DialogState.WAITING_FOR_SLOT, data)
        return screen.under(lead)

    async def _as_it_stands(self, result: BookingResult, asked: RequestRecord | None) -> BookingView | None:
        """The booking that the request was about, which may be as it was."""
        if asked is None or result.booking is not None:
            return result.booking
        try:
            held = await self._services.api.bookings(result.user_telegram_id)
        except (AdminApiDownError, AdminApiRefusedError):
            return None
        return next((booking for booking in held if booking.id == asked.booking_id), None)

    async def _recruiter_is_away(self, slot: SlotView) -> bool:
        """Whether the slot's recruiter gets no card, as far as is known: then the candidate writes to them (R4)."""
        try:
            recruiters = await self._services.directory.recruiters()
        except (AdminApiDownError, AdminApiRefusedError):
            return True
        return not any(slot.recruiter and known.id == slot.recruiter.id and known.telegram_id for known in recruiters)

    async def _contact(self, user_id: int) -> str | None:
        _, person = await self._services.allow_list.check(user_id)
        return (person.contact_url if person else None) or await self._services.directory.default_contact()


def _event_of(result: BookingResult) -> str | None:
    if result.booking is not None:
        return result.booking.slot.event.id
    return result.alternatives[0].event.id if result.alternatives else None
