"""Exchanges and queues, once for both services. Plain data: the set-up step declares it, workers only check it.

Works on RabbitMQ 3.10 and 4. Each service may write to the other's exchange only, so the default exchange, which
reaches every queue, is never used.
"""

from dataclasses import dataclass

from shared_contracts.transport.envelope import MAX_BODY_BYTES

VHOST = "slotdesk"
TO_ADMIN = "slotdesk.admin"
TO_BOT = "slotdesk.bot"
ADMIN_DEAD = "slotdesk.admin.dead"
BOT_DEAD = "slotdesk.bot.dead"
EXCHANGE_TYPE = "direct"

DELIVERY_LIMIT = 1_000
"""A backstop only: a crash counts against every message that was prefetched, so poison is judged by the consumer."""

REASON_HEADER = "x-slotdesk-reason"
"""Why a dead letter is dead, set by the consumer that gave it up."""

LOOKS_LIMIT = 1_000_000
ARCHIVE_BYTES = 10_000 * MAX_BODY_BYTES


@dataclass(frozen=True)
class Queue:
    """A durable quorum queue, bound to ``exchange`` under its own name, with a dead-letter queue."""

    name: str
    exchange: str
    dead_exchange: str

    @property
    def dead_name(self) -> str:
        """The dead-letter queue's name."""
        return f"{self.name}.dead"

    @property
    def arguments(self) -> dict[str, str | int]:
        """RabbitMQ's ``x-`` arguments. At-least-once dead-lettering needs ``reject-publish``."""
        return {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": self.dead_exchange,
            "x-dead-letter-routing-key": self.name,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }

    @property
    def dead_arguments(self) -> dict[str, str | int]:
        """Arguments of the dead-letter queue: bounded, and full means refused, never dropped.

        Looking at a letter takes and returns it, which counts as a delivery: RabbitMQ 4 drops after 20 by default.
        """
        return {
            "x-queue-type": "quorum",
            "x-delivery-limit": LOOKS_LIMIT,
            "x-overflow": "reject-publish",
            "x-max-length-bytes": ARCHIVE_BYTES,
        }


BOOKING_EVENT = Queue("admin.booking.event", TO_ADMIN, ADMIN_DEAD)
DELIVERY_EVENT = Queue("admin.delivery.event", TO_ADMIN, ADMIN_DEAD)
DIALOG_COMMAND = Queue("admin.dialog.command", TO_ADMIN, ADMIN_DEAD)
BROADCAST_COMMAND = Queue("bot.broadcast.command", TO_BOT, BOT_DEAD)
BOOKING_RESULT = Queue("bot.booking.result", TO_BOT, BOT_DEAD)
NOTIFICATION_COMMAND = Queue("bot.notification.command", TO_BOT, BOT_DEAD)
CARD_COMMAND = Queue("bot.card.command", TO_BOT, BOT_DEAD)
DIGEST_COMMAND = Queue("bot.digest.command", TO_BOT, BOT_DEAD)
DIALOG_RESULT = Queue("bot.dialog.result", TO_BOT, BOT_DEAD)
CACHE_INVALIDATE = Queue("bot.cache.invalidate", TO_BOT, BOT_DEAD)

ADMIN_QUEUES = (BOOKING_EVENT, DELIVERY_EVENT, DIALOG_COMMAND)
BOT_QUEUES = (
    BROADCAST_COMMAND,
    BOOKING_RESULT,
    NOTIFICATION_COMMAND,
    CARD_COMMAND,
    DIGEST_COMMAND,
    DIALOG_RESULT,
    CACHE_INVALIDATE,
)
ALL_QUEUES = ADMIN_QUEUES + BOT_QUEUES
ALL_EXCHANGES = (TO_ADMIN, TO_BOT, ADMIN_DEAD, BOT_DEAD)
BY_NAME = {queue.name: queue for queue in ALL_QUEUES}
