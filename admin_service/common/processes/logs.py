"""Structured logs on standard error: one JSON object a line, or readable lines for a console."""

import logging.config
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

_CALENDAR = re.compile(r"(?<=/calendar/)[^\s/?]+")


def _without_secrets(_logger: Any, _method: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The token of a calendar's address opens it; Django names the address of every request that fails."""
    for name, value in record.items():
        if isinstance(value, str):
            record[name] = _CALENDAR.sub("…", value)
    return record


def _is_no_tick(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Scheduler: Sending due task")


def _briefly(record: logging.LogRecord) -> bool:
    """A refused request is told in one line: its traceback says nothing that the status does not."""
    if record.levelno < logging.ERROR:
        record.exc_info = record.exc_text = None
    return True


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    _without_secrets,
]


def configure(level: str, form: str) -> None:
    """Send both structlog's and the standard library's records through the same renderer.

    Args:
        level: a standard level name.
        form: ``json`` or ``console``.
    """
    # Plain tracebacks: the richer ones print local variables, personal data among them.
    final: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if form == "json"
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": _SHARED,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final],
                }
            },
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["console"], "level": level},
            "filters": {"no_ticking": {"()": lambda: _is_no_tick}, "briefly": {"()": lambda: _briefly}},
            "loggers": {
                # Seven lines for each failed connection, of which messaging.broker says all in one.
                "pika": {"level": "CRITICAL"},
                "pymongo": {"level": "WARNING"},
                # Headers as they come, such as the address that one is sent on to, which may be a secret.
                "httpcore": {"level": "WARNING"},
                "django.request": {"filters": ["briefly"]},
                # That a scan was asked for and has found nothing, several times a second; tasks tell what they did.
                "celery.beat": {"filters": ["no_ticking"]},
                "celery.worker.strategy": {"level": "WARNING"},
                "celery.app.trace": {"level": "WARNING"},
            },
        }
    )
