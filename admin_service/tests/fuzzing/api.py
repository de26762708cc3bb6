"""The API asked by its own description (schemathesis): well, wrongly, and at random."""

from collections import Counter
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

MOST_ROUNDS = 5
CHECKS: list[Any] = [not_a_server_error, status_code_conformance, response_schema_conformance]
BOUNDED = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


def operations(schema: Any) -> dict[str, Any]:
    """What can be asked, by its name."""
    return {operation.label: operation for operation in (found.ok() for found in schema.get_all_operations())}


def kinds(known: Mapping[str, Any]) -> list[tuple[str, GenerationMode]]:
    """Each operation, asked well and asked wrongly. What takes nothing can't be asked wrongly."""
    return [
        (label, mode)
        for label in known
        for mode in GenerationMode
        if mode is GenerationMode.POSITIVE or not label.endswith(("healthz", "readyz"))
    ]


def ask_as_described(operation: Any, mode: GenerationMode, headers: Mapping[str, str], count: int) -> None:
    """Ask ``count`` times and check each answer against the description; raises at the first that differs."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(BOUNDED, max_examples=count)
    def ask(case: Any) -> None:
        case.call_and_validate(headers=dict(headers), checks=CHECKS)

    ask()


def campaign(
    schema: Any, headers: Mapping[str, str], count: int, number: int, say: Callable[[str], None]
) -> Counter[int]:
    """Ask about ``count`` times in all, and count the answers by status; a 5xx is said at once and does not end it.

    Args:
        number: the seed; a description holds fewer different cases than are wanted, so the next ones go on from it.
    """
    known = operations(schema)
    every = kinds(known)
    statuses: Counter[int] = Counter()
    for label, mode in every:
        asked = Counting(headers, label, say)
        for round_ in range(MOST_ROUNDS):
            left = count // len(every) - asked.total
            if left > 0:
                asked.ask(known[label], mode, left, number + round_)
        say(f"{label}, {mode.value}: {asked.total} cases")
        statuses += asked.statuses
    return statuses


class Counting:
    """Asks one operation and counts its answers."""

    def __init__(self, headers: Mapping[str, str], label: str, say: Callable[[str], None]) -> None:
        self._headers, self._label, self._say = dict(headers), label, say
        self.statuses: Counter[int] = Counter()

    @property
    def total(self) -> int:
        """How often it was asked."""
        return self.statuses.total()

    def ask(self, operation: Any, mode: GenerationMode, count: int, number: int) -> None:
        """At most ``count`` times, by the seed ``number``."""

        @seed(number)
        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(BOUNDED, max_examples=count, derandomize=False, phases=[Phase.generate])
        def one(case: Any) -> None:
            status = case.call(headers=self._headers).status_code
            self.statuses[status] += 1
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR and self.statuses[status] == 1:
                self._say(f"  {status} {self._label}: {case.as_curl_command()[:600]}")

        one()
