"""From Telegram's updates to the dialogs: who may talk, which dialog is meant, what to say when something breaks."""

from collections.abc import Awaitable, Callable
from typing import Any

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError
from structlog.stdlib import get_logger
from telegram import CallbackQuery, Chat, Message, Update, User
from telegram.error import TelegramError
from telegram.ext import Application, CallbackQueryHandler, ChatMemberHandler, MessageHandler, filters

from interview_bot.admin_client.allow_list import AccessStatus
from interview_bot.admin_client.api import AdminApiDownError, AdminApiRefusedError
from interview_bot.dialogs import commands, free_text, groups, joining, kept_booking, membership, presses
from interview_bot.dialogs.admission import Visitor, answer_press_or_send, identify, note_unheard, refuse
from interview_bot.dialogs.candidate import sign_up
from interview_bot.dialogs.context import ALL_COMMANDS, DialogContext, Services, texts_of
from interview_bot.dialogs.recruiter import open_requests
from interview_bot.telegram.errors import Trouble, classify
from interview_bot.telegram.gate import tells_of_group
from interview_bot.telegram.sending import username_of
from interview_bot.telegram.start_links import INVITATION, is_end_of_invitation, pasted_parameter
from interview_bot.views.callback_data import StaleDataError, unpack
from interview_bot.views.texts import Texts, language_of, texts_for

Handler = Callable[[Update, object], Awaitable[None]]
_log = get_logger(__name__)


class Dispatcher:
    """The handlers of python-telegram-bot's application."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, application: "Application[Any, Any, Any, Any, Any, Any]") -> None:
        """Add every handler."""
        private = filters.ChatType.PRIVATE
        application.add_handler(CallbackQueryHandler(self.on_press))
        application.add_handler(MessageHandler(filters.UpdateType.MESSAGE & private, self.on_message))
        application.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE & private, self.on_edit))
        application.add_handler(MessageHandler(filters.UpdateType.MESSAGE & ~private, self.on_group_message))
        application.add_handler(ChatMemberHandler(self.on_membership, ChatMemberHandler.MY_CHAT_MEMBER))
        application.add_error_handler(self.on_error)

    async def on_message(self, update: Update, _: object) -> None:
        """A message in a private chat."""
        message, user = update.effective_message, update.effective_user
        if message is None or user is None:
            return
        if not is_said_by_person(message):
            await note_unheard(self._services, user, message.message_id)
        elif not await self._is_answered_album(message):
            await self._hear(message, user)

    async def _hear(self, message: Message, user: User) -> None:
        command, payload = self._said(message)
        if command == "start":
            await membership.remember_chat(self._services, user)
        else:
            await self._services.chats.remember(user.id, language_of(user.language_code))
        token = joining.invitation_token(payload) if command == "start" else None
        if token is not None:
            await joining.open_invitation(self._services, user, token)
            return
        command, payload = commands.carried(command, payload)
        visitor = await self._admit(user, message.chat_id, written=message.message_id)
        if visitor is None:
            return
        texts = await self._texts_for(user, visitor)
        context = DialogContext(
            self._services,
            texts,
            visitor.person,
            message.chat_id,
            recruiter=visitor.recruiter,
            off_list=visitor.access is AccessStatus.KEPT,
            removed=visitor.removed,
            written=message.message_id,
        )
        if context.off_list:
            await kept_booking.handle_message(context, command)
        elif command is None:
            await free_text.handle(context, message.text or message.caption, message.message_id)
        else:
            await commands.handle(context, command, payload)
        await membership.follow_names(self._services, user)

    def _said(self, message: Message) -> tuple[str | None, str]:
        """The command that a message is, and what follows it.

        A pasted link to the bot is the command it stands for, under a picture too, as people pass on posters.
        """
        command, payload = _command(message)
        if command in {None, "start"}:
            written = payload if command else message.text or message.caption or ""
            pasted = pasted_parameter(written, username_of(self._services.bot))
            if pasted is not None:
                return "start", pasted
            if command is None and is_end_of_invitation(written):
                return "start", INVITATION
        return command, payload

    async def on_edit(self, update: Update, _: object) -> None:
        """A message in a private chat was edited: it may have been an answer, or is a command now, or is heard at last.
        Nobody else is answered."""
        message, user = update.edited_message, update.effective_user
        text = (message.text or message.caption) if message else None
        if message is None or user is None or text is None:
            return
        if await self._is_heard_at_last(message, user):
            await self._hear(message, user)
            await self._services.dialog_states.note_heard(user.id, message.message_id)
            return
        if await self._is_command_at_last(message, user):
            await self._hear(message, user)
            return
        if text.startswith("/"):
            return
        visitor = await identify(self._services, user.id)
        if visitor.access is not AccessStatus.ALLOWED:
            return
        texts = await self._texts_for(user, visitor)
        context = DialogContext(self._services, texts, visitor.person, message.chat_id, recruiter=visitor.recruiter)
        await free_text.handle_edit(context, text, message.message_id)

    async def _is_heard_at_last(self, message: Message, user: User) -> bool:
        """Whether the message came to nothing, and its sender is let in now or has pasted an invitation into it: then
        it counts as if it were sent now, once. Whoever is refused still is not told so at each edit."""
        if not await self._services.dialog_states.was_unheard(user.id, message.message_id):
            return False
        command, payload = self._said(message)
        if command == "start" and joining.invitation_token(payload) is not None:
            return True
        visitor = await identify(self._services, user.id)
        return visitor.access in {AccessStatus.ALLOWED, AccessStatus.KEPT} or await self._is_awaited(user)

    async def _is_awaited(self, user: User) -> bool:
        """Whether they were put down by their @username and have not written since."""
        name = user.username
        return bool(name and await self._services.awaited_usernames.by_username(user.id, name))

    async def _is_command_at_last(self, message: Message, user: User) -> bool:
        """Whether a message that was not understood is edited into a command; once."""
        command, _payload = self._said(message)
        states = self._services.dialog_states
        if command not in {"start", *ALL_COMMANDS} or not await states.was_not_understood(user.id, message.message_id):
            return False
        await states.note_understood(user.id, message.message_id)
        return True

    async def on_group_message(self, update: Update, _: object) -> None:
        """What a group tells of itself, or a command there: dialogs run in private chats only."""
        message, user = update.effective_message, update.effective_user
        if message is None or user is None:
            return
        if tells_of_group(message):
            await groups.on_service_message(self._services, message)
            return
        command, _payload = _command(message)
        if command is not None and groups.is_meant_for_us(message, command, username_of(self._services.bot)):
            topic = message.message_thread_id if message.is_topic_message else None
            texts = await texts_of(self._services, user)
            await commands.invite_from_group(self._services, message.chat_id, command, texts, topic)

    async def on_membership(self, update: Update, _: object) -> None:
        """The bot was blocked or unblocked, or its place in a group has changed."""
        change = update.my_chat_member
        if change is not None and change.chat.type == Chat.PRIVATE:
            await membership.on_membership_change(self._services, change)
        elif change is not None:
            await groups.on_membership_change(self._services, change)

    async def _is_answered_album(self, message: Message) -> bool:
        """Whether this is one more picture of an album that is answered already."""
        if message.media_group_id is None:
            return False
        first = await self._services.dialog_states.first_of_album(
            message.chat_id, message.media_group_id, message.message_id
        )
        return first != message.message_id

    async def on_press(self, update: Update, _: object) -> None:
        """A button was pressed. Nothing about it is trusted but who pressed."""
        query = update.callback_query
        if query is None:
            return
        chat = query.message.chat if query.message else None
        if query.message is None or chat is None or chat.type != Chat.PRIVATE or chat.id != query.from_user.id:
            texts = await texts_of(self._services, query.from_user)
            await self._services.acks.answer(query.id, texts.plain("press.not_here"), alert=True)
            return
        visitor = await self._admit(query.from_user, chat.id, query)
        if visitor is None:
            return
        context = DialogContext(
            self._services,
            await self._texts_for(query.from_user, visitor),
            visitor.person,
            chat.id,
            query.message.message_id,
            query.id,
            visitor.recruiter,
            off_list=visitor.access is AccessStatus.KEPT,
            removed=visitor.removed,
            pressed=query.data,
        )
        if await self._services.dialog_states.is_closed(context.chat_id, query.message.message_id):
            await context.acknowledge("press.already_asked")
            return
        try:
            await presses.handle(context, unpack(query.data))
        except StaleDataError:
            await context.acknowledge(None if context.off_list else "press.stale")
            await _where_they_are(context)
        await membership.follow_names(self._services, query.from_user)

    async def _texts_for(self, user: User, visitor: Visitor) -> Texts:
        """In the language they have chosen, else in Telegram's; the admin service knows a choice that was lost here."""
        chosen = await self._services.chats.chosen_language(user.id)
        if chosen is None and visitor.language:
            chosen = visitor.language
            await self._services.chats.choose_language(user.id, chosen)
        return texts_for(chosen or language_of(user.language_code))

    async def _admit(
        self, user: User, chat_id: int, query: CallbackQuery | None = None, written: int | None = None
    ) -> Visitor | None:
        """Who they are, or None after telling them why they are not served (FR2). ``written``: the message's id."""
        visitor = await identify(self._services, user.id)
        stranger = visitor.access in {AccessStatus.REFUSED, AccessStatus.KEPT} and query is None
        if stranger and user.username and await self._is_awaited(user):
            await joining.claim_username(self._services, user, user.username)
            return None
        if visitor.access in {AccessStatus.ALLOWED, AccessStatus.KEPT}:
            if visitor.person is None:
                await self._services.gate.mark_served(user.id)
            return visitor
        await refuse(self._services, user, visitor, chat_id, query)
        if written is not None:
            await note_unheard(self._services, user, written)
        return None

    async def on_error(self, update: object, context: object) -> None:
        """Whatever broke, the person gets a plain answer without technical words."""
        error = getattr(context, "error", None)
        if not isinstance(error, Exception) or not isinstance(update, Update):
            _log.error("error_outside_updates", exc_info=error)
            return
        user, chat = update.effective_user, update.effective_chat
        if isinstance(error, TelegramError) and classify(error) is Trouble.BLOCKED:
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
        if update.message is not None:
            await note_unheard(self._services, user, update.message.message_id)
        key = "trouble.try_again" if passing else "trouble.unexpected"
        try:
            texts = await self._texts_in_trouble(user)
            await answer_press_or_send(self._services, texts.plain(key), chat.id, update.callback_query)
        except TelegramError as second:
            _log.warning("apology_failed", trouble=classify(second).value)

    async def _texts_in_trouble(self, user: User) -> Texts:
        try:
            return await texts_of(self._services, user)
        except PyMongoError:
            return texts_for(language_of(user.language_code))


async def _where_they_are(context: DialogContext) -> None:
    if context.off_list:
        await kept_booking.refuse(context)
    else:
        await (open_requests.show_requests if context.person is None else sign_up.show_current_step)(context)


def is_said_by_person(message: Message) -> bool:
    """Whether somebody said something to the bot; no service message, such as of a pin or of a timer, does."""
    return message.text is not None or bool(message.effective_attachment)


def _command(message: Message) -> tuple[str | None, str]:
    """The command's name and what follows it; None where it is none."""
    text = message.text or ""
    if not text.startswith("/"):
        return None, ""
    head, _, rest = text.partition(" ")
    return head[1:].partition("@")[0].lower(), rest.strip()
