"""One question in the desk: its words, limits, branch and choices."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from common.scope import SHARED
from questionnaires.models import Choice, Question
from questionnaires.services.publishing import save_question
from questionnaires.staff.rows import Changed, OrderedRows, RowsAdmin
from shared_contracts.questionnaire import MOST_CHOICES, QuestionKind
from staffkit.forms.inputs import DateInput
from staffkit.views import login

_NUMBER = "kind == 'number'"
_NUMBER_OR_TEXT = "kind == 'number' || kind == 'text'"
_DATE = "kind == 'date'"


class ChoiceRows(OrderedRows):
    """The choices in their order."""

    model = Choice
    fields = ["label_ru", "label_en", "effect", "text_ru", "text_en", "position"]
    max_num = MOST_CHOICES
    verbose_name_plural = _("Choices: to clarify and to reject, write the question or the reason as text")


class _ChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of an earlier question, said with its question."""

    def __init__(self, question: Question) -> None:
        before = Question.objects.filter(
            questionnaire_id=question.questionnaire_id,
            position__lt=question.position,
            kind=QuestionKind.CHOICE.value,
        )
        self._texts = {item.pk: item.text_ru for item in before}
        super().__init__(
            # The present one, too, wherever it is by now: what is not offered would be taken away by saving.
            Choice.objects.filter(Q(question_id__in=list(self._texts)) | Q(pk=question.asked_if_choice_id)).order_by(
                "question_id", "position"
            ),
            required=False,
            label=capfirst(str(Question._meta.get_field("asked_if_choice").verbose_name)),
            widget=UnfoldAdminSelectWidget(),
            empty_label=_("everyone is asked"),
            help_text=_("A branch: ask this only of those who chose this answer to an earlier question."),
        )

    def label_from_instance(self, obj: Choice) -> str:
        """Question and choice."""
        return f"{self._texts.get(obj.question_id, '')} — {obj.label_ru}"


@admin.register(Question)
class QuestionAdmin(RowsAdmin):
    """Questions. They are made, dropped and ordered on their questionnaire's page."""

    rows = SHARED
    fieldsets = [
        (None, {"fields": [("text_ru", "text_en"), ("kind", "optional"), "asked_if_choice"]}),
        (_("Help for the candidate"), {"fields": [("hint_ru", "hint_en"), ("example_ru", "example_en")]}),
        (
            _("Limits and rejection"),
            {
                "description": _("What is out of the limits is asked again, with the hint. Text: its length."),
                "fields": [
                    ("least", "most"),
                    ("earliest", "latest"),
                    ("reject_below", "reject_above"),
                    ("reject_reason_ru", "reject_reason_en"),
                ],
            },
        ),
    ]
    conditional_fields = {
        "least": _NUMBER_OR_TEXT,
        "most": _NUMBER_OR_TEXT,
        "earliest": _DATE,
        "latest": _DATE,
        "reject_below": _NUMBER,
        "reject_above": _NUMBER,
        "reject_reason_ru": _NUMBER,
        "reject_reason_en": _NUMBER,
    }
    change_form_before_template = "questionnaires/question_of.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """On the questionnaire's page."""
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Question | None = None) -> Any:
        """Limits only where there are any."""
        unlimited = obj and obj.kind not in {QuestionKind.TEXT, QuestionKind.NUMBER, QuestionKind.DATE}
        return self.fieldsets[:-1] if unlimited else self.fieldsets

    def get_inlines(self, request: HttpRequest, obj: Question | None) -> list[Any]:
        """Choices only where they are chosen from."""
        return [ChoiceRows] if obj and obj.kind == QuestionKind.CHOICE else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """With the choices of the earlier questions of the same questionnaire."""
        made = super().get_form(request, obj, change=change, **kwargs)
        if obj and "asked_if_choice" in made.base_fields:
            made.base_fields["asked_if_choice"] = _ChoiceField(obj)
        return made

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The browser's own date inputs, as on the other pages."""
        if db_field.name in {"earliest", "latest"}:
            return db_field.formfield(widget=DateInput())
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def keep(self, request: HttpRequest, obj: Question, changed: Changed, gone: Changed) -> None:
        """Save the question and its choices."""
        save_question(obj, changed, gone, actor=login(request))

    def response_post_save_change(self, request: HttpRequest, obj: Question) -> HttpResponse:
        """Back to the questionnaire, unless the choices are still to be written."""
        if obj.kind == QuestionKind.CHOICE and not Choice.objects.filter(question_id=obj.pk).exists():
            messages.info(request, _("Now write the choices."))
            return HttpResponseRedirect(reverse("admin:questionnaires_question_change", args=[obj.pk]))
        return HttpResponseRedirect(reverse("admin:questionnaires_questionnaire_change", args=[obj.questionnaire_id]))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Questions are listed on their questionnaire's page."""
        return HttpResponseRedirect(reverse("admin:questionnaires_questionnaire_changelist"))
