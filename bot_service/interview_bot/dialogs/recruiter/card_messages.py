"""The message that shows a card in a recruiter's chat: one at a time, the others point to it."""

from structlog.stdlib import get_logger
from telegram.error import TelegramError

from interview_bot.dialogs.context import DialogContext, Services
from interview_bot.dialogs.notice_texts import notice_text
from interview_bot.store.shown_cards import CardList, ShownCard
from interview_bot.telegram.errors import classify
from interview_bot.views.html_text import plain_text
from interview_bot.views.recruiter.by_hand import notice_to_send_by_hand
from interview_bot.views.recruiter.card_screens import (
    card_below_screen,
    card_screen,
    is_in_day,
    with_list_button,
)
from interview_bot.views.screen import Screen
from interview_bot.views.texts import Texts, texts_for
from shared_contracts.card import CardOccasion

_log = get_logger(__name__)


async def read_card_screen(
    services: Services,
    shown: ShownCard,
    texts: Texts,
    lead: str = "",
    *,
    reminds: bool = False,
    about: CardOccasion | None = None,
) -> Screen:
    """The card's screen; for a candidate who can't be reached with the text to send by hand (R4).

    Arguments as for ``card_screen``.

    Raises:
        AdminApiDownError: that text can't be made now.
    """
    card, kind, text_by_hand = shown.card, notice_to_send_by_hand(shown.card), ""
    if kind is not None:
        html = await notice_text(
            services,
            kind,
            card.booking,
            candidate_id=card.candidate.telegram_id,
            name=card.candidate.name,
            reason=card.reason,
            texts=texts_for(await services.chats.language(card.candidate.telegram_id)),
            before=card.slot_before if kind is card.told else None,
            booked_before=card.booked_before if kind is card.told else None,
        )
        text_by_hand = plain_text(html)
    return card_screen(card, texts, shown.turn, lead=lead, text_by_hand=text_by_hand, reminds=reminds, about=about)


def with_way_back(screen: Screen, shown: ShownCard, message_id: int, texts: Texts) -> Screen:
    """The card's screen in the message ``message_id``: where that took a list's place, with the way back there."""
    if shown.opened_from is None or shown.message_id != message_id:
        return screen
    return with_list_button(screen, shown.card, texts, to_day=shown.opened_from == "day")


async def move_card_to(
    services: Services,
    chat_id: int,
    shown: ShownCard,
    message_id: int,
    screen: Screen,
    texts: Texts,
    *,
    opened_from: CardList | None = None,
) -> None:
    """``message_id`` shows the card from now on; the message that did before says that it is further below.

    ``opened_from``: the list whose place it takes, where that is not known yet.
    """
    opened_from = opened_from or (shown.opened_from if shown.message_id == message_id else None)
    await services.shown_cards.set_message(chat_id, shown.card, message_id, opened_from)
    if screen.keyboard is not None:
        await services.dialog_states.reopen_message(chat_id, message_id)
    await point_to_card_below(services, chat_id, shown, message_id, texts)


async def point_to_card_below(
    services: Services, chat_id: int, shown: ShownCard, message_id: int, texts: Texts
) -> None:
    """The message that showed the card before ``message_id`` did says that it is further below, if that works."""
    if shown.message_id is None or shown.message_id == message_id:
        return
    try:
        await services.outgoing.edit(chat_id, shown.message_id, card_below_screen(shown.card, texts), or_send=False)
    except TelegramError as error:
        _log.info("old_card_stays", trouble=classify(error).value)


async def show_in_pressed_message(context: DialogContext, shown: ShownCard) -> None:
    """Show the card in the pressed message, wherever it was before."""
    known = shown.opened_from if shown.message_id == context.message_id else None
    to_day = known == "day" if known else is_in_day(shown.card)
    screen = await read_card_screen(context.services, shown, context.texts)
    screen = with_list_button(screen, shown.card, context.texts, to_day=to_day)
    message_id = await context.show_and_get_id(screen)
    opened_from: CardList = "day" if to_day else "requests"
    await move_card_to(
        context.services, context.chat_id, shown, message_id, screen, context.texts, opened_from=opened_from
    )
