"""Field types that several messages share, and the rules for single values.

The admin service's models check by these same functions, so that whatever is stored can be sent.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

from shared_contracts.telegram.names import clean_name, without_turns, without_unseen
from shared_contracts.telegram.text import check_link

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
LARGEST_COUNT = 2**31 - 1
LARGEST_VERSION = 2**53 - 1
"""A whole number that JSON readers and MongoDB keep exactly."""
LARGEST_TELEGRAM_ID = 2**53 - 1
"""Telegram: user ids have at most 52 significant bits."""
LINE_LENGTH, TEXT_LENGTH, URL_LENGTH = 256, 4096, 512

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_LINK = re.compile(r"(?:https?|tg)://\S+\Z", re.ASCII | re.IGNORECASE)
_USERNAME = re.compile(r"[A-Za-z0-9_]{4,32}\Z", re.ASCII)


def to_moment(value: datetime) -> datetime:
    """An aware time in UTC.

    Raises:
        ValueError: before 2000 or after 2199. Years 1 and 9999 can't even be turned into UTC.
    """
    try:
        moment = value.astimezone(UTC)
    except OverflowError:
        moment = None
    if moment is None or not EARLIEST <= moment < LATEST:
        raise ValueError("must be a time from 2000 to 2199")
    return moment


def format_utc(value: datetime) -> str:
    """ISO 8601 in UTC with a final ``Z`` and milliseconds: MongoDB keeps no finer time."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_line(text: str) -> bool:
    """Whether a text is one line: with a control character, lines could be forged in a chat or a log."""
    return not _BREAKS.search(text) and not _SURROGATES.search(text)


def is_text(text: str) -> bool:
    """Whether a text of several lines has no control characters but tab and line breaks."""
    return not _CONTROLS.search(text) and not _SURROGATES.search(text)


def to_line(text: str) -> str:
    """The text on one line: a blank stands for each control character and line break, nothing for what turns text."""
    if text.isprintable():  # so there is none of either, as in nearly all that is sent
        return text
    return _SURROGATES.sub("\ufffd", _BREAKS.sub(" ", without_turns(text)))


def to_text(text: str) -> str:
    """The same of a text of several lines; tab and line breaks stay."""
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", without_turns(text)))


@lru_cache(maxsize=1024)  # the same few links go out with every booking
def to_link(text: str) -> str:
    """A link that Telegram takes for a button, its scheme in lower case, however it was typed; all of it can be seen.

    Raises:
        ValueError: not http, https or tg, a white space or control character inside, or a host that leads nowhere.
    """
    link = without_unseen(text).strip()
    if not _LINK.match(link) or not is_line(link):
        raise ValueError("must be a link that begins with https://, http:// or tg://")
    scheme, rest = link.split("://", 1)
    link = f"{scheme.lower()}://{rest}"
    check_link(link)
    if not urlsplit(link).netloc:
        raise ValueError("the link leads nowhere")
    return link


def is_username(text: str) -> bool:
    """Whether it is a Telegram username, without the @."""
    return bool(_USERNAME.match(text))


def username_or_none(value: Any) -> Any:
    """What is no username is none: one that can't be a person's leads nowhere."""
    return None if isinstance(value, str) and not is_username(value) else value


def _link_if_text(value: Any) -> Any:
    return to_link(value) if isinstance(value, str) else value


Moment = Annotated[
    AwareDatetime, AfterValidator(to_moment), PlainSerializer(format_utc, return_type=str, when_used="json")
]
"""A moment from 2000 to 2199: needs an offset when read, is UTC inside, ``…Z`` on the wire."""

EntityId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]
"""A MongoDB ObjectId as 24 lower-case hex digits. Opaque to the bot."""

TelegramUserId = Annotated[int, Field(gt=0, le=LARGEST_TELEGRAM_ID)]

TelegramChatId = Annotated[int, Field(ge=-LARGEST_TELEGRAM_ID, le=LARGEST_TELEGRAM_ID)]
"""A private chat's id is its person's; groups are negative."""

TelegramMessageId = Annotated[int, Field(gt=0, le=LARGEST_TELEGRAM_ID)]

Version = Annotated[int, Field(ge=1, le=LARGEST_VERSION)]
"""A booking's version: 1 when made, one more with every change."""

Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]

ShortText = Annotated[str, StringConstraints(max_length=LINE_LENGTH), AfterValidator(to_line)]
"""One line. Control characters become blanks, whoever sent them: lines could be forged through them."""

Name = Annotated[str, StringConstraints(max_length=LINE_LENGTH), AfterValidator(clean_name)]
"""What a person, or whatever else has a name, is called; see ``clean_name``. Empty where nothing of it can be seen."""

LongText = Annotated[str, StringConstraints(max_length=TEXT_LENGTH), AfterValidator(to_text)]
"""Several lines."""

Username = Annotated[
    str | None,
    BeforeValidator(username_or_none),
    Field(json_schema_extra={"description": "A Telegram username without the @."}),
]
"""A Telegram username; null where there is none, or none that could be a person's."""

Url = Annotated[
    str, BeforeValidator(_link_if_text), StringConstraints(pattern=r"^(https?|tg)://\S+$", max_length=URL_LENGTH)
]
"""A link that Telegram takes for a button; its scheme is in lower case, however it was typed."""


Language = Literal["ru", "en"]
"""A language that every text exists in."""


class WireModel(BaseModel):
    """Base of all that crosses a wire: strict types, immutable, unknown fields left out of the way."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


BILINGUAL_LENGTH = 1_000
_Words = Annotated[str, StringConstraints(min_length=1, max_length=BILINGUAL_LENGTH), AfterValidator(to_text)]


class Bilingual(WireModel):
    """A text that staff wrote, in both languages."""

    ru: _Words
    en: _Words

    def in_(self, language: str) -> str:
        """English for ``en``, Russian for any other."""
        return self.en if language == "en" else self.ru
