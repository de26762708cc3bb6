"""What somebody is told whose updates are dropped because there are too many (``gate``)."""

from structlog.stdlib import get_logger
from telegram import Chat, Update
from telegram.error import TelegramError

from interview_bot.dialogs.context import Tools
from interview_bot.telegram.errors import sort
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.views.screen import Screen
from interview_bot.views.texts import language_of, texts_for

_log = get_logger(__name__)


async def turn_away(tools: Tools, update: Update, tell: bool) -> None:
    """A press is always answered, which Telegram does not limit; a message only when ``tell``, and never in a group."""
    user, chat = update.effective_user, update.effective_chat
    if user is None or chat is None:
        return
    text = texts_for(language_of(user.language_code)).plain("flood.slow_down")
    if update.callback_query is not None:
        await tools.acks.answer(update.callback_query.id, text)
    elif tell and update.message is not None and chat.type == Chat.PRIVATE:
        _log.warning("person_sends_too_much", user_id=user.id)
        try:
            await tools.outgoing.send(chat.id, Screen(text), Priority.STRANGER)
        except TelegramError as error:
            _log.info("not_told_to_slow_down", trouble=sort(error).value)
