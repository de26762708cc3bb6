"""The ledger of automatic messages in the desk: to read."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from bson import ObjectId
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from common.mongo import collection
from common.scope import INTERVIEWS
from common.texts.names import name_in
from common.zones import MOSCOW
from people.staff.reaching import telegram_words
from reminders.domain.kinds import LISTS, SPECS, TO_CANDIDATES, Audience, ReminderKind
from reminders.domain.states import MessageState
from reminders.models import AutoMessage
from staffkit.clocks import format_done, format_moment
from staffkit.pages.filters import DayFilter
from staffkit.pages.kinds import Colours, ReadOnlyAdmin, plainly
from staffkit.pages.lists import DeclaredList
from staffkit.scoping import Through

STATE_COLOURS = Colours(
    {
        "scheduled": "info",
        "queued": "info",
        "sent": "success",
        "failed": "danger",
        "suppressed": "default",
    }
)


class Addressee(NamedTuple):
    """Whom a message is for, whom it is about (if that is another), and on which clocks its times are shown."""

    whom: str
    about: str
    zone: str


class WithPeople(DeclaredList):
    """A page of messages with the people of their bookings: one query more, however many there are."""

    def get_results(self, request: HttpRequest) -> None:
        """As Unfold's, with ``addressee`` on each message."""
        super().get_results(request)
        self.result_list = with_people(self.result_list)  # type: ignore[has-type]


@admin.register(AutoMessage)
class AutoMessageAdmin(ReadOnlyAdmin):
    """What was or will be sent, to whom, and what came of it."""

    when_empty = _("They are planned with each booking. What is sent when is set under Reminders.")
    rows = Through(field="booking_id", owners="bookings", owned=INTERVIEWS)
    list_display = ["due", "what", "whom", "status", "reason", "attempts", "uncertain"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("why", ChoicesDropdownFilter),
        ("due_at", DayFilter),
    ]
    search_fields = ["target_chat_id"]
    search_help_text = _("Chat id")
    sortable_by = ["due"]
    ordering = ["-due_at"]
    change_form_before_template = "reminders/failed.html"
    fields = [
        ("what", "due"),
        ("whom_line", "booking"),
        ("status_line", "reason"),
        ("sent", "target_chat_id"),
        ("attempts", "uncertain"),
        "text_line",
    ]
    readonly_fields = ["what", "due", "whom_line", "booking", "status_line", "reason", "sent", "uncertain", "text_line"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DeclaredList]:
        """With people."""
        return WithPeople

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> AutoMessage | None:
        """With its person."""
        found = super().get_object(request, object_id, from_field)
        return with_people([found])[0] if found else None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """With the error that has put it off, where there is one; why one was not delivered is told in words."""
        put_off = obj and obj.error and obj.state != MessageState.FAILED.value
        return [*self.fields, "error"] if put_off else list(self.fields)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AutoMessage], search_term: str
    ) -> tuple[QuerySet[AutoMessage], bool]:
        """By chat id; served by the index ``auto_target``."""
        term = search_term.strip()
        if not term:
            return queryset, False
        chat_id = _number(term)
        return (queryset.none() if chat_id is None else queryset.filter(target_chat_id=chat_id)), False

    @display(description=_("when"), ordering="due_at")
    def due(self, message: AutoMessage) -> str:
        """When it is due, by Moscow's days as the filter has them; the clocks of the interview's city beside it."""
        return format_moment(message.due_at, _addressee(message).zone, ours=True)

    @display(description=_("message"))
    def what(self, message: AutoMessage) -> str:
        """What it is."""
        return str(message.get_kind_display())

    @display(description=_("for whom"), header=True)
    def whom(self, message: AutoMessage) -> list[str]:
        """For whom, and whom it is about."""
        addressee = _addressee(message)
        return [addressee.whom, addressee.about]

    @display(description=_("status"), label=STATE_COLOURS)
    def status(self, message: AutoMessage) -> tuple[str, str]:
        """How far it is."""
        return message.state, message.get_state_display()

    @display(description=_("why not"))
    def reason(self, message: AutoMessage) -> str:
        """Why it was not sent, by the rules or by what Telegram said."""
        if message.why:
            return str(message.get_why_display())
        failed = message.state == MessageState.FAILED.value
        return (telegram_words(message.error) if failed else "") or "—"

    @display(description=_("sends without an answer"))
    def uncertain(self, message: AutoMessage) -> str:
        """How many sends Telegram did not answer: each may have cost a duplicate."""
        return str(message.uncertain_tries or "—")

    @display(description=_("sent"))
    def sent(self, message: AutoMessage) -> str:
        """When it arrived."""
        return format_done(message.sent_at) if message.sent_at else "—"

    @display(description=_("booking"))
    def booking(self, message: AutoMessage) -> str:
        """The booking's page."""
        if not message.booking_id:
            return "—"
        url = reverse("admin:scheduling_booking_change", args=[message.booking_id])
        return format_html(
            '<a class="desk-link" href="{}">{}</a>', url, format_moment(message.starts_at, _addressee(message).zone)
        )

    @display(description=_("text as sent"))
    def text_line(self, message: AutoMessage) -> str:
        """What the person read."""
        return format_html('<div class="desk-lines">{}</div>', message.text) if message.text else "—"

    whom_line, status_line = plainly(whom), plainly(status)


def with_people(messages: Iterable[AutoMessage]) -> list[AutoMessage]:
    """The messages with ``addressee``: names and zones from the bookings' snapshots, lists' recruiters by their ids."""
    rows: list[Any] = list(messages)
    bookings = _by_id("bookings", {row.booking_id for row in rows if row.booking_id}, "user", "slot")
    readers = _by_id("recruiters", {row.subject_id for row in rows if row.kind in LISTS}, "name")
    for row in rows:
        booking, reader = bookings.get(row.booking_id), readers.get(row.subject_id)
        row.addressee = _people(row, booking) if booking else Addressee(reader["name"] if reader else "—", "", MOSCOW)
        if SPECS[ReminderKind(row.kind)].audience is Audience.STAFF:
            row.addressee = Addressee(str(_("staff's chat")), "", MOSCOW)
    return rows


def _people(message: AutoMessage, booking: dict[str, Any]) -> Addressee:
    candidate = name_in(booking["user"])
    zone = booking["slot"]["timezone"]
    if message.kind in TO_CANDIDATES:
        return Addressee(candidate, "", zone)
    return Addressee(booking["slot"]["recruiter"] or "—", candidate, zone)


def _by_id(name: str, ids: set[ObjectId], *fields: str) -> dict[ObjectId, dict[str, Any]]:
    found = collection(name).find({"_id": {"$in": list(ids)}}, dict.fromkeys(fields, 1)) if ids else ()
    return {row["_id"]: row for row in found}


def _addressee(message: Any) -> Addressee:
    addressee: Addressee = message.addressee
    return addressee


def _number(text: str) -> int | None:
    """A chat id as typed; None for what is none."""
    try:
        number = int(text)
    except ValueError:
        return None
    return number if abs(number) < 2**63 else None
