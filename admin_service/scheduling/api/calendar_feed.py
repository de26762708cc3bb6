"""Calendars: a recruiter's, read by a secret address, and the entries of a candidate's, for who makes files of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import quote

from bson import ObjectId
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from icalendar import vDuration
from pydantic import Field
from rest_framework.request import Request

from common import clock, wire
from common.http.clients import READ
from common.http.openapi import documented
from common.http.reads import ApiView, Query, answer, parse_query
from common.mongo import Document, collection
from common.texts.names import chat_link, name_in
from people.services.calendar_links import recruiter_by_token
from people.services.languages import reads
from scheduling.services.reading.calendar_entries import calendar_entry, in_lines
from scheduling.services.store.loading import booking_from
from scheduling.services.store.slots import load_slots, venue_of_booking
from shared_contracts.booking import INTERVIEW_STATUSES
from shared_contracts.calendars import CalendarEntry, uid_of
from shared_contracts.directory import BookingStatus, Page
from shared_contracts.fields import TelegramUserId
from shared_contracts.texts.icalendar_text import calendar_text

KEPT_FOR = timedelta(days=30)
"""How far back it goes."""
READ_AGAIN = timedelta(minutes=15)
_SHOWN = sorted(INTERVIEW_STATUSES)
"""What has been is not to vanish from a calendar when it is over."""


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of the active recruiter who was given ``token``; anybody else's is not there."""
    recruiter = collection("recruiters").find_one(recruiter_by_token(token))
    if recruiter is None:
        raise Http404
    rows = collection("bookings").find(interviews_of(recruiter["_id"], clock.now())).sort("starts_at", 1)
    response = HttpResponse(
        feed(recruiter["name"], reads(recruiter), rows), content_type="text/calendar; charset=utf-8"
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote('interviews.ics')}"
    return response


def interviews_of(recruiter_id: ObjectId, now: datetime) -> Document:
    """The MongoDB condition of what a recruiter's calendar shows; served by ``bookings_recruiter``."""
    return {"recruiter_id": recruiter_id, "starts_at": {"$gte": now - KEPT_FOR}, "status": {"$in": _SHOWN}}


def feed(name: str, language: str, bookings: Iterable[Document]) -> str:
    """The calendar's text, in its reader's language.

    Programs that heed either property read it again every quarter of an hour.
    """
    properties = {
        "method": "PUBLISH",
        "x-wr-calname": f"Slotdesk · {name}",
        "refresh-interval": vDuration(READ_AGAIN, params={"VALUE": "DURATION"}),
        "x-published-ttl": vDuration(READ_AGAIN),
    }
    return calendar_text((_entry(booking, language) for booking in bookings), properties)


def _entry(booking: Document, language: str) -> CalendarEntry:
    person, slot = booking["user"], booking["slot"]
    username = person["username"]
    return CalendarEntry(
        uid=uid_of(str(booking["_id"])),
        sequence=booking["version"],
        method="PUBLISH",
        starts_at=booking["starts_at"],
        ends_at=booking["ends_at"],
        summary=name_in(person),
        place=venue_of_booking(booking).in_city(slot["city"], language),
        description=in_lines((slot["event"], chat_link(username, person["telegram_id"]))),
        stamp=booking["updated_at"],
    )


class EntriesQuery(Query):
    """Parameters of ``GET /api/calendar-entries``."""

    telegram_id: TelegramUserId = Field(description="A Telegram user id: a positive whole number.")


class CalendarEntriesView(ApiView):
    """A candidate's calendar."""

    scope = READ

    @documented("A person's booked interviews to come, as calendars show them", Page[CalendarEntry], query=EntriesQuery)
    def get(self, request: Request) -> HttpResponse:
        """By start; at most one per interview event, so there is one page. What awaits approval has no entry yet."""
        query = parse_query(request, EntriesQuery)
        rows = collection("bookings").find(booked(query.telegram_id, clock.now())).sort("starts_at", 1)
        person = collection("users").find_one({"telegram_id": query.telegram_id}) or {}
        results = wire.views("bookings", list(rows), partial(_entries, language=reads(person)))
        return answer(request, Page[CalendarEntry](results=results, next=None))


def booked(telegram_id: int, now: datetime) -> Document:
    """The MongoDB condition of a person's booked interviews that are not over; served by ``bookings_person``."""
    return {"telegram_id": telegram_id, "live": True, "status": BookingStatus.BOOKED.value, "ends_at": {"$gt": now}}


def _entries(rows: Sequence[Document], language: str) -> list[CalendarEntry]:
    bookings = [booking_from(row) for row in rows]
    slots = {slot.id: slot for slot in load_slots({"_id": {"$in": [ObjectId(item.slot_id) for item in bookings]}})}
    found = [calendar_entry(item, slots[item.slot_id], language) for item in bookings if item.slot_id in slots]
    return [entry for entry in found if entry]
