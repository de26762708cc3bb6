"""When staff want automatic messages sent: the rules as ``Timing``, the most particular first."""

from collections.abc import Iterable
from datetime import time, timedelta

from bson import ObjectId

from common.mongo import Document, collection, current_session
from reminders.domain.kinds import SPECS, ReminderKind
from reminders.domain.timing import Setting, Timing


class Timings:
    """The rules as read; ``of`` answers for an event in a city."""

    def __init__(self, rules: Iterable[Document]) -> None:
        self._rules = sorted(rules, key=_particularity)

    def of(self, event_id: str | None, city_id: str | None) -> Timing:
        """The timing in force: a rule for both comes before one for the event, that before one for the city."""
        chosen: dict[str, Setting] = {}
        for rule in self._rules:
            if rule["event_id"] in {None, _id(event_id)} and rule["city_id"] in {None, _id(city_id)}:
                chosen[rule["kind"]] = _setting(rule)
        return Timing(chosen)


def read_timings() -> Timings:
    """All rules, as of the transaction under way; there are few."""
    return Timings(collection("reminder_rules").find({"is_removed": {"$ne": True}}, session=current_session()))


def _particularity(rule: Document) -> tuple[bool, bool]:
    return rule["event_id"] is not None, rule["city_id"] is not None


def _setting(rule: Document) -> Setting:
    return rule_setting(ReminderKind(rule["kind"]), rule["is_on"], rule["at"], rule["minutes"])


def rule_setting(kind: ReminderKind, is_on: bool, at: str, minutes: int | None) -> Setting:
    """What a rule says; None: not sent. A rule without a time means the usual one."""
    if not is_on:
        return None
    usual = SPECS[kind].usual
    if isinstance(usual, time):
        return time.fromisoformat(at) if at else usual
    return usual if minutes is None else timedelta(minutes=minutes)


def _id(value: str | None) -> ObjectId | None:
    return ObjectId(value) if value else None
