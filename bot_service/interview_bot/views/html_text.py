"""How much room HTML takes in a message, and cutting what is too long."""

import re
from html import unescape

from shared_contracts.telegram_text import utf16_length


def visible_length(html: str) -> int:
    """As Telegram counts: without tags, in UTF-16 units."""
    return utf16_length(unescape(re.sub(r"<[^<>]+>", "", html)))


def clipped(text: str, room: int) -> str:
    """At most ``room`` UTF-16 units of a plain text, an ellipsis for what was left out."""
    if utf16_length(text) <= room:
        return text
    return text.encode("utf-16-le")[: max(0, room - 1) * 2].decode("utf-16-le", "ignore") + "…"
