"""Fields of forms: their choices, and the browser's own date and time inputs, which need no script."""

from collections.abc import Iterable
from typing import Any

from django import forms
from unfold.widgets import DATETIME_CLASSES

_LOOK = {"class": " ".join(DATETIME_CLASSES)}


class DateInput(forms.DateInput):
    """A day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(_LOOK, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """A time of day, to the minute."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(_LOOK, format="%H:%M")


class DayAndTimeInput(forms.MultiWidget):
    """A day and a time, as ``SplitDateTimeField`` wants them."""

    template_name = "staffkit/day_and_time.html"

    def __init__(self) -> None:
        super().__init__([DateInput(), TimeInput()])

    def decompress(self, value: Any) -> list[Any]:
        """The two parts of a naive wall-clock time."""
        return [value.date(), value.time()] if value else [None, None]


def set_choices(form: forms.BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Offer what is known only when the form is made."""
    field: Any = form.fields[name]
    field.choices = choices
