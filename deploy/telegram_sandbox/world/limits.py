"""Flood limits: about 1 message a second in a private chat, 20 a minute in a group, 30 a second overall.

Telegram documents these round numbers and lets short bursts pass; an exceeded limit then refuses everything
it covers until `retry_after` is over.
"""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from telegram_sandbox.errors import too_many_requests


@dataclass(slots=True)
class Rule:
    """`messages` in `seconds`. With `burst`: as a bucket of that size, else in any window of that length."""

    messages: float
    seconds: float
    burst: int | None = None


@dataclass(slots=True)
class Rules:
    """The overall rule is about bulk sending: it counts new messages; the chats' rules count edits too."""

    enabled: bool
    per_chat: Rule
    group: Rule
    overall: Rule


def telegram_rules() -> Rules:
    """The documented limits, with a burst of 8 in a private chat."""
    return Rules(True, per_chat=Rule(1, 1, burst=8), group=Rule(20, 60), overall=Rule(30, 1))


def _whole_seconds(wait: float) -> int:
    # Rounded to a microsecond first: adding and subtracting clocks must not make 60 seconds 61.
    return max(0, math.ceil(round(wait, 6)))


class _Bucket:
    def __init__(self, rule: Rule, now: float) -> None:
        self.rule, self.at = rule, now
        self.tokens = float(rule.burst or 1)

    def wait(self, now: float) -> float:
        rate = self.rule.messages / self.rule.seconds
        self.tokens = min(float(self.rule.burst or 1), self.tokens + (now - self.at) * rate)
        self.at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / rate

    def take(self, now: float) -> None:
        self.tokens -= 1


class _Window:
    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.taken: deque[float] = deque()

    def wait(self, now: float) -> float:
        while self.taken and self.taken[0] <= now - self.rule.seconds:
            self.taken.popleft()
        return 0.0 if len(self.taken) < self.rule.messages else self.taken[0] + self.rule.seconds - now

    def take(self, now: float) -> None:
        self.taken.append(now)


class _Gate:
    """One counter, shut until `closed_until` once it was exceeded."""

    def __init__(self, rule: Rule, now: float) -> None:
        self.counter: _Bucket | _Window = _Bucket(rule, now) if rule.burst else _Window(rule)
        self.closed_until = 0.0

    def refusal(self, now: float) -> int:
        """Whole seconds to wait, 0 when open."""
        if now >= self.closed_until:
            wait = self.counter.wait(now)
            if wait > 0:
                self.closed_until = now + _whole_seconds(wait)
        return _whole_seconds(self.closed_until - now)


class FloodControl:
    """Counts what the bot sends. `now` gives monotonic seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self.rules = telegram_rules()
        self._gates: dict[int | str, _Gate] = {}

    def use(self, rules: Rules) -> None:
        """Takes new rules and forgets what was counted."""
        self.rules = rules
        self._gates.clear()

    def pass_message(self, chat_id: int, *, new: bool) -> None:
        """Counts one message (`new`) or edit. Raises ApiError 429 when a limit is passed."""
        if not self.rules.enabled:
            return
        now = self._now()
        gates = [self._gate(chat_id, self.rules.group if chat_id < 0 else self.rules.per_chat, now)]
        if new:
            gates.append(self._gate("overall", self.rules.overall, now))
        retry_after = max(gate.refusal(now) for gate in gates)
        if retry_after:
            raise too_many_requests(retry_after)
        for gate in gates:
            gate.counter.take(now)

    def _gate(self, key: int | str, rule: Rule, now: float) -> _Gate:
        if key not in self._gates:
            self._gates[key] = _Gate(rule, now)
        return self._gates[key]
