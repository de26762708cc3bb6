"""Liveness, readiness and metrics of a long-running command, over HTTP on ``HEALTH_PORT``."""

import threading
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from prometheus_client import make_wsgi_app


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        """Probes come every few seconds and say nothing."""


def serve(ready: Callable[[], bool]) -> None:
    """Answer ``/healthz`` (the process runs), ``/readyz`` (it does its work) and ``/metrics``, from a thread.

    Does nothing where ``HEALTH_PORT`` is not set.
    """
    port = settings.ENV.health_port
    if port is None:
        return
    metrics = make_wsgi_app()

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            return metrics(environ, start_response)  # type: ignore[no-any-return]
        healthy = path == "/healthz" or (path == "/readyz" and ready())
        known = path in {"/healthz", "/readyz"}
        status = "200 OK" if healthy else "503 Service Unavailable" if known else "404 Not Found"
        start_response(status, [("Content-Type", "text/plain")])
        return [status.encode()]

    server = make_server("", port, application, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
