"""Inviting many from a table (R10): the table, then a look at what would come of it, then just that."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from common.refusals import RefusedError
from people.models import Candidate
from people.services.bulk import MOST_ROWS, Imported, import_candidates
from people.services.import_plan import Fate, GivenRow, Plan, PlannedRow, plan_import
from people.staff.forms import ImportForm, StoredTableForm
from people.staff.handing_over import MAY_INVITE, made
from staffkit.pages.base import DeskAdmin
from staffkit.sending.once import Done, send_once
from staffkit.sending.sealed import is_as_shown
from staffkit.tables.errors import TableError
from staffkit.tables.reading import Columns, Table, read_table
from staffkit.views import login, page

COLUMNS = Columns(
    headings={
        "first_name": ("first name", "имя", "firstname", "given name"),
        "last_name": ("last name", "фамилия", "lastname", "surname", "family name"),
        "city": ("city", "город"),
        "username": ("username", "имя пользователя", "юзернейм", "ник", "telegram", "телеграм", "telegram username"),
        "telegram_id": ("telegram id", "id в telegram", "telegram-id", "id telegram"),
        "tags": ("tags", "tag", "метки", "метка", "теги", "тег"),
        "candidate_id": ("candidate id", "id кандидата"),
        "role": ("role", "роль"),
    },
    vague={"id": "telegram_id"},
)
"""What such a table may have; ``candidate_id`` and ``role`` come with our own exports."""


class ImportingAdmin(DeskAdmin):
    """A list with a button that takes in a table of people."""

    @action(description=_("Invite many from a table"), url_path="import", permissions=[MAY_INVITE], icon="group_add")
    def import_table(self, request: HttpRequest) -> HttpResponse:
        """Paste or upload a table, look what would come of it, store that."""
        if "table" in request.POST and "again" not in request.POST:
            return self._store(request)
        sent = "_confirm" in request.POST and "again" not in request.POST
        form = ImportForm(request.POST if sent else None, request.FILES or None, initial=_typed(request))
        if form.is_valid():
            try:
                table = read_table(form.cleaned_data["content"], COLUMNS, MOST_ROWS)
            except TableError as error:
                form.add_error("file" if form.cleaned_data["file"] else "text", str(error))
            else:
                return self._preview(request, table, form.cleaned_data)
        return page(
            self,
            request,
            "people/import_people.html",
            title=_("Invite many from a table"),
            form=form,
            submit_text=_("Look at it first"),
            back=reverse("admin:people_candidate_changelist"),
        )

    def _store(self, request: HttpRequest) -> HttpResponse:
        """Store what was previewed; where it is not so any more, it is shown anew."""
        form = StoredTableForm(request.POST)
        if not form.is_valid():
            raise ValidationError("the table does not come from the preview")
        table, data = form.cleaned_data["table"], form.cleaned_data
        plan = plan_import(_given(table))
        terms = {"days": data["days"], "note": data["note"]}

        def take_in() -> Done:
            return _done(import_candidates(_given(table), plan.agreed, actor=login(request), **terms))

        if is_as_shown(request, [plan.agreed, terms]):
            try:
                return send_once(request, take_in)
            except RefusedError as error:
                messages.error(request, " ".join(error.errors.values()))
        return self._preview(request, table, data)

    def _preview(self, request: HttpRequest, table: Table, data: Mapping[str, Any]) -> HttpResponse:
        plan = plan_import(_given(table))
        terms = {"days": data["days"], "note": data["note"]}
        sent = {**terms, "table": _packed(table), "text": "" if data.get("file") else data.get("text", "")}
        return page(
            self,
            request,
            "people/import_preview.html",
            title=_("Look before it is stored"),
            intro=_("Nothing is stored yet."),
            agreed=[plan.agreed, terms],
            sent=sent,
            notes=table.notes,
            columns=[(heading, _field(name)) for name, heading in table.headings.items()],
            parts=[(fate, label, [_shown(row, table) for row in plan.of(fate)]) for fate, label in _parts(plan)],
            submit_text=_button(plan),
            back=reverse("admin:people_candidate_import_table"),
        )


def _given(table: Table) -> list[GivenRow]:
    return [GivenRow(row.number, row.cells, row.problem) for row in table.rows]


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What was given before, on the way back from the preview."""
    return {name: request.POST[name] for name in ("text", "days", "note") if name in request.POST}


def _packed(table: Table) -> str:
    """The table as the preview carries it: what is stored is what was read, not the file once more."""
    rows = [[row.number, row.cells, row.problem] for row in table.rows]
    return json.dumps([rows, table.headings, table.notes], ensure_ascii=False)


def _parts(plan: Plan) -> list[tuple[Fate, str]]:
    """What would come of it, in words, what needs a look first."""
    words = {
        Fate.REFUSE: ngettext("%(count)s row is not taken", "%(count)s rows are not taken", len(plan.of(Fate.REFUSE))),
        Fate.CHANGE: ngettext("%(count)s entry changes", "%(count)s entries change", len(plan.of(Fate.CHANGE))),
        Fate.ADD: ngettext(
            "%(count)s person is added, with a link",
            "%(count)s people are added, each with a link",
            len(plan.of(Fate.ADD)),
        ),
        Fate.SAME: ngettext(
            "%(count)s row says nothing new", "%(count)s rows say nothing new", len(plan.of(Fate.SAME))
        ),
    }
    return [(fate, text % {"count": len(plan.of(fate))}) for fate, text in words.items() if plan.of(fate)]


def _shown(item: PlannedRow, table: Table) -> dict[str, Any]:
    """A row of the preview."""
    person = item.person
    who = str(person) if person.first_name or person.username or person.telegram_id else ""
    cells = item.row.cells.values()
    return {
        "number": item.row.number,
        "who": who or " · ".join(filter(None, cells)),
        "username": person.username,
        "telegram_id": person.telegram_id,
        "city": person.city,
        "changes": [(_field(change.field), change.before, change.after) for change in item.changes],
        "reasons": [_told(item.row.number, name, reason, table) for name, reason in item.reasons],
    }


def _told(number: int, name: str, reason: str, table: Table) -> str:
    if not name:
        return _now("Row %(row)s: %(text)s") % {"row": number, "text": reason}
    heading = table.headings.get(name) or _field(name)
    return _now("Row %(row)s, %(field)s: %(text)s") % {"row": number, "field": heading, "text": reason}


def _field(name: str) -> str:
    """A column as the desk calls it."""
    own = {"candidate_id": _("candidate id"), "role": _("role")}
    return str(own[name] if name in own else Candidate._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _button(plan: Plan) -> str:
    """What pressing does; empty where there is nothing to store."""
    added, changed = len(plan.of(Fate.ADD)), len(plan.of(Fate.CHANGE))
    adding = ngettext("Add and invite %(count)s", "Add and invite %(count)s", added) % {"count": added}
    changing = ngettext("change %(count)s", "change %(count)s", changed) % {"count": changed}
    if added and changed:
        return f"{adding}, {changing}"
    return adding if added else (changing[:1].upper() + changing[1:] if changed else "")


def _done(imported: Imported) -> Done:
    """To the links just made, or, where there are none, to the list of candidates."""
    changed = ngettext("%(count)s entry changed.", "%(count)s entries changed.", imported.changed)
    text = changed % {"count": imported.changed} if imported.changed else ""
    if imported.invited is None:
        return Done(reverse("admin:people_candidate_changelist"), text)
    links = made(imported.invited)
    return links._replace(text=f"{links.text} {text}".strip())
