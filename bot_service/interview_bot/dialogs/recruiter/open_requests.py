"""What waits for a recruiter: requests, candidates who ask for another time, outcomes to mark (R3, R8)."""

from structlog.stdlib import get_logger
from telegram import BotCommand, BotCommandScopeChat, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import TelegramError

from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.dialogs.recruiter import card_messages
from interview_bot.telegram.errors import classify
from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action, pack
from interview_bot.views.formatting import slot_start
from interview_bot.views.html_text import button_name
from interview_bot.views.screen import Screen
from shared_contracts.attendance import Attendance
from shared_contracts.card import RecruiterCard

_log = get_logger(__name__)


async def start(context: DialogContext) -> None:
    """/start of a recruiter who is no candidate."""
    await context.services.dialog_states.clear(context.user_id)
    name = context.recruiter.name if context.recruiter else ""
    await show_requests(context, context.texts("requests.welcome", name=name))


async def welcome(context: DialogContext, greeting: str) -> None:
    """Somebody has joined just now: what waits for them comes as cards, in a moment, so none is said to be missing."""
    await _register_menu(context)
    await context.show(Screen(greeting))


async def show_requests(context: DialogContext, lead: str | None = None, page: int = 0) -> None:
    """A page of what waits for this recruiter: requests, candidates who ask for another time, outcomes to mark."""
    if context.message_id is None:
        await _register_menu(context)
    cards = await context.services.api.recruiter_cards(context.user_id)
    buttons = [
        InlineKeyboardButton(_label(card, context), callback_data=pack(Action.CARD_SHOW, card.booking.id))
        for card in cards
    ]
    rows = keyboards.menu_rows(buttons, page, lambda wanted: pack(Action.REQUESTS, str(wanted)), context.texts)
    text = context.texts("cards.open" if cards else "cards.none")
    if any(_sign(card) for card in cards):
        text += f"\n\n{context.texts('cards.signs')}"
    screen = Screen(text, InlineKeyboardMarkup(rows) if rows else None)
    await context.show(screen.with_lead(lead))


async def show_card(context: DialogContext, booking_id: str) -> None:
    """A request or an interview of a list was chosen: its card takes the list's place."""
    api, found = context.services.api, list[RecruiterCard]()
    for read in (api.recruiter_cards, api.recruiter_interviews):
        found = found or [card for card in await read(context.user_id) if card.booking.id == booking_id]
    card = found[0] if found else None
    if card is None:
        await show_requests(context, lead=context.texts("card.refused_decided"))
        return
    shown = await context.services.shown_cards.claim(context.chat_id, card)
    shown = shown or await context.services.shown_cards.get(context.chat_id, booking_id)  # a newer one came meanwhile
    if shown is not None:
        await card_messages.show_in_pressed_message(context, shown)


async def back_to_list(context: DialogContext, booking_id: str) -> None:
    """From a request's card to the list, in its place: news of the request come in a new message then."""
    if context.message_id is not None:
        await context.services.shown_cards.forget_message(context.chat_id, booking_id, context.message_id)
    await show_requests(context)


async def _register_menu(context: DialogContext) -> None:
    """This chat's menu has the recruiters' commands too."""
    commands = [BotCommand(name, context.texts.plain(f"command.{name}")) for name in context.commands]
    try:
        await context.services.bot.set_my_commands(commands, scope=BotCommandScopeChat(context.chat_id))
    except TelegramError as error:
        _log.info("menu_stays", trouble=classify(error).value)


def _label(card: RecruiterCard, context: DialogContext) -> str:
    when = slot_start(card.booking.slot, card.timezone, context.texts, "d MMM, HH:mm")
    return f"{_sign(card)}{when} · {button_name(card.candidate.name)}"


def _sign(card: RecruiterCard) -> str:
    """What else than Approve or Reject the card waits for."""
    if card.may_mark:
        return "🏁 "
    wants = card.booking.requested_slot is not None
    asks = wants or (card.booking.attendance is Attendance.RESCHEDULE_ASKED and not card.awaits_answer)
    return "🔁 " if asks else ""


PRESSES: Presses = {
    Action.REQUESTS: lambda context, page: show_requests(context, page=int(page)),
    Action.CARD_SHOW: show_card,
    Action.CARD_LIST: back_to_list,
}
