"""What happened, for the pages that watch."""

import asyncio
from collections.abc import AsyncIterator

from telegram_sandbox.world.records import Json

_BACKLOG = 5000


class EventBus:
    """Hands every event to every watcher. A watcher that falls far behind is told to load afresh."""

    def __init__(self) -> None:
        self._watchers: set[asyncio.Queue[Json | None]] = set()

    def publish(self, event: Json) -> None:
        for queue in self._watchers:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait({"type": "reset"})
            queue.put_nowait(event)

    def close(self) -> None:
        """Ends every watcher's stream."""
        for queue in self._watchers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(None)

    async def watch(self, pause: float) -> AsyncIterator[Json | None]:
        """Events as they come; None after each `pause` seconds of silence. Ends with `close`."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue(_BACKLOG)
        self._watchers.add(queue)
        try:
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), pause)
                except TimeoutError:
                    yield None
                    continue
                if event is None:
                    return
                yield event
        finally:
            self._watchers.discard(queue)
