"""Who is served (FR2, R10): candidates on the allow list and active recruiters; strangers get one polite refusal.

Who sends too much (``telegram.gate``) is turned away here too.
"""

from dataclasses import dataclass

from structlog.stdlib import get_logger
from telegram import CallbackQuery, Chat, Update, User
from telegram.error import TelegramError

from interview_bot.admin_client.allow_list import Standing
from interview_bot.admin_client.api import AdminApiDownError, AdminApiRefusedError
from interview_bot.dialogs.context import Tools
from interview_bot.telegram.errors import sort
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.views import keyboards
from interview_bot.views.screen import Screen
from interview_bot.views.texts import language_of, texts_for
from shared_contracts.directory import AllowedUser, Recruiter

_log = get_logger(__name__)


@dataclass(frozen=True)
class Visitor:
    """Someone who wrote or pressed: ``person`` as a candidate, ``recruiter`` as a recruiter; both are possible."""

    standing: Standing
    person: AllowedUser | None
    recruiter: Recruiter | None


async def recognise(tools: Tools, user_id: int) -> Visitor:
    """Who the person is to the desk."""
    standing, person = await tools.allow_list.check(user_id)
    try:
        found = [known for known in await tools.directory.recruiters() if known.telegram_id == user_id]
    except (AdminApiDownError, AdminApiRefusedError):
        # Nobody can say whether they are a recruiter; whoever is a candidate goes on as one.
        return Visitor(Standing.UNKNOWABLE if person is None else standing, person, None)
    if found:
        return Visitor(Standing.ALLOWED, person, found[0])
    return Visitor(standing, person, None)


async def refuse(tools: Tools, user: User, visitor: Visitor, chat_id: int, query: CallbackQuery | None = None) -> None:
    """Tell someone who isn't served why not."""
    texts = texts_for(language_of(user.language_code))
    if visitor.standing is Standing.UNKNOWABLE:
        await say(tools, texts.plain("trouble.try_again"), chat_id, query)
        return
    await tools.dialogs.clear(user.id)
    refusal = Screen(texts("refusal.text"), keyboards.contact(await tools.directory.default_contact(), texts))
    if query is None:
        await tools.outgoing.send(chat_id, refusal, Priority.STRANGER)
    else:
        await tools.acks.answer(query.id, texts.plain("refusal.text"), alert=True)
        await _take_back(tools, query, refusal)


async def say(tools: Tools, text: str, chat_id: int, query: CallbackQuery | None) -> None:
    """In the press's answer; as a message where there was none or it was answered before."""
    if query is None or not await tools.acks.answer(query.id, text, alert=True):
        await tools.outgoing.send(chat_id, Screen(text))


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


async def _take_back(tools: Tools, query: CallbackQuery, refusal: Screen) -> None:
    """Someone removed mid-dialog must not go on reading slots: the message they pressed shows the refusal."""
    if query.message is None:
        return
    talk_id, message_id = query.message.chat.id, query.message.message_id
    try:
        await tools.outgoing.edit(talk_id, message_id, refusal, or_send=False)
    except TelegramError as error:
        _log.info("refused_message_stays", trouble=sort(error).value)
