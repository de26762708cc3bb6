"""Forms about letting people in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from common.texts.names import bare_username
from people.services.invitations import DEFAULT_DAYS, MOST_DAYS
from people.services.tags import read_tags
from shared_contracts.fields import LARGEST_TELEGRAM_ID
from staffkit.tables.reading import Row, Table

LARGEST_FILE = 960 * 1024
"""Bytes: a workbook of 500 people with a picture or two; what stands before the desk takes 1 MiB."""
LARGEST_TEXT = 256 * 1024


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
    """A Telegram username, as people type it."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Username"),
            max_length=100,
            required=False,
            widget=UnfoldAdminTextInputWidget(),
            help_text=_("Without an id: the first who writes to the bot under this username is let in, once."),
        )

    def to_python(self, value: Any) -> str:
        """Nothing but the name."""
        return bare_username(str(super().to_python(value) or ""))


class TagsField(forms.CharField):
    """Tags, with commas between them."""

    def __init__(self, **options: Any) -> None:
        text = _("With commas between them, such as “analyst, second round”. People are found and written to by them.")
        given = {"label": _("Tags"), "required": False, "help_text": text, **options}
        super().__init__(widget=UnfoldAdminTextInputWidget(), **given)

    def prepare_value(self, value: Any) -> Any:
        """As people type them."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """As they are kept."""
        return read_tags(str(super().to_python(value) or ""))


class TagsForm(forms.Form):
    """Tags to give many people, or to take from them."""

    tags = TagsField(required=True)


def offer_open_cities(form: Any) -> None:
    """Only open cities to choose, and the one that is chosen already."""
    field: Any = form.fields.get("city")
    if field is not None:
        field.queryset = field.queryset.filter(Q(is_active=True) | Q(pk=form.instance.city_id))


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
        label=_("Table"), required=False, max_length=LARGEST_TEXT, widget=UnfoldAdminTextareaWidget({"rows": 10})
    )
    file = forms.FileField(
        label=_("or a file, .xlsx or .csv"), required=False, allow_empty_file=True, widget=UnfoldAdminFileFieldWidget()
    )

    field_order = ["text", "file", "days", "note"]

    def clean(self) -> dict[str, Any]:
        """With ``content``: the file's, or else what was pasted."""
        super().clean()
        file = self.cleaned_data.get("file")
        if file and file.size > LARGEST_FILE:
            text = _now("The file has %(size)s KB; at most %(most)s can be read. Copy the rows into a new table.")
            self.add_error("file", text % {"size": file.size // 1024, "most": LARGEST_FILE // 1024})
        self.cleaned_data["content"] = file.read() if file else self.cleaned_data.get("text", "")
        return self.cleaned_data


class StoredTableForm(InviteForm):
    """What the preview of a table carries."""

    table = forms.JSONField()
    text = forms.CharField(required=False)

    def clean_table(self) -> Table:
        """As it was read."""
        try:
            rows, headings, notes = self.cleaned_data["table"]
            return Table(
                [Row(int(number), dict(cells), str(problem)) for number, cells, problem in rows], headings, notes
            )
        except (TypeError, ValueError):
            raise ValidationError(_now("This is not the table of a preview.")) from None
