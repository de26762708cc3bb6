"""Names as anyone can set them in Telegram, made safe to show: both services show names by this."""

import re
import unicodedata

MOST_MARKS = 3
"""Marks on one letter; a pile of them covers the lines around it."""
_PLAIN = re.compile(r"[ -~А-яЁё«»—–№·…]*")
"""Nothing to be done but to the blanks; most names are of these."""
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u034f\U0001d159")
"""Drawn as nothing, though Unicode counts them among letters, signs and marks."""
_JOINER, _IN_COLOUR = "\u200d", "\ufe0f"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_MARKS = frozenset({"Mn", "Me"})
_FROM_RIGHT = frozenset({"R", "AL"})
_FIRST_STRONG_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


_ESCAPES = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # a terminal's colours and movements
    "|\x1b[\\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\)"  # its titles and links
    "|\x1b[ -/]*[0-~]"
)


_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066\u2067]")
"""Turns what comes after it round, or may; what ``isolated`` puts around a name is none of these."""


def without_turns(text: str) -> str:
    """The text without what can't be seen and turns other text round, such as the names that stand after it."""
    return text if text.isascii() else _TURNING.sub("", text)


def without_unseen(text: str) -> str:
    """The text without zero-width and directional characters: for what is no prose, such as a link."""
    return text if text.isascii() else "".join(letter for letter in text if unicodedata.category(letter) != "Cf")


def without_escapes(text: str) -> str:
    """The text without what a terminal takes for commands: of these the letters would stay."""
    return _ESCAPES.sub("", text)


def clean_name(name: str) -> str:
    """The name on one line, without what turns text round, can't be seen or piles up; empty where nothing is left.

    Idempotent, so that it may be used wherever a name comes in and wherever it is shown.
    """
    if _PLAIN.fullmatch(name):
        return " ".join(name.split())
    kept: list[str] = []
    marks, plain = 0, without_escapes(name)
    for letter, following in zip(plain, plain[1:] + " ", strict=False):
        category = unicodedata.category(letter)
        if category in _MARKS and letter not in _BLANK:
            marks += 1
            if marks <= MOST_MARKS and kept and kept[-1] != " ":
                kept.append(letter)
            continue
        if category == "Cf":  # zero-width or directional: nothing stands for it
            before = kept[-1] if kept else " "
            if letter == _JOINER and (before == _IN_COLOUR or _is_emoji(before)) and _is_emoji(following):
                kept.append(letter)
            continue
        marks = 0
        kept.append(" " if category in _INVISIBLE or category.startswith("Z") or letter in _BLANK else letter)
    return " ".join("".join(kept).split())


def _is_emoji(letter: str) -> bool:
    """Whether it is one, or a skin's colour behind one."""
    return letter not in _BLANK and (unicodedata.category(letter) == "So" or "\U0001f3fb" <= letter <= "\U0001f3ff")


def username_beside(name: str, username: str | None) -> str:
    """The @username to stand beside the name; empty where there is none, or the name shows it already."""
    says_it = bool(username) and clean_name(name).removeprefix("@").casefold() == str(username).casefold()
    return f"@{username}" if username and not says_it else ""


def isolated(name: str) -> str:
    """The name as part of a line: one that is written from right to left leaves the line's own direction as it is."""
    if any(unicodedata.bidirectional(letter) in _FROM_RIGHT for letter in name):
        return f"{_FIRST_STRONG_ISOLATE}{name}{_END_OF_ISOLATE}"
    return name
