"""The company's privacy text, which candidates agree to before they sign up."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import StampedModel
from people.models.places import LINK_LENGTH, LinkField

TEXT_LENGTH = 3_000
"""UTF-16 units: with what the bot says around it, a message of Telegram's has room for it."""


class PrivacySettings(StampedModel):
    """The one document that holds the text. Empty: candidates are asked for nothing.

    ``version`` is raised by each change of text or link; who has agreed to one before ``consent_version`` is asked.
    """

    text_ru = models.TextField(_("privacy text, Russian"), max_length=TEXT_LENGTH, blank=True)
    text_en = models.TextField(_("privacy text, English"), max_length=TEXT_LENGTH, blank=True)
    link = LinkField(_("link to the full text"), max_length=LINK_LENGTH, blank=True)
    version = models.BigIntegerField(_("version"), default=0, editable=False)
    consent_version = models.BigIntegerField(_("to be agreed to since version"), default=0, editable=False)

    class Meta:
        db_table = "privacy_settings"
        verbose_name = _("privacy text")
        verbose_name_plural = _("privacy text")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def clean(self) -> None:
        """In both languages or in none; a link belongs to a text."""
        missing = [name for name in ("text_ru", "text_en") if not getattr(self, name).strip()]
        if len(missing) == 1 or (missing and self.link):
            raise ValidationError(
                {name: _("Write it in both languages, or leave all of it empty.") for name in missing}
            )
