"""The methods the sandbox knows, by name. Telegram ignores the case of a method's name."""

from collections.abc import Awaitable, Callable
from typing import Any

from telegram_sandbox.bot_api.params import Params
from telegram_sandbox.world.sandbox import Sandbox

Method = Callable[[Sandbox, Params], Any | Awaitable[Any]]
METHODS: dict[str, tuple[str, Method]] = {}


def method(name: str) -> Callable[[Method], Method]:
    """Registers a handler. It returns the `result` of the answer or raises ApiError."""

    def register(handler: Method) -> Method:
        METHODS[name.lower()] = (name, handler)
        return handler

    return register
