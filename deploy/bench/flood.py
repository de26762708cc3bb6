"""One person who writes a hundred messages a second, and a group that Telegram refuses for a minute, as a background.

Bounded: it stops when its block ends, and after ``SECONDS`` by itself.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

FLOODER_ID = 19_999
A_SECOND = 100
SECONDS = 180
GROUP_REFUSED_SECONDS = 60
_GROUP_COMMANDS_EVERY = 0.5


@asynccontextmanager
async def flooding(http: httpx.AsyncClient) -> AsyncIterator[None]:
    """A stranger floods while in the block, people write commands into the group, and the group is under 429."""
    body = {"user_id": FLOODER_ID, "first_name": "Flooder", "language_code": "en"}
    (await http.post("/sandbox/people", json=body)).raise_for_status()
    group = (await http.get("/sandbox/bot")).json()["group_chat_id"]
    fault = {"method": "sendMessage", "chat_id": group, "error_code": 429, "retry_after": GROUP_REFUSED_SECONDS}
    (await http.post("/sandbox/faults", json=fault)).raise_for_status()
    tasks = [asyncio.create_task(_write(http)), asyncio.create_task(_ask_in_group(http, group))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        written = sum(message["from"] == FLOODER_ID for message in await _messages(http))
        answered = sum(message["from"] == "bot" for message in await _messages(http))
        print(f"  (the flooder wrote {written} messages and got {answered})")


async def _messages(http: httpx.AsyncClient) -> list[dict[str, object]]:
    shown: list[dict[str, object]] = (await http.get(f"/sandbox/chats/{FLOODER_ID}/messages")).json()
    return shown


async def _write(http: httpx.AsyncClient) -> None:
    """Tenths of a second with ten messages each: a hundred timers a second would be a load of their own."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for tenth in range(SECONDS * 10):
        await asyncio.sleep(max(0.0, began + tenth / 10 - loop.time()))
        body = {"user_id": FLOODER_ID, "text": "hello?"}
        await asyncio.gather(*(http.post("/sandbox/messages", json=body) for _ in range(A_SECOND // 10)))


async def _ask_in_group(http: httpx.AsyncClient, group: int) -> None:
    for _ in range(int(SECONDS / _GROUP_COMMANDS_EVERY)):
        body = {"user_id": FLOODER_ID, "chat_id": group, "text": "/start"}
        await http.post("/sandbox/messages", json=body)
        await asyncio.sleep(_GROUP_COMMANDS_EVERY)
