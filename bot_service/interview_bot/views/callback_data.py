"""What buttons carry: ``<version>:<action>:<opaque ids>``, at most Telegram's 64 bytes.

Anyone can send any data, so it only says what is wanted; whether that is theirs and possible is checked at each press.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from interview_bot.common.dialog_data import ANYONE
from shared_contracts.directory import SlotView

VERSION = "1"
_ID = r"[0-9a-f]{24}"
_PAGE = r"[0-9a-z]{1,8}\.[0-9a-f]{6}"
_MENU_PAGE = r"[0-9]{1,3}"
_YEAR, _MONTH_OF_YEAR = r"2[0-9]{3}", r"(?:0[1-9]|1[0-2])"
_MONTH = rf"{_YEAR}{_MONTH_OF_YEAR}|0"
_DAY = rf"{_YEAR}{_MONTH_OF_YEAR}(?:0[1-9]|[12][0-9]|3[01])"
_RECRUITER = rf"{_ID}|{ANYONE}"
_QUESTION = r"[0-9a-f]{8}"
_VERSION = r"[1-9][0-9]{0,8}"
_TURN = r"[0-9]{1,9}"
_MINUTE = r"[1-9][0-9]{6,8}"
_SEEN = rf"s[0-9a-f]{{8}}|{_MINUTE}|{_VERSION}"  # a minute or a version: from before buttons said what was seen
_CARD = (_ID, _VERSION, _TURN)
_NUMBER = r"[0-5]"
_MARK = r"[alnru]"
_REJECTION = r"[tp]"
_REASON = r"[tp][0-9]"
_SLOT_END = r"[kw]"
_CANCEL_REASON = rf"{_SLOT_END}?[0-9]"  # a digit alone: from before it was asked what becomes of the time
_DELAY = r"5|10|15|20"


_LANGUAGE = r"ru|en"
NO_EVENT = "0"
"""Stands for an event's id where nothing is signed up for yet."""
_EVENT = rf"{_ID}|{NO_EVENT}"


class Action(StrEnum):
    """What a button asks for."""

    HOME = "st"
    CONTINUE = "go"
    EVENTS = "el"
    SIGN_UP = "ev"
    OTHER_TIMES = "eo"
    PAGE = "pg"
    DAYS = "dl"
    DAY = "dt"
    CHOOSE = "sl"
    CONFIRM = "ok"
    BACK = "bk"
    MY_BOOKINGS = "mb"
    MOVE = "mv"
    MOVE_PAGE = "mp"
    MOVE_DAYS = "md"
    MOVE_DAY = "me"
    MOVE_CHOOSE = "ms"
    WITHDRAW_MOVE = "mw"
    CANCEL = "cx"
    CANCEL_CONFIRM = "cy"
    CITIES = "cl"
    CITY = "ct"
    RECRUITERS = "rl"
    RECRUITER = "rc"
    MOVE_CITIES = "mc"
    MOVE_CITY = "mt"
    MOVE_RECRUITERS = "ml"
    MOVE_RECRUITER = "mr"
    ANSWER = "qa"
    SKIP = "qs"
    QUESTION_BACK = "qb"
    QUESTION_PAGE = "qp"
    TAKE = "ot"
    PASS = "op"
    COMING = "ay"
    NOT_COMING = "an"
    NOT_COMING_CONFIRM = "ax"
    ASK_TIME = "aa"
    DELAY = "ad"
    MY_DELAY = "my"
    DELAY_BY = "al"
    ANSWERS = "ab"
    TAKE_TIME = "ty"
    KEEP_TIME = "tn"
    WAIT = "wl"
    LEAVE = "wx"
    REQUESTS = "rq"
    CARD_SHOW = "cs"
    CARD_LIST = "ck"
    CARD_APPROVE = "ca"
    CARD_RESCHEDULE = "cr"
    CARD_REJECT = "cj"
    CARD_REJECT_WHAT = "cw"
    CARD_REJECT_FOR = "cf"
    CARD_REJECT_WITHOUT_REASON = "cn"
    CARD_BACK = "cb"
    CARD_PROPOSE = "co"
    CARD_MARK = "cm"
    CARD_DAY = "cd"
    SCHEDULE = "sc"
    SCHEDULE_DAY = "sd"
    CARD_MOVE = "cv"
    CARD_MOVE_TO = "cg"
    CARD_CANCEL = "cz"
    CARD_CANCEL_SLOT = "ce"
    CARD_CANCEL_FOR = "cq"
    LANGUAGE = "lg"
    AGREE = "pa"
    AGREE_LATER = "pl"
    NEW_CALENDAR = "nc"
    REPLACE_CALENDAR = "nr"
    CALENDAR = "na"


FOR_KEPT_BOOKINGS = frozenset(
    {
        *(Action.MY_BOOKINGS, Action.CANCEL, Action.CANCEL_CONFIRM),
        *(Action.COMING, Action.NOT_COMING, Action.NOT_COMING_CONFIRM),
        *(Action.DELAY, Action.MY_DELAY, Action.DELAY_BY, Action.ANSWERS, Action.LANGUAGE),
    }
)
"""What somebody off the allow list can do about a booking that staff let stand (FR2): nothing that asks for more."""
_ARGUMENTS: dict[Action, tuple[str, ...]] = {
    Action.HOME: (),
    Action.CONTINUE: (),
    Action.EVENTS: (_MENU_PAGE,),
    Action.SIGN_UP: (_ID,),
    Action.OTHER_TIMES: (_ID, _RECRUITER),
    Action.PAGE: (_ID, _PAGE),
    Action.DAYS: (_ID, _MONTH),
    Action.DAY: (_ID, _DAY, _MENU_PAGE),
    Action.CHOOSE: (_ID, _ID),
    Action.CONFIRM: (r"[0-9a-f]{16}",),
    Action.BACK: (),
    Action.MY_BOOKINGS: (),
    Action.MOVE: (_ID,),
    Action.MOVE_PAGE: (_ID, _PAGE),
    Action.MOVE_DAYS: (_ID, _MONTH),
    Action.MOVE_DAY: (_ID, _DAY, _MENU_PAGE),
    Action.MOVE_CHOOSE: (_ID, _ID),
    Action.WITHDRAW_MOVE: (_ID,),
    Action.CANCEL: (_ID,),
    Action.CANCEL_CONFIRM: (_ID, _VERSION),
    Action.CITIES: (_ID, _MENU_PAGE),
    Action.CITY: (_ID, _ID),
    Action.RECRUITERS: (_ID, _MENU_PAGE),
    Action.RECRUITER: (_ID, _RECRUITER),
    Action.MOVE_CITIES: (_ID, _MENU_PAGE),
    Action.MOVE_CITY: (_ID, _ID),
    Action.MOVE_RECRUITERS: (_ID, _MENU_PAGE),
    Action.MOVE_RECRUITER: (_ID, _RECRUITER),
    Action.ANSWER: (_QUESTION, r"[a-z0-9_]{1,24}"),
    Action.SKIP: (_QUESTION,),
    Action.QUESTION_BACK: (_QUESTION,),
    Action.QUESTION_PAGE: (_QUESTION, _MENU_PAGE),
    Action.TAKE: (_ID, _VERSION),
    Action.PASS: (_ID, _VERSION),
    Action.COMING: (_ID, _MINUTE),
    Action.NOT_COMING: (_ID, _MINUTE),
    Action.NOT_COMING_CONFIRM: (_ID, _MINUTE),
    Action.ASK_TIME: (_ID, _MINUTE),
    Action.DELAY: (_ID, _MINUTE),
    Action.MY_DELAY: (_ID, _MINUTE),
    Action.DELAY_BY: (_ID, _MINUTE, _DELAY),
    Action.ANSWERS: (_ID, _MINUTE),
    Action.TAKE_TIME: (_ID, _ID, _SEEN),
    Action.KEEP_TIME: (_ID, _ID, _SEEN),
    Action.WAIT: (_ID,),
    Action.LEAVE: (_ID,),
    Action.REQUESTS: (_MENU_PAGE,),
    Action.CARD_SHOW: (_ID,),
    Action.CARD_LIST: (_ID,),
    Action.CARD_APPROVE: _CARD,
    Action.CARD_RESCHEDULE: _CARD,
    Action.CARD_REJECT: _CARD,
    Action.CARD_REJECT_WHAT: (*_CARD, _REJECTION),
    Action.CARD_REJECT_FOR: (*_CARD, _REASON),
    Action.CARD_REJECT_WITHOUT_REASON: _CARD,
    Action.CARD_BACK: _CARD,
    Action.CARD_PROPOSE: (*_CARD, _NUMBER),
    Action.CARD_MARK: (*_CARD, _MARK),
    Action.CARD_DAY: (_ID, _DAY),
    Action.SCHEDULE: (),
    Action.SCHEDULE_DAY: (_DAY, _MENU_PAGE),
    Action.CARD_MOVE: (*_CARD, _MENU_PAGE),
    Action.CARD_MOVE_TO: (_ID, _SEEN, _ID),
    Action.CARD_CANCEL: _CARD,
    Action.CARD_CANCEL_SLOT: (*_CARD, _SLOT_END),
    Action.CARD_CANCEL_FOR: (*_CARD, _CANCEL_REASON),
    Action.LANGUAGE: (_LANGUAGE,),
    Action.AGREE: (_VERSION, _EVENT),
    Action.AGREE_LATER: (),
    Action.NEW_CALENDAR: (),
    Action.REPLACE_CALENDAR: (),
    Action.CALENDAR: (),
}


class StaleDataError(Exception):
    """A button of another version, or data that the bot never made."""


@dataclass(frozen=True)
class Pressed:
    """A button's data, read."""

    action: Action
    arguments: tuple[str, ...]


def pack(action: Action, *arguments: str) -> str:
    """Data for a button."""
    return ":".join((VERSION, action.value, *arguments))


def minute_of(moment: datetime) -> str:
    """A start as buttons carry it: the minutes since 1970."""
    return str(int(moment.timestamp()) // 60)


def start_of(minute: str) -> datetime:
    """The start that a button carries, UTC."""
    return datetime.fromtimestamp(int(minute) * 60, UTC)


def seen(slot: SlotView, version: int = 0) -> str:
    """What a button's reader saw of the slot, and of the booking in that version, in nine characters.

    Another start, place, city or recruiter makes another one; so a button stands only for what was shown with it.
    """
    recruiter = slot.recruiter.id if slot.recruiter else ""
    parts = (minute_of(slot.starts_at), slot.city.id, recruiter, slot.line or "", str(version))
    return "s" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


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
