"""Forms about letting people in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from people.services.invitations import DEFAULT_DAYS, MOST_DAYS
from shared_contracts.fields import LARGEST_TELEGRAM_ID

LARGEST_FILE = 256 * 1024  # 500 people need a tenth of it
_ENCODINGS = ("utf-8-sig", "cp1251")  # the second is how older spreadsheets save Russian


class TelegramIdField(forms.IntegerField):
    """A Telegram id; a box without arrows."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Telegram id"),
            min_value=1,
            max_value=LARGEST_TELEGRAM_ID,
            required=False,
            widget=UnfoldAdminTextInputWidget(),
            **kwargs,
        )


class UsernameField(forms.CharField):
    """A Telegram username, with or without its @."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Username"),
            max_length=33,
            required=False,
            widget=UnfoldAdminTextInputWidget(),
            help_text=_("Without an id: the first who writes to the bot under this username is let in, once."),
        )

    def to_python(self, value: Any) -> str:
        """Without the @."""
        return str(super().to_python(value) or "").removeprefix("@")


class InviteForm(forms.Form):
    """A link."""

    days = forms.IntegerField(
        label=_("Valid for, days"),
        initial=DEFAULT_DAYS,
        min_value=1,
        max_value=MOST_DAYS,
        widget=UnfoldAdminTextInputWidget(),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("For staff only."),
    )


class ImportForm(InviteForm):
    """A table of people, pasted or in a file."""

    text = forms.CharField(
        label=_("Table"), required=False, max_length=LARGEST_FILE, widget=UnfoldAdminTextareaWidget({"rows": 10})
    )
    file = forms.FileField(label=_("or a CSV file"), required=False, widget=UnfoldAdminFileFieldWidget())

    field_order = ["text", "file", "days", "note"]

    def clean(self) -> dict[str, Any]:
        """The file's text, where there is a file."""
        super().clean()
        file = self.cleaned_data.get("file")
        if file:
            if file.size > LARGEST_FILE:
                raise ValidationError(_now("The file is too large."))
            self.cleaned_data["text"] = _decoded(file.read())
        return self.cleaned_data


def _decoded(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError(_now("The file is not text. Save the table as CSV."))
