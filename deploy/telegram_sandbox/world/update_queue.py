"""Updates waiting for the bot, and the one poller that may fetch them."""

import asyncio
import time
from collections.abc import Callable

from telegram_sandbox.errors import conflict
from telegram_sandbox.world.records import Json, Memory, Update

OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_SET = "terminated by setWebhook request"
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"

UPDATE_TYPES = frozenset(
    ("message", "edited_message", "callback_query", "my_chat_member", "chat_member", "inline_query")
)
# Telegram leaves these out unless they are asked for by name.
_ON_REQUEST = frozenset(("chat_member",))


class UpdateQueue:
    """Keeps updates until they are confirmed. `on_added` is called with each new one."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.on_added: Callable[[Update], None] = lambda update: None
        self._waiting: asyncio.Future[None] | None = None

    def add(self, kind: str, payload: Json, lane: str) -> int | None:
        """Queues an update and returns its id; None when the bot did not ask for this kind."""
        allowed = self.memory.allowed_updates or UPDATE_TYPES - _ON_REQUEST
        if kind not in allowed:
            return None
        self.memory.last_update_id += 1
        update = Update(self.memory.last_update_id, kind, payload, lane, int(time.time()))
        self.memory.pending.append(update)
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(None)
        self.on_added(update)
        return update.update_id

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Update]:
        """What getUpdates answers. A poller already waiting is refused with 409, as this one may be later."""
        if self.memory.webhook.url:
            raise conflict(WEBHOOK_ACTIVE)
        self.terminate_poller(OTHER_POLLER)
        self._confirm(offset)
        if self.memory.pending or timeout <= 0:
            return self.memory.pending[:limit]
        waiting = asyncio.get_running_loop().create_future()
        self._waiting = waiting
        try:
            await asyncio.wait_for(waiting, timeout)
        except TimeoutError:
            return []
        finally:
            if self._waiting is waiting:
                self._waiting = None
        return self.memory.pending[:limit]

    @property
    def poller_waiting(self) -> bool:
        """Whether a long poll is open right now."""
        return self._waiting is not None and not self._waiting.done()

    def terminate_poller(self, reason: str) -> None:
        """Refuses the waiting poller, if there is one."""
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(conflict(reason))
        self._waiting = None

    def release_poller(self) -> None:
        """Lets the waiting poller go with what there is: the sandbox stops."""
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(None)

    def remove(self, update: Update) -> None:
        """Forgets one delivered update."""
        if update in self.memory.pending:
            self.memory.pending.remove(update)

    def clear(self) -> None:
        self.memory.pending.clear()

    def _confirm(self, offset: int) -> None:
        pending = self.memory.pending
        if offset < 0:
            del pending[:offset]
            return
        kept = next((n for n, update in enumerate(pending) if update.update_id >= offset), len(pending))
        del pending[:kept]
