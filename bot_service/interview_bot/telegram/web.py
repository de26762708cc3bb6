"""The HTTP side: webhook, liveness, readiness, metrics."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from socket import socket
from typing import Any

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from structlog.stdlib import get_logger

from interview_bot.telegram.intake import UnreadableUpdateError

_STOP_SECONDS = 10
_BODY_SECONDS = 10
_LONGEST_BODY = 1024 * 1024  # an update has a few KiB
Check = Callable[[], Awaitable[bool]]
_log = get_logger(__name__)


class _TooLongError(Exception):
    """Nothing that Telegram sends."""


class Webhook:
    """Takes updates from Telegram; one is handled or parked before it is answered 200, so a crash loses none."""

    def __init__(self, secret: str, take: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self._secret = secret
        self._take = take
        self.accepting = True

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


def build(checks: Mapping[str, Check], is_alive: Callable[[], bool], webhook: Webhook | None, path: str) -> Starlette:
    """The ASGI application; ``path`` is the webhook's."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok" if is_alive() else "a background task has died", 200 if is_alive() else 500)

    async def readyz(_: Request) -> Response:
        results = {name: await check() for name, check in checks.items()}
        return JSONResponse(results, 200 if all(results.values()) else 503)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
    if webhook is not None:
        routes.append(Route(path, webhook.receive, methods=["POST"]))
    return Starlette(routes=routes)


class Server(uvicorn.Server):
    """uvicorn inside a running loop; signals are the service's business, not its."""

    @classmethod
    def of(cls, app: Starlette, host: str, port: int) -> "Server":
        """A server for ``app``; run it with ``serve()``, stop it with ``should_exit``."""
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
        return cls(config)

    async def serve(self, sockets: list[socket] | None = None) -> None:
        """Serve until told to stop.

        Raises:
            RuntimeError: the address can't be listened on; uvicorn itself would end the process from within.
        """
        try:
            await super().serve(sockets)
        except SystemExit as error:
            raise RuntimeError(f"cannot listen on {self.config.host}:{self.config.port}") from error

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Leave the signal handlers alone."""
        return nullcontext()
