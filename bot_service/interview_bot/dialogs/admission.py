"""Who is served (FR2, R10): candidates on the allow list and active recruiters; strangers get one polite refusal.

People who send too much (``telegram.gate``) are turned away here too.
"""

from dataclasses import dataclass

from redis.exceptions import RedisError
from structlog.stdlib import get_logger
from telegram import CallbackQuery, Chat, Update, User
from telegram.error import TelegramError

from interview_bot.admin_client.allow_list import AccessStatus
from interview_bot.admin_client.api import AdminApiDownError, AdminApiRefusedError
from interview_bot.dialogs.context import DialogContext, Services, texts_of
from interview_bot.telegram.errors import classify
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.views import keyboards
from interview_bot.views.screen import Screen
from shared_contracts.directory import AllowedUser, Recruiter

_log = get_logger(__name__)


@dataclass(frozen=True)
class Visitor:
    """Someone who wrote or pressed: ``person`` as a candidate, ``recruiter`` as a recruiter; both are possible.

    ``removed``: the allow list's entry of who is no candidate any more, but keeps a booking (FR2).
    """

    access: AccessStatus
    person: AllowedUser | None
    recruiter: Recruiter | None
    removed: AllowedUser | None = None

    @property
    def language(self) -> str | None:
        """The language they have chosen, as the admin service keeps it; None for none."""
        known = (entry.language for entry in (self.person, self.removed, self.recruiter) if entry)
        return next(filter(None, known), None)


async def identify(services: Services, user_id: int) -> Visitor:
    """Find out who the person is: a candidate, a recruiter, both, or nobody whom the bot serves."""
    access, entry = await services.allow_list.check(user_id)
    person = entry if access is AccessStatus.ALLOWED else None
    try:
        found = [known for known in await services.directory.recruiters() if known.telegram_id == user_id]
    except (AdminApiDownError, AdminApiRefusedError):
        # Nobody can say whether they are a recruiter; whoever is a candidate goes on as one.
        return Visitor(AccessStatus.UNKNOWN if person is None else access, person, None)
    if access is AccessStatus.REFUSED and (entry or not found):
        access = await _access_off_the_list(services, user_id)
    removed = entry if access is AccessStatus.KEPT else None
    if found:
        return Visitor(AccessStatus.ALLOWED, person, found[0], removed)
    return Visitor(access, person, None, removed)


async def _access_off_the_list(services: Services, user_id: int) -> AccessStatus:
    try:
        kept = await services.allow_list.keeps_booking(user_id)
    except (AdminApiDownError, AdminApiRefusedError):
        return AccessStatus.UNKNOWN
    return AccessStatus.KEPT if kept else AccessStatus.REFUSED


async def refuse(
    services: Services, user: User, visitor: Visitor, chat_id: int, query: CallbackQuery | None = None
) -> None:
    """Tell someone who isn't served why not."""
    texts = await texts_of(services, user)
    if visitor.access is AccessStatus.UNKNOWN:
        await answer_press_or_send(services, texts.plain("trouble.try_again"), chat_id, query)
        return
    await services.dialog_states.clear(user.id)
    key, former = "refusal.text", await services.former_people.find(user.id)
    if former.recruiter or former.candidate:
        key = "refusal.former_recruiter" if former.recruiter else "refusal.former_candidate"
    contact_url = former.contact_url or await services.directory.contact_url(None)
    refusal = Screen(texts(key), keyboards.contact(contact_url, texts))
    if query is None:
        await services.outgoing.send(chat_id, refusal, Priority.STRANGER)
    else:
        await services.acks.answer(query.id, texts.plain(key), alert=True)
        await _show_refusal_in_place(services, query, refusal)


async def show_if_was_recruiter(context: DialogContext) -> bool:
    """Tell a candidate who was a recruiter once that they are none any more; False for anybody else."""
    former = await context.services.former_people.find(context.user_id)
    if context.recruiter is not None or not former.recruiter:
        return False
    await context.acknowledge("refusal.former_recruiter", alert=True)
    contact_url = former.contact_url or await context.contact_url()
    screen = Screen(context.texts("refusal.former_recruiter"), keyboards.contact(contact_url, context.texts))
    await context.show(screen)
    return True


async def answer_press_or_send(services: Services, text: str, chat_id: int, query: CallbackQuery | None) -> None:
    """Tell them in the press's answer, or by a message if there was no press or it was answered before."""
    if query is None or not await services.acks.answer(query.id, text, alert=True):
        await services.outgoing.send(chat_id, Screen(text))


async def turn_away(services: Services, update: Update, tell: bool) -> None:
    """A press is always answered, which Telegram does not limit; a message only when ``tell``, and never in a group.

    A message may be said again by editing it.
    """
    user, chat = update.effective_user, update.effective_chat
    if user is None or chat is None:
        return
    if tell:
        _log.warning("person_sends_too_much", user_id=user.id)
    if update.message is not None and chat.type == Chat.PRIVATE:
        await note_unheard(services, user, update.message.message_id)
    text = (await texts_of(services, user)).plain("flood.slow_down")
    if update.callback_query is not None:
        await services.acks.answer(update.callback_query.id, text)
    elif tell and update.message is not None and chat.type == Chat.PRIVATE:
        try:
            await services.outgoing.send(chat.id, Screen(text), Priority.STRANGER)
        except TelegramError as error:
            _log.info("not_told_to_slow_down", trouble=classify(error).value)


async def note_unheard(services: Services, user: User, message_id: int) -> None:
    """What a message said came to nothing; without Redis nobody remembers that."""
    try:
        await services.dialog_states.note_unheard(user.id, message_id)
    except RedisError as error:
        _log.info("unheard_message_not_noted", error=type(error).__name__)


async def _show_refusal_in_place(services: Services, query: CallbackQuery, refusal: Screen) -> None:
    """Someone removed mid-dialog must not go on reading slots: the message they pressed shows the refusal."""
    if query.message is None:
        return
    chat_id, message_id = query.message.chat.id, query.message.message_id
    try:
        await services.outgoing.edit(chat_id, message_id, refusal, or_send=False)
    except TelegramError as error:
        _log.info("refused_message_stays", trouble=classify(error).value)
