"""Shows screens to people without making their handler wait for room in the chat.

Where there is room a screen is shown at once. Where there is none, because the chat is at its limit or Telegram asked
for a pause, it waits here, outside handlers: no person's lock, no update and no other chat waits with it. What waits is
in this process's memory only: a bot that is killed loses it, and the person presses again. What must not be lost
(results, cards, notices) comes from RabbitMQ and waits there, unacknowledged.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic

from pymongo.errors import PyMongoError
from structlog.stdlib import get_logger
from telegram.error import RetryAfter, TelegramError

from interview_bot.common.metrics import OUTGOING
from interview_bot.common.person_locks import PersonBusyError, PersonLocks
from interview_bot.telegram.errors import Trouble, classify, seconds_to_wait
from interview_bot.telegram.rate_limiter import Priority, SharedRateLimiter
from interview_bot.telegram.sending import Bot, edit, edit_or_send, remove_keyboard, send, take_buttons_away
from interview_bot.telegram.waiting_edits import WaitingEdits
from interview_bot.views.screen import Screen

MAX_IN_CHAT = 8
"""How many screens wait in one chat. Beyond it the oldest message is dropped; of a message's edits one waits anyway."""
MAX_CHATS = 2_000
KEPT_SECONDS = 300.0
"""Screens that have waited longer are dropped: nobody looks for them any more."""
STRANGERS_KEPT_SECONDS = 10.0
"""The same for people who are not let in: most of a crowd is told nothing, so that nobody else waits for it."""
MAX_TRIES = 4
"""How often a call is made that fails without being refused."""
_LONGEST_LOOK = 5.0
_log = get_logger(__name__)

Call = Callable[[Priority], Awaitable[int]]
Key = tuple[str, int | str]
_EDIT, _MESSAGE = "edit", "message"


@dataclass(frozen=True)
class Claims:
    """Of a screen that tells of bookings: whether it may be shown still, and the record of which message shows it.

    Both are asked for under the person's lock.
    """

    hold: Callable[[], Awaitable[bool]]
    record: Callable[[int], Awaitable[None]]


@dataclass
class _Waiting:
    call: Call
    token: str | None
    priority: Priority = Priority.INTERACTIVE
    claims: Claims | None = None
    since: float = field(default_factory=monotonic)
    tries: int = 0

    @property
    def is_old(self) -> bool:
        kept = STRANGERS_KEPT_SECONDS if self.priority is Priority.STRANGER else KEPT_SECONDS
        return monotonic() - self.since > kept


def _next(queue: dict[Key, "_Waiting"]) -> Key:
    """What is shown next: edits first."""
    return next((key for key in queue if key[0] == _EDIT), next(iter(queue)))


class Outgoing:
    """Shows screens now or, per chat and in the background, as soon as there is room."""

    def __init__(self, bot: Bot, rate_limiter: SharedRateLimiter, edits: WaitingEdits, locks: PersonLocks) -> None:
        self._bot = bot
        self._rate_limiter = rate_limiter
        self._edits = edits
        self._locks = locks
        self._chats: dict[int, dict[Key, _Waiting]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(
        self,
        chat_id: int,
        screen: Screen,
        priority: Priority = Priority.INTERACTIVE,
        thread_id: int | None = None,
        claims: Claims | None = None,
    ) -> int | None:
        """Send a new message. Returns its id, or None if it waits; a text that waits already is not sent twice.

        ``priority``: ``INTERACTIVE``, or ``STRANGER`` for people who are not let in. ``thread_id``: a forum's topic.
        ``claims``: for when it waits; what is sent at once its caller records.

        Raises:
            TelegramError: it was tried and will not be again.
        """

        async def call(priority: Priority) -> int:
            return await send(self._bot, chat_id, screen, priority, thread_id)

        key = (_MESSAGE, f"{thread_id or ''}:{screen.text}")
        if chat_id in self._chats:  # so that messages keep their order
            self._put(chat_id, key, _Waiting(call, None, priority, claims))
            return None
        try:
            return await call(priority)
        except RetryAfter:
            self._put(chat_id, key, _Waiting(call, None, priority, claims))
            return None

    async def edit(self, chat_id: int, message_id: int, screen: Screen, *, or_send: bool = True) -> int:
        """Make a message show the screen, or a new one where it can't be edited and ``or_send``.

        Returns: the id of the message that shows it, or will. The caller holds the person's lock.

        Raises:
            TelegramError: it was tried and will not be again.
        """

        async def call(priority: Priority) -> int:
            if or_send:
                return await edit_or_send(self._bot, chat_id, message_id, screen, priority)
            if not await edit(self._bot, chat_id, message_id, screen, priority):
                await take_buttons_away(self._bot, chat_id, message_id, priority)
            return message_id

        try:
            return await call(Priority.INTERACTIVE)
        except RetryAfter:
            await self._put_edit(chat_id, message_id, call)
            return message_id

    async def remove_keyboard(self, chat_id: int, message_id: int) -> None:
        """Leave a message as it reads, without its buttons.

        Raises:
            TelegramError: it was tried and will not be again.
        """

        async def call(priority: Priority) -> int:
            await remove_keyboard(self._bot, chat_id, message_id, priority)
            return message_id

        try:
            await call(Priority.INTERACTIVE)
        except RetryAfter:
            await self._put_edit(chat_id, message_id, call)

    async def finish(self, patience: float) -> None:
        """Wait ``patience`` seconds for the screens that wait; the rest is lost."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience)
            for task in late:
                task.cancel()

    async def _put_edit(self, chat_id: int, message_id: int, call: Call) -> None:
        token = await self._edits.put(chat_id, message_id)
        self._put(chat_id, (_EDIT, message_id), _Waiting(call, token))

    def _put(self, chat_id: int, key: Key, waiting: _Waiting) -> None:
        if chat_id not in self._chats:
            if len(self._chats) >= MAX_CHATS:
                OUTGOING.labels("dropped").inc()
                return
            self._chats[chat_id] = {}
            task = asyncio.create_task(self._work(chat_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        queue = self._chats[chat_id]
        if key in queue:
            OUTGOING.labels("merged").inc()
            waiting.since = queue[key].since
        elif len(queue) >= MAX_IN_CHAT:
            del queue[next((other for other in queue if other[0] == _MESSAGE), next(iter(queue)))]
            OUTGOING.labels("dropped").inc()
        queue[key] = waiting

    async def _work(self, chat_id: int) -> None:
        queue = self._chats[chat_id]
        try:
            while queue:
                wait = await self._rate_limiter.seconds_to_turn(chat_id, queue[_next(queue)].priority)
                if not wait:
                    wait = await self._show_next(chat_id, queue)
                await asyncio.sleep(min(wait, _LONGEST_LOOK))
                self._drop_old(queue)
        finally:
            del self._chats[chat_id]

    def _drop_old(self, queue: dict[Key, _Waiting]) -> None:
        for key in [key for key, waiting in queue.items() if waiting.is_old]:
            del queue[key]
            OUTGOING.labels("dropped").inc()

    async def _show_next(self, chat_id: int, queue: dict[Key, _Waiting]) -> float:
        """Show one screen, edits first. Returns the seconds for which nothing may be sent to the chat."""
        key = _next(queue)
        waiting = queue.pop(key)
        try:
            shown = await self._show(chat_id, key, waiting)
        except (TelegramError, PersonBusyError, PyMongoError) as error:
            return self._after_trouble(queue, key, waiting, error)
        OUTGOING.labels("shown" if shown else "overtaken").inc()
        return 0.0

    async def _show(self, chat_id: int, key: Key, waiting: _Waiting) -> bool:
        """Make the call, unless something newer was shown since. Returns whether it was made."""
        if waiting.claims is not None:
            return await self._send_if_true(chat_id, waiting, waiting.claims)
        if waiting.token is None:
            await waiting.call(Priority.IN_TURN)
            return True
        async with self._locks.hold(chat_id):  # whoever shows something newer holds the lock too
            if not await self._edits.is_waiting(chat_id, int(key[1]), waiting.token):
                return False
            try:
                await waiting.call(Priority.IN_TURN)
            except TelegramError:
                waiting.token = await self._edits.put(chat_id, int(key[1]))  # so that it can be tried again
                raise
        return True

    async def _send_if_true(self, chat_id: int, waiting: _Waiting, claims: Claims) -> bool:
        """Newer news may have been told while it waited, and it is to be put right once there is newer news."""
        async with self._locks.hold(chat_id):
            if not await claims.hold():
                return False
            message_id = await waiting.call(Priority.IN_TURN)
            await claims.record(message_id)
        return True

    def _after_trouble(self, queue: dict[Key, _Waiting], key: Key, waiting: _Waiting, error: Exception) -> float:
        if isinstance(error, RetryAfter):
            queue.setdefault(key, waiting)
            return seconds_to_wait(error)
        waiting.tries += 1
        trouble = classify(error)
        again = trouble is Trouble.TRANSIENT or (trouble is Trouble.UNCERTAIN and waiting.token is not None)
        if (again or isinstance(error, PersonBusyError)) and waiting.tries < MAX_TRIES:
            queue.setdefault(key, waiting)
            return float(2**waiting.tries)
        _log.warning("answer_not_shown", trouble=trouble.value)
        OUTGOING.labels("failed").inc()
        return 0.0
