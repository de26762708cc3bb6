"""Outbox and inbox in the desk: to read."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AllValuesCheckboxFilter
from unfold.decorators import display

from common.zones import MOSCOW
from messaging.models import InboxMessage, OutboxMessage
from staffkit.clocks import format_moment
from staffkit.pages.kinds import ReadOnlyAdmin, plainly


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """Messages to the bot, sent and unsent."""

    list_display = ["made", "queue", "state", "attempts", "sent", "correlation_id"]
    list_filter = [("status", AllValuesCheckboxFilter), ("queue", AllValuesCheckboxFilter)]
    ordering = ["-created_at"]
    fields = [("id", "queue"), ("state_line", "attempts"), ("made", "sent"), "correlation_id", "body"]
    readonly_fields: Any = ["id", "queue", "state_line", "attempts", "made", "sent", "correlation_id", "body"]

    @display(description=_("made"), ordering="created_at")
    def made(self, message: OutboxMessage) -> str:
        """When it was written."""
        return format_moment(message.created_at, MOSCOW)

    @display(description=_("status"), ordering="status", label={"pending": "warning", "sent": "success"})
    def state(self, message: OutboxMessage) -> tuple[str, Any]:
        """Whether the broker has it."""
        return message.status, {"pending": _("to be sent"), "sent": _("sent")}.get(message.status, message.status)

    state_line = plainly(state)

    @display(description=_("sent"), ordering="sent_at")
    def sent(self, message: OutboxMessage) -> str:
        """When the broker confirmed it."""
        return format_moment(message.sent_at, MOSCOW) if message.sent_at else "—"


@admin.register(InboxMessage)
class InboxMessageAdmin(ReadOnlyAdmin):
    """Requests that were decided, with the answer a repeat gets."""

    list_display = ["id", "queue", "decided"]
    ordering = ["-created_at"]
    fields = ["id", "queue", "decided", "answer"]
    readonly_fields: Any = ["id", "queue", "decided", "answer"]

    @display(description=_("decided"), ordering="created_at")
    def decided(self, message: InboxMessage) -> str:
        """When."""
        return format_moment(message.created_at, MOSCOW)
