"""Outbox and inbox in the desk: to read."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from common import clock
from common.mongo import Document
from common.zones import MOSCOW
from messaging.models import InboxMessage, OutboxMessage
from messaging.outbox import STUCK_AFTER, stuck
from shared_contracts.transport.topology import BOT_QUEUES
from staffkit.clocks import format_moment
from staffkit.errands import Errand, ErrandKind, register
from staffkit.pages.kinds import ReadOnlyAdmin, plainly

STATES = {"pending": _("to be sent"), "sent": _("sent")}


class StatusFilter(DropdownFilter):
    """By whether the broker has it."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Both."""
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those in that state."""
        return queryset.filter(status=self.value()) if self.value() in STATES else queryset


class QueueFilter(DropdownFilter):
    """By queue."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The bot's."""
        return [(queue.name, queue.name) for queue in BOT_QUEUES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those for that queue."""
        return queryset.filter(queue=self.value()) if self.value() else queryset


class StuckFilter(DropdownFilter):
    """By whether a message should have gone out long ago."""

    title = _("stuck")
    parameter_name = "stuck"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Those alone."""
        return [("1", _("stuck for more than a minute"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """As ``outbox.stuck`` has it."""
        if self.value() != "1":
            return queryset
        return queryset.filter(status="pending", created_at__lte=clock.now() - STUCK_AFTER)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """Messages to the bot, sent and unsent."""

    list_display = ["made", "queue", "state", "attempts", "sent", "correlation_id"]
    list_filter = [StatusFilter, QueueFilter, StuckFilter]
    sortable_by: list[str] = []
    ordering = ["status", "-due_at"]
    fields = [("id", "queue"), ("state_line", "attempts"), ("made", "sent"), "correlation_id", "body"]
    readonly_fields: Any = ["id", "queue", "state_line", "attempts", "made", "sent", "correlation_id", "body"]

    @display(description=_("made"))
    def made(self, message: OutboxMessage) -> str:
        """When it was written."""
        return format_moment(message.created_at, MOSCOW)

    @display(description=_("status"), label={"pending": "warning", "sent": "success"})
    def state(self, message: OutboxMessage) -> tuple[str, Any]:
        """Whether the broker has it."""
        return message.status, STATES.get(message.status, message.status)

    state_line = plainly(state)

    @display(description=_("sent"))
    def sent(self, message: OutboxMessage) -> str:
        """When the broker confirmed it."""
        return format_moment(message.sent_at, MOSCOW) if message.sent_at else "—"


@admin.register(InboxMessage)
class InboxMessageAdmin(ReadOnlyAdmin):
    """Requests that were decided, with the answer a repeat gets."""

    list_display = ["id", "queue", "decided"]
    sortable_by = ["decided"]
    ordering = ["-created_at"]
    fields = ["id", "queue", "decided", "answer"]
    readonly_fields: Any = ["id", "queue", "decided", "answer"]

    @display(description=_("decided"), ordering="created_at")
    def decided(self, message: InboxMessage) -> str:
        """When."""
        return format_moment(message.created_at, MOSCOW)


def _to_send(_request: HttpRequest, rows: Sequence[Document]) -> list[Errand]:
    return [
        Errand(
            id=row["_id"],
            since=row["created_at"],
            who=row["queue"],
            link=reverse("admin:messaging_outboxmessage_change", args=[row["_id"]]),
            why=ngettext("tried %(count)s time", "tried %(count)s times", row["attempts"]) % {"count": row["attempts"]},
        )
        for row in rows
    ]


register(
    ErrandKind(
        name="outbox",
        label=_("message that is stuck"),
        counted=lambda count: ngettext("message is stuck", "messages are stuck", count),
        model="messaging.OutboxMessage",
        condition=stuck,
        query=lambda: "stuck=1",
        order="created_at",
        errands=_to_send,
    )
)
