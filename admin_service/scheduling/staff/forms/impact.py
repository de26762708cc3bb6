"""The form of the page that says whom a change concerns."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget

from scheduling.staff.forms.reasons import ReasonForm
from staffkit.forms.inputs import set_choices


class ImpactForm(ReasonForm):
    """Which of the ways it is to be done, where there are several, and why. What is not asked is not in the form."""

    choice = forms.ChoiceField(label=_("What is to be done?"), widget=UnfoldAdminRadioSelectWidget())

    field_order = ["choice", "reason"]

    def __init__(self, *args: Any, choices: Sequence[tuple[str, Any]], asks_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("It stands in the message at 💬, for everybody who is told.")
        set_choices(self, "choice", choices)
        if len(choices) == 1:
            del self.fields["choice"]
        if not asks_reason:
            del self.fields["reason"]
