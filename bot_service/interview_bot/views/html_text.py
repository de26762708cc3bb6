"""HTML as messages have it: how much room it takes, how it reads without markup, cutting what is too long."""

import re
from html import unescape

from shared_contracts.telegram.names import isolated
from shared_contracts.telegram.text import utf16_length

_NAME_ON_BUTTON = 40
"""UTF-16 units: two names of usual length. More would leave nothing of the button to be seen."""


def visible_length(html: str) -> int:
    """As Telegram counts: without tags, in UTF-16 units."""
    return utf16_length(unescape(re.sub(r"<[^<>]+>", "", html)))


def clip(text: str, room: int) -> str:
    """At most ``room`` UTF-16 units of a plain text, an ellipsis for what was left out."""
    if utf16_length(text) <= room:
        return text
    return text.encode("utf-16-le")[: max(0, room - 1) * 2].decode("utf-16-le", "ignore") + "…"


def button_name(name: str) -> str:
    """A name on a button, where it comes after what the button is about."""
    return isolated(clip(name, _NAME_ON_BUTTON))


def plain_text(html: str) -> str:
    """A rendered template for sending by hand: the tags go, links stay readable."""
    linked = re.sub(r'<a href="([^"]*)">(.*?)</a>', lambda link: _link(link[1], link[2]), html, flags=re.DOTALL)
    return unescape(re.sub(r"<[^<>]+>", "", linked))


def _link(url: str, label: str) -> str:
    return url if label == url else f"{label}: {url}"
