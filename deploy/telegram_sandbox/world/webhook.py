"""Delivery of updates to the bot's webhook.

As the real server does it: updates of one lane (a chat's messages, a person's presses) arrive in order, one
at a time; lanes run side by side up to `max_connections`; what is not answered 2xx is tried again, later each
time. https://core.telegram.org/bots/api#setwebhook
"""

import asyncio
import contextlib
import logging
import time
from collections import deque

import httpx

from telegram_sandbox.world.records import Update
from telegram_sandbox.world.update_queue import UpdateQueue

log = logging.getLogger(__name__)
_TIMEOUT_SECONDS = 60.0
_LONGEST_PAUSE_SECONDS = 60.0


class WebhookDelivery:
    """Sends what the queue holds while a webhook is set. `first_pause`: seconds before the first retry."""

    def __init__(self, updates: UpdateQueue, first_pause: float) -> None:
        self._updates = updates
        self._first_pause = first_pause
        self._lanes: dict[str, deque[Update]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: httpx.AsyncClient | None = None
        self._slots = asyncio.Semaphore(1)
        updates.on_added = self._add

    async def restart(self) -> None:
        """Starts over with the webhook as it is set now; without one, only stops."""
        await self.stop()
        webhook = self._updates.memory.webhook
        if not webhook.url:
            return
        self._slots = asyncio.Semaphore(webhook.max_connections)
        # A bot's own certificate can't be checked here, and no proxy stands between local processes.
        self._client = httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, verify=False, trust_env=False)
        for update in list(self._updates.memory.pending):
            self._add(update)

    async def stop(self) -> None:
        """Ends all deliveries; what was not delivered stays queued."""
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._lanes.clear()
        if self._client:
            await self._client.aclose()
            self._client = None

    def _add(self, update: Update) -> None:
        if self._client is None:
            return
        waiting = self._lanes.get(update.lane)
        if waiting is not None:
            waiting.append(update)
            return
        self._lanes[update.lane] = deque([update])
        task = asyncio.create_task(self._run_lane(update.lane, self._client))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_lane(self, lane: str, client: httpx.AsyncClient) -> None:
        waiting = self._lanes[lane]
        while waiting:
            await self._deliver(waiting[0], client)
            self._updates.remove(waiting.popleft())
        del self._lanes[lane]

    async def _deliver(self, update: Update, client: httpx.AsyncClient) -> None:
        pause = self._first_pause
        while True:
            async with self._slots:
                retry_after = await self._try(update, client)
            if retry_after is None:
                return
            await asyncio.sleep(retry_after or pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _try(self, update: Update, client: httpx.AsyncClient) -> float | None:
        """None when delivered, else the seconds the bot asked to wait (0: it did not say)."""
        webhook = self._updates.memory.webhook
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret_token} if webhook.secret_token else {}
        body = {"update_id": update.update_id, update.kind: update.payload}
        try:
            response = await client.post(webhook.url, json=body, headers=headers)
        except httpx.TimeoutException:
            self._failed(update, "Read timeout expired")
        except httpx.ConnectError:
            self._failed(update, "Connection refused")
        except httpx.HTTPError as error:
            self._failed(update, f"Connection failed: {type(error).__name__}")
        else:
            if response.is_success:
                return None
            self._failed(update, f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}")
            with contextlib.suppress(ValueError):
                return float(response.headers.get("Retry-After", "0"))
        return 0.0

    def _failed(self, update: Update, reason: str) -> None:
        webhook = self._updates.memory.webhook
        webhook.last_error_date = int(time.time())
        webhook.last_error_message = reason
        log.warning("Update %s was not delivered: %s", update.update_id, reason)
