"""That something happened in the Telegram sandbox, so that whoever waits for it need not ask all the time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiohttp import ClientError, ClientSession, ClientTimeout


class News:
    """Wakes all who wait whenever the sandbox publishes an event."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def of(cls, url: str) -> AsyncIterator["News"]:
        """The news of the sandbox at ``url`` while in the block."""
        news = cls()
        following = asyncio.create_task(news._follow(url))
        try:
            yield news
        finally:
            following.cancel()

    def next(self) -> asyncio.Event:
        """Set at the next event. Ask before you look, so that none comes in between."""
        return self._next

    async def _follow(self, url: str) -> None:
        async with ClientSession(timeout=ClientTimeout(total=None)) as session:
            with suppress(ClientError):  # at the end; who waits looks from time to time as well
                async with session.get(f"{url}/sandbox/events") as stream:
                    async for _ in stream.content.iter_any():
                        happened, self._next = self._next, asyncio.Event()
                        happened.set()
