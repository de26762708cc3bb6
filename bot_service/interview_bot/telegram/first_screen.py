"""What Telegram itself shows of the bot: its menu of commands, and its description before anybody has said anything."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from structlog.stdlib import get_logger
from telegram import BotCommand
from telegram.error import RetryAfter, TelegramError

from interview_bot.telegram.errors import Trouble, classify, is_missing_method, seconds_to_wait
from interview_bot.telegram.sending import Bot
from interview_bot.views.texts import READ_RUSSIAN, Texts, texts_for

_LANGUAGES = (None, "en", *sorted(READ_RUSSIAN))
"""None: everybody else, who is answered in English too."""
_LONGEST_PAUSE = 300.0
_log = get_logger(__name__)


async def register_first_screen(bot: Bot, commands: Sequence[str]) -> None:
    """Tell Telegram the commands (a candidate's, in the order of its menu) and both descriptions, in both languages.

    Only what differs is set, since Telegram lets a bot do that seldom. Each is tried until Telegram takes it; what the
    server does not know or refuses is left out, as the bot works without.
    """

    async def tell_commands(texts: Texts, language: str | None) -> None:
        menu = [BotCommand(name, texts.plain(f"command.{name}")) for name in commands]
        if list(await bot.get_my_commands(language_code=language)) != menu:
            await bot.set_my_commands(menu, language_code=language)

    async def tell_description(texts: Texts, language: str | None) -> None:
        text = texts.plain("profile.description")
        if (await bot.get_my_description(language)).description != text:
            await bot.set_my_description(text, language)

    async def tell_short_description(texts: Texts, language: str | None) -> None:
        text = texts.plain("profile.short")
        if (await bot.get_my_short_description(language)).short_description != text:
            await bot.set_my_short_description(text, language)

    for tell in (tell_commands, tell_description, tell_short_description):
        await _tell_in_all_languages(tell)


async def _tell_in_all_languages(tell: Callable[[Texts, str | None], Awaitable[None]]) -> None:
    wanted, pause = list(_LANGUAGES), 1.0
    while wanted:
        language = wanted[0]
        try:
            await tell(texts_for("ru" if language in READ_RUSSIAN else "en"), language)
        except TelegramError as error:
            told = f"{type(error).__name__}: {error}"
            _log.warning("first_screen_not_told", what=tell.__name__, language=language, error=told)
            if is_missing_method(error):
                return
            if classify(error) is not Trouble.REFUSED:
                asked = seconds_to_wait(error) if isinstance(error, RetryAfter) else 0.0
                await asyncio.sleep(max(pause, asked))
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
        wanted.pop(0)
