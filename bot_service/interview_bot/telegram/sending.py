"""Putting screens into chats: one call to Telegram each."""

from structlog.stdlib import get_logger
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from interview_bot.telegram.errors import Trouble, classify
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.views.keyboards import without_copying
from interview_bot.views.screen import Screen

Bot = ExtBot[Priority]
_log = get_logger(__name__)


def username_of(bot: Bot) -> str:
    """The bot's @username without the @; empty where its server's ``getMe`` names none."""
    return bot.bot.username or ""


async def send(
    bot: Bot,
    chat_id: int,
    screen: Screen,
    priority: Priority = Priority.INTERACTIVE,
    thread_id: int | None = None,
    *,
    silent: bool = False,
) -> int:
    """Send a new message, in a forum into the topic ``thread_id``, ``silent`` without a sound; returns its id.

    Raises:
        TelegramError: see ``telegram.errors.sort``.
    """
    try:
        message = await bot.send_message(
            chat_id,
            screen.text,
            parse_mode=ParseMode.HTML,
            reply_markup=screen.keyboard,
            message_thread_id=thread_id,
            disable_notification=silent or None,
            rate_limit_args=priority,
        )
    except BadRequest as error:
        simpler = without_copying(screen) if classify(error) is Trouble.REFUSED else None
        if simpler is None:
            raise
        _log.warning("sent_without_copying", error=error.message)  # to an older server such a button does nothing
        return await send(bot, chat_id, simpler, priority, thread_id, silent=silent)
    return message.message_id


async def edit(
    bot: Bot, chat_id: int, message_id: int, screen: Screen, priority: Priority = Priority.INTERACTIVE
) -> bool:
    """Make a message show ``screen``. False when this message can't be edited for good.

    A refusal that nobody foresaw counts as that: a new message may tell it twice, which is better than not at all.
    One of a button that copies a text is met by leaving that out.

    Raises:
        TelegramError: any other trouble.
    """
    try:
        await bot.edit_message_text(
            screen.text,
            chat_id=chat_id,
            message_id=message_id,
            parse_mode=ParseMode.HTML,
            reply_markup=screen.keyboard,
            rate_limit_args=priority,
        )
    except TelegramError as error:
        trouble = classify(error)
        if trouble is Trouble.UNCHANGED:
            return True
        if trouble is Trouble.GONE:
            return False
        if trouble is Trouble.REFUSED and isinstance(error, BadRequest):
            _log.warning("edit_refused", error=error.message)
            simpler = without_copying(screen)
            return simpler is not None and await edit(bot, chat_id, message_id, simpler, priority)
        raise
    return True


async def edit_or_send(
    bot: Bot, chat_id: int, message_id: int, screen: Screen, priority: Priority = Priority.INTERACTIVE
) -> int:
    """Edit, or send a new message where the old one can't be; returns the id of the message that shows it."""
    if await edit(bot, chat_id, message_id, screen, priority):
        return message_id
    sent = await send(bot, chat_id, screen, priority)
    await take_buttons_away(bot, chat_id, message_id, priority)
    return sent


async def take_buttons_away(bot: Bot, chat_id: int, message_id: int, priority: Priority) -> None:
    """Leave a message that can't be edited without its buttons, which are not to be pressed any more, if that works."""
    try:
        await remove_keyboard(bot, chat_id, message_id, priority)
    except TelegramError as error:
        _log.info("buttons_stay", trouble=classify(error).value)


async def remove_keyboard(bot: Bot, chat_id: int, message_id: int, priority: Priority = Priority.INTERACTIVE) -> None:
    """Leave a message as it reads, without its buttons.

    Raises:
        TelegramError: see ``telegram.errors.sort``.
    """
    await bot.edit_message_reply_markup(chat_id=chat_id, message_id=message_id, rate_limit_args=priority)
