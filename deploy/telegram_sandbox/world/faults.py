"""Faults ordered by a test: the next calls of a method fail in a chosen way."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from telegram_sandbox.errors import ApiError, too_many_requests

Mode = Literal["error", "timeout", "drop_after_apply"]
_TEXTS = {
    400: "Bad Request: chat not found",
    403: "Forbidden: bot was blocked by the user",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


@dataclass(slots=True)
class Fault:
    """`times` calls of `method` (any case; "*" for every one), in `chat_id` alone when given, fail.

    error: refused with `error_code`; timeout: not applied, never answered; drop_after_apply: applied, but the
    connection is closed without an answer.
    """

    method: str
    mode: Mode
    times: int
    error_code: int
    retry_after: int | None = None
    description: str | None = None
    chat_id: int | None = None
    migrate_to_chat_id: int | None = None

    def error(self) -> ApiError:
        """The answer of mode "error"."""
        if self.error_code == HTTPStatus.TOO_MANY_REQUESTS:
            return too_many_requests(self.retry_after or 1)
        text = self.description or _TEXTS.get(self.error_code, f"Error {self.error_code}")
        return ApiError(self.error_code, text, self.retry_after, self.migrate_to_chat_id)


class Faults:
    """The faults still to come, oldest order first."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self.waiting.append(fault)

    def clear(self) -> None:
        self.waiting.clear()

    def take(self, method: str, chat_id: str) -> Fault | None:
        """The fault that strikes this call, counted down. `chat_id` as the bot wrote it, maybe empty."""
        for fault in self.waiting:
            named = fault.method == "*" or fault.method.lower() == method.lower()
            if named and fault.chat_id in (None, _number(chat_id)):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None


def _number(text: str) -> int | None:
    return int(text) if text.lstrip("-").isdigit() else None
