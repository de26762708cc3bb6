"""Telegram's HTML: what it accepts, what it makes of it, and its words for what it refuses.

Source: "HTML style" in the Bot API's documentation; error texts as the public server gives them.
"""

import re
import sys
from dataclasses import dataclass, field

from shared_contracts.telegram.text import Json, check_link, utf16_length

_KINDS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("tg-spoiler", "span"), "spoiler"),
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_SURROGATES = range(0xD800, 0xE000)
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|([A-Za-z]+));?")
_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE = re.compile(r"\s*([^\s=>]*)\s*")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")


class HtmlError(ValueError):
    """The text after "can't parse entities: "."""


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    part: int


@dataclass(slots=True)
class _Reader:
    source: str
    at: int = 0
    length: int = 0
    parts: list[str] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def byte(self, position: int) -> int:
        return len(self.source[:position].encode())

    def emit(self, text: str) -> None:
        self.parts.append(text)
        self.length += utf16_length(text)

    def peek(self) -> str:
        return self.source[self.at : self.at + 1]


def decode_references(text: str) -> str:
    """Replaces numbered references and the four named ones; others stay as they are."""
    return _REFERENCE.sub(_decode, text)


def _decode(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMED.get(name, match.group())
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if code == 0 or code > sys.maxunicode or code in _SURROGATES:
        return match.group()
    return chr(code)


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Text and entities (offsets in UTF-16 units) of Telegram's HTML. Raises HtmlError."""
    reader = _Reader(source)
    while reader.at < len(source):
        next_tag = source.find("<", reader.at)
        end = len(source) if next_tag < 0 else next_tag
        if end > reader.at:
            reader.emit(decode_references(source[reader.at : end]))
            reader.at = end
        elif source.startswith("</", reader.at):
            _close_tag(reader)
        else:
            _open_tag(reader)
    if reader.open:
        raise HtmlError(f'Can\'t find end tag corresponding to start tag "{reader.open[-1].tag}"')
    # An outer tag closes last; reversed, it comes before an inner one of the same extent.
    entities = reader.entities[::-1]
    entities.sort(key=lambda e: (e["offset"], -e["length"]))
    return "".join(reader.parts), _without_nested_in_code(entities)


def _open_tag(reader: _Reader) -> None:
    begin = reader.byte(reader.at)
    match = _NAME.match(reader.source, reader.at + 1)
    assert match is not None
    reader.at = match.end()
    if not reader.peek():
        raise HtmlError(f"Unclosed start tag at byte offset {begin}")
    tag = match.group().lower()
    if tag not in _KINDS:
        raise HtmlError(f'Unsupported start tag "{tag}" at byte offset {begin}')
    attributes: dict[str, str] = {}
    while True:
        while reader.peek().isspace():
            reader.at += 1
        if reader.peek() == ">":
            break
        name, value = _attribute(reader, tag, begin)
        attributes[name] = value
    reader.at += 1
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise HtmlError(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
    reader.open.append(_Open(tag, attributes, reader.length, len(reader.parts)))


def _attribute(reader: _Reader, tag: str, begin: int) -> tuple[str, str]:
    match = _ATTRIBUTE.match(reader.source, reader.at)
    assert match is not None
    name = match.group(1)
    if not name:
        raise HtmlError(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
    reader.at = match.end()
    if reader.peek() != "=":
        if tag == "blockquote" and name == "expandable":
            return name, ""
        raise HtmlError(f'Expected equal sign in declaration of an attribute of the tag "{tag}" at byte offset {begin}')
    reader.at += 1
    while reader.peek().isspace():
        reader.at += 1
    if not reader.peek():
        raise HtmlError(f'Unclosed start tag "{tag}" at byte offset {begin}')
    value = _quoted(reader) if reader.peek() in "'\"" else _token(reader)
    if not reader.peek():
        raise HtmlError(f"Unclosed start tag at byte offset {begin}")
    return name, value


def _quoted(reader: _Reader) -> str:
    quote = reader.peek()
    end = reader.source.find(quote, reader.at + 1)
    stop = len(reader.source) if end < 0 else end
    value = decode_references(reader.source[reader.at + 1 : stop])
    reader.at = stop + 1
    return value


def _token(reader: _Reader) -> str:
    match = _TOKEN.match(reader.source, reader.at)
    assert match is not None
    after = reader.source[match.end() : match.end() + 1]
    if not after.isspace() and after != ">":
        raise HtmlError(f"Unexpected end of name token at byte offset {reader.byte(reader.at)}")
    reader.at = match.end()
    return match.group().lower()


def _close_tag(reader: _Reader) -> None:
    begin = reader.byte(reader.at)
    if not reader.open:
        raise HtmlError(f"Unexpected end tag at byte offset {begin}")
    match = _NAME.match(reader.source, reader.at + 2)
    assert match is not None
    reader.at = match.end()
    while reader.peek().isspace():
        reader.at += 1
    if reader.peek() != ">":
        raise HtmlError(f"Unclosed end tag at byte offset {begin}")
    reader.at += 1
    opened, found = reader.open.pop(), match.group().lower()
    if found and found != opened.tag:
        raise HtmlError(f'Unmatched end tag at byte offset {begin}, expected "</{opened.tag}>", found "</{found}>"')
    entity = _entity(reader, opened)
    if entity is not None:
        reader.entities.append(entity)


def _entity(reader: _Reader, opened: _Open) -> Json | None:
    """None when nothing is inside, or when a link leads nowhere: Telegram then keeps the bare text."""
    entity: Json = {
        "type": _KINDS[opened.tag],
        "offset": opened.offset,
        "length": reader.length - opened.offset,
    }
    if entity["length"] == 0:
        return None
    if opened.tag == "a":
        return _link_entity(entity, opened.attributes.get("href") or "".join(reader.parts[opened.part :]))
    if opened.tag == "tg-emoji":
        emoji = opened.attributes.get("emoji-id", "")
        if not emoji.isdigit():
            raise HtmlError("Invalid custom emoji identifier specified")
        entity["custom_emoji_id"] = emoji
    if opened.tag == "blockquote" and "expandable" in opened.attributes:
        entity["type"] = "expandable_blockquote"
    return entity


def _link_entity(entity: Json, url: str) -> Json | None:
    person = re.fullmatch(r"tg://user\?id=(\d+)", url)
    if person:
        return {**entity, "type": "text_mention", "user": {"id": int(person[1])}}
    try:
        return {**entity, "url": check_link(url)}
    except ValueError:
        return None


def _without_nested_in_code(entities: list[Json]) -> list[Json]:
    kept: list[Json] = []
    for entity in entities:
        inside = any(
            outer["type"] in ("code", "pre") and entity["offset"] < outer["offset"] + outer["length"] for outer in kept
        )
        if not inside:
            kept.append(entity)
    return kept
