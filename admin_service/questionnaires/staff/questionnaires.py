"""Questionnaires in the desk: edit the draft, look at it, publish it."""

import json
from typing import Any

from bson import ObjectId
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from common.mongo import collection
from common.refusals import RefusedError
from common.scope import SHARED
from common.texts.language import desk_language
from common.zones import MOSCOW
from questionnaires.models import Question, Questionnaire
from questionnaires.services.draft import Draft
from questionnaires.services.publishing import differs, publish, save_draft
from questionnaires.services.reading import version_content
from questionnaires.staff.preview import preview
from questionnaires.staff.rows import Changed, OrderedRows, RowsAdmin
from shared_contracts.questionnaire import MOST_QUESTIONS
from staffkit.audit_trail import trail
from staffkit.clocks import format_moment
from staffkit.pages.kinds import Colours
from staffkit.sending.once import Done, send_once
from staffkit.sending.sealed import is_as_shown
from staffkit.views import find, login, page

_MOST_DIGITS = 9


class QuestionRows(OrderedRows):
    """The questions in their order; the rest of each is on its own page."""

    model = Question
    fields = ["text_ru", "text_en", "kind", "optional", "more", "position"]
    readonly_fields = ["more"]
    max_num = MOST_QUESTIONS
    verbose_name_plural = _("Questions")

    @display(description=_("Choices, limits, branches"))
    def more(self, question: Question) -> str:
        """The way to the question's own page."""
        if question.questionnaire_id is None or question._state.adding:
            return str(_("after saving"))
        link = reverse("admin:questionnaires_question_change", args=[question.pk])
        return format_html('<a class="desk-link" href="{}">{}</a>', link, _("Open"))


@admin.register(Questionnaire)
class QuestionnaireAdmin(RowsAdmin):
    """Questionnaires."""

    how_to_begin = _(
        "Write one if candidates are to be asked something before they choose a time. Without one they choose at once."
    )
    few_rows = True
    rows = SHARED
    list_display = ["title_ru", "question_count", "state"]
    search_fields = ["title_ru", "title_en"]
    ordering = ["title_ru"]
    fields = [("title_ru", "title_en")]
    inlines = [QuestionRows]
    actions_detail = ["preview_page", "publish_page"]
    change_form_before_template = "questionnaires/questionnaire_state.html"
    change_form_after_template = "questionnaires/questionnaire_after.html"

    def keep(self, request: HttpRequest, obj: Questionnaire, changed: Changed, gone: Changed) -> None:
        """Save the draft."""
        save_draft(obj, changed, gone, actor=login(request))

    def response_post_save_add(self, request: HttpRequest, obj: Questionnaire) -> HttpResponse:
        """Stay: there is more to write."""
        return HttpResponseRedirect(_page_of(obj))

    response_post_save_change = response_post_save_add

    def on_page(self, object_id: ObjectId) -> dict[str, Any]:
        """With what is published, and what happened."""
        draft = Draft(find(Questionnaire, str(object_id)))
        return {"differs": differs(draft), "versions": _versions(object_id), "trail": trail(str(object_id))}

    @display(description=_("questions"))
    def question_count(self, questionnaire: Questionnaire) -> int:
        """How many."""
        return Question.objects.filter(questionnaire_id=questionnaire.pk).count()

    @display(description=_("published"), label=Colours({"never": "default", "differs": "warning", "same": "success"}))
    def state(self, questionnaire: Questionnaire) -> tuple[str, Any]:
        """The version that is asked, and whether the draft has moved on."""
        number = questionnaire.published_version
        if number is None:
            return "never", _("never")
        if differs(Draft(questionnaire)):
            return "differs", _("version %(number)s, changed since") % {"number": number}
        return "same", _("version %(number)s") % {"number": number}

    @action(
        description=_("Preview"), url_path="preview", permissions=["questionnaires.view_questionnaire"], icon="preview"
    )
    def preview_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The draft, or with ``version`` a published one, as a candidate meets it."""
        questionnaire = find(Questionnaire, object_id)
        number = request.GET.get("version", "")
        content = _published(questionnaire, number) if number else Draft(questionnaire).content()
        draft_title = _("Preview of the draft")
        return page(
            self,
            request,
            "questionnaires/preview.html",
            title=_("Version %(number)s") % {"number": number} if number else draft_title,
            obj=questionnaire,
            questions=preview(content, desk_language()),
            back=_page_of(questionnaire),
        )

    @action(
        description=_("Publish"),
        url_path="publish",
        permissions=["questionnaires.change_questionnaire"],
        icon="publish",
        variant=ActionVariant.PRIMARY,
    )
    def publish_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what is still wrong, or ask and publish."""
        questionnaire = find(Questionnaire, object_id)
        draft = Draft(questionnaire)
        problems = draft.problems()
        content = draft.content()

        def act() -> Done:
            if Draft(questionnaire).content() != content:
                raise RefusedError({"": _now("Someone has just changed the draft. Look again.")})
            number = publish(questionnaire, actor=login(request))
            return Done(_page_of(questionnaire), _now("Version %(number)s is published.") % {"number": number})

        if request.method == "POST" and is_as_shown(request, content):
            try:
                return send_once(request, act)
            except RefusedError as error:
                problems = error.errors[""].split("\n")
        return page(
            self,
            request,
            "questionnaires/publish.html",
            title=_("Publish the questionnaire"),
            obj=questionnaire,
            agreed=content,
            problems=problems,
            differs=differs(draft),
            number=(questionnaire.published_version or 0) + 1,
            events=[
                row["title"] for row in collection("interview_events").find({"questionnaire_id": questionnaire.pk})
            ],
            submit_text=_("Publish"),
            submit_attrs={"id": "publish"},
            back=_page_of(questionnaire),
        )


def _page_of(questionnaire: Questionnaire) -> str:
    return reverse("admin:questionnaires_questionnaire_change", args=[questionnaire.pk])


def _published(questionnaire: Questionnaire, number: str) -> dict[str, Any]:
    known = number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS
    content = version_content(questionnaire.pk, int(number)) if known else None
    if content is None:
        raise Http404
    found: dict[str, Any] = json.loads(content)
    return found


def _versions(questionnaire_id: ObjectId) -> list[dict[str, Any]]:
    rows = collection("questionnaire_versions").find({"questionnaire_id": questionnaire_id}).sort("number", -1)
    link = reverse("admin:questionnaires_questionnaire_preview_page", args=[questionnaire_id])
    return [
        {
            "number": row["number"],
            "when": format_moment(row["published_at"], MOSCOW),
            "by": row["published_by"],
            "questions": len(json.loads(row["content"])["questions"]),
            "link": f"{link}?version={row['number']}",
        }
        for row in rows
    ]
