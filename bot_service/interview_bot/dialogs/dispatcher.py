"""From Telegram's updates to the dialogs: who may talk, which dialog is meant, what to say when something breaks."""

from collections.abc import Awaitable, Callable
from functools import partial

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError
from structlog.stdlib import get_logger
from telegram import CallbackQuery, Chat, Message, Update, User
from telegram.error import TelegramError
from telegram.ext import Application, CallbackQueryHandler, ChatMemberHandler, MessageHandler, filters

from interview_bot.admin_client.allow_list import AccessStatus
from interview_bot.admin_client.api import AdminApiDownError, AdminApiRefusedError
from interview_bot.dialogs import commands, free_text, joining
from interview_bot.dialogs.admission import Visitor, answer_press_or_send, identify, refuse
from interview_bot.dialogs.candidate import (
    attendance,
    booking_requests,
    my_bookings,
    questionnaire,
    sign_up,
    waiting_list,
)
from interview_bot.dialogs.context import COMMANDS, DialogContext, Services
from interview_bot.dialogs.recruiter import cards, open_requests
from interview_bot.telegram.errors import Trouble, classify
from interview_bot.views.callback_data import Action, Pressed, StaleDataError, unpack
from interview_bot.views.texts import language_of, texts_for
from shared_contracts.directory import Attendance

Handler = Callable[[Update, object], Awaitable[None]]
_log = get_logger(__name__)


class Dispatcher:
    """The handlers of python-telegram-bot's application."""

    def __init__(self, services: Services) -> None:
        self._services = services

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
            await commands.remember_chat(self._services, user)
        else:
            await self._services.chats.remember(user.id, language_of(user.language_code))
        token = joining.invitation_token(payload) if command == "start" else None
        if token is not None:
            await joining.claim_invitation(self._services, user, token)
            return
        visitor = await self._admit(user, message.chat_id)
        if visitor is None:
            return
        texts = texts_for(language_of(user.language_code))
        context = DialogContext(self._services, texts, visitor.person, message.chat_id, recruiter=visitor.recruiter)
        if command is None:
            await free_text.handle(context, message.text)
        else:
            await cards.forget_reason(context)
            await _on_command(context, command, payload)

    async def on_group_command(self, update: Update, _: object) -> None:
        """A command in a group: dialogs run in private chats only."""
        message, user = update.effective_message, update.effective_user
        if message is None or user is None:
            return
        command, _payload = _command(message)
        addressed = (message.text or "").split()[0].partition("@")[2]
        if command in COMMANDS and addressed.lower() in {"", self._services.bot.username.lower()}:
            await commands.invite_from_group(self._services, message.chat_id, user.language_code)

    async def on_membership(self, update: Update, _: object) -> None:
        """The bot was blocked or unblocked."""
        if update.my_chat_member is not None:
            await commands.on_membership_change(self._services, update.my_chat_member)

    async def on_press(self, update: Update, _: object) -> None:
        """A button was pressed. Nothing about it is trusted but who pressed."""
        query = update.callback_query
        if query is None:
            return
        texts = texts_for(language_of(query.from_user.language_code))
        chat = query.message.chat if query.message else None
        if query.message is None or chat is None or chat.type != Chat.PRIVATE or chat.id != query.from_user.id:
            await self._services.acks.answer(query.id, texts.plain("press.not_here"), alert=True)
            return
        visitor = await self._admit(query.from_user, chat.id, query)
        if visitor is None:
            return
        context = DialogContext(
            self._services, texts, visitor.person, chat.id, query.message.message_id, query.id, visitor.recruiter
        )
        if await self._services.dialog_states.is_closed(context.chat_id, query.message.message_id):
            await context.acknowledge("press.already_asked")
            return
        await cards.forget_reason(context)
        try:
            await _on_press(context, unpack(query.data))
        except StaleDataError:
            await context.acknowledge("press.stale")
            await (open_requests.show_requests if context.person is None else sign_up.show_current_step)(context)

    async def _admit(self, user: User, chat_id: int, query: CallbackQuery | None = None) -> Visitor | None:
        """Who they are, or None after telling them why they are not served (FR2)."""
        visitor = await identify(self._services, user.id)
        if visitor.access is AccessStatus.ALLOWED:
            if visitor.person is None:
                await self._services.gate.mark_served(user.id)
            return visitor
        stranger = visitor.access is AccessStatus.REFUSED and query is None
        if stranger and user.username and await self._services.awaited_usernames.by_username(user.id, user.username):
            await joining.claim_username(self._services, user, user.username)
        else:
            await refuse(self._services, user, visitor, chat_id, query)
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
        key = "trouble.try_again" if passing else "trouble.unexpected"
        try:
            await answer_press_or_send(
                self._services, texts_for(language_of(user.language_code)).plain(key), chat.id, update.callback_query
            )
        except TelegramError as second:
            _log.warning("apology_failed", trouble=classify(second).value)


async def _on_command(context: DialogContext, command: str, payload: str) -> None:
    if command == "start":
        await (open_requests.start(context) if context.person is None else commands.start(context, payload))
        return
    plain: dict[str, Callable[[DialogContext], Awaitable[None]]] = {
        "requests": open_requests.show_requests,
        "mybooking": my_bookings.show_bookings,
        "reschedule": my_bookings.start_moving,
        "cancel": my_bookings.start_cancelling,
        "contact": commands.show_contact,
        "help": commands.show_help,
    }
    if command not in plain or command not in context.commands:
        await commands.show_unknown(context)
        return
    await free_text.leave_questionnaire(context)  # what is written next is no answer to a question further up
    await plain[command](context)


_PRESSES: dict[Action, Callable[..., Awaitable[None]]] = {
    Action.HOME: sign_up.show_home,
    Action.EVENTS: lambda context, page: sign_up.show_home(context, page=int(page)),
    Action.SIGN_UP: sign_up.enter_event,
    Action.CITIES: sign_up.show_cities,
    Action.CITY: sign_up.pick_city,
    Action.RECRUITERS: sign_up.show_recruiters,
    Action.RECRUITER: sign_up.pick_recruiter,
    Action.PAGE: sign_up.show_page,
    Action.CHOOSE: sign_up.pick_slot,
    Action.CONFIRM: booking_requests.confirm,
    Action.BACK: sign_up.back_to_slots,
    Action.ANSWER: questionnaire.answer_by_button,
    Action.SKIP: questionnaire.skip,
    Action.QUESTION_BACK: questionnaire.back,
    Action.QUESTION_PAGE: questionnaire.show_page,
    Action.MY_BOOKINGS: my_bookings.show_bookings,
    Action.MOVE: my_bookings.move,
    Action.MOVE_PAGE: my_bookings.show_page,
    Action.MOVE_RECRUITERS: my_bookings.show_recruiters,
    Action.MOVE_RECRUITER: my_bookings.pick_recruiter,
    Action.MOVE_CHOOSE: my_bookings.pick_slot,
    Action.CANCEL: my_bookings.ask_to_cancel,
    Action.CANCEL_CONFIRM: lambda context, booking_id, version: my_bookings.cancel(context, booking_id, int(version)),
    Action.TAKE: lambda context, booking_id, version: my_bookings.answer_seat_offer(
        context, booking_id, int(version), "take"
    ),
    Action.PASS: lambda context, booking_id, version: my_bookings.answer_seat_offer(
        context, booking_id, int(version), "pass"
    ),
    Action.COMING: lambda context, booking_id, minute: attendance.answer_attendance(
        context, booking_id, minute, Attendance.CONFIRMED
    ),
    Action.NOT_COMING: lambda context, booking_id, minute: attendance.answer_attendance(
        context, booking_id, minute, Attendance.DECLINED
    ),
    Action.ASK_TIME: lambda context, booking_id, minute: attendance.answer_attendance(
        context, booking_id, minute, Attendance.RESCHEDULE_ASKED
    ),
    Action.TAKE_TIME: partial(attendance.answer_proposed_time, take=True),
    Action.KEEP_TIME: partial(attendance.answer_proposed_time, take=False),
    Action.WAIT: waiting_list.join,
    Action.LEAVE: waiting_list.leave,
    Action.REQUESTS: lambda context, page: open_requests.show_requests(context, page=int(page)),
    Action.CARD_SHOW: open_requests.show_card,
    Action.CARD_APPROVE: cards.approve,
    Action.CARD_RESCHEDULE: cards.ask_to_reschedule,
    Action.CARD_REJECT: cards.ask_reason,
    Action.CARD_REJECT_PLAINLY: cards.reject_without_reason,
    Action.CARD_BACK: cards.back_to_card,
    Action.CARD_OFFER: cards.propose_time,
    Action.CARD_MARK: cards.mark,
}
_UNDER_CARDS = frozenset(
    {
        *(Action.CARD_APPROVE, Action.CARD_RESCHEDULE, Action.CARD_REJECT, Action.CARD_REJECT_PLAINLY),
        *(Action.CARD_BACK, Action.CARD_OFFER, Action.CARD_MARK),
    }
)
_FOR_RECRUITERS = _UNDER_CARDS | {Action.REQUESTS, Action.CARD_SHOW}
_ANSWER_THEMSELVES = _UNDER_CARDS | {
    *(Action.CONFIRM, Action.CANCEL_CONFIRM, Action.BACK),
    *(Action.ANSWER, Action.SKIP, Action.QUESTION_BACK, Action.QUESTION_PAGE),
}


async def _on_press(context: DialogContext, pressed: Pressed) -> None:
    if (context.recruiter if pressed.action in _FOR_RECRUITERS else context.person) is None:
        raise StaleDataError  # a button of the other side's, shown before they changed sides or never
    if pressed.action not in _ANSWER_THEMSELVES:
        await context.acknowledge()
    await _PRESSES[pressed.action](context, *pressed.arguments)


def _command(message: Message) -> tuple[str | None, str]:
    """The command's name and what follows it; None where it is none."""
    text = message.text or ""
    if not text.startswith("/"):
        return None, ""
    head, _, rest = text.partition(" ")
    return head[1:].partition("@")[0].lower(), rest.strip()
