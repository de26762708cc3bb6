"""What a new installation needs before anybody can be booked, in its order."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from broadcasts.models import AnnouncementChat
from common.mongo import Document, collection
from common.scope import scope_of
from people.models import Candidate, City, Recruiter
from scheduling.models import Booking, InterviewEvent, InterviewSlot
from staffkit.who_can import administrators


@dataclass(frozen=True, slots=True)
class SetUpStep:
    """Something to make. ``link``: where; empty where it is done, or for others to do. ``who``: those, in words."""

    name: str
    label: str
    why: str
    done: bool
    link: str
    who: str


def checklist(request: HttpRequest) -> list[SetUpStep]:
    """The steps, until all are done or somebody is booked; none for who sees a part of the installation only."""
    if not scope_of(request).whole or _any(Booking):
        return []
    who = _("for administrators: %(names)s") % {"names": administrators() or "—"}
    found = [_step(request, who, *step) for step in _steps()]
    return [] if all(step.done for step in found) else found


def _steps() -> list[tuple[type[Model], str, str]]:
    return [
        (City, _("A city"), _("with its time zone and whom candidates can ask")),
        (Recruiter, _("A recruiter"), _("who holds interviews and answers requests in the bot")),
        (InterviewEvent, _("An interview event"), _("what people sign up for, with its rules")),
        (InterviewSlot, _("Slots"), _("the times people choose from")),
        (AnnouncementChat, _("A chat"), _("where the event is announced; without one, people get it in person")),
        (Candidate, _("The first candidate"), _("the bot serves those on the list, nobody else")),
    ]


def _step(request: HttpRequest, who: str, model: type[Model], label: str, why: str) -> SetUpStep:
    done = _any(model)
    may = admin.site.get_model_admin(model).has_add_permission(request)
    link = _link(model) if may and not done else ""
    return SetUpStep(model._meta.model_name or "", label, why, done, link, "" if may or done else who)


def _link(model: type[Model]) -> str:
    event: Document | None = collection("interview_events").find_one({}, {"_id": 1})
    if model is InterviewSlot:
        return reverse("admin:scheduling_interviewevent_add_slots", args=[event["_id"]]) if event else ""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def _any(model: Any) -> bool:
    return collection(model._meta.db_table).find_one({}, {"_id": 1}) is not None
