"""Publish what the outbox holds."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from common.mongo import assert_safe
from common.processes import health, stopping
from messaging.broker import Broker
from messaging.relaying import Relay


class Command(BaseCommand):
    """See ``messaging.relaying``."""

    help = "Sends outbox rows to RabbitMQ. Runs until SIGTERM."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until told to stop."""
        assert_safe()
        stop = stopping.on_signal()
        broker = Broker(settings.ENV.amqp_url, "outbox relay")
        health.serve(lambda: None if broker.ready else "RabbitMQ is away.")
        stop.run(Relay(broker, stop).run)
