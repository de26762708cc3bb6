"""What buttons carry: ``<version>:<action>:<opaque ids>``, at most Telegram's 64 bytes.

Anyone can send any data, so it only says what is wanted; whether that is theirs and possible is checked at each press.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

VERSION = "1"
_ID = r"[0-9a-f]{24}"
_PAGE = r"[0-9a-z]{1,8}\.[0-9a-f]{6}"


class Action(StrEnum):
    """What a button asks for."""

    HOME = "st"
    SIGN_UP = "ev"
    PAGE = "pg"
    CHOOSE = "sl"
    CONFIRM = "ok"
    BACK = "bk"
    MY_BOOKINGS = "mb"
    MOVE = "mv"
    MOVE_PAGE = "mp"
    MOVE_CHOOSE = "ms"
    CANCEL = "cx"
    CANCEL_CONFIRM = "cy"


_ARGUMENTS: dict[Action, tuple[str, ...]] = {
    Action.HOME: (),
    Action.SIGN_UP: (_ID,),
    Action.PAGE: (_ID, _PAGE),
    Action.CHOOSE: (_ID, _ID),
    Action.CONFIRM: (r"[0-9a-f]{16}",),
    Action.BACK: (),
    Action.MY_BOOKINGS: (),
    Action.MOVE: (_ID,),
    Action.MOVE_PAGE: (_ID, _PAGE),
    Action.MOVE_CHOOSE: (_ID, _ID),
    Action.CANCEL: (_ID,),
    Action.CANCEL_CONFIRM: (_ID, r"[1-9][0-9]{0,8}"),
}


class StaleDataError(Exception):
    """Data of another version, or not ours."""


@dataclass(frozen=True)
class Pressed:
    """A button's data, read."""

    action: Action
    arguments: tuple[str, ...]


def pack(action: Action, *arguments: str) -> str:
    """Data for a button."""
    return ":".join((VERSION, action.value, *arguments))


def unpack(data: str | None) -> Pressed:
    """Read a button's data.

    Raises:
        StaleDataError: an older version's button, or forged data.
    """
    version, _, rest = (data or "").partition(":")
    name, *arguments = rest.split(":")
    if version != VERSION or name not in {action.value for action in Action}:
        raise StaleDataError
    action = Action(name)
    patterns = _ARGUMENTS[action]
    if len(arguments) != len(patterns) or not all(map(re.fullmatch, patterns, arguments)):
        raise StaleDataError
    return Pressed(action, tuple(arguments))
