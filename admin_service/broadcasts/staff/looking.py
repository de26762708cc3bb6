"""What staff see before they send: the message as Telegram shows it, and whom it reaches."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from broadcasts.services.audience import Reach, Readers, reach
from broadcasts.services.texts import as_html, problem_of, values_of
from broadcasts.staff.form import BroadcastForm
from common import clock
from common.zones import local
from message_templates.models import LANGUAGE_LABELS
from message_templates.staff.previewing import Bubble, shown
from scheduling.models import InterviewEvent
from staffkit.clocks import format_moment

BUTTONS = {"ru": "Записаться", "en": "Sign up"}
"""The bot's own texts; the acceptance tests compare what people get with what the page showed."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The message in one language."""

    language: object
    bubble: Bubble
    button: str


@dataclass(frozen=True, slots=True)
class Look:
    """Beside the form: how the message looks, and to how many it goes.

    Attributes:
        reach: None where the form names no audience.
        when: the moment it goes out, as staff read it; empty: at once.
        asleep: how many readers are in their quiet hours then.
        morning: what is proposed instead, as staff read it; ``day`` and ``time`` as the form takes them.
    """

    previews: list[Preview]
    reach: Reach | None
    chats: int
    people_link: str
    others_link: str
    when: str = ""
    asleep: int = 0
    morning: str = ""
    day: str = ""
    time: str = ""


def look(form: BroadcastForm) -> Look:
    """What the form would send, as far as it is filled in; it is bound and has been checked."""
    readers = form.readers()
    found = reach(readers) if readers.audience else None
    at, zone = form.cleaned_data.get("send_at"), form.zone()
    link = people_link(form.event, readers)
    seen = Look(
        previews=_previews(form),
        reach=found,
        chats=len(form.cleaned_data.get("chats", ())),
        people_link=link,
        others_link=f"{link}&reached=0",
        when=format_moment(at, zone) if isinstance(at, datetime) else "",
    )
    return _with_quiet_hours(seen, found or Reach(), at if isinstance(at, datetime) else clock.now(), zone)


def _with_quiet_hours(seen: Look, found: Reach, at: datetime, zone: str) -> Look:
    asleep = found.asleep(at)
    if not asleep:
        return seen
    morning = found.morning(at)
    typed = local(morning, zone)
    return replace(
        seen,
        asleep=asleep,
        morning=format_moment(morning, zone),
        day=f"{typed:%Y-%m-%d}",
        time=f"{typed:%H:%M}",
    )


def people_link(event: InterviewEvent, readers: Readers) -> str:
    """The list of just the people that are counted."""
    query = {
        "audience": readers.audience,
        "city": str(readers.city_id or ""),
        "tag": readers.tag,
        "of_event": "" if readers.event_id == event.pk else str(readers.event_id),
        "excludes": list(readers.excludes),
        "again": str(readers.again_of or ""),
        "to": readers.again_to,
    }
    filled = urlencode({name: value for name, value in query.items() if value}, doseq=True)
    return f"{reverse('admin:scheduling_interviewevent_readers', args=[event.pk])}?{filled}"


def _previews(form: BroadcastForm) -> list[Preview]:
    values = values_of(form.event, form.chosen_city())
    typed = {language: str(form[name].value() or "").strip() for language, name in (("ru", "text"), ("en", "text_en"))}
    made = []
    for language, label in LANGUAGE_LABELS:
        text = (typed[language] or typed["ru"]).replace("\r\n", "\n")
        problem = problem_of(text, values)
        bubble = Bubble(error=problem) if problem else Bubble(shown(as_html(text, values)))
        made.append(Preview(label, bubble, BUTTONS[language]))
    return made
