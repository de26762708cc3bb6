"""Field types that several messages share."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def format_utc(value: datetime) -> str:
    """ISO 8601 in UTC with a final ``Z`` and milliseconds: MongoDB keeps no finer time."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


UtcDatetime = Annotated[
    AwareDatetime, AfterValidator(_to_utc), PlainSerializer(format_utc, return_type=str, when_used="json")
]
"""A moment: needs an offset when read, is UTC inside, ``…Z`` on the wire."""

EntityId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]
"""A MongoDB ObjectId as 24 lower-case hex digits. Opaque to the bot."""

TelegramUserId = Annotated[int, Field(gt=0, lt=2**53)]
"""Telegram: user ids have at most 52 significant bits."""

TelegramChatId = Annotated[int, Field(gt=-(2**53), lt=2**53)]
"""A private chat's id is its person's; groups are negative."""

TelegramMessageId = Annotated[int, Field(gt=0, lt=2**53)]

Version = Annotated[int, Field(ge=1)]
"""A booking's version: 1 when made, one more with every change."""

ShortText = Annotated[str, StringConstraints(max_length=256)]
LongText = Annotated[str, StringConstraints(max_length=4096)]
Url = Annotated[str, StringConstraints(pattern=r"^(https?|tg)://\S+$", max_length=512)]


class WireModel(BaseModel):
    """Base of all that crosses a wire: strict types, immutable, unknown fields left out of the way."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class Bilingual(WireModel):
    """A text that staff wrote, in both languages."""

    ru: Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
    en: Annotated[str, StringConstraints(min_length=1, max_length=1_000)]

    def in_(self, language: str) -> str:
        """English for ``en``, Russian for any other."""
        return self.en if language == "en" else self.ru
