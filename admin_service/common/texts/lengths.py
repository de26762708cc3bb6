"""How long what staff write for Telegram may be: the one validator, of models and of forms."""

from typing import Any

from django.core.validators import MaxLengthValidator
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

from shared_contracts.telegram.text import utf16_length


@deconstructible
class TelegramLength(MaxLengthValidator):
    """At most so many UTF-16 units: so Telegram counts."""

    message = _("At most %(limit_value)s characters; Telegram counts most emoji as two.")

    def clean(self, x: Any) -> int:
        """The length that is compared."""
        return utf16_length(str(x))
