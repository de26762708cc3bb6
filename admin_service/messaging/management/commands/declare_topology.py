"""Declare exchanges and queues: the set-up step, before any worker."""

from typing import Any

import pika.exceptions
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from messaging.broker import declare
from shared_contracts.transport.topology import ALL_QUEUES


class Command(BaseCommand):
    """Safe to repeat."""

    help = "Declares Slotdesk's exchanges and queues in RabbitMQ, with the rights of AMQP_URL_OPERATOR."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Declare them all."""
        url = settings.ENV.amqp_url_operator
        if not url:
            raise CommandError("AMQP_URL_OPERATOR: set it; declaring queues needs more rights than a service has")
        try:
            declare(url, ALL_QUEUES)
        except pika.exceptions.AMQPError as error:
            raise CommandError(f"RabbitMQ refused: {error or type(error).__name__}") from None
        self.stdout.write(f"{len(ALL_QUEUES)} queues are declared")
