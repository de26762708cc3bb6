"""Text by Telegram's rules: its length, trimming, what is marked up by itself, which links lead somewhere, and HTML.

Source: "Formatting options" in the Bot API's documentation; refusals as the public server gives them.
"""

import re
from html import escape
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
MAX_TEXT = 4096
"""A message's length in UTF-16 units, after its formatting was parsed."""

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:(//)?", re.IGNORECASE)
_DETECTED = (
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?\b(?![/<>])")),
    ("url", re.compile(r"(?:https?://|(?<![\w@.])t\.me/)[^\s<>\"«»]*[^\s<>\"«».,;:!?)]")),
    ("mention", re.compile(r"(?<![\w/@.])@[A-Za-z0-9_]{4,32}\b")),
)
_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
    "code": "code",
    "pre": "pre",
}


def utf16_length(text: str) -> int:
    """Telegram counts text in UTF-16 code units: most emoji are two."""
    return len(text) + sum(char > "\uffff" for char in text)


def check_link(url: str) -> str:
    """Returns the link with its protocol. Raises ValueError with Telegram's reason."""
    url = url.strip()
    if not _SCHEME.match(url) or re.match(r"^[^/:]+:\d", url):
        url = f"http://{url}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "tg", "ton", "tonsite"):
        raise ValueError("Unsupported URL protocol")
    if parts.scheme in ("http", "https"):
        _check_host(parts.netloc, url)
    return url


def _check_host(netloc: str, url: str) -> None:
    host = netloc.rpartition("@")[2].partition(":")[0]
    if not host:
        raise ValueError("URL host is empty")
    # Telegram refuses one-word hosts (localhost among them): such a button would lead nowhere on a phone.
    if "." not in host or re.search(r"\s", url) or host.startswith(".") or ".." in host:
        raise ValueError("Wrong HTTP URL")


def trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Cuts the white space around a text, as Telegram does, and moves the entities along."""
    lead = utf16_length(text) - utf16_length(text.lstrip())
    text = text.strip()
    total = utf16_length(text)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        end = min(entity["offset"] + entity["length"] - lead, total)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return text, kept


def with_detected(text: str, entities: list[Json]) -> list[Json]:
    """Adds the commands, links and mentions that Telegram finds by itself outside code and links."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in ("code", "pre", "text_link")]
    found = list(entities)
    for kind, pattern in _DETECTED:
        for match in pattern.finditer(text):
            start = utf16_length(text[: match.start()])
            end = start + utf16_length(match.group())
            if all(end <= a or start >= b for a, b in taken):
                taken.append((start, end))
                found.append({"type": kind, "offset": start, "length": end - start})
    return sorted(found, key=lambda e: (e["offset"], -e["length"]))


def to_html(text: str, entities: list[Json]) -> str:
    """The text in Telegram's HTML. Detected entities (commands, bare links) stay plain text."""
    units = text.encode("utf-16-le")
    opening: dict[int, list[str]] = {}
    closing: dict[int, list[str]] = {}
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        tags = _tags_of(entity)
        if tags:
            opening.setdefault(start, []).append(tags[0])
            closing.setdefault(end, []).insert(0, tags[1])
    parts, last = [], 0
    for cut in sorted({*opening, *closing, len(units) // 2}):
        parts.append(escape(units[last * 2 : cut * 2].decode("utf-16-le"), quote=False))
        parts += closing.get(cut, []) + opening.get(cut, [])
        last = cut
    return "".join(parts)


def _tags_of(entity: Json) -> tuple[str, str] | None:
    kind = entity["type"]
    if kind == "text_link":
        return f'<a href="{escape(entity["url"])}">', "</a>"
    if kind == "text_mention":
        return f'<a href="tg://user?id={entity["user"]["id"]}">', "</a>"
    tag = _TAGS.get(kind)
    return (f"<{tag}>", f"</{tag}>") if tag else None
