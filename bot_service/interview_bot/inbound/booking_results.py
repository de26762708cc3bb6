"""How requests ended (``bot.booking.result``), in the message each was made from (R2)."""

from datetime import date

from structlog.stdlib import get_logger
from telegram.error import TelegramError

from interview_bot.admin_client.allow_list import AccessStatus
from interview_bot.admin_client.api import AdminApiDownError, AdminApiRefusedError
from interview_bot.common import clock
from interview_bot.common.dialog_data import DialogData, DialogState
from interview_bot.common.metrics import PRESS_TO_ANSWER
from interview_bot.common.person_locks import PersonLocks
from interview_bot.dialogs.candidate.slot_choice import read_slot_menu, refused_slots, slots_for, with_waiting
from interview_bot.dialogs.context import Services
from interview_bot.inbound.calendar_sender import put_calendar_file
from interview_bot.inbound.cards import Cards
from interview_bot.inbound.joined_recruiters import writes_to_recruiter
from interview_bot.inbound.untrue_messages import correct_untrue_messages
from interview_bot.store.request_records import RequestRecord
from interview_bot.store.shown_bookings import AwaitingMessage, Shown, ShownBookings
from interview_bot.telegram.errors import Trouble, classify
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.telegram.sending import edit_or_send
from interview_bot.views import keyboards
from interview_bot.views.attendance_screens import ANSWERS, attendance_screen
from interview_bot.views.callback_data import Action, pack
from interview_bot.views.outcome_screens import (
    WITH_CONTACT,
    cancelled_off_list,
    outcome_screen,
    seat_offer_ended_screen,
)
from interview_bot.views.personal_screens import consent_screen
from interview_bot.views.question_screens import questions_first
from interview_bot.views.recruiter.card_screens import RECRUITER_REQUESTS
from interview_bot.views.screen import Reader, Screen
from interview_bot.views.slots.menu import slot_gone, slots_screen
from interview_bot.views.texts import Texts, texts_for
from shared_contracts.booking import SLOT_GONE, BookingResult, OfferPassed, OfferTaken, Outcome
from shared_contracts.directory import BookingView

_log = get_logger(__name__)


class BookingResults:
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
        record = await self._services.request_records.find(str(result.request_id))
        if result.reply is None:
            _log.info("result_without_chat", outcome=result.outcome.value)
            return
        await self._services.rate_limiter.take_turn(result.reply.chat_id, Priority.INTERACTIVE)
        async with self._locks.hold(result.user_telegram_id):
            try:
                if result.asked in RECRUITER_REQUESTS:
                    await self._cards.show_result(result, record)
                else:
                    await self._show(result, record, result.reply.chat_id, result.reply.message_id)
                await put_calendar_file(self._services, result.reply.chat_id, result)
            except TelegramError as error:
                if classify(error) is not Trouble.BLOCKED:
                    raise
                await self._services.chats.mark_unreachable(result.user_telegram_id)  # they see it when they come back
        if record is not None:
            PRESS_TO_ANSWER.observe(max(0.0, (clock.now() - record.asked_at).total_seconds()))
        _log.info("result_shown", outcome=result.outcome.value, user_id=result.user_telegram_id)

    async def _show(self, result: BookingResult, record: RequestRecord | None, chat_id: int, message_id: int) -> None:
        shown = Shown.NEWEST
        if result.booking is not None:
            shown = await self._shown.claim(chat_id, message_id, result.booking)
        if shown is Shown.NEWER_HERE:
            _log.info("older_result_not_shown", outcome=result.outcome.value)
            return
        seen = record.language if record else None
        texts = texts_for(await self._services.chats.language(result.user_telegram_id, seen))
        overtaken = shown is Shown.NEWER_ELSEWHERE and result.outcome not in SLOT_GONE  # a no is said all the same
        if overtaken:
            screen = Screen(texts("outcome.superseded"), keyboards.my_bookings(texts))
        else:
            screen = await self._screen(result, record, texts)
            screen = await self._for_them(result, screen, record.timezone if record else None, texts)
        shown_in = await edit_or_send(self._services.bot, chat_id, message_id, screen, Priority.IN_TURN)
        if shown is Shown.NEWEST and result.booking is not None:
            zone = record.timezone if record else None
            await correct_untrue_messages(
                self._services, self._shown, chat_id, result.booking, zone, texts, newest=shown_in
            )
            await self._note_awaited(result, result.booking, chat_id, shown_in)
        if screen.keyboard is not None:
            await self._services.dialog_states.reopen_message(chat_id, shown_in)

    async def _note_awaited(self, result: BookingResult, booking: BookingView, chat_id: int, message_id: int) -> None:
        """Remember that the message has them write to a recruiter, until that recruiter is on the bot."""
        if _writes_to_recruiter(result):
            await self._shown.note_awaited(AwaitingMessage(chat_id, message_id, booking.id))

    async def _screen(self, result: BookingResult, record: RequestRecord | None, texts: Texts) -> Screen:
        zone = record.timezone if record else None
        if result.asked in ANSWERS:
            booking = await self._current_booking(result, record)
            reader = Reader(texts, zone, await self._contact_url(result.user_telegram_id, booking))
            screen = attendance_screen(result, booking, reader)
            return screen or await self._outcome_screen(result, zone, texts)
        if result.outcome in SLOT_GONE:
            reason = Outcome.SLOT_NOT_FOUND if result.withdrawn else result.outcome
            return await self._other_slots(result, record, texts(f"outcome.{reason.value}"), texts)
        if result.outcome is Outcome.REJECTED and result.alternatives:  # a no of before was to this slot only
            return await self._other_slots(result, record, texts("outcome.rejected_time"), texts)
        if first := await self._what_comes_first(result, record, texts):
            return first
        await self._services.dialog_states.clear(result.user_telegram_id)
        event_id = record.event_id if record else None
        ended = seat_offer_ended_screen(result, event_id, texts, waits_on=not await self._is_closed(result, event_id))
        return ended or await self._outcome_screen(result, zone, texts)

    async def _what_comes_first(
        self, result: BookingResult, record: RequestRecord | None, texts: Texts
    ) -> Screen | None:
        """Why somebody on the list may not book: what comes first has changed while the request was on its way.

        The privacy text is to be agreed to anew, or a questionnaire to be answered; then they go on where they were.
        """
        if result.outcome is not Outcome.NOT_ALLOWED or record is None or record.kind != "book":
            return None
        access, person = await self._services.allow_list.check(result.user_telegram_id)
        if access is not AccessStatus.ALLOWED or person is None or record.event_id is None:
            return None
        notice = await self._services.directory.privacy()
        consents = notice.needs_consent(person.privacy_version)
        if not consents:  # nothing else stands between somebody on the list and a seat
            await self._services.directory.events_cache.invalidate()
            await self._services.screenings.forget(person.telegram_id, record.event_id)
        states = self._services.dialog_states
        _, data = await states.get(person.telegram_id)
        await states.clear(person.telegram_id)
        if data is not None and data.slot is not None:  # to go on there once that is done
            await states.keep_press(person.telegram_id, pack(Action.CHOOSE, data.event_id, data.slot.id))
        return consent_screen(notice, record.event_id, texts) if consents else questions_first(record.event_id, texts)

    async def _for_them(self, result: BookingResult, screen: Screen, zone: str | None, texts: Texts) -> Screen:
        """Who is off the allow list is offered nothing new (FR2)."""
        access, _ = await self._services.allow_list.check(result.user_telegram_id)
        if access is not AccessStatus.REFUSED:
            return screen
        if result.outcome is Outcome.CANCELLED:
            return cancelled_off_list(result.booking, zone, texts)
        return keyboards.for_kept_booking(screen)

    async def _outcome_screen(self, result: BookingResult, zone: str | None, texts: Texts) -> Screen:
        contact_url = None
        if result.outcome in WITH_CONTACT:
            contact_url = await self._contact_url(result.user_telegram_id, result.booking)
        writes = _writes_to_recruiter(result)
        return outcome_screen(result, zone, texts, contact_url=contact_url, writes_to_recruiter=writes)

    async def _other_slots(
        self, result: BookingResult, record: RequestRecord | None, lead: str, texts: Texts
    ) -> Screen:
        """The current slots below what happened: from the admin service, else the alternatives it sent along."""
        event_id = record.event_id if record else _event_of(result)
        if event_id is None:
            return Screen(lead, keyboards.home(texts))
        moved = record is not None and record.kind == "move"
        booking = await self._current_booking(result, record) if moved else result.booking
        if result.outcome is Outcome.SLOT_CLOSED and not moved and await self._sign_up_is_over(event_id):
            return Screen(texts("home.event_closed"), keyboards.home(texts))
        refused = await refused_slots(self._services.api, result.user_telegram_id)
        data = DialogData(event_id=event_id, booking=booking, refused=refused)
        if record is not None:
            # Who or where the slot belongs to has changed: that step's menu comes again.
            changed = result.outcome in {Outcome.WRONG_RECRUITER, Outcome.WRONG_CITY}
            chosen = {
                "city_id": record.city_id,
                "city_chosen": record.city_id is not None,
                "first_city_id": record.city_id,
                "recruiter": None if changed else record.recruiter,
                "day": date.fromisoformat(record.day) if record.day else None,
            }
            data = data.model_copy(update=chosen)
        reader = Reader(texts, record.timezone if record else None, await self._contact_url(result.user_telegram_id))
        await self._services.directory.slots_cache.invalidate()  # it still has the slot that is gone
        try:
            slots = await slots_for(self._services.directory, data)
            data = await with_waiting(self._services.api, self._services.directory, result.user_telegram_id, data)
            screen, data = await read_slot_menu(self._services.directory, reader, data)
        except (AdminApiDownError, AdminApiRefusedError):
            slots = result.alternatives
            screen, data = slots_screen(result.alternatives, reader, data.model_copy(update={"recruiter": None}))
        await self._services.dialog_states.put(result.user_telegram_id, DialogState.WAITING_FOR_SLOT, data)
        asks_for_others = result.outcome in {Outcome.SLOT_FULL, Outcome.REJECTED}
        return screen.with_lead(slot_gone(lead, slots, texts) if asks_for_others else lead)

    async def _is_closed(self, result: BookingResult, event_id: str | None) -> bool:
        """Whether no further seat can be offered: the event, or the city of the one that was, is closed."""
        if result.asked not in {OfferTaken, OfferPassed} or event_id is None:
            return False
        city_id = result.booking.slot.city.id if result.booking else None
        if city_id is not None and not await self._services.directory.is_city_open(city_id):
            return True
        return await self._sign_up_is_over(event_id)

    async def _sign_up_is_over(self, event_id: str) -> bool:
        """Whether it is the whole interview event that is closed, and not this time alone."""
        await self._services.directory.events_cache.invalidate()  # it may have the event open still
        try:
            return await self._services.directory.event(event_id) is None
        except (AdminApiDownError, AdminApiRefusedError):
            return False

    async def _current_booking(self, result: BookingResult, record: RequestRecord | None) -> BookingView | None:
        """The booking that the request was about, as it is now."""
        if record is None or result.booking is not None:
            return result.booking
        try:
            found = await self._services.api.bookings(result.user_telegram_id)
        except (AdminApiDownError, AdminApiRefusedError):
            return None
        return next((booking for booking in found if booking.id == record.booking_id), None)

    async def _contact_url(self, user_id: int, booking: BookingView | None = None) -> str | None:
        _, person = await self._services.allow_list.check(user_id)
        return await self._services.directory.contact_url(person, booking)


def _writes_to_recruiter(result: BookingResult) -> bool:
    """Whether neither the recruiter asked nor a deputy gets a card: then the candidate writes to them (R4)."""
    booking = result.booking
    if result.outcome is not Outcome.PENDING_APPROVAL or booking is None or booking.expires_at is None:
        return False
    return writes_to_recruiter(booking)


def _event_of(result: BookingResult) -> str | None:
    if result.booking is not None:
        return result.booking.slot.event.id
    return result.alternatives[0].event.id if result.alternatives else None
