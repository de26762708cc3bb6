"""Telegram's errors, sorted in one place."""

import os
from datetime import timedelta
from enum import StrEnum

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from interview_bot.common.metrics import TELEGRAM_ERRORS
from interview_bot.telegram.requests import BROKE_OFF, NOT_SENT
from shared_contracts.broadcast import ChatTrouble, DeliveryStatus

# python-telegram-bot warns at each 429 until asked for its coming type of ``retry_after``, a timedelta.
os.environ.setdefault("PTB_TIMEDELTA", "true")


class HeldBackError(RetryAfter):
    """Telegram was not asked, because it would answer 429. ``retry_after`` says when there is room."""


class Trouble(StrEnum):
    """What a Telegram error means for whoever made the call."""

    BLOCKED = "blocked"
    """The person blocked the bot or never started it, or the chat is gone: no retry helps."""
    UNCHANGED = "unchanged"
    """The message already reads as wanted."""
    GONE = "gone"
    """The message can't be edited any more, or is no such message; a new one can be sent."""
    REFUSED = "refused"
    """The call is wrong: it would fail again."""
    RETRY_AFTER = "retry_after"
    TRANSIENT = "transient"
    """Telegram did not get the call."""
    UNCERTAIN = "uncertain"
    """Telegram did not answer: the call may have been carried out."""


_FINAL = {
    Trouble.BLOCKED: DeliveryStatus.BLOCKED,
    Trouble.UNCERTAIN: DeliveryStatus.UNCERTAIN,
    Trouble.REFUSED: DeliveryStatus.FAILED,
    Trouble.GONE: DeliveryStatus.FAILED,
    Trouble.UNCHANGED: DeliveryStatus.FAILED,
}
"""Troubles that end a delivery. The others are raised, so that it is tried again."""
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_CHAT_GONE = (
    "chat not found",
    "user is deactivated",
    "peer_id_invalid",
    "bot was kicked",
    "group chat was deactivated",
)


def classify(error: Exception) -> Trouble:
    """Which trouble an exception of a Bot API call is.

    ``BadRequest`` and ``TimedOut`` are ``NetworkError``s in python-telegram-bot, so the order of the checks matters.
    """
    trouble = _classify(error)
    if isinstance(error, HeldBackError):
        return trouble  # Telegram had no trouble
    TELEGRAM_ERRORS.labels(trouble.value).inc()
    return trouble


def _classify(error: Exception) -> Trouble:
    if isinstance(error, RetryAfter):
        return Trouble.RETRY_AFTER
    if isinstance(error, Forbidden | ChatMigrated):
        return Trouble.BLOCKED
    if isinstance(error, BadRequest):
        return _classify_bad_request(error.message.lower())
    if isinstance(error, TimedOut):
        return Trouble.TRANSIENT if isinstance(error.__cause__, NOT_SENT) else Trouble.UNCERTAIN
    if isinstance(error, InvalidToken):
        return Trouble.REFUSED
    if isinstance(error, NetworkError):
        broke_off = isinstance(error.__cause__, BROKE_OFF) and not isinstance(error.__cause__, NOT_SENT)
        return Trouble.UNCERTAIN if broke_off else Trouble.TRANSIENT
    return Trouble.REFUSED


def _classify_bad_request(text: str) -> Trouble:
    if "message is not modified" in text:
        return Trouble.UNCHANGED
    if any(part in text for part in _GONE):
        return Trouble.GONE
    if any(part in text for part in _CHAT_GONE):
        return Trouble.BLOCKED
    return Trouble.REFUSED


_GROUP_TROUBLES = {
    ChatTrouble.TOPIC_CLOSED: ("topic_closed",),
    ChatTrouble.TOPIC_GONE: ("message thread not found", "topic_deleted", "topic_id_invalid"),
    ChatTrouble.NO_RIGHTS: (
        *("not enough rights", "have no rights", "need administrator rights"),
        *("write_forbidden", "send_forbidden", "plain_forbidden", "chat_restricted"),
    ),
    ChatTrouble.GONE: ("chat not found", "chat was deactivated", "chat was deleted", "channel_private"),
}


def trouble_of_group(error: TelegramError) -> ChatTrouble | None:
    """Why a group can't be written to, by the refusal of a message to it; None where that was not the reason."""
    text = error.message.lower()
    found = next((kind for kind, parts in _GROUP_TROUBLES.items() if any(part in text for part in parts)), None)
    return found or (ChatTrouble.KICKED if isinstance(error, Forbidden) else None)


def is_missing_method(error: TelegramError) -> bool:
    """Whether the Bot API server does not know the method; a wrong token looks the same to python-telegram-bot."""
    return isinstance(error, InvalidToken) and "not found" in error.message.lower()


def final_status(error: TelegramError) -> DeliveryStatus | None:
    """The status a failed send ends with, None when it should be tried again."""
    return _FINAL.get(classify(error))


def seconds_to_wait(error: RetryAfter) -> float:
    """How long Telegram asked to be left alone."""
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
