"""Liveness, readiness and metrics of one process, over HTTP on ``HEALTH_HOST``:``HEALTH_PORT``.

From a thread of its own: no request under way anywhere else in the process can hold it up.
"""

import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import structlog
from django.conf import settings
from django.http import HttpResponse
from prometheus_client import make_wsgi_app

from common.http.api import problem

log = structlog.get_logger(__name__)

Missing = Callable[[], str | None]
"""What keeps the process from its work, as a sentence; None while nothing does."""

OK = '{"status":"ok"}'


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    timeout = 5  # seconds; who asks more slowly is sent away

    def log_message(self, *_args: Any) -> None:
        """Probes come every few seconds and say nothing."""


def serve(missing: Missing) -> None:
    """Answer ``/healthz`` (the process runs), ``/readyz`` (it does its work) and ``/metrics``.

    Does nothing where ``HEALTH_PORT`` is not set.
    """
    host, port = settings.ENV.health_host, settings.ENV.health_port
    if port is None:
        return
    server = make_server(host, port, _application(missing), server_class=_Server, handler_class=_Handler)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()


def _application(missing: Missing) -> Any:
    metrics = make_wsgi_app()

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            return metrics(environ, start_response)  # type: ignore[no-any-return]
        answer = _answer(path, missing)
        start_response(f"{answer.status_code} {answer.reason_phrase}", list(answer.items()))
        return [answer.content]

    return application


def _answer(path: str, missing: Missing) -> HttpResponse:
    if path not in {"/healthz", "/readyz"}:
        return problem(404, "There are /healthz, /readyz and /metrics.")
    reason = missing() if path == "/readyz" else None
    return problem(503, reason) if reason else HttpResponse(OK, content_type="application/json")
