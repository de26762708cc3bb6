"""Message templates (R5): what they may name, and how they become a message.

The desk checks and previews and the bot sends by these same functions.
"""

from collections.abc import Iterable, Mapping
from html import escape
from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from shared_contracts.fields import EntityId, Language, Version, WireModel, to_text
from shared_contracts.notification import NotificationKind

LANGUAGES = ("ru", "en")

VARIABLES = frozenset(
    {
        "name",
        "event",
        "date",
        "time",
        "minutes",
        "place",
        "city",
        "recruiter",
        "recruiter_link",
        "contact_link",
        "description",
        "bring",
        "reason",
        "wanted",
        "until",
        "changes",
    }
)
"""What a template may name. Dates and times of interviews are told on the clocks that ``clocks_of`` says.

``wanted``: date and time of the move that was asked for, or of the time that the recruiter offers.
``changes``: what is otherwise about the interview since staff changed its slot, a line each, old → new.
``until``: when an offer or a request ends, on the reader's clocks.
"""

TEMPLATE_LENGTH = 3_000


class TemplateView(WireModel):
    """A template as it is in force. ``city_id`` null: the default, where a city has none of its own."""

    kind: NotificationKind
    language: Language
    city_id: EntityId | None
    version: Version
    text: Annotated[str, StringConstraints(min_length=1, max_length=TEMPLATE_LENGTH), AfterValidator(to_text)]


class TemplateList(WireModel):
    """Answer of ``GET /api/templates``: all that are in force, the defaults complete."""

    results: Annotated[list[TemplateView], Field(max_length=10_000)]


class TemplateError(ValueError):
    """A text that is no template. ``names`` are the variables concerned, empty for a stray brace."""

    def __init__(self, problem: Literal["braces", "unknown", "missing"], names: Iterable[str] = ()) -> None:
        self.problem = problem
        self.names = sorted(names)
        super().__init__(f"{problem}: {', '.join(self.names)}")


def check(text: str, required: frozenset[str]) -> None:
    """Refuse a text that could not be sent. Its HTML is another matter.

    Args:
        text: a template.
        required: variables that it must name.

    Raises:
        TemplateError: a stray brace, an unknown variable, or a required one that is missing.
    """
    named = variables_of(text)
    if unknown := named - VARIABLES:
        raise TemplateError("unknown", unknown)
    if missing := required - named:
        raise TemplateError("missing", missing)


def variables_of(text: str) -> frozenset[str]:
    """The variables a text names.

    Raises:
        TemplateError: a brace without its pair, or more than a name between a pair.
    """
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        raise TemplateError("braces") from None
    names = set()
    for _literal, name, spec, conversion in parts:
        if name is None:
            continue
        if spec or conversion or not name.isidentifier():
            raise TemplateError("braces")
        names.add(name)
    return frozenset(names)


_PLACE_IN_CITY, _PLACE = "{city}, {place}", "{place}"


def render(text: str, values: Mapping[str, str], *, online: bool = False) -> str:
    """The message as Telegram's HTML; values are escaped. A line that names a variable without a value is left out.

    Args:
        text: a template that ``check`` accepts.
        values: plain texts by variable; empty or missing where there is nothing to say.
        online: the interview is in no city, so that none stands before its place.
    """
    if online:
        text = text.replace(_PLACE_IN_CITY, _PLACE)
    escaped = {name: escape(value) for name, value in values.items() if value}
    lines = [line.format(**escaped) for line in text.splitlines() if variables_of(line) <= escaped.keys()]
    return "\n".join(lines).strip()


def choose(
    templates: Iterable[TemplateView], kind: NotificationKind, language: str, city_id: str | None
) -> TemplateView | None:
    """The city's own template of this kind and language, else the default; None where neither is there."""
    wanted = [item for item in templates if item.kind is kind and item.language == language]
    own = next((item for item in wanted if city_id is not None and item.city_id == city_id), None)
    return own or next((item for item in wanted if item.city_id is None), None)
