"""What a template looks like in chat, with made-up values."""

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from common.refusals import RefusedError
from message_templates.domain.catalogue import MESSAGE_KINDS
from message_templates.services.reading import in_force
from message_templates.services.rules import check_text
from message_templates.services.samples import SampleInterview, setting_in
from message_templates.services.variables import sample_values
from people.models import City
from shared_contracts.notification import NotificationKind
from shared_contracts.telegram.html import parse_html
from shared_contracts.telegram.text import Json, check_link, to_html, trim, with_detected
from shared_contracts.texts.message_templates import choose, render


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message as the browser may show it, or why it can't be one. ``own``: the city's own text, not the default."""

    html: SafeString | str = ""
    error: str = ""
    own: bool = False


def preview(kind: NotificationKind, language: str, text: str, city: City | None) -> Bubble:
    """A text, saved or not, as someone in ``city`` would get it."""
    try:
        check_text(kind, text)
    except RefusedError as error:
        return Bubble(error=" ".join(error.errors.values()))
    return Bubble(shown(render(text, _sample_values(kind, language, city))))


def preview_in_force(kind: NotificationKind, language: str, city: City | None) -> Bubble | None:
    """What someone in ``city`` gets now; None where there is not even a default."""
    chosen = choose(in_force(), kind, language, str(city.pk) if city else None)
    if chosen is None:
        return None
    html = shown(render(chosen.text, _sample_values(kind, language, city)))
    return Bubble(html, own=chosen.city_id is not None)


def _sample_values(kind: NotificationKind, language: str, city: City | None) -> dict[str, str]:
    interview = SampleInterview(language, setting_in(city, language), MESSAGE_KINDS[kind].is_glad)
    return sample_values(interview)


def shown(message: str) -> SafeString:
    """Written anew from what Telegram reads: nothing but its tags, checked links and escaped text."""
    text, entities = trim(*parse_html(message))
    return mark_safe(to_html(text, [_as_link(text, entity) for entity in with_detected(text, entities)]))


def _as_link(text: str, entity: Json) -> Json:
    """A bare link is blue in Telegram."""
    if entity["type"] != "url":
        return entity
    units = text.encode("utf-16-le")[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2]
    try:
        return {**entity, "type": "text_link", "url": check_link(units.decode("utf-16-le"))}
    except ValueError:
        return entity
