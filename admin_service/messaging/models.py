"""What the service still has to say (outbox) and what it has already answered (inbox)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.indexes import UniqueIndex
from common.models import StampedModel
from messaging.words import kind_of


class OutboxMessage(StampedModel):
    """A message written with the change that causes it. ``due_at``: before it, its writer publishes it itself."""

    id = models.CharField(primary_key=True, db_column="_id", max_length=36)  # the message id
    queue = models.CharField(_("queue"), max_length=60)
    body = models.TextField(_("body"))
    correlation_id = models.CharField(_("correlation id"), max_length=64)
    status = models.CharField(_("status"), max_length=10, default="pending")
    due_at = models.DateTimeField(_("due"))
    attempts = models.IntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        db_table = "outbox"
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outbox")
        indexes = [
            models.Index(fields=["status", "-due_at", "-id"], name="outbox_due"),
            # The desk's list of one kind: of some there are few among very many.
            models.Index(fields=["queue", "status", "-due_at", "-id"], name="outbox_queue"),
        ]

    def __str__(self) -> str:
        return kind_of(self.queue)


class InboxMessage(StampedModel):
    """A request that was decided, with the answer a repeat gets. ``fingerprint`` tells a repeat from a reused key."""

    id = models.CharField(primary_key=True, db_column="_id", max_length=36)  # the request's message id
    queue = models.CharField(_("queue"), max_length=60)
    fingerprint = models.CharField(max_length=64, blank=True)
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        db_table = "inbox"
        verbose_name = _("decided request")
        verbose_name_plural = _("inbox")
        indexes = [models.Index(fields=["created_at", "id"], name="inbox_age")]

    def __str__(self) -> str:
        return kind_of(self.queue)


class DeadLetter(StampedModel):
    """A message that was given up, for the desk; the message itself is in RabbitMQ's dead letters.

    ``key``: its id, or its body's digest. ``telegram_id``: of whom it is about, where it names anybody.
    Of the bot's queues there is one row each: how many it holds is all that this service may know.
    """

    key = models.CharField(_("message id"), max_length=64)
    queue = models.CharField(_("queue"), max_length=60)
    reason = models.CharField(_("reason"), max_length=300)
    telegram_id = models.BigIntegerField(_("Telegram id"), null=True)
    count = models.IntegerField(_("messages"), default=1)

    class Meta:
        db_table = "dead_letters"
        verbose_name = _("dead letter")
        verbose_name_plural = _("dead letters")
        indexes = [
            UniqueIndex(fields=["key"], name="dead_letters_key"),
            models.Index(fields=["created_at", "id"], name="dead_letters_age"),
        ]

    def __str__(self) -> str:
        return kind_of(self.queue)


class DeliveryAttempt(StampedModel):
    """How often a redelivered message was tried without an effect; after five it is given up as poison."""

    id = models.CharField(
        primary_key=True, db_column="_id", max_length=64
    )  # message id, or the body's digest where it has none
    attempts = models.IntegerField(default=0)

    class Meta:
        db_table = "delivery_attempts"
        indexes = [models.Index(fields=["created_at"], name="attempts_age")]
