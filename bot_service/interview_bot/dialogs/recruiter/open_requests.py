"""What waits for a recruiter: requests, candidates who ask for another time, outcomes to mark (R3, R8)."""

from structlog.stdlib import get_logger
from telegram import BotCommand, BotCommandScopeChat, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import TelegramError

from interview_bot.dialogs.context import Talk
from interview_bot.dialogs.recruiter import card_messages
from interview_bot.telegram.errors import sort
from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action, pack
from interview_bot.views.formatting import moment, reader_zone
from interview_bot.views.screen import Screen
from shared_contracts.card import RecruiterCard
from shared_contracts.directory import Attendance

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
        await card_messages.show_in_pressed_message(talk, shown)


async def _offer_commands(talk: Talk) -> None:
    """This chat's menu has the recruiters' commands too."""
    commands = [BotCommand(name, talk.texts.plain(f"command.{name}")) for name in talk.commands]
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
