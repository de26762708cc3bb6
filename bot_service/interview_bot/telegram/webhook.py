"""The webhook: where Telegram delivers updates when the bot does not poll."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from structlog.stdlib import get_logger

from interview_bot.telegram.intake import UnreadableUpdateError

_BODY_SECONDS = 10
_LONGEST_BODY = 1024 * 1024  # an update has a few KiB
_log = get_logger(__name__)


class _TooLongError(Exception):
    """Nothing that Telegram sends."""


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
