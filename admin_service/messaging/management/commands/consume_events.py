"""Work the queues towards the admin service."""

import threading
from collections.abc import Sequence
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand

from broadcasts.consumer import DeliveryEvents
from common import health, stopping
from common.mongo import assert_safe
from messaging.broker import Broker
from messaging.consuming import Handler, Worker
from messaging.dialogs import DialogCommands, Handling
from messaging.receiving import receiver
from people.consumer import store_report
from people.services.joining import claim_invitation, claim_username
from questionnaires.consumer import store_answers
from scheduling.consumer import BookingEvents
from scheduling.services import waiting_list
from shared_contracts.dialog import (
    ChatStarted,
    ChatStopped,
    InvitationClaimed,
    QuestionnaireAnswered,
    UsernameClaimed,
    WaitingListJoined,
    WaitingListLeft,
)

DIALOGS: dict[type, Handling] = {
    ChatStarted: store_report,
    ChatStopped: store_report,
    WaitingListJoined: waiting_list.join,
    WaitingListLeft: waiting_list.leave,
    InvitationClaimed: claim_invitation,
    UsernameClaimed: claim_username,
    QuestionnaireAnswered: store_answers,
}
"""Who stores which command of a dialog."""

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """One thread and one connection per queue; SIGTERM, or a thread that dies, ends it after the batches under way."""

    help = "Decides booking requests and stores what chat reports. Runs until SIGTERM."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until told to stop."""
        assert_safe()
        stop = stopping.on_signal()
        bots = receiver()
        handlers: list[Handler[Any]] = [BookingEvents(bots), DeliveryEvents(bots), DialogCommands(DIALOGS, bots)]
        brokers = [Broker(settings.ENV.amqp_url, handler.queue.name, handler.queue) for handler in handlers]
        threads = [
            threading.Thread(target=Worker(broker, handler, stop).run, name=handler.queue.name)
            for broker, handler in zip(brokers, handlers, strict=True)
        ]
        health.serve(lambda: None if all(broker.ready for broker in brokers) else "RabbitMQ is away.")
        log.info("consuming", queues=[handler.queue.name for handler in handlers])
        stop.run(lambda: _run_all(threads))


def _run_all(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
