"""Work the queues towards the admin service."""

import gc
import threading
from collections.abc import Sequence
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from common.mongo import assert_safe
from common.processes import health, stopping
from messaging.broker import Broker
from messaging.consuming import Handler, Worker
from messaging.receiving import receiver

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """One thread and one connection per queue; SIGTERM, or a thread that dies, ends it after the batches under way."""

    help = "Decides booking requests and stores what chat reports. Runs until SIGTERM."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until told to stop."""
        assert_safe()
        stop = stopping.on_signal()
        handlers: list[Handler[Any]] = import_string(settings.MESSAGE_HANDLERS)(receiver())
        brokers = [Broker(settings.ENV.amqp_url, handler.queue.name, handler.queue) for handler in handlers]
        threads = [
            threading.Thread(target=Worker(broker, handler, stop).run, name=handler.queue.name)
            for broker, handler in zip(brokers, handlers, strict=True)
        ]
        health.serve(lambda: None if all(broker.ready for broker in brokers) else "RabbitMQ is away.")
        gc.collect()
        gc.freeze()  # what the start has made stays: to look through it again took an eighth of deciding's time
        log.info("consuming", queues=[handler.queue.name for handler in handlers])
        stop.run(lambda: _run_all(threads))


def _run_all(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
