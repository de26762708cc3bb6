"""What a person is called, and the link that opens a chat with them."""

import re
from collections.abc import Mapping
from typing import Any

from shared_contracts.telegram.names import clean_name

_AS_TYPED = str.maketrans({"ё": "е"} | dict.fromkeys("’‘ʼʹ`´", "'"))
"""Phones put a curly apostrophe where desks type the straight one; Ukrainian has a letter for it."""

_BEFORE_USERNAME = re.compile(r"(?:(?:https?://)?(?:www\.)?(?:t|telegram)\.me/|@)", re.IGNORECASE)


def bare_username(text: str) -> str:
    """The username in what people type for one: ``@name``, ``name``, ``https://t.me/name``. Anything else as it is."""
    typed = text.strip()
    before = _BEFORE_USERNAME.match(typed)
    return typed[before.end() :].rstrip("/") if before else typed


def full_name(first_name: str | None, last_name: str | None) -> str:
    """First and last name, as far as there is anything of them to be seen; may be empty."""
    return " ".join(filter(None, (clean_name(first_name or ""), clean_name(last_name or ""))))


def shown_name(first_name: str, last_name: str, username: str, telegram_id: int | str | None) -> str:
    """The full name; where there is none the @username, else the Telegram id. Empty where nothing is known."""
    return full_name(first_name, last_name) or (f"@{username}" if username else str(telegram_id or ""))


def name_in(person: Mapping[str, Any]) -> str:
    """The ``shown_name`` of a person's document, or of a booking's snapshot of one."""
    return shown_name(person["first_name"], person["last_name"], person["username"], person["telegram_id"])


def search_words(*names: str) -> list[str]:
    """The words that somebody with these names is found by, each by its beginning: folded, each once, in order.

    A username counts with what follows its underscores, so that @vera_kim is found by "kim" too.
    """
    folded = [fold(name) for name in names]
    words = {word for name in folded for word in name.split()}
    return sorted(words | {part for word in words for part in re.split(r"[_\-]+", word) if part})


def fold(text: str) -> str:
    """As names are compared: without capitals, ё as е, and any apostrophe as a keyboard's."""
    return text.casefold().translate(_AS_TYPED)


def chat_link(username: str, telegram_id: int) -> str:
    """Opens a chat with a person in Telegram; without a username only for those who have met them."""
    return f"https://t.me/{username}" if username else f"tg://user?id={telegram_id}"
