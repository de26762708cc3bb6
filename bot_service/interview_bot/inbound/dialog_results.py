"""How a dialog's command ended (``bot.dialog.result``), in the message it was made from, where the dialog goes on."""

from collections.abc import Awaitable, Callable

from structlog.stdlib import get_logger
from telegram.error import TelegramError

from interview_bot.common.person_locks import PersonLocks
from interview_bot.dialogs import joining
from interview_bot.dialogs.admission import identify
from interview_bot.dialogs.candidate import privacy, questionnaire_result, waiting_list
from interview_bot.dialogs.context import DialogContext, Services
from interview_bot.dialogs.recruiter import calendar_address
from interview_bot.telegram.errors import Trouble, classify
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.views.texts import texts_for
from shared_contracts.dialog import DialogAction, DialogOutcome, DialogResult

_SHOW: dict[str, Callable[[DialogContext, DialogResult], Awaitable[None]]] = {
    DialogAction.INVITATION_CLAIMED: joining.show_result,
    DialogAction.USERNAME_CLAIMED: joining.show_result,
    DialogAction.QUESTIONNAIRE_ANSWERED: questionnaire_result.show_result,
    DialogAction.WAITING_LIST_JOINED: waiting_list.show_result,
    DialogAction.WAITING_LIST_LEFT: waiting_list.show_result,
    DialogAction.PRIVACY_ACCEPTED: privacy.show_result,
    DialogAction.CALENDAR_WANTED: calendar_address.show_result,
}
_log = get_logger(__name__)


class DialogResults:
    """Shows the results; ``show`` is the handler of ``bot.dialog.result``."""

    def __init__(self, services: Services, locks: PersonLocks) -> None:
        self._services = services
        self._locks = locks

    async def show(self, result: DialogResult) -> None:
        """Edit the command's message to its outcome, under the person's lock: "checking…" is written before it.

        Raises:
            TelegramError, AdminApiDownError: not shown, worth another try.
        """
        show = _SHOW.get(result.action)
        if result.reply is None or show is None:
            _log.info("result_without_chat", action=result.action, outcome=result.outcome.value)
            return
        await self._services.rate_limiter.take_turn(result.user_telegram_id, Priority.INTERACTIVE)
        async with self._locks.hold(result.user_telegram_id):
            context = await self._context(result, result.reply.message_id)
            try:
                await show(context, result)
            except TelegramError as error:
                if classify(error) is not Trouble.BLOCKED:
                    raise
                await self._services.chats.mark_unreachable(result.user_telegram_id)  # they see it when they come back
        _log.info(
            "dialog_result_shown",
            action=result.action,
            outcome=result.outcome.value,
            user_id=result.user_telegram_id,
        )

    async def _context(self, result: DialogResult, message_id: int) -> DialogContext:
        if result.outcome is DialogOutcome.ACCEPTED:
            # Their entry is newer than what is cached; its invalidation may come after this.
            await self._services.allow_list.invalidate()
            await self._services.directory.recruiters_cache.invalidate()
        user_id = result.user_telegram_id
        visitor = await identify(self._services, user_id)
        texts = texts_for(await self._services.chats.language(user_id))
        return DialogContext(
            self._services, texts, visitor.person, user_id, message_id, None, visitor.recruiter, in_turn=True
        )
