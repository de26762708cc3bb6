"""From Telegram's updates to the dialogs: who may talk, which dialog is meant, what to say when something breaks."""

from collections.abc import Awaitable, Callable

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError
from structlog.stdlib import get_logger
from telegram import CallbackQuery, Chat, Message, Update, User
from telegram.error import TelegramError
from telegram.ext import Application, CallbackQueryHandler, ChatMemberHandler, MessageHandler, filters

from interview_bot.admin_api import AdminApiDownError, AdminApiRefusedError
from interview_bot.allow_list import Standing
from interview_bot.conversation import keyboards, my_bookings, requests, signing_up, small_talk
from interview_bot.conversation.callback_data import Action, Pressed, StaleDataError, unpack
from interview_bot.conversation.screen import Screen, send
from interview_bot.conversation.talk import Talk, Tools
from interview_bot.conversation.texts import language_of, texts_for
from interview_bot.errors import Trouble, sort
from shared_contracts.directory import AllowedUser

Handler = Callable[[Update, object], Awaitable[None]]
_log = get_logger(__name__)


class Dispatcher:
    """The handlers of python-telegram-bot's application."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def register(self, application: "Application") -> None:  # type: ignore[type-arg]
        """Add every handler."""
        private = filters.ChatType.PRIVATE
        application.add_handler(CallbackQueryHandler(self.on_press))
        application.add_handler(MessageHandler(filters.UpdateType.MESSAGE & private, self.on_message))
        application.add_handler(
            MessageHandler(filters.UpdateType.MESSAGE & filters.COMMAND & ~private, self.on_group_command)
        )
        application.add_handler(ChatMemberHandler(self.on_membership, ChatMemberHandler.MY_CHAT_MEMBER))
        application.add_error_handler(self.on_error)

    async def on_message(self, update: Update, _: object) -> None:
        """A message in a private chat."""
        message, user = update.effective_message, update.effective_user
        if message is None or user is None:
            return
        command, payload = _command(message)
        if command == "start":
            await small_talk.remember_chat(self._tools, user)
        else:
            await self._tools.chats.remember(user.id, language_of(user.language_code))
        person = await self._admit(user, message.chat_id)
        if person is None:
            return
        talk = Talk(self._tools, texts_for(language_of(user.language_code)), person, message.chat_id)
        await _on_command(talk, command, payload)

    async def on_group_command(self, update: Update, _: object) -> None:
        """A command in a group: dialogs run in private chats only."""
        message, user = update.effective_message, update.effective_user
        if message is None or user is None:
            return
        command, _payload = _command(message)
        addressed = (message.text or "").split()[0].partition("@")[2]
        if command in small_talk.COMMANDS and addressed.lower() in {"", self._tools.bot.username.lower()}:
            await small_talk.invite_from_group(self._tools, message.chat_id, user.language_code)

    async def on_membership(self, update: Update, _: object) -> None:
        """The bot was blocked or unblocked."""
        if update.my_chat_member is not None:
            await small_talk.membership_changed(self._tools, update.my_chat_member)

    async def on_press(self, update: Update, _: object) -> None:
        """A button was pressed. Nothing about it is trusted but who pressed."""
        query = update.callback_query
        if query is None:
            return
        texts = texts_for(language_of(query.from_user.language_code))
        chat = query.message.chat if query.message else None
        if query.message is None or chat is None or chat.type != Chat.PRIVATE or chat.id != query.from_user.id:
            await self._tools.acks.answer(query.id, texts.plain("press.not_here"), alert=True)
            return
        person = await self._admit(query.from_user, chat.id, query)
        if person is None:
            return
        talk = Talk(self._tools, texts, person, chat.id, query.message.message_id, query.id)
        if await self._tools.dialogs.is_closed(talk.chat_id, query.message.message_id):
            await talk.acknowledge("press.already_asked")
            return
        try:
            pressed = unpack(query.data)
        except StaleDataError:
            await talk.acknowledge("press.stale")
            await signing_up.show_home(talk)
            return
        await _on_press(talk, pressed)

    async def _admit(self, user: User, chat_id: int, query: CallbackQuery | None = None) -> AllowedUser | None:
        """The person's entry, or None after telling them why not (FR2)."""
        standing, person = await self._tools.allow_list.check(user.id)
        if standing is Standing.ALLOWED:
            return person
        texts = texts_for(language_of(user.language_code))
        if standing is Standing.UNKNOWABLE:
            await self._say(texts.plain("trouble.try_again"), chat_id, query)
            return None
        await self._tools.dialogs.clear(user.id)
        refusal = Screen(texts("refusal.text"), keyboards.contact(await self._tools.directory.default_contact(), texts))
        if query is None:
            await send(self._tools.bot, chat_id, refusal)
        else:
            await self._tools.acks.answer(query.id, texts.plain("refusal.text"), alert=True)
            await _take_back(self._tools, query, refusal)
        return None

    async def _say(self, text: str, chat_id: int, query: CallbackQuery | None) -> None:
        """In the press's answer; as a message where there was none or it was answered before."""
        if query is None or not await self._tools.acks.answer(query.id, text, alert=True):
            await send(self._tools.bot, chat_id, Screen(text))

    async def on_error(self, update: object, context: object) -> None:
        """Whatever broke, the person gets a plain answer without technical words."""
        error = getattr(context, "error", None)
        if not isinstance(error, Exception) or not isinstance(update, Update):
            _log.error("error_outside_updates", exc_info=error)
            return
        user, chat = update.effective_user, update.effective_chat
        if isinstance(error, TelegramError) and sort(error) is Trouble.BLOCKED:
            _log.info("person_unreachable", user_id=user.id if user else None)
            return
        passing = isinstance(
            error, AdminApiDownError | AdminApiRefusedError | RedisError | PyMongoError | TelegramError
        )
        if passing:
            _log.warning("update_failed", error=f"{type(error).__name__}: {error}")
        else:
            _log.error("update_failed", exc_info=error)
        if user is None or chat is None or chat.type != Chat.PRIVATE:
            return
        key = "trouble.try_again" if passing else "trouble.unexpected"
        try:
            await self._say(texts_for(language_of(user.language_code)).plain(key), chat.id, update.callback_query)
        except TelegramError as second:
            _log.warning("apology_failed", trouble=sort(second).value)


async def _on_command(talk: Talk, command: str | None, payload: str) -> None:
    if command == "start":
        await small_talk.start(talk, payload)
        return
    plain: dict[str | None, Callable[[Talk], Awaitable[None]]] = {
        "mybooking": my_bookings.show_bookings,
        "reschedule": my_bookings.start_moving,
        "cancel": my_bookings.start_cancelling,
        "contact": small_talk.contact,
        "help": small_talk.help_,
    }
    await plain.get(command, small_talk.unknown)(talk)


_PRESSES: dict[Action, Callable[..., Awaitable[None]]] = {
    Action.HOME: signing_up.show_home,
    Action.SIGN_UP: signing_up.show_slots,
    Action.PAGE: lambda talk, event_id, page: signing_up.show_slots(talk, event_id, page=page),
    Action.CHOOSE: signing_up.choose,
    Action.CONFIRM: requests.confirm,
    Action.BACK: signing_up.back,
    Action.MY_BOOKINGS: my_bookings.show_bookings,
    Action.MOVE: my_bookings.move,
    Action.MOVE_PAGE: my_bookings.move,
    Action.MOVE_CHOOSE: my_bookings.choose_move,
    Action.CANCEL: my_bookings.ask_to_cancel,
    Action.CANCEL_CONFIRM: lambda talk, booking_id, version: my_bookings.cancel(talk, booking_id, int(version)),
}
_ANSWER_THEMSELVES = frozenset({Action.CONFIRM, Action.CANCEL_CONFIRM, Action.BACK})


async def _on_press(talk: Talk, pressed: Pressed) -> None:
    if pressed.action not in _ANSWER_THEMSELVES:
        await talk.acknowledge()
    await _PRESSES[pressed.action](talk, *pressed.arguments)


async def _take_back(tools: Tools, query: CallbackQuery, refusal: Screen) -> None:
    """Someone removed mid-dialog must not go on reading slots: the message they pressed shows the refusal."""
    if query.message is None:
        return
    talk_id, message_id = query.message.chat.id, query.message.message_id
    try:
        await tools.bot.edit_message_text(
            refusal.text, chat_id=talk_id, message_id=message_id, reply_markup=refusal.keyboard
        )
    except TelegramError as error:
        _log.info("refused_message_stays", trouble=sort(error).value)


def _command(message: Message) -> tuple[str | None, str]:
    """The command's name and what follows it; None where it is none."""
    text = message.text or ""
    if not text.startswith("/"):
        return None, ""
    head, _, rest = text.partition(" ")
    return head[1:].partition("@")[0].lower(), rest.strip()
