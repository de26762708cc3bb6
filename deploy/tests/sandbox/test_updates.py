"""Updates: polling, conflicts, webhooks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.sandbox.driver import GROUP, TOKEN, Driver, Json, free_port

OTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


def ids(updates: list[Json]) -> list[int]:
    return [update["update_id"] for update in updates]


def test_updates_grow_by_one_and_stay_until_confirmed(sandbox: Driver) -> None:
    for text in ("/start", "two", "three"):
        sandbox.writes(1001, text)
    first = sandbox.updates()
    assert [update["message"]["text"] for update in first] == ["/start", "two", "three"]
    start = first[0]["update_id"]
    assert ids(first) == [start, start + 1, start + 2]
    assert sandbox.updates() == first
    assert ids(sandbox.updates(offset=start + 1)) == [start + 1, start + 2]
    assert ids(sandbox.updates()) == [start + 1, start + 2]
    assert ids(sandbox.updates(limit=1)) == [start + 1]
    assert ids(sandbox.updates(offset=-1)) == [start + 2]
    assert ids(sandbox.updates()) == [start + 2]


def test_an_update_names_the_person_as_telegram_does(sandbox: Driver) -> None:
    person = {"first_name": "Анна", "last_name": "К", "username": "anna_k", "language_code": "ru"}
    sandbox.done("people", {"user_id": 1001, **person})
    sandbox.writes(1001, "/start e_7")
    message = sandbox.updates()[-1]["message"]
    assert message["from"] == {"id": 1001, "is_bot": False, **person}
    assert message["chat"] == {
        "id": 1001, "type": "private", "first_name": "Анна", "last_name": "К", "username": "anna_k"
    }  # fmt: skip
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


def test_only_the_allowed_kinds_come(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    message_id = sandbox.offer(anna, {"text": "Book", "callback_data": "b"})
    sandbox.updates(allowed_updates=["callback_query"])
    assert sandbox.writes(anna, "unheard")["update_id"] is None
    sandbox.presses(anna, anna, message_id, data="b")
    assert [set(update) - {"update_id"} for update in sandbox.updates()] == [{"callback_query"}]
    sandbox.updates(allowed_updates=[])
    sandbox.writes(anna, "heard")
    assert sandbox.updates()[-1]["message"]["text"] == "heard"


async def call(sandbox: Driver, method: str, **parameters: Any) -> Json:
    async with httpx.AsyncClient(timeout=30) as client:
        answer: Json = (await client.post(f"{sandbox.url}/bot{TOKEN}/{method}", json=parameters)).json()
        return answer


async def polling(sandbox: Driver) -> asyncio.Task[Json]:
    """A long poll that is waiting on the server."""
    task = asyncio.create_task(call(sandbox, "getUpdates", timeout=30))
    async with asyncio.timeout(20):
        while not sandbox.read("bot")["poller_waiting"]:
            await asyncio.sleep(0.02)
    return task


async def test_a_long_poll_answers_as_soon_as_something_happens(sandbox: Driver) -> None:
    poll = await polling(sandbox)
    sandbox.writes(1001, "/start")
    answer = await asyncio.wait_for(poll, 10)
    assert answer["result"][0]["message"]["text"] == "/start"


async def test_a_second_poller_ends_the_first_with_a_conflict(sandbox: Driver) -> None:
    older = await polling(sandbox)
    newer = asyncio.create_task(call(sandbox, "getUpdates", timeout=30))
    assert await older == {"ok": False, "error_code": 409, "description": OTHER}
    sandbox.writes(1001, "/start")
    assert len((await newer)["result"]) == 1


async def test_a_webhook_ends_polling_and_forbids_it(sandbox: Driver) -> None:
    poll = await polling(sandbox)
    sandbox.ok("setWebhook", url=f"http://127.0.0.1:{free_port()}/")
    assert (await poll)["description"] == "Conflict: terminated by setWebhook request"
    assert sandbox.refusal("getUpdates") == (
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )
    sandbox.ok("deleteWebhook")
    assert sandbox.updates() == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"url": "ftp://x.example"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://x.example/", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "https://x.example/", "secret_token": "a" * 257}, "secret token is too long"),
    ],
)
def test_a_bad_webhook_is_refused(sandbox: Driver, fields: Json, reason: str) -> None:
    assert sandbox.refusal("setWebhook", **fields) == (400, f"Bad Request: {reason}")


class Receiver:
    """A bot's webhook: keeps what arrives and answers as `answer(update)` says."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/hook"
        self.updates: list[Json] = []
        self.secrets: set[str | None] = set()
        self.in_flight = self.most_in_flight = 0
        self.answer: Callable[[Json], int] = lambda update: 200
        self.pause = 0.0

    async def receive(self, request: Request) -> Response:
        update = await request.json()
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        await asyncio.sleep(self.pause)
        self.in_flight -= 1
        self.updates.append(update)
        return Response(status_code=self.answer(update))

    async def until(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self.updates) < count:
                await asyncio.sleep(0.02)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator["Receiver"]:
        app = Starlette(routes=[Route("/hook", self.receive, methods=["POST"])])
        server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_level="error", lifespan="off"))
        with contextlib.ExitStack() as stack:
            # The test's own signal handlers stay in place.
            server.capture_signals = contextlib.nullcontext  # type: ignore[assignment,method-assign]
            task = asyncio.create_task(server.serve())
            stack.callback(setattr, server, "should_exit", True)
            while not server.started:
                await asyncio.sleep(0.01)
            yield self
        await task


async def test_a_webhook_gets_what_waited_and_what_comes_with_the_secret(sandbox: Driver) -> None:
    sandbox.writes(1001, "/start")
    async with Receiver().listening() as receiver:
        sandbox.ok("setWebhook", url=receiver.url, secret_token="s3cret_-", max_connections=3)
        await asyncio.to_thread(sandbox.writes, 1001, "two")
        await receiver.until(2)
        info = sandbox.ok("getWebhookInfo")
    assert [update["message"]["text"] for update in receiver.updates] == ["/start", "two"]
    assert receiver.secrets == {"s3cret_-"}
    assert (info["url"], info["max_connections"], info["pending_update_count"]) == (receiver.url, 3, 0)


async def test_pending_updates_can_be_dropped(sandbox: Driver) -> None:
    sandbox.writes(1001, "/start")
    sandbox.ok("setWebhook", url=f"http://127.0.0.1:{free_port()}/", drop_pending_updates=True)
    assert sandbox.ok("getWebhookInfo")["pending_update_count"] == 0
    sandbox.writes(1001, "two")
    sandbox.ok("deleteWebhook", drop_pending_updates=True)
    assert sandbox.updates() == []


async def test_a_refused_update_is_sent_again_in_order_and_the_error_is_told(sandbox: Driver) -> None:
    receiver = Receiver()
    receiver.answer = lambda update: 500 if len(receiver.updates) <= 2 else 200
    async with receiver.listening():
        sandbox.ok("setWebhook", url=receiver.url)
        sandbox.writes(1001, "/start")
        sandbox.writes(1001, "two")
        await receiver.until(4)
        info = sandbox.ok("getWebhookInfo")
    assert [u["message"]["text"] for u in receiver.updates] == ["/start", "/start", "/start", "two"]
    assert receiver.secrets == {None}
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    assert info["last_error_date"] > 0


async def test_an_update_waits_for_a_bot_that_is_away(sandbox: Driver) -> None:
    receiver = Receiver()
    sandbox.ok("setWebhook", url=receiver.url)
    sandbox.writes(1001, "/start")
    async with asyncio.timeout(20):
        while "last_error_message" not in (info := sandbox.ok("getWebhookInfo")):
            await asyncio.sleep(0.05)
    assert (info["last_error_message"], info["pending_update_count"]) == ("Connection refused", 1)
    async with receiver.listening():
        await receiver.until(1)


async def test_one_chats_updates_come_one_by_one_and_chats_side_by_side(sandbox: Driver) -> None:
    receiver = Receiver()
    receiver.pause = 0.2
    async with receiver.listening():
        sandbox.ok("setWebhook", url=receiver.url, max_connections=4)
        for text in ("/start", "b", "c"):
            sandbox.writes(1001, text)
        await receiver.until(3)
        assert receiver.most_in_flight == 1
        for user_id in range(1002, 1012):
            sandbox.writes(user_id, "/start")
        await receiver.until(13)
    assert receiver.most_in_flight == 4
    assert [u["message"]["text"] for u in receiver.updates[:3]] == ["/start", "b", "c"]


def test_blocking_and_unblocking_is_told_to_the_bot(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.done("blocks", {"user_id": anna})
    sandbox.done("blocks", {"user_id": anna})
    sandbox.writes(anna, "/start")
    told = [u["my_chat_member"] for u in sandbox.updates() if "my_chat_member" in u]
    statuses = [(t["old_chat_member"]["status"], t["new_chat_member"]["status"]) for t in told]
    assert statuses == [("member", "kicked"), ("kicked", "member")]
    assert told[0]["chat"]["id"] == anna


def test_in_the_group_the_bot_sees_commands_and_replies_only(sandbox: Driver) -> None:
    announcement = sandbox.say(GROUP, "Sign up!")
    seen = ["/start", "/start@slotdesk_demo_bot now", "/START@Slotdesk_Demo_Bot"]
    unseen = ["Hello all", "see /start", "/start@other_bot", "@slotdesk_demo_bot hi"]
    for text in seen + unseen:
        heard = sandbox.writes(1001, text, chat_id=GROUP)["update_id"] is not None
        assert heard == (text in seen), text
    assert sandbox.writes(1001, "Me!", chat_id=GROUP, reply_to_message_id=announcement)["update_id"]
    assert sandbox.updates()[-1]["message"]["reply_to_message"]["message_id"] == announcement
    assert [m["text"] for m in sandbox.transcript(GROUP)] == ["Sign up!", *seen, *unseen, "Me!"]
