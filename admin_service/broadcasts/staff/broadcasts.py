"""Announcement chats and broadcasts in the desk."""

from typing import Any

from bson import ObjectId
from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from broadcasts.models import AnnouncementChat, Broadcast
from broadcasts.services.chats import save_chat
from common.mongo import collection
from common.scope import SHARED, Rows
from common.zones import MOSCOW
from shared_contracts.fields import LARGEST_TELEGRAM_ID
from staffkit.clocks import format_moment
from staffkit.forms.topics import TopicField
from staffkit.forms.use_case import UseCaseForm
from staffkit.pages.kinds import ReadOnlyAdmin, UseCaseAdmin, plainly

MOST_DELIVERIES = 200


class ChatForm(UseCaseForm):
    """An announcement chat."""

    chat_id = forms.IntegerField(
        label=_("chat id"),
        min_value=-LARGEST_TELEGRAM_ID,
        max_value=LARGEST_TELEGRAM_ID,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Groups have negative ids."),
    )

    thread_id = TopicField()

    def carry_out(self) -> None:
        """Save it."""
        save_chat(self.instance, actor=self.actor)


@admin.register(AnnouncementChat)
class AnnouncementChatAdmin(UseCaseAdmin):
    """Groups that announcements can go to."""

    when_empty = _("Add the bot to a group, then add the group here: broadcasts can go there.")
    form = ChatForm
    few_rows = True
    rows = SHARED
    list_display = ["title", "chat_id", "thread_id", "is_active", "state"]
    fields = ["title", "chat_id", "thread_id", "is_active", "state_line"]
    readonly_fields = ["state_line"]

    @display(description=_("can be written to"), label={"no": "danger", "yes": "success"})
    def state(self, chat: AnnouncementChat) -> tuple[str, str]:
        """Whether it can, and if not, why."""
        return ("no", chat.get_trouble_display()) if chat.trouble else ("yes", str(_("yes")))

    state_line = plainly(state)


@admin.register(Broadcast)
class BroadcastAdmin(ReadOnlyAdmin):
    """Broadcasts: what went where, and what came of it. They are started on an interview event's page."""

    when_empty = _("Open an interview event and press Broadcast to tell chats and candidates about it.")
    few_rows = True
    rows = Rows(city=("audience_city_id",))
    list_display = ["when", "event_title", "target", "state", "numbers", "started_by"]
    list_filter = [("status", ChoicesDropdownFilter)]
    ordering = ["-created_at"]
    fields = [("event_title", "when"), ("state_line", "numbers"), ("target", "started_by"), "text"]
    readonly_fields = ["event_title", "when", "state_line", "numbers", "target", "started_by", "text"]
    change_form_after_template = "broadcasts/deliveries.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Broadcast]:
        """Names by one more query each, not by joins."""
        every: QuerySet[Broadcast] = super().get_queryset(request)
        return every.filter(is_test=False).prefetch_related("event", "audience_city")

    def on_page(self, object_id: ObjectId) -> dict[str, Any]:
        """With its deliveries."""
        return {"deliveries": _deliveries(object_id)}

    @display(description=_("when"), ordering="created_at")
    def when(self, broadcast: Broadcast) -> str:
        """When it began, or is to begin."""
        return format_moment(broadcast.began_at or broadcast.send_at or broadcast.created_at, MOSCOW)

    @display(description=_("interview event"))
    def event_title(self, broadcast: Broadcast) -> str:
        """What it announces."""
        return broadcast.event.title

    @display(description=_("to"))
    def target(self, broadcast: Broadcast) -> str:
        """Chats by title, and the audience."""
        chats = AnnouncementChat.objects.filter(chat_id__in=broadcast.chat_ids).values_list("title", flat=True)
        audience = broadcast.get_audience_display() if broadcast.audience else ""
        if broadcast.audience_city:
            audience += f" ({broadcast.audience_city})"
        return ", ".join(filter(None, (*chats, audience)))

    @display(
        description=_("status"),
        ordering="status",
        label={"scheduled": "info", "queued": "info", "sending": "warning", "paused": "warning", "finished": "success"},
    )
    def state(self, broadcast: Broadcast) -> tuple[str, str]:
        """How far it is."""
        return broadcast.status, broadcast.get_status_display()

    state_line = plainly(state)

    @display(description=_("text"))
    def text(self, broadcast: Broadcast) -> str:
        """As it was sent, line by line."""
        return format_html('<span class="desk-lines">{}</span>', broadcast.message_text)

    @display(description=_("messages"))
    def numbers(self, broadcast: Broadcast) -> str:
        """What the bot has reported so far."""
        return counts(broadcast)


def _deliveries(broadcast_id: ObjectId) -> list[dict[str, Any]]:
    rows = collection("broadcast_deliveries").find({"broadcast_id": broadcast_id}).sort("status", 1)
    labels = {"sent": _("sent"), "blocked": _("blocked"), "failed": _("failed"), "uncertain": _("uncertain")}
    return [
        {"chat_id": row["chat_id"], "status": labels.get(row["status"], row["status"]), "error": row["error"]}
        for row in rows.limit(MOST_DELIVERIES)
    ]


def counts(broadcast: Broadcast) -> str:
    """How many messages arrived, and how many did not."""
    words = [
        (_("sent"), broadcast.sent),
        (_("blocked"), broadcast.blocked),
        (_("failed"), broadcast.failed),
        (_("uncertain"), broadcast.uncertain),
    ]
    return ", ".join(f"{word} {number}" for word, number in words if number or word == words[0][0])
