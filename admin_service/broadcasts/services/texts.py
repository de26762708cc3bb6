"""What a broadcast says: its variables, and the text that they make."""

from collections.abc import Mapping
from html import escape, unescape

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from message_templates.services.rules import braced
from people.models import City, ContactSettings
from scheduling.models import InterviewEvent
from shared_contracts.fields import is_text
from shared_contracts.telegram.text import utf16_length
from shared_contracts.texts.message_templates import TemplateError, render, variables_of

MAX_TEXT = 3_500
"""UTF-16 units, as Telegram counts; it takes 4,096."""
VARIABLES = {
    "event": gettext_lazy("the interview event"),
    "city": gettext_lazy("the city chosen below"),
    "link": gettext_lazy("leads to the sign-up in the bot, also from a group or an e-mail"),
    "contact_link": gettext_lazy("whom to ask: the city's contact, or the default"),
}
"""What a text may name, and what it means. A line is left out when one of its variables is empty."""


def values_of(event: InterviewEvent, city: City | None) -> dict[str, str]:
    """What the variables stand for."""
    default = ContactSettings.objects.first()
    return {
        "event": event.title,
        "city": city.name if city else "",
        "link": f"https://t.me/{settings.ENV.telegram_bot_username}?start=e_{event.pk}",
        "contact_link": (city.contact_url if city else "") or (default.contact_url if default else ""),
    }


def as_html(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in, as Telegram's HTML, which has no markup: it is what staff typed."""
    return render(escape(text, quote=False), values)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The same as plain text, which is what the bot sends."""
    return unescape(as_html(text, values))


def as_typed(text: str) -> str:
    """A text that was sent, to be typed again: its braces are no variables'."""
    return text.replace("{", "{{").replace("}", "}}")


def problem_of(text: str, values: Mapping[str, str]) -> str:
    """Why a text can't be sent, in staff's words; empty where it can."""
    if not is_text(text):
        return _("There is a character in it that can't be sent.")
    try:
        unknown = variables_of(text) - VARIABLES.keys()
    except TemplateError:
        return _("A brace has no pair, or there is more than a name between two. To show a brace, write it twice.")
    if unknown:
        names = {"names": braced(unknown), "known": braced(VARIABLES)}
        return _("There is no such variable: %(names)s. There are: %(known)s.") % names
    length = utf16_length(fill(text, values))
    if not 1 <= length <= MAX_TEXT:
        return _("Write 1 to %(most)s characters.") % {"most": MAX_TEXT}
    return ""
