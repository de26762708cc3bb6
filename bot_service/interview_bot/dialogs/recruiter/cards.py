"""Recruiters' dialogs: what waits for them, and Approve, Reschedule, Reject under a card (R3).

A press counts only under the message that shows the card in the recruiter's own chat, and only as the card stands now;
the admin service decides anyway.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from structlog.stdlib import get_logger
from telegram import BotCommand, BotCommandScopeChat, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import TelegramError

from interview_bot.common import clock, logs
from interview_bot.dialogs.commands import commands_of
from interview_bot.dialogs.context import Talk
from interview_bot.dialogs.recruiter.card_messages import anchor, screen_of
from interview_bot.dialogs.requests import asked, brief_of, reply_of, request_id_of, submit_to
from interview_bot.messaging.outbox import RequestKind
from interview_bot.store.dialog_state import Rejecting, State, TempData
from interview_bot.store.shown_cards import ShownCard
from interview_bot.telegram.errors import sort
from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action, pack
from interview_bot.views.card_screens import reason_question, waiting_screen
from interview_bot.views.formatting import moment, reader_zone
from interview_bot.views.screen import Screen
from shared_contracts.booking import BookingApproved, BookingRejected, BookingRequest, RescheduleAsked
from shared_contracts.card import RecruiterCard
from shared_contracts.directory import Attendance
from shared_contracts.topology import BOOKING_EVENT

REASON_LENGTH = 1_000
REASON_AWAITED = timedelta(minutes=30)
"""What is typed later is no reason any more: the recruiter has turned to something else."""
_log = get_logger(__name__)


async def start(talk: Talk) -> None:
    """/start of a recruiter who is no candidate."""
    await talk.tools.dialogs.clear(talk.user_id)
    name = talk.recruiter.name if talk.recruiter else ""
    await show_requests(talk, talk.texts("requests.welcome", name=name))


async def show_requests(talk: Talk, lead: str | None = None, page: int = 0) -> None:
    """A page of what waits for this recruiter: requests, candidates who ask for another time, outcomes to mark."""
    if talk.message_id is None:
        await _offer_commands(talk)
    cards = await talk.tools.api.recruiter_cards(talk.user_id)
    buttons = [
        InlineKeyboardButton(_label(card, talk), callback_data=pack(Action.CARD_SHOW, card.booking.id))
        for card in cards
    ]
    rows = keyboards.paged(buttons, page, lambda wanted: pack(Action.REQUESTS, str(wanted)), talk.texts)
    text = talk.texts("cards.open" if cards else "cards.none")
    if any(_sign(card) for card in cards):
        text += f"\n\n{talk.texts('cards.signs')}"
    screen = Screen(text, InlineKeyboardMarkup(rows) if rows else None)
    await talk.show(screen.under(lead) if lead else screen)


async def show_card(talk: Talk, booking_id: str) -> None:
    """A request of the list was chosen: its card takes the list's place."""
    cards = await talk.tools.api.recruiter_cards(talk.user_id)
    card = next((card for card in cards if card.booking.id == booking_id), None)
    if card is None:
        await show_requests(talk, lead=talk.texts("card.refused_decided"))
        return
    shown = await talk.tools.shown_cards.claim(talk.chat_id, card)
    shown = shown or await talk.tools.shown_cards.get(talk.chat_id, booking_id)  # a newer one came meanwhile
    if shown is not None:
        await _show(talk, shown)


async def approve(talk: Talk, booking_id: str, version: str, turn: str) -> None:
    """Approve was pressed."""
    shown = await held(talk, booking_id, _answerable(version, turn))
    if shown is not None:
        await ask(talk, shown, "approve", BookingApproved)


async def ask_to_reschedule(talk: Talk, booking_id: str, version: str, turn: str) -> None:
    """Reschedule was pressed: the candidate is to choose another time."""
    shown = await held(talk, booking_id, _answerable(version, turn))
    if shown is not None:
        await ask(talk, shown, "reschedule", RescheduleAsked)


async def ask_reason(talk: Talk, booking_id: str, version: str, turn: str) -> None:
    """Reject was pressed: ask why, in the card."""
    shown = await held(talk, booking_id, _answerable(version, turn))
    if shown is None:
        return
    step = Rejecting(booking_id=booking_id, version=int(version), turn=int(turn), until=clock.now() + REASON_AWAITED)
    data = TempData(event_id=shown.card.booking.slot.event.id, rejecting=step)
    await talk.tools.dialogs.put(talk.user_id, State.WAITING_FOR_REASON, data)
    await talk.show(reason_question(shown.card, talk.texts, shown.turn))


async def reject_plainly(talk: Talk, booking_id: str, version: str, turn: str) -> None:
    """Rejected without a reason."""
    shown = await held(talk, booking_id, _answerable(version, turn))
    if shown is not None:
        await ask(talk, shown, "reject", BookingRejected)


async def back_to_card(talk: Talk, booking_id: str, version: str, turn: str) -> None:
    """Not rejected after all."""
    shown = await held(talk, booking_id, _answerable(version, turn))
    if shown is not None:
        await _show(talk, shown)


async def took_reason(talk: Talk, text: str | None) -> bool:
    """Whether what was written was awaited as a rejection's reason; then it is dealt with."""
    if talk.recruiter is None:
        return False
    state, data = await talk.tools.dialogs.get(talk.user_id)
    step = data.rejecting if data and state is State.WAITING_FOR_REASON else None
    if step is None or step.until < clock.now():
        return False
    if not text or not text.strip():  # a picture is no reason, and must not reject without one
        await talk.show(Screen(talk.texts("card.why")))
        return True
    if len(text) > REASON_LENGTH:
        await talk.show(Screen(talk.texts("card.reason_too_long", most=REASON_LENGTH)))
        return True
    await forget_reason(talk)
    shown = await talk.tools.shown_cards.get(talk.chat_id, step.booking_id)
    if shown is None or shown.message_id is None or not _is_current(shown, step.version, step.turn):
        await show_requests(talk, lead=talk.texts("card.refused_changed"))
        return True
    await ask(replace(talk, message_id=shown.message_id), shown, "reject", BookingRejected, reason=text.strip())
    return True


def _answerable(version: str, turn: str) -> Callable[[ShownCard], bool]:
    return lambda shown: _is_current(shown, int(version), int(turn))


def _is_current(shown: ShownCard, version: int, turn: int) -> bool:
    return shown.card.awaits_answer and (shown.card.booking.version, shown.turn) == (version, turn)


async def held(talk: Talk, booking_id: str, is_possible: Callable[[ShownCard], bool]) -> ShownCard | None:
    """The card under the pressed button, acknowledged; None after saying what is possible instead.

    Args:
        is_possible: whether the button still means what it meant, by the card as it is known now.
    """
    shown = await talk.tools.shown_cards.get(talk.chat_id, booking_id)
    if shown is None or shown.message_id != talk.message_id:
        await talk.acknowledge("press.stale")
        await show_requests(talk)
        return None
    if not is_possible(shown):
        await talk.acknowledge("press.stale")
        await _show(talk, shown)
        return None
    await talk.acknowledge()
    return shown


async def ask(talk: Talk, shown: ShownCard, kind: RequestKind, request: type[BookingRequest], **fields: object) -> None:
    """One request per card as it was shown, whichever of its buttons is pressed first.

    Args:
        fields: what this kind of request carries besides the booking and its version.
    """
    booking, now = shown.card.booking, clock.now()
    head = {
        "message_id": request_id_of(talk, f"card:{booking.id}:{booking.version}:{shown.turn}"),
        "correlation_id": logs.correlation_id(),
        "occurred_at": now,
        "timestamp": now,
        "user_telegram_id": talk.user_id,
        "payload": brief_of(booking.slot),
        "reply": reply_of(talk),
        "booking_id": booking.id,
        "expected_version": booking.version,
    }
    asked_for = asked(talk, kind, now, TempData(event_id=booking.slot.event.id, booking=booking))

    def wait(key: str) -> Screen:
        return waiting_screen(shown.card, talk.texts, key)

    await submit_to(talk, BOOKING_EVENT, request.model_validate(head | fields), asked_for, wait)


async def _show(talk: Talk, shown: ShownCard) -> None:
    """Show the card in the pressed message, wherever it was before."""
    screen = await screen_of(talk.tools, shown, talk.texts)
    message_id = await talk.show_known(screen)
    await anchor(talk.tools, talk.chat_id, shown, message_id, screen, talk.texts)


async def forget_reason(talk: Talk) -> None:
    """The person turned to something else: what they type from now on is no rejection's reason."""
    if talk.recruiter is None:
        return
    state, _ = await talk.tools.dialogs.get(talk.user_id)
    if state is State.WAITING_FOR_REASON:
        await talk.tools.dialogs.clear(talk.user_id)


async def _offer_commands(talk: Talk) -> None:
    """This chat's menu has the recruiters' commands too."""
    commands = [BotCommand(name, talk.texts.plain(f"command.{name}")) for name in commands_of(talk)]
    try:
        await talk.tools.bot.set_my_commands(commands, scope=BotCommandScopeChat(talk.chat_id))
    except TelegramError as error:
        _log.info("menu_stays", trouble=sort(error).value)


def _label(card: RecruiterCard, talk: Talk) -> str:
    slot = card.booking.requested_slot or card.booking.slot
    when = moment(slot.starts_at, reader_zone(card.timezone, slot), talk.texts, "d MMM, HH:mm")
    return f"{_sign(card)}{card.candidate.name} · {when}"


def _sign(card: RecruiterCard) -> str:
    """What else than Approve or Reject the card waits for."""
    if card.may_mark:
        return "🏁 "
    asks = card.booking.attendance is Attendance.RESCHEDULE_ASKED and not card.awaits_answer
    return "🔁 " if asks else ""
