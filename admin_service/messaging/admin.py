"""Outbox, inbox and dead letters in the desk: to read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display

from common import clock
from common.audit import record_staff
from common.mongo import collection, current_session
from common.refusals import RefusedError
from common.zones import MOSCOW
from messaging.models import DeadLetter, InboxMessage, OutboxMessage
from messaging.outbox import STUCK_AFTER
from messaging.words import KINDS, QUEUES_OF, SERVICES, kind_of, reason_in_words
from staffkit.audit_labels import AuditLabels, register
from staffkit.clocks import format_moment
from staffkit.coming_back import back_to
from staffkit.forms.use_case import show_refusal
from staffkit.pages.kinds import Colours, ReadOnlyAdmin, plainly
from staffkit.sending.once import Done, send_once
from staffkit.views import find, login, page

register(
    AuditLabels(
        subjects={"dead_letter": _("dead letter")},
        actions={"settled": _("dealt with")},
        fields={"queue": _("queue"), "message_id": _("message id")},
    )
)

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
    """By what they are."""

    title = _("message")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The bot's."""
        return [(name, KINDS[name]) for name in QUEUES_OF["bot"]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those for that queue."""
        return queryset.filter(queue=self.value()) if self.value() else queryset


class ServiceFilter(DropdownFilter):
    """By who gave them up."""

    title = _("given up by")
    parameter_name = "service"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Both services."""
        return list(SERVICES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of its queues."""
        found = QUEUES_OF.get(self.value() or "")
        return queryset if found is None else queryset.filter(queue__in=found)


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

    list_display = ["made", "kind", "state", "attempts", "sent", "correlation_id"]
    list_filter = [StatusFilter, QueueFilter, StuckFilter]
    sortable_by: list[str] = []
    ordering = ["status", "-due_at"]
    fields = ["kind", ("id", "queue"), ("state_line", "attempts"), ("made", "sent"), "correlation_id", "body"]
    readonly_fields: Any = ["kind", "id", "queue", "state_line", "attempts", "made", "sent", "correlation_id", "body"]

    @display(description=_("message"))
    def kind(self, message: OutboxMessage) -> str:
        """What it is."""
        return kind_of(message.queue)

    @display(description=_("made"))
    def made(self, message: OutboxMessage) -> str:
        """When it was written."""
        return format_moment(message.created_at, MOSCOW)

    @display(description=_("status"), label=Colours({"pending": "warning", "sent": "success"}))
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

    list_display = ["id", "kind", "decided"]
    sortable_by = ["decided"]
    ordering = ["-created_at"]
    fields = ["kind", "id", "queue", "decided", "answer"]
    readonly_fields: Any = ["kind", "id", "queue", "decided", "answer"]

    @display(description=_("message"))
    def kind(self, message: InboxMessage) -> str:
        """What it is."""
        return kind_of(message.queue)

    @display(description=_("decided"), ordering="created_at")
    def decided(self, message: InboxMessage) -> str:
        """When."""
        return format_moment(message.created_at, MOSCOW)


@admin.register(DeadLetter)
class DeadLetterAdmin(ReadOnlyAdmin):
    """Messages that were given up: why, about whom, and how they are tried again."""

    when_empty = _("Nothing has been given up.")
    list_display = ["given_up", "kind", "service", "count", "telegram_id", "why"]
    list_filter = [ServiceFilter]
    sortable_by = ["given_up"]
    ordering = ["-created_at"]
    fields = ["kind", ("given_up", "service"), ("count", "telegram_id"), "why", "detail", ("queue", "key"), "command"]
    readonly_fields: Any = [
        *("kind", "given_up", "service", "count", "telegram_id", "why", "detail", "queue", "key", "command")
    ]
    actions_detail = ["settle"]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """What the bot gave up is dealt with at the bot."""
        letter = self.get_object(request, str(object_id))
        return [] if letter is None or _is_the_bots(letter) else super().get_actions_detail(request, object_id)

    @display(description=_("given up"), ordering="created_at")
    def given_up(self, letter: DeadLetter) -> str:
        """When."""
        return format_moment(letter.created_at, MOSCOW)

    @display(description=_("message"))
    def kind(self, letter: DeadLetter) -> str:
        """What it is."""
        return kind_of(letter.queue)

    @display(description=_("given up by"))
    def service(self, letter: DeadLetter) -> str:
        """Which service."""
        return str(SERVICES["bot" if _is_the_bots(letter) else "admin"])

    @display(description=_("why"))
    def why(self, letter: DeadLetter) -> str:
        """In words; of its own the bot alone knows."""
        return reason_in_words(letter.reason)

    @display(description=_("in detail"))
    def detail(self, letter: DeadLetter) -> str:
        """For who is on call."""
        return letter.reason

    @display(description=_("to try it again"))
    def command(self, letter: DeadLetter) -> str:
        """What the one on call runs: the desk itself may not write to the queues towards it."""
        if _is_the_bots(letter):
            bots = "python -m interview_bot dead_letters"
            return f"{bots} list --queue {letter.queue}\n{bots} replay --queue {letter.queue} all"
        return f"manage.py dead_letters replay --queue {letter.queue} --message-id {letter.key}"

    @action(description=_("Dealt with"), url_path="settle", permissions=["messaging.delete_deadletter"], icon="done")
    def settle(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Nothing more is to be done about it: it is left where it is, and shown no longer."""
        letter = find(DeadLetter, object_id)
        if _is_the_bots(letter):
            raise Http404
        back = back_to(request, reverse("admin:messaging_deadletter_changelist"))
        form = forms.Form(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                return send_once(request, lambda: _settled(letter, login(request), back))
            except RefusedError as error:
                show_refusal(form, error)
        words = {
            "title": _("Dealt with"),
            "intro": f"{kind_of(letter.queue)} · {reason_in_words(letter.reason)}",
            "submit_text": _("Dealt with"),
        }
        return page(self, request, "staffkit/form_page.html", obj=letter, form=form, back=back, **words)


def _is_the_bots(letter: DeadLetter) -> bool:
    return letter.queue in QUEUES_OF["bot"]


def _settled(letter: DeadLetter, actor: str, back: str) -> Done:
    collection("dead_letters").delete_one({"_id": letter.pk}, session=current_session())
    before = {"queue": letter.queue, "reason": letter.reason, "message_id": letter.key}
    record_staff("dead_letter", str(letter.pk), "settled", actor, before, None)
    return Done(back, str(_("It is shown no longer.")))
