"""Bookings in the desk (FR11): look, search, export."""

from typing import Any

from bson import ObjectId
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from common.mongo import collection
from common.scope import INTERVIEWS
from common.texts.language import desk_language
from exports.lists import ExportingAdmin
from people.services.links import recruiter_link
from people.staff.searching import SearchedByPerson
from questionnaires.staff.answer_texts import answers_of
from scheduling.models import Booking
from scheduling.staff.bookings.by_hand import asks_for_recruiter, reasons_by_hand
from scheduling.staff.bookings.decisions import DecidingAdmin
from scheduling.staff.bookings.export import booking_row, booking_titles, coming_of, state_of
from scheduling.staff.bookings.hand_texts import copied, copyable, texts_for_candidates
from scheduling.staff.filters import (
    NO_ANSWER,
    AttendanceFilter,
    BookingDayFilter,
    BookingTimeFilter,
    ByHandFilter,
    CityFilter,
    EventFilter,
    NowFilter,
    asked_time,
    soonest_first,
)
from scheduling.staff.forms.venues import booking_venue
from scheduling.staff.moments import booking_start, slot_name
from scheduling.staff.moves import move_of, moves_of
from shared_contracts.attendance import Attendance
from shared_contracts.directory import BookingStatus
from shared_contracts.telegram.names import username_beside
from staffkit.audit_trail import actor_label, trail
from staffkit.clocks import format_done, format_moment
from staffkit.pages.kinds import Colours, plainly

# Of each value: Unfold shows one that is missing here as it is stored, not in words.
STATUS_COLOURS = Colours(
    {
        "booked": "success",
        "attended": "success",
        "pending": "warning",
        "offered": "warning",
        "late": "warning",
        "cancelled": "danger",
        "rejected": "danger",
        "no_show": "danger",
        "recruiter_absent": "danger",
        "expired": "default",
        "unmarked": "default",
    }
)
ATTENDANCE_COLOURS = Colours(
    {
        "confirmed": "success",
        "declined": "danger",
        "reschedule_asked": "warning",
        NO_ANSWER: "default",
    }
)
_STATE_ROW = ("state_line", "waits_until")


class BookingPage(SearchedByPerson, ExportingAdmin, DecidingAdmin):
    """Bookings, from the snapshots they hold: no list, filter or search joins.

    ``reminders`` registers it, with what its ledger knows of a booking.
    """

    when_empty = _("They come when candidates choose a time in the bot.")
    how_to_begin = _("You can book somebody yourself on a slot's page.")
    begin_permission = "scheduling.add_booking"
    rows = INTERVIEWS
    export_name = "bookings"
    export_order = ("starts_at", "pk")
    list_display = ["when", "person", "state", "coming", "by_hand", "place", "recruiter_and_event"]
    list_filter = [
        BookingTimeFilter,
        ("status", ChoicesDropdownFilter),
        AttendanceFilter,
        EventFilter,
        CityFilter,
        ByHandFilter,
        NowFilter,
        ("starts_at", BookingDayFilter),
    ]
    link_parameters = ("live__exact", "awaits_approval__exact", "user_id__exact")
    link_labels = {
        "live__exact": _("with a seat"),
        "awaits_approval__exact": _("awaits approval"),
        "user_id__exact": _("of one candidate"),
    }
    person_field = "user_id"
    sortable_by = ["when"]
    fields = [
        ("person_line", "when"),
        ("place_line", "event"),
        ("recruiter", "write_to_recruiter"),
        _STATE_ROW,
        ("coming_line", "offered_time"),
        ("by_hand_line", "write_to_candidate"),
        "to_send",
    ]
    readonly_fields = [
        "person_line",
        "when",
        "place_line",
        "event",
        "recruiter",
        "state_line",
        "waits_until",
        "move_line",
        "coming_line",
        "offered_time",
        "by_hand_line",
        "write_to_recruiter",
        "write_to_candidate",
        "to_send",
        "end",
        "reason",
    ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """What a move would change, where one is asked for; who ended it and why, once it has ended; the text to send,
        where the candidate is to be told by hand."""
        fields: list[Any] = [name for name in self.fields if name != "to_send" or (obj and obj.candidate_by_hand)]
        if obj and obj.live and obj.requested_slot_id:
            fields.insert(fields.index(_STATE_ROW) + 1, "move_line")
        return [*fields, ("end", "reason")] if obj and obj.ended_by else fields

    def export_titles(self) -> list[Any]:
        """Bookings with all that is known of their time and place."""
        return booking_titles()

    def export_row(self, obj: Booking) -> list[Any]:
        """One booking."""
        return booking_row(obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """With the buttons for the outcome."""
        found = Booking.objects.filter(pk=object_id).first() if ObjectId.is_valid(object_id or "") else None
        marks = self.outcome_of(request, found) if found else {}
        return super().changeform_view(request, object_id, form_url, {**marks, **(extra_context or {})})

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """With what to send, in the list of who is to be told by hand; with what moves would change, where requests are
        listed."""
        columns: list[str] = list(super().get_list_display(request))
        if _is_of_requests(request):
            columns.insert(columns.index("state") + 1, "wanted_move")
        return [*columns, "to_copy"] if _is_by_hand(request) else columns

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With the texts to send and what moves would change, all at once."""
        found = super().get_changelist_instance(request)
        by_hand, requests = _is_by_hand(request), _is_of_requests(request)
        if by_hand or requests:
            found.result_list = list(found.result_list)
            ids = [booking.pk for booking in found.result_list]
            rows = list(collection("bookings").find({"_id": {"$in": ids}}))
            texts, moves = texts_for_candidates(rows) if by_hand else {}, moves_of(rows) if requests else {}
            for booking in found.result_list:
                booking.text_to_send, booking.asked_move = texts.get(booking.pk, ""), moves.get(booking.pk, "")
        return found

    def on_page(self, object_id: ObjectId) -> dict[str, Any]:
        """With the candidate's answers and the audit trail."""
        found: dict[str, Any] = {}
        row = collection("bookings").find_one({"_id": object_id})
        if row:
            found["trail"] = trail(str(object_id), row["slot"]["timezone"])
            found["answers"] = answers_of(row["user_id"], row["event_id"])
        return found

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """What comes next at the top."""
        return soonest_first(request, asked_time(request))

    @display(description=_("when"), ordering="starts_at")
    def when(self, booking: Booking) -> str:
        """Date and time, in an office on the clocks of its city."""
        return booking_start(booking)

    @display(description=_("candidate"), header=True)
    def person(self, booking: Booking) -> list[str]:
        """Name, username and Telegram id."""
        username = username_beside(str(booking), booking.user.username)
        return [str(booking), " · ".join(filter(None, (username, str(booking.telegram_id))))]

    @display(description=_("status"))
    def state_line(self, booking: Booking) -> str:
        """The status with when its outcome was marked, on the booking's page."""
        status = str(self.state(booking)[1])
        if not booking.marked_at:
            return status
        marked_at = _("marked %(when)s") % {"when": format_done(booking.marked_at)}
        return f"{status} · {marked_at}"

    @display(description=_("status"), label=STATUS_COLOURS)
    def state(self, booking: Booking) -> tuple[str, str]:
        """The status, in words."""
        return state_of(booking)

    @display(description=_("will come"), label=ATTENDANCE_COLOURS)
    def coming(self, booking: Booking) -> tuple[str, str]:
        """What the candidate said about coming (R8), or what came of it."""
        if booking.offered_slot_id and booking.attendance == Attendance.RESCHEDULE_ASKED:
            return booking.attendance, str(_("another time offered"))
        return booking.attendance or NO_ANSWER, _answer(booking)

    @display(description=_("will come"))
    def coming_line(self, booking: Booking) -> str:
        """The same with when they said so, on the booking's page."""
        return _answer(booking, dated=True) or "—"

    @display(description=_("another time on offer"))
    def offered_time(self, booking: Booking) -> str:
        """The slot that the recruiter offers."""
        return slot_name(booking.offered_slot_id) or "—"

    @display(description=_("place"), header=True)
    def place(self, booking: Booking) -> list[str]:
        """Location, room and city."""
        first, second = booking_venue(booking).parts(desk_language())
        return [first, ", ".join(filter(None, (second, booking.slot.city)))]

    @display(description=_("by hand"), label="warning")
    def by_hand(self, booking: Booking) -> str:
        """Whom the bot can't reach (R4)."""
        flags = ((asks_for_recruiter(booking), _("the recruiter")), (booking.candidate_by_hand, _("the candidate")))
        return ", ".join(str(name) for flag, name in flags if flag)

    @display(description=_("contact by hand"))
    def by_hand_line(self, booking: Booking) -> str:
        """The same with why, on the booking's page."""
        return "; ".join(reasons_by_hand(booking)) or "—"

    @display(description=_("write to the recruiter"))
    def write_to_recruiter(self, booking: Booking) -> str:
        """Where to reach the recruiter by hand."""
        row = collection("recruiters").find_one({"_id": booking.recruiter_id})
        return _linked(recruiter_link(row) if row else None)

    @display(description=_("write to the candidate"))
    def write_to_candidate(self, booking: Booking) -> str:
        """Where to reach the candidate by hand."""
        return _linked(f"https://t.me/{booking.user.username}" if booking.user.username else "")

    @display(description=_("text to send"))
    def to_send(self, booking: Booking) -> str:
        """What the candidate is to be told by hand, as the bot would have."""
        text = texts_for_candidates(collection("bookings").find({"_id": booking.pk})).get(booking.pk)
        return copyable(text) if text else "—"

    @display(description=_("text to send"))
    def to_copy(self, booking: Booking) -> str:
        """The same in the list of who is to be told by hand."""
        text = getattr(booking, "text_to_send", "")
        return copied(text) if text else "—"

    @display(description=_("wanted move"))
    def move_line(self, booking: Booking) -> str:
        """What a move that is asked for would change, on the booking's page."""
        return move_of(booking) or "—"

    @display(description=_("wanted move"))
    def wanted_move(self, booking: Booking) -> str:
        """The same in the list of requests."""
        return getattr(booking, "asked_move", "") or "—"

    person_line, place_line = plainly(person), plainly(place)

    @display(description=_("recruiter"), header=True)
    def recruiter_and_event(self, booking: Booking) -> list[str]:
        """Who holds the interview, and what for."""
        return [self.recruiter(booking), self.event(booking)]

    @display(description=_("recruiter"))
    def recruiter(self, booking: Booking) -> str:
        """Who holds the interview."""
        return booking.slot.recruiter or "—"

    @display(description=_("interview event"))
    def event(self, booking: Booking) -> str:
        """What for."""
        return str(booking.slot.event)

    @display(description=_("waits for approval until"))
    def waits_until(self, booking: Booking) -> str:
        """When a request expires."""
        return format_moment(booking.expires_at, booking.slot.timezone) if booking.expires_at else "—"

    @display(description=_("ended by"))
    def end(self, booking: Booking) -> str:
        """Who ended it."""
        return actor_label(booking.ended_by)


def _answer(booking: Booking, *, dated: bool = False) -> str:
    unanswered = str(_("no answer")) if booking.status == BookingStatus.BOOKED else ""
    return coming_of(booking, dated=dated) or unanswered


def _is_by_hand(request: HttpRequest) -> bool:
    """Whether the list is of who is to be told by hand."""
    return bool(request.GET.get(ByHandFilter.parameter_name)) or request.GET.get(NowFilter.parameter_name) == "by-hand"


def _is_of_requests(request: HttpRequest) -> bool:
    """Whether the list is of what awaits approval."""
    asked = request.GET
    return asked.get(NowFilter.parameter_name) == "approval" or asked.get("awaits_approval__exact") in {"1", "True"}


def _linked(url: str | None) -> str:
    return format_html('<a class="desk-link" href="{0}" target="_blank" rel="noreferrer">{0}</a>', url) if url else "—"
