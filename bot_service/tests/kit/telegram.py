"""People in the Telegram sandbox: they write, press and read."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from aiohttp import ClientSession, ClientTimeout

from tests.kit.news import News

GROUP = -1001000000001
_LOOK_AGAIN = 0.03
_LOOK_WITHOUT_NEWS = 0.25
_MORE_FOLLOWS = 0.01
"""Seconds: what happens in the sandbox seldom comes alone."""
T = TypeVar("T")


async def eventually(
    look: Callable[[], Awaitable[T | None]], what: str, seconds: float = 30.0, news: News | None = None
) -> T:
    """The first truthy thing ``look`` returns; fails naming ``what`` when there is none for a long time.

    ``news`` of what is looked at saves looking when nothing has changed. ``seconds`` count the pauses only.
    """
    loop = asyncio.get_running_loop()
    while seconds > 0:
        happened = news.next() if news else None
        found = None
        with suppress(AssertionError):  # a look that waits itself and has not seen it yet
            found = await look()
        if found:
            return found
        begun = loop.time()
        if happened is None:
            await asyncio.sleep(_LOOK_AGAIN)
        else:
            with suppress(TimeoutError):
                await asyncio.wait_for(happened.wait(), _LOOK_WITHOUT_NEWS)
            await asyncio.sleep(_MORE_FOLLOWS)
        seconds -= loop.time() - begun
    raise AssertionError(f"did not happen: {what}")


@dataclass(frozen=True)
class Message:
    """A message as its reader sees it."""

    id: int
    chat_id: int
    text: str
    html: str
    buttons: list[dict[str, Any]]
    edits: int

    @property
    def labels(self) -> list[str]:
        """The buttons' texts."""
        return [button["text"] for button in self.buttons]

    def data(self, beginning: str) -> str:
        """The callback data of the button whose text contains ``beginning``."""
        return str(next(button["callback_data"] for button in self.buttons if beginning in button["text"]))


@dataclass(frozen=True)
class File:
    """A document as its reader sees it; ``content`` where it is a small text."""

    id: int
    name: str
    mime_type: str
    caption: str
    content: str


class Sandbox:
    """The sandbox's control API."""

    def __init__(self, url: str, news: News, session: ClientSession) -> None:
        self.url = url
        self.news = news
        self._session = session

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str) -> AsyncIterator["Sandbox"]:
        """The running sandbox at ``url``. Its client is the bot's: httpx takes ten times the processor time."""
        async with News.of(url) as news, ClientSession(timeout=ClientTimeout(10), raise_for_status=True) as session:
            yield cls(url, news, session)

    async def get(self, path: str, **params: Any) -> Any:
        """What the control API answers."""
        async with self._session.get(f"{self.url}/sandbox{path}", params=params) as answer:
            return await answer.json()

    async def download(self, file_id: str) -> bytes:
        """A document's content."""
        async with self._session.get(f"{self.url}/sandbox/files/{file_id}") as answer:
            return await answer.read()

    async def reset(self) -> None:
        """Forget everybody."""
        await self._post("/reset", None)

    async def fault(self, method: str, **fault: Any) -> None:
        """Let calls of a method fail."""
        await self._post("/faults", {"method": method, **fault})

    async def limits(self, **limits: Any) -> None:
        """Change the flood limits."""
        async with self._session.put(f"{self.url}/sandbox/limits", json=limits):
            return

    async def messages(self, chat_id: int) -> list[Message]:
        """The bot's messages in a chat, oldest first; files come in between when there is room, see ``files``."""
        rows = await self._shown(chat_id)
        return [
            Message(
                r["message_id"], chat_id, r["text"], r["html"], [b for row in r["buttons"] for b in row], r["edits"]
            )
            for r in rows
            if r["from"] == "bot" and not r["document"]
        ]

    async def files(self, chat_id: int) -> list[File]:
        """The documents that the bot sent to a chat, oldest first."""
        return [
            File(r["message_id"], document["file_name"], document["mime_type"], r["text"], document.get("content", ""))
            for r in await self._shown(chat_id)
            if (document := r["document"])
        ]

    async def _shown(self, chat_id: int) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = await self.get(f"/chats/{chat_id}/messages")
        return rows

    async def calls(self, method: str, chat_id: int | None = None) -> list[dict[str, Any]]:
        """What the bot called."""
        params: dict[str, Any] = {"method": method} | ({"chat_id": chat_id} if chat_id is not None else {})
        rows: list[dict[str, Any]] = await self.get("/calls", **params)
        return rows

    async def person(
        self, user_id: int, first_name: str, language: str | None = "ru", username: str | None = None
    ) -> "Person":
        """Make somebody up."""
        body = {"user_id": user_id, "first_name": first_name, "language_code": language, "username": username}
        await self._post("/people", body)
        return Person(self, user_id)

    async def control(self, path: str, method: str = "POST", **body: Any) -> Any:
        """Do what the control API offers besides: groups, albums, edits, servers that differ."""
        async with self._session.request(method, f"{self.url}/sandbox{path}", json=body) as answer:
            return await answer.json() if await answer.read() else None

    async def _post(self, path: str, body: Any) -> Any:
        async with self._session.post(f"{self.url}/sandbox{path}", json=body) as answer:
            return await answer.json() if await answer.read() else None


@dataclass(frozen=True)
class Person:
    """Someone with a Telegram account."""

    sandbox: Sandbox
    id: int

    async def writes(self, text: str, chat_id: int | None = None, thread_id: int | None = None) -> int:
        """Send a message to the bot, or into a group or its topic; returns its id."""
        body = {"user_id": self.id, "text": text, "chat_id": chat_id, "message_thread_id": thread_id}
        sent: dict[str, int] = await self.sandbox._post("/messages", body)
        return sent["message_id"]

    async def edits(self, message_id: int, text: str) -> None:
        """Edit a message that was sent to the bot."""
        await self.sandbox.control("/edits", user_id=self.id, message_id=message_id, text=text)

    async def presses(self, message: Message, button: str) -> str:
        """Press the button whose text contains ``button``; returns the press's id."""
        return await self.sends_data(message, message.data(button))

    async def sends_data(self, message: Message, data: str) -> str:
        """Press with any data, as a forger could."""
        body = {"user_id": self.id, "chat_id": message.chat_id, "message_id": message.id, "data": data}
        pressed: dict[str, str] = await self.sandbox._post("/presses", body)
        return pressed["callback_query_id"]

    async def follows(self, url: str) -> None:
        """Follow a link."""
        await self.sandbox._post("/links", {"user_id": self.id, "url": url})

    async def blocks(self, blocked: bool = True) -> None:
        """Block the bot, or unblock it."""
        await self.sandbox._post("/blocks", {"user_id": self.id, "blocked": blocked})

    async def messages(self) -> list[Message]:
        """The bot's messages in the private chat."""
        return await self.sandbox.messages(self.id)

    async def gets_files(self, count: int) -> list[File]:
        """Wait until there are that many documents in the private chat; all of them."""

        async def look() -> list[File] | None:
            files = await self.sandbox.files(self.id)
            return files if len(files) >= count else None

        return await eventually(look, f"{count} files", seconds=60, news=self.sandbox.news)

    async def sees(self, text: str, seconds: float = 30.0) -> Message:
        """Wait until the newest message of the bot contains ``text``."""
        seen: list[Message] = []

        async def look() -> Message | None:
            seen[:] = await self.messages()
            return seen[-1] if seen and text in seen[-1].text else None

        try:
            return await eventually(look, f"a last message with {text!r}", seconds, self.sandbox.news)
        except AssertionError:
            raise AssertionError(f"no {text!r}; the chat: {[message.text for message in seen]}") from None

    async def answer_to(self, query_id: str) -> dict[str, Any]:
        """Wait for the answer to a press."""

        async def look() -> dict[str, Any] | None:
            rows = await self.sandbox.get("/answers", user_id=self.id)
            return next((row for row in rows if row["callback_query_id"] == query_id), None)

        return await eventually(look, "an answer to the press", news=self.sandbox.news)
