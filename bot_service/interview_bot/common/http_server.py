"""The HTTP side: liveness, readiness, metrics, and whatever routes it is given."""

from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from socket import socket

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

_STOP_SECONDS = 10
Check = Callable[[], Awaitable[bool]]


def build(checks: Mapping[str, Check], is_alive: Callable[[], bool], more: Sequence[Route] = ()) -> Starlette:
    """The ASGI application: ``/healthz``, ``/readyz`` by the named checks, ``/metrics``, and ``more`` routes."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok" if is_alive() else "a background task has died", 200 if is_alive() else 500)

    async def readyz(_: Request) -> Response:
        results = {name: await check() for name, check in checks.items()}
        return JSONResponse(results, 200 if all(results.values()) else 503)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
    return Starlette(routes=[*routes, *more])


class Server(uvicorn.Server):
    """uvicorn inside a running loop. The service handles the signals itself."""

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

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Install no signal handlers; uvicorn would."""
        yield
