"""The topic of a group, as staff name it."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from shared_contracts.fields import LARGEST_TELEGRAM_ID

_GENERAL = 1
"""The topic that every group with topics has: the group itself, by this number Telegram knows no topic."""
_TOPIC_LINK = re.compile(r"t\.me/(?:c/)?[^/\s]+/([0-9]+)")


class TopicField(forms.IntegerField):
    """A topic of a group, by its number or its link."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Topic"),
            required=False,
            min_value=1,
            max_value=LARGEST_TELEGRAM_ID,
            widget=UnfoldAdminTextInputWidget(),
            help_text=_("Of a group with topics: the topic's link, or the number at its end. Empty: the group itself."),
        )

    def to_python(self, value: Any) -> int | None:
        """The number; None for the group itself."""
        link = _TOPIC_LINK.search(value) if isinstance(value, str) else None
        number = super().to_python(link[1] if link else value)
        return None if number == _GENERAL else number
