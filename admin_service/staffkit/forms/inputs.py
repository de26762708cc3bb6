"""Fields of forms: their choices, and the browser's own date and time inputs, which need no script."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from unfold.widgets import DATETIME_CLASSES

from common.texts.lengths import TelegramLength
from shared_contracts.telegram.names import without_turns

_VARIABLE = re.compile(r"\{[^\W\d]\w*\}")
_LOOK = {"class": " ".join(DATETIME_CLASSES)}


class DateInput(forms.DateInput):
    """A day."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__({**_LOOK, **attrs}, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """A time of day, to the minute."""

    input_type = "time"

    def __init__(self, **attrs: Any) -> None:
        super().__init__({**_LOOK, **attrs}, format="%H:%M")


class DayAndTimeInput(forms.MultiWidget):
    """A day and a time, as ``SplitDateTimeField`` wants them."""

    template_name = "staffkit/day_and_time.html"

    def __init__(self) -> None:
        super().__init__([DateInput(**{"aria-label": _("Day")}), TimeInput(**{"aria-label": _("Time")})])

    def decompress(self, value: Any) -> list[Any]:
        """The two parts of a naive wall-clock time."""
        return [value.date(), value.time()] if value else [None, None]


class MessageText(forms.CharField):
    """What people read in Telegram: lines end as everywhere but in browsers' forms, Telegram's length."""

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)
        self.validators = [rule for rule in self.validators if not isinstance(rule, MaxLengthValidator)]
        self.validators.append(TelegramLength(max_length))

    def to_python(self, value: Any) -> str:
        """Checked in the length it will have, and as it will be sent."""
        return super().to_python(without_turns(str(value).replace("\r\n", "\n")) if value else value) or ""


class OwnWords(MessageText):
    """What staff write to people themselves and those read as it is typed: no variable is filled in there."""

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)
        self.validators.append(_refuse_variables)


def _refuse_variables(text: str) -> None:
    """Whoever writes ``{name}`` expects a name there, and people would read the braces."""
    if found := dict.fromkeys(_VARIABLE.findall(text)):
        names = {"names": ", ".join(found)}
        raise ValidationError(_("Nothing is filled in here: write what %(names)s stands for."), params=names)


class AnswerField(forms.CharField):
    """Asks whether to go on in spite of what stands beside it: a form that lacks only this is asked, not corrected."""


def is_asked_only(form: forms.BaseForm) -> bool:
    """Whether nothing is wrong with a form but that it asks something first."""
    return bool(form.errors) and all(isinstance(form.fields.get(name), AnswerField) for name in form.errors)


def set_choices(form: forms.BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Offer what is known only when the form is made."""
    field: Any = form.fields[name]
    field.choices = choices
