"""The HTTP side: webhook, liveness, readiness, metrics."""

import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from structlog.stdlib import get_logger
from telegram import Update

from interview_bot.conversation.screen import Bot

_STOP_SECONDS = 10
Check = Callable[[], Awaitable[bool]]
_log = get_logger(__name__)


class Webhook:
    """Takes updates from Telegram; an update is handled before it is answered 200, so a crash has it sent again."""

    def __init__(self, bot: Bot, secret: str, handle: Callable[[Update], Awaitable[None]]) -> None:
        self._bot = bot
        self._secret = secret
        self._handle = handle
        self.accepting = True

    async def receive(self, request: Request) -> Response:
        """POST of one update, with the secret token that Telegram was given."""
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            return PlainTextResponse("wrong secret token", 403)
        if not self.accepting:
            return PlainTextResponse("stopping, send it again", 503)
        try:
            update = Update.de_json(json.loads(await request.body()), self._bot)
        except (ValueError, KeyError, TypeError, AttributeError):
            return PlainTextResponse("not an update", 400)
        try:
            await self._handle(update)
        except Exception:
            _log.exception("update_comes_again", update_id=update.update_id)
            return PlainTextResponse("not handled, send it again", 503)
        return PlainTextResponse("ok")


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

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Leave the signal handlers alone."""
        return nullcontext()
