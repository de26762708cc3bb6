"""The webhook: where Telegram delivers updates when the bot does not poll, and telling Telegram which it is."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from structlog.stdlib import get_logger
from telegram.error import TelegramError

from interview_bot.telegram.errors import is_missing_method
from interview_bot.telegram.intake import UnreadableUpdateError
from interview_bot.telegram.polling import ALLOWED_UPDATES
from interview_bot.telegram.sending import Bot

_BODY_SECONDS = 10
_LONGEST_BODY = 1024 * 1024  # an update has a few KiB
CONNECTIONS = 100
"""The most that Telegram opens; each is held until its update is handled or parked."""
_log = get_logger(__name__)


async def set_up(bot: Bot, url: str | None = None, secret: str | None = None) -> None:
    """Have Telegram deliver updates to ``url`` with the secret token; without one, have it wait to be polled.

    It is tried until Telegram takes it.
    """
    while True:
        try:
            if url is None:
                await bot.delete_webhook()
            else:
                await bot.set_webhook(
                    url, secret_token=secret, allowed_updates=ALLOWED_UPDATES, max_connections=CONNECTIONS
                )
            return
        except TelegramError as error:
            if url is None and is_missing_method(error):
                return  # a server without webhooks has none set
            _log.warning("updates_not_set_up", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(3)


class _TooLongError(Exception):
    """Longer than anything that Telegram sends."""


class Webhook:
    """Takes updates from Telegram; one is handled or parked before it is answered 200, so a crash loses none."""

    def __init__(self, secret: str, take: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self._secret = secret
        self._take = take
        self.accepting = True

    def route(self, path: str) -> Route:
        """Where Telegram posts to."""
        return Route(path, self.receive, methods=["POST"])

    async def receive(self, request: Request) -> Response:
        """POST of one update, with the secret token that Telegram was given."""
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            return PlainTextResponse("wrong secret token", 403)
        if not self.accepting:
            return PlainTextResponse("stopping, send it again", 503)
        try:
            await self._take(json.loads(await _body(request)))
        except _TooLongError:
            return PlainTextResponse("too long", 413)
        except TimeoutError:
            return PlainTextResponse("too slow", 408)
        except (ValueError, UnreadableUpdateError):
            return PlainTextResponse("not an update", 400)
        except Exception:
            _log.exception("update_comes_again")
            return PlainTextResponse("not handled, send it again", 503)
        return PlainTextResponse("ok")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async with asyncio.timeout(_BODY_SECONDS):
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LONGEST_BODY:
                raise _TooLongError
    return bytes(body)
