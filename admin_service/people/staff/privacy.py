"""The privacy text in the desk, and what people have agreed to and chosen in chat."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldBooleanWidget

from common.scope import SHARED
from common.zones import MOSCOW
from people.models import Candidate, Person, PrivacySettings
from people.services.privacy import save_privacy
from staffkit.clocks import format_moment
from staffkit.forms.use_case import UseCaseForm
from staffkit.pages.kinds import OneDocumentAdmin

_LANGUAGES = {"ru": _("Russian"), "en": _("English")}


class PrivacyForm(UseCaseForm):
    """The privacy text."""

    ask_again = forms.BooleanField(
        label=_("Ask everybody to agree again"),
        required=False,
        widget=UnfoldBooleanWidget(),
        help_text=_(
            "Whoever has agreed to an earlier text is asked again before they sign up for another interview. "
            "Without it only those are asked who have not agreed to any."
        ),
    )

    class Meta:
        help_texts = {
            "text_ru": _(
                "Candidates are shown it once, before they sign up, and asked to agree; /privacy shows it any time. "
                "Empty: nobody is asked for anything."
            ),
            "link": _("A button under the text. It may be left empty."),
        }

    def shown(self, instance: models.Model) -> dict[str, Any]:
        """With the box, which nobody has ticked yet."""
        return {**super().shown(instance), "ask_again": False}

    def carry_out(self) -> None:
        """Save it."""
        save_privacy(self.instance, ask_again=self.cleaned_data["ask_again"], actor=self.actor)


@admin.register(PrivacySettings)
class PrivacyAdmin(OneDocumentAdmin):
    """The privacy text."""

    form = PrivacyForm
    rows = SHARED
    fields = ["text_ru", "text_en", "link", "ask_again", "versions"]
    readonly_fields = ["versions"]

    @display(description=_("version"))
    def versions(self, privacy: PrivacySettings) -> str:
        """Which one is in force, and since which candidates are asked."""
        if not privacy.text_ru:
            return "—"
        if not privacy.consent_version:
            return str(privacy.version)
        text = _now("%(version)s; who has agreed to version %(consent)s or a later one is not asked again")
        return text % {"version": privacy.version, "consent": privacy.consent_version}


def language_line(person: Person) -> str:
    """In which language the bot writes to them, and who says so."""
    if person.language:
        return _now("%(language)s, chosen in chat") % {"language": _LANGUAGES[person.language]}
    if person.language_code:
        return _now("as in Telegram: %(code)s") % {"code": person.language_code}
    return _now("not known yet")


def privacy_line(candidate: Candidate) -> str:
    """Which privacy text they have agreed to, and when; empty for none."""
    if candidate.privacy_version is None or candidate.privacy_accepted_at is None:
        return ""
    when = format_moment(candidate.privacy_accepted_at, MOSCOW)
    return _now("version %(version)s, %(when)s") % {"version": candidate.privacy_version, "when": when}
