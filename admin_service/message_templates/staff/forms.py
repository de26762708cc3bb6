"""Forms for message templates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from message_templates.models import MessageTemplate
from message_templates.services.templates import save_text
from people.models import City
from shared_contracts.texts.message_templates import TEMPLATE_LENGTH
from staffkit.forms.inputs import MessageText, set_choices
from staffkit.forms.use_case import UseCaseForm

MOST_VERSIONS = 1_000_000


class TemplateText(MessageText):
    """A template's text."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Text"),
            max_length=TEMPLATE_LENGTH,
            widget=UnfoldAdminTextareaWidget({"rows": 16, "spellcheck": "true"}),
            help_text=_(
                "Telegram's tags: b, i, u, s, code, blockquote, a. "
                "A line is left out when one of its variables is empty."
            ),
        )


class VersionField(forms.IntegerField):
    """A version's number, on a page that does not show it."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput(), min_value=1, max_value=MOST_VERSIONS)


class TemplateForm(UseCaseForm):
    """A text in force."""

    text = TemplateText()

    class Meta:
        model = MessageTemplate
        fields = ("text",)

    def carry_out(self) -> None:
        """Save it as a new version."""
        text, version = self.cleaned_data["text"], self.instance.version
        save_text(str(self.instance.pk), text, seen_version=version, actor=self.actor)


class OwnTextForm(forms.Form):
    """A text of its own for a city that has none of that kind and language."""

    city = forms.ChoiceField(label=_("City"), widget=UnfoldAdminSelectWidget())
    text = TemplateText()

    def __init__(self, *args: Any, default: MessageTemplate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["text"] = default.text
        taken = MessageTemplate.objects.filter(kind=default.kind, language=default.language, city__isnull=False)
        cities = City.objects.exclude(pk__in=list(taken.values_list("city_id", flat=True))).order_by("name")
        set_choices(self, "city", [(str(city.pk), city.name) for city in cities])


class SeenForm(forms.Form):
    """Which version was looked at."""

    seen_version = VersionField()


class RestoreForm(SeenForm):
    """Which version is to be in force again."""

    number = VersionField()
