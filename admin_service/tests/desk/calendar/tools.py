"""The calendar as its page asks for it."""

from datetime import date, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from common.mongo import collection
from scheduling.models import InterviewSlot

PAGE = "admin:scheduling_interviewslot_calendar"
SLOTS = "admin:scheduling_interviewslot_calendar_slots"
AN_HOUR = 3600


def shown(desk: Client, day: date, **asked: str) -> dict[str, Any]:
    """What the calendar has of a day's week, or of what else is asked."""
    answer = desk.get(reverse(SLOTS), {"date": day.isoformat(), **asked})
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def drag(desk: Client, slot: InterviewSlot, to: datetime, **gives: str) -> Any:
    """Drop a slot at these digits, as it is stored now; ``gives``: by its new column."""
    stored = collection("interview_slots").find_one({"_id": slot.pk}) or {}
    return drop(desk, slot, to, seen=stored["updated_at"].isoformat(), **gives)


def drop(desk: Client, slot: InterviewSlot, to: datetime, **query: str) -> Any:
    """The same of a slot as it was seen before."""
    page = reverse("admin:scheduling_interviewslot_change", args=[slot.pk])
    return desk.get(page, {"to": to.strftime("%Y-%m-%dT%H:%M"), "from": "calendar?view=day", **query})
