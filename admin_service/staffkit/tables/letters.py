"""In which letters a file is written, told by evidence: a guess that is wrong would store wrong names in silence."""

import codecs
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from staffkit.tables.errors import TableError

_MARKS = (  # UTF-32's mark of little-endian begins as UTF-16's does
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_LETTERS = re.compile(r"[\u00c0-\u024f\u0400-\u052f\u2010-\u203a\u2116\u20bd]")
"""What text in UTF-8 is made of here, besides ASCII."""
_BREAK = re.compile(rb"\r\n|\r|\n")
_CELLS = re.compile(r"[,;\t|\"]")
_HEADER_WITHIN = 5
"""Lines: a table may have a title above its header."""

Knows = Callable[[Sequence[str]], int]
"""How many of these headings are known."""

_TOKEN = re.compile(r"[^\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+")
_COMMON = frozenset("оеаинтсрвлкмдпу")
"""Four of five letters of a Russian text; of one read in wrong letters about half."""
_VOWELS = frozenset("аеёиоуыэюяіїє")
_CYRILLIC = r"(?:\d*(?:[а-яёієїґў]+|[А-ЯЁІЄЇҐЎ][а-яёієїґў]*|[А-ЯЁІЄЇҐЎ]+)\d*|\d+)"
_CYRILLIC_TOKEN = re.compile(rf"[«„“‘]*№?(?:{_CYRILLIC})?(?:[\xa0–—’]{_CYRILLIC})*[»”“’…]*|[–—•]+")
# Without ð, ý, þ: in Turkish letters the same bytes are ğ, ı, ş.
_LOW, _HIGH = "a-zß-ïñ-öø-üÿœšž", "A-ZÀ-ÏÑ-ÖØ-ÜŒŠŽŸ"
_LATIN = rf"(?:[{_LOW}]+|[{_HIGH}][{_LOW}]*|[{_HIGH}]+)"
_LATIN_TOKEN = re.compile(rf"[«„“‘]*{_LATIN}(?:[\xa0–—’]{_LATIN})*[»”“’…]*")
_MIXED = re.compile(r"[A-Za-z]")
_ENOUGH = 0.8
"""Of the words with letters beyond ASCII: one in five may be a foreign one."""
_COMMON_ENOUGH, _VOWELS_ENOUGH = 0.55, 0.25
_CLEARLY_MORE = 2


class Text(NamedTuple):
    """A file's text, and the name of the letters it was written in."""

    text: str
    letters: str


class _Reading(NamedTuple):
    text: Text
    words: int
    common: int


def decode(content: bytes, knows: Knows | None = None) -> Text:
    """The text of a file.

    Args:
        content: of the file.
        knows: how many of some cells are headings that are looked for. One that is known in these letters alone says
            which they are, however few words there are.

    Raises:
        TableError: a byte that does not belong there, with its line; or letters that can't be told.
    """
    for mark, encoding, name in _MARKS:
        if content.startswith(mark):
            return Text(_strict(content, encoding, name).removeprefix("\ufeff"), name)
    if b"\0" in content:
        return _wide(content)
    if _is_almost_utf8(content):
        return Text(_strict(content, "utf-8", "UTF-8"), "UTF-8")
    if knows and (text := _by_heading(content, knows)):
        return text
    readings = [reading for read in _OLD if (reading := read(content))]
    readings.sort(key=lambda reading: (reading.words, reading.common), reverse=True)
    if readings and _is_clear(readings):
        return readings[0].text
    raise TableError(
        _(
            "It can't be told in which encoding the file is written. Save it as .xlsx, or as “CSV UTF-8” (in Excel: "
            "Save as, file type), and choose it again."
        )
    )


def _wide(content: bytes) -> Text:
    """Text of two bytes a letter that does not say so at its beginning, told by which order makes letters of them.

    Raises:
        TableError: neither does.
    """
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        known = sum(letter.isascii() and (letter.isprintable() or letter in "\t\r\n") for letter in text)
        known += len(_LETTERS.findall(text))
        if known == len(text):
            return Text(text, "UTF-16")
    raise TableError(
        _(
            "The file is no plain text, or is “Unicode text” (UTF-16) that does not say so. Save the table as "
            "“CSV UTF-8” or .xlsx and choose it again."
        )
    )


def _by_heading(content: bytes, knows: Knows) -> Text | None:
    """The text in the only letters in which it has a heading that is known; None where that says nothing."""
    found: dict[str, Text] = {}
    for encoding, name in _CYRILLIC_LETTERS:
        text = _decoded(content, encoding)
        lines = text.splitlines()[:_HEADER_WITHIN]
        if any(knows([cell]) for line in lines for cell in _CELLS.split(line) if cell and not cell.isascii()):
            found.setdefault(text, Text(text, name))
    return next(iter(found.values())) if len(found) == 1 else None


def _strict(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        width = {"utf-16": 2, "utf-32": 4}.get(encoding, 1)
        before = content[: error.start] if width == 1 else content[: error.start : width]
        line = len(_BREAK.findall(before)) + 1
    text = _(
        "Line %(line)s: the file is %(name)s, but a letter there is broken. Put it right, save the table as "
        "“CSV UTF-8” and choose it again."
    )
    raise TableError(text % {"line": line, "name": name})


def _is_almost_utf8(content: bytes) -> bool:
    """Whether it is UTF-8 but for a few bytes: of other letters hardly any two make one of UTF-8's."""
    text = content.decode("utf-8", errors="surrogateescape")
    broken = sum("\udc80" <= letter <= "\udcff" for letter in text)
    return not broken or len(_LETTERS.findall(text)) > 2 * broken


def _is_clear(readings: list[_Reading]) -> bool:
    best = readings[0]
    return all(
        best.words > other.words or best.common >= other.common + _CLEARLY_MORE
        for other in readings[1:]
        if other.text.text != best.text.text
    )


def _cyrillic(encoding: str, name: str) -> Callable[[bytes], _Reading | None]:
    def read(content: bytes) -> _Reading | None:
        """Words are all Cyrillic with capitals where they belong, most letters common ones, vowels among them."""
        text = _decoded(content, encoding)
        words = _words(text)
        good = [word for word in words if _CYRILLIC_TOKEN.fullmatch(word)]
        letters = [letter for word in good for letter in word.lower() if letter.isalpha()]
        common, vowels = (sum(letter in some for letter in letters) for some in (_COMMON, _VOWELS))
        is_russian = common >= _COMMON_ENOUGH * len(letters) and vowels >= _VOWELS_ENOUGH * len(letters)
        if not letters or len(good) < _ENOUGH * len(words) or not is_russian:
            return None
        return _Reading(Text(text, name), len(good), common)

    return read


def _latin(content: bytes) -> _Reading | None:
    """Words mix plain letters and accented ones; a word of accented ones alone says nothing."""
    text = _decoded(content, "cp1252")
    words = _words(text)
    good = [word for word in words if _LATIN_TOKEN.fullmatch(word)]
    mixed = [word for word in good if _MIXED.search(word)]
    if not mixed or len(good) < _ENOUGH * len(words) or len(mixed) < len(good) / 2:
        return None
    return _Reading(Text(text, "Windows-1252"), len(mixed), 0)


_CYRILLIC_LETTERS = (
    ("cp1251", "Windows-1251"),
    ("cp866", "DOS (866)"),
    ("koi8-r", "KOI8-R"),
    ("mac-cyrillic", "Mac Cyrillic"),
)
_OLD = (*(_cyrillic(encoding, name) for encoding, name in _CYRILLIC_LETTERS), _latin)


def _decoded(content: bytes, encoding: str) -> str:
    """In such letters; empty where a byte stands for none of them."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _words(text: str) -> list[str]:
    """Those with letters beyond ASCII."""
    return [word for word in _TOKEN.findall(text) if not word.isascii()]
