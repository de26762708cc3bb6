"""What the page asks, and what was answered."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scheduling.services.editing.choices import Choice
from scheduling.services.impact import AS_IT_COMES, Choices, Impact
from scheduling.staff.forms.impact import StartChoice

EVERY_CHOICE = (Choice.KEEP, Choice.SILENT, Choice.MOVE, Choice.CANCEL)


@dataclass(frozen=True, slots=True)
class Question:
    """What the page asks.

    Attributes:
        title: of the page.
        verb: what the button does, beside telling people.
        back: the address to leave it by.
        ways: of doing it, value and label each; one without a label: there is only that.
        facts: what else is so, line by line, by what is foreseen of each way.
        asks_reason: whether those who are told can be told why.
        danger: whether the button is red.
        offers: what can become of bookings; the first is what the change makes of them, unless ``required``.
        required: one of them must be chosen, or nothing is done.
        slots: ids of the slots that change, to which nobody is moved.
        agreed: what else of it is to be as it was shown.
        always: it is asked even where nobody is concerned.
        starts: slots of which it must be said when they begin.
    """

    title: Any
    verb: Any
    back: str
    ways: Sequence[tuple[str, Any]] = (("", ""),)
    facts: Callable[[Mapping[str, Impact]], list[str]] = field(default=lambda _foreseen: [])
    asks_reason: bool = True
    danger: bool = False
    offers: Sequence[Choice] = ()
    required: bool = False
    slots: Collection[str] = ()
    agreed: Any = None
    always: bool = False
    starts: Sequence[StartChoice] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """How a change is to be made. ``settled``: somebody chose it; else it is only tried as it comes.

    ``confirmed``: by who has seen what it means. ``starts``: what was said of the question's ``starts``, by slot id.
    """

    way: str = ""
    choices: Choices = AS_IT_COMES
    settled: bool = False
    confirmed: bool = False
    starts: Mapping[str, str] = field(default_factory=dict)
