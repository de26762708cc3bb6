"""Candidates' answers in the desk."""

from typing import Any

from bson import ObjectId
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import action, display

from common import clock, correlation
from common.mongo import collection
from common.refusals import RefusedError
from common.scope import Rows
from common.texts.language import desk_language
from common.zones import MOSCOW, local, zone_name
from exports.lists import ExportingAdmin, headings
from people.staff.searching import SearchedByPerson
from questionnaires.models import REJECTED, QuestionnaireAnswers
from questionnaires.services.answering import let_answer_again
from questionnaires.staff.answer_texts import shown
from staffkit.audit_trail import trail
from staffkit.clocks import format_moment
from staffkit.pages.filters import DayFilter, IdFilter
from staffkit.pages.kinds import Colours, ReadOnlyAdmin, plainly
from staffkit.scoping import Through
from staffkit.views import find, login, page


class EventFilter(IdFilter):
    """By interview event."""

    title = _("interview event")
    parameter_name = "event"
    field = "event_id"
    model = "scheduling.InterviewEvent"


@admin.register(QuestionnaireAnswers)
class AnswersAdmin(SearchedByPerson, ExportingAdmin, ReadOnlyAdmin):
    """Answers, from the names they hold: no list, filter or search joins."""

    when_empty = _(
        "They come when candidates answer a questionnaire. An interview event's page says which one it asks."
    )
    rows = Through(field="candidate_id", owners="users", owned=Rows(city=("city_id",)))
    list_display = ["when", "person", "telegram_id", "event", "state", "version", "current"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        EventFilter,
        ("current", BooleanRadioFilter),
        ("answered_at", DayFilter),
    ]
    export_name = "answers"
    person_field = "candidate_id"
    sortable_by = ["when"]
    ordering = ["-answered_at"]
    fields = [("person", "telegram_id"), ("event", "version"), ("when", "state_line"), "current"]
    readonly_fields = ["when", "state_line"]
    actions_detail = ["let_again"]
    change_form_after_template = "questionnaires/answers_and_trail.html"

    def export_titles(self) -> list[str]:
        """Each time that somebody came to an end of a questionnaire."""
        who = (_("candidate"), _("Telegram id"), _("interview event"))
        its = (_("result"), _("version"), _("counts"), _("Answers"), _("Id"))
        return headings(_("Date"), _("Time"), _("Time zone"), *who, *its)

    def export_row(self, obj: QuestionnaireAnswers) -> list[object]:
        """A line for each question and its answer, in the reader's language; at Moscow's time, as on the list."""
        at, language = local(obj.answered_at, MOSCOW), desk_language()
        lines = (f"{item['question'][language]}: {item['answer'][language]}" for item in obj.answers)
        who = (obj.person, str(obj.telegram_id), obj.event)
        counts = _("yes") if obj.current else _("no")
        its = (obj.get_status_display(), obj.version, counts, "\n".join(lines), obj.pk)
        return [at.date(), at.time(), zone_name(MOSCOW, language), *who, *its]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only for those whose rejection counts."""
        found = find(QuestionnaireAnswers, str(object_id))
        every: list[Any] = super().get_actions_detail(request, object_id)
        return every if found.current and found.status == REJECTED else []

    def on_page(self, object_id: ObjectId) -> dict[str, Any]:
        """With the answers and what happened."""
        row = collection("questionnaire_answers").find_one({"_id": object_id})
        return {"answers": [shown(row)] if row else [], "alone": True, "trail": trail(str(object_id))}

    @display(description=_("answered"), ordering="answered_at")
    def when(self, answers: QuestionnaireAnswers) -> str:
        """When, in Moscow."""
        return format_moment(answers.answered_at, MOSCOW)

    @display(description=_("result"), label=Colours({"passed": "success", "rejected": "danger"}))
    def state(self, answers: QuestionnaireAnswers) -> tuple[str, str]:
        """The result, in words."""
        return answers.status, answers.get_status_display()

    state_line = plainly(state)

    @action(
        description=_("Let answer again"),
        url_path="let-again",
        permissions=["questionnaires.change_questionnaireanswers"],
        icon="replay",
    )
    def let_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then set the rejection aside."""
        found = find(QuestionnaireAnswers, object_id)
        here = reverse("admin:questionnaires_questionnaireanswers_change", args=[found.pk])
        if request.method == "POST":
            self._let_again(request, str(found.pk))
            return HttpResponseRedirect(here)
        return page(
            self,
            request,
            "staffkit/form_page.html",
            title=_("Let answer again"),
            obj=found,
            intro=_("%(name)s may answer the questionnaire from the start. These answers stay in the history.")
            % {"name": found},
            submit_text=_("Let answer again"),
            back=here,
        )

    def _let_again(self, request: HttpRequest, answers_id: str) -> None:
        try:
            let_answer_again(answers_id, actor=login(request), now=clock.now(), correlation_id=correlation.current())
        except RefusedError as error:
            messages.error(request, error.errors[""])
        else:
            messages.success(request, _("The questionnaire can be answered again."))
