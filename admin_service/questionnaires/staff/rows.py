"""Pages whose rows are ordered by dragging, and saved with the page in one transaction."""

from typing import Any

from bson import ObjectId
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget

from common.mongo import in_transaction
from questionnaires.models import TEXT_LENGTH, Choice, Question, Questionnaire
from staffkit.pages.base import DeskAdmin
from staffkit.sending.once import Ticket
from staffkit.sending.seen import SeenForm
from staffkit.views import page_of

Changed = list[Question | Choice]


class PartForm(SeenForm):
    """A questionnaire or a part of it; the questionnaire's audit trail tells of all of them."""

    ticket: Ticket
    quiet = frozenset({"position"})

    def trail_of(self) -> ObjectId:
        """The questionnaire's."""
        part = self.instance
        if isinstance(part, Choice):
            part = part.question
        return ObjectId(str(part.pk if isinstance(part, Questionnaire) else part.questionnaire_id))


class Rows(BaseInlineFormSet):  # type: ignore[type-arg]
    """Rows of a page. What a colleague changed is not dropped before that was seen, what they dropped is not asked for.

    ``dropped`` names the rows that came with the page and are stored no more.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dropped: list[str] = []
        if self.is_bound:
            self._leave_out_dropped()

    def clean(self) -> None:
        """Say what is missing."""
        super().clean()
        if self.dropped:
            text = _("Someone has dropped this meanwhile: %(rows)s. Nothing is saved yet.")
            raise ValidationError(text, params={"rows": ", ".join(self.dropped)})

    def _leave_out_dropped(self) -> None:
        """Django would show the rows beside the wrong documents otherwise."""
        stored = {str(row.pk) for row in self.get_queryset()}
        before, every = self.initial_form_count(), range(self.total_form_count())
        sent = [self._row(number) for number in every]
        kept = [row for number, row in enumerate(sent) if number >= before or row.get("id") in stored]
        if len(kept) == len(sent):
            return
        gone = [row for row in sent if row not in kept and "DELETE" not in row]
        self.dropped = [row.get("text_ru") or row.get("label_ru") or "—" for row in gone]
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        for number in every:
            for name in sent[number]:
                del data[f"{self.add_prefix(number)}-{name}"]
        for number, row in enumerate(kept):
            data.update({f"{self.add_prefix(number)}-{name}": value for name, value in row.items()})
        left_out = len(sent) - len(kept)
        for name, count in (("TOTAL_FORMS", len(kept)), ("INITIAL_FORMS", before - left_out)):
            data[f"{self.prefix}-{name}"] = str(count)
        self.data = data
        del self.__dict__["management_form"]  # it counted the rows as they were sent

    def _row(self, number: int) -> dict[str, str]:
        start = f"{self.add_prefix(number)}-"
        return {name.removeprefix(start): self.data[name] for name in self.data if name.startswith(start)}

    def add_fields(self, form: Any, index: int | None) -> None:
        """Each named for who can't see the column that it stands in."""
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs.setdefault("aria-label", field.label)

    def _should_delete_form(self, form: Any) -> bool:
        wanted: bool = super()._should_delete_form(form)  # type: ignore[misc]
        return wanted and not getattr(form, "news", ())


class LongTexts:
    """Sentences get a box of two lines: one line of a narrow column shows a third of a question."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """As Unfold's, but for long texts."""
        if getattr(db_field, "max_length", None) == TEXT_LENGTH:
            return db_field.formfield(widget=UnfoldAdminTextareaWidget({"rows": 2}))
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]


class OrderedRows(LongTexts, TabularInline):
    """Rows in an order that staff set by dragging.

    ``position`` comes last of the fields: Unfold puts the handle into the first one, which must not be hidden.
    """

    form = PartForm
    formset = Rows
    extra = 0
    hide_title = True
    ordering = ["position"]
    ordering_field = "position"
    hide_ordering_field = True


class RowsAdmin(LongTexts, DeskAdmin):
    """A page with ordered rows. Django's own saving goes row by row, without a transaction; a use case saves all."""

    form = PartForm

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Done with the rows."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Hand the page and its rows to the use case: what this person changed, on top of what is stored now.

        Raises:
            StaleError: someone else was faster.
            AlreadySentError: a new questionnaire, which this page has made already.
        """

        def make() -> str:
            form.instance._state.adding = True  # the driver may run this again after a conflict
            self.keep(request, form.instance, *_rows(formsets))
            return page_of(form.instance)

        def change_it() -> None:
            changed, gone = _rows(formsets)
            if form.changed_data or changed or gone:
                self.keep(request, form.renewed(), changed, gone)

        if change:
            in_transaction(change_it)
        else:
            form.ticket.use(make)

    def keep(self, request: HttpRequest, obj: Any, changed: Changed, gone: Changed) -> None:
        """Call the use case."""
        raise TypeError("this page saves nothing")


def _rows(formsets: Any) -> tuple[Changed, Changed]:
    """The rows that this person changed, as they are stored now but for that, and those to drop."""
    changed: Changed = []
    gone: Changed = []
    for formset in formsets:
        for row in formset.initial_forms:
            if row.has_changed() and row not in formset.deleted_forms:
                row.instance = row.renewed()
        changed += formset.save(commit=False)
        gone += formset.deleted_objects
    return changed, gone
