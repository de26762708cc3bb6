"""The catalogue of template variables: an entry for each that the contract names, in the order in which staff see them.

A new variable is a name in the contract, an entry here, and its value in the bot (``views/notice_values.py``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from message_templates.services.samples import SampleInterview, Setting
from shared_contracts.fields import LINE_LENGTH
from shared_contracts.venue import LONGEST_LINE

_DAY = {"ru": "j E, H:i", "en": "j F, H:i"}
_MOMENT = {"ru": "l, j E, H:i", "en": "l, j F, H:i"}
_LONG_LINK = f"https://t.me/{'x' * 187}"
_LONG_ZONE_NOTE = f" ({'Ж' * 64})"
_LONG_CLOCKS_NOTE = f" ({'Ж' * 64}; у вас вс 30 сент., 23:30)"


@dataclass(frozen=True, slots=True)
class TemplateVariable:
    """What is true of a variable.

    Attributes:
        meaning: what it stands for, as staff read it.
        sample: its value for a made-up interview.
        longest: a value as long as the desk lets it be.
        is_always_known: every booking has it. The lines of any other may be left out.
    """

    meaning: Any
    sample: Callable[[SampleInterview], str]
    longest: str
    is_always_known: bool = False


TEMPLATE_VARIABLES: Mapping[str, TemplateVariable] = {
    "name": TemplateVariable(
        meaning=_("the candidate's name"),
        sample=lambda interview: interview.text(ru="Мария", en="Maria"),
        longest="Ж" * 129,
    ),
    "event": TemplateVariable(
        meaning=_("the interview event"),
        sample=lambda interview: interview.text(ru="Специалист поддержки", en="Support specialist"),
        longest="Ж" * 120,
        is_always_known=True,
    ),
    "date": TemplateVariable(
        meaning=_("the day, with weekday, on the place's clock; online, on the reader's"),
        sample=lambda interview: interview.format_time(interview.start, ru="l, j E", en="l, j F"),
        longest="воскресенье, 30 сентября",
        is_always_known=True,
    ),
    "time": TemplateVariable(
        meaning=_("the start, on the same clock, named where others differ; the reader's own time in brackets"),
        sample=lambda interview: f"{interview.start:%H:%M}{interview.zone_note}",
        longest=f"23:30{_LONG_CLOCKS_NOTE}",
        is_always_known=True,
    ),
    "minutes": TemplateVariable(
        meaning=_("how many minutes it takes"), sample=lambda interview: "20", longest="1440", is_always_known=True
    ),
    "place": TemplateVariable(
        meaning=_("location and room, or a video call's link"),
        sample=lambda interview: interview.text(
            ru="улица Садовая, 7, переговорная 2", en="7 Sadovaya Street, meeting room 2"
        ),
        longest="Ж" * LONGEST_LINE,
        is_always_known=True,
    ),
    "city": TemplateVariable(
        meaning=_("the city"),
        sample=lambda interview: interview.setting.city,
        longest="Ж" * 100,
        is_always_known=True,
    ),
    "recruiter": TemplateVariable(
        meaning=_("the recruiter's name, if there is one"),
        sample=lambda interview: interview.setting.recruiter or interview.text(ru="Ольга Смирнова", en="Olga Smirnova"),
        longest="Ж" * 100,
    ),
    "recruiter_link": TemplateVariable(
        meaning=_("the recruiter's link, if there is one"),
        sample=lambda interview: interview.setting.recruiter_link,
        longest=_LONG_LINK,
    ),
    "contact_link": TemplateVariable(
        meaning=_("the city's contact link, or the default one"),
        sample=lambda interview: interview.setting.contact_link,
        longest=_LONG_LINK,
    ),
    "description": TemplateVariable(
        meaning=_("what the interview event is about, if it says so"),
        sample=lambda interview: interview.text(
            ru="Двадцать минут о вас и о работе.", en="Twenty minutes about you and the job."
        ),
        longest="Ж" * 2_000,
    ),
    "bring": TemplateVariable(
        meaning=_("what to bring, if the interview event says so"),
        sample=lambda interview: interview.text(ru="паспорт", en="your passport"),
        longest="Ж" * 300,
    ),
    "reason": TemplateVariable(
        meaning=_("what staff or the recruiter wrote, if anything"),
        sample=lambda interview: (
            interview.text(ru="возьмите с собой паспорт", en="please bring your passport")
            if interview.is_glad
            else interview.text(ru="в этот день переговорная занята", en="the meeting room is taken that day")
        ),
        longest="Ж" * 1_000,
    ),
    "wanted": TemplateVariable(
        meaning=_("the date and time that were asked for or proposed instead, with the place where it is another one"),
        sample=lambda interview: (
            interview.format_time(interview.start + timedelta(days=1, hours=3), **_MOMENT) + interview.zone_note
        ),
        longest=f"воскресенье, 30 сентября, 23:30{_LONG_CLOCKS_NOTE} · {'Ж' * (200 + 2 * LINE_LENGTH)}",
    ),
    "until": TemplateVariable(
        meaning=_("when an offer or a request ends"),
        sample=lambda interview: (
            interview.format_time(interview.start - timedelta(days=1), **_DAY) + interview.zone_note
        ),
        longest=f"23:30 сегодня{_LONG_ZONE_NOTE} (60 минут)",
    ),
    "changes": TemplateVariable(
        meaning=_("what has changed since staff edited the slot, a line each: old → new"),
        sample=lambda interview: (
            f"🕐 {interview.format_time(interview.start - timedelta(hours=1), **_DAY)}{interview.zone_note}"
            f" → {interview.format_time(interview.start, **_DAY)}{interview.zone_note}"
        ),
        longest="\n".join([*[f"🕐 30 сентября, 23:30{_LONG_CLOCKS_NOTE}"] * 2, "Ж" * (2 * 100 + 2 * 150)]),
    ),
}

ALWAYS_KNOWN = frozenset(name for name, variable in TEMPLATE_VARIABLES.items() if variable.is_always_known)
LONGEST = {name: variable.longest for name, variable in TEMPLATE_VARIABLES.items()}


def sample_values(interview: SampleInterview) -> dict[str, str]:
    """A value for each variable, in the interview's language and zone."""
    return {name: variable.sample(interview) for name, variable in TEMPLATE_VARIABLES.items()}


def plain_values() -> dict[str, str]:
    """A value for each variable, of no city in particular."""
    return sample_values(SampleInterview("ru", Setting("Москва")))
