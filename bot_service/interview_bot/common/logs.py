"""Structured logs: one JSON object a line, with the correlation id of the update or message being handled."""

import logging
import sys
from collections.abc import Iterable
from uuid import uuid4

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

CORRELATION = "correlation_id"
_LEAST_SECRET = 8
"""Characters. Removing anything shorter would make the logs unreadable and hide no secret."""


def configure(level: str, log_format: str, secrets: Iterable[str]) -> None:
    """Send structlog's and the libraries' logs to stdout as ``json`` or ``console`` lines, without secrets."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        _renderer(log_format),
        _SecretRemover(secrets),
    ]
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Their INFO lines name every URL called, and the bot's token is part of Telegram's.
    for name in ("httpx", "httpcore", "telegram", "aiormq", "aio_pika", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _renderer(log_format: str) -> Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=False)


class _SecretRemover:
    """The last step: it removes a secret that got into an exception's text."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [secret for secret in secrets if len(secret) >= _LEAST_SECRET]

    def __call__(self, logger: WrappedLogger, name: str, line: EventDict | str) -> str:
        text = str(line)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def begin(correlation_id: str | None = None, **values: object) -> str:
    """Start a unit of work: all that this task logs, sends and asks from now on carries its correlation id."""
    chosen = correlation_id or uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**{CORRELATION: chosen}, **values)
    return chosen


def correlation_id() -> str:
    """The correlation id of the work in hand; a new one where none was begun."""
    return str(structlog.contextvars.get_contextvars().get(CORRELATION) or uuid4().hex)
