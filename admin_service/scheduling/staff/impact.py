"""The one page for what touches people's promises: whom it concerns, what each is told; it is done once confirmed."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.mongo import Document
from message_templates.services.reading import in_force
from message_templates.staff.previewing import shown
from people.services.reach import path_to_tell
from people.staff.reaching import why_by_hand
from scheduling.services.editing.notice_text import notice_html, reads
from scheduling.services.impact import Affected, ForeseenOtherwiseError, Impact, carry_out_as_foreseen, foresee
from scheduling.services.store.slots import by_id
from scheduling.staff.forms.impact import ImpactForm
from scheduling.staff.moments import start_of
from scheduling.staff.outcomes import status_label
from shared_contracts.texts.message_templates import TemplateView
from staffkit.clocks import format_moment
from staffkit.forms.use_case import AskFirstError, UseCaseForm
from staffkit.sending.sealed import is_as_shown
from staffkit.sending.seen import StaleError
from staffkit.views import page

MOST_SHOWN = 200
MARK = "_foreseen"
"""Comes with what was confirmed on the page."""
_NOT_CARRIED = {"csrfmiddlewaretoken", "_once", "_sealed", "_confirm", MARK}


@dataclass(frozen=True, slots=True)
class Question:
    """What the page asks.

    Attributes:
        title, submit_text: of the page and its button.
        back: the address to leave it by.
        choices: ways to do it, value and label each; one without a label: there is only that.
        facts: what else is so, line by line, by what is foreseen of each choice.
        asks_reason: whether those who are told can be told why.
        danger: whether the button is red.
    """

    title: Any
    submit_text: Any
    back: str
    choices: Sequence[tuple[str, Any]] = (("", ""),)
    facts: Callable[[Mapping[str, Impact]], list[str]] = field(default=lambda _foreseen: [])
    asks_reason: bool = True
    danger: bool = False


class AskingForm(UseCaseForm):
    """A form by which people may be touched: a page then names them first.

    ``choice``: how it is being done; ``chosen``: by whoever confirmed that, else it is only tried.
    """

    choice = ""
    chosen = False

    @abstractmethod
    def question(self) -> Question:
        """What the page asks."""

    @property
    def why(self) -> str:
        """What was given on the page, or on the form itself."""
        assert self.request is not None
        return self.request.POST.get("reason", "").replace("\r\n", "\n").strip()

    def make(self, change: Callable[[], None]) -> None:
        """Try it each way; do it the chosen one, once what that means has been confirmed."""
        assert self.request is not None
        question, stored, foreseen = self.question(), self.instance, dict[str, Impact]()
        for value, _label in question.choices:
            self.choice = value
            foreseen[value] = foresee(change)
            self.instance = stored
        self.choice, self.chosen = confirmed(self.request, question, foreseen), True
        try:
            carry_out_as_foreseen(change, foreseen[self.choice])
        except ForeseenOtherwiseError:
            raise StaleError from None


def confirmed(request: HttpRequest, question: Question, foreseen: Mapping[str, Impact]) -> str:
    """The way that was chosen for a change, the first one where nobody is concerned.

    Raises:
        AskFirstError: who is concerned has not been shown, or not as it is now.
    """
    if not any(foreseen.values()) and len(question.choices) == 1:
        return question.choices[0][0]
    sent = request.POST if MARK in request.POST else None
    form = ImpactForm(
        sent,
        choices=question.choices,
        asks_reason=question.asks_reason,
        initial={"reason": request.POST.get("reason", "")},
    )
    agreed = [question.facts(foreseen), {value: impact.agreed for value, impact in foreseen.items()}]
    if form.is_valid() and is_as_shown(request, agreed):
        return str(form.cleaned_data.get("choice", question.choices[0][0]))
    raise AskFirstError(lambda admin: _page(admin, request, question, foreseen, form, agreed))


def _page(
    admin: Any,
    request: HttpRequest,
    question: Question,
    foreseen: Mapping[str, Impact],
    form: ImpactForm,
    agreed: list[Any],
) -> HttpResponse:
    carried = [(name, value) for name, values in request.POST.lists() for value in values if _is_carried(name, form)]
    labels = dict(question.choices)
    return page(
        admin,
        request,
        "scheduling/impact.html",
        title=question.title,
        form=form,
        agreed=agreed,
        facts=question.facts(foreseen),
        ways=[{"label": labels[value], **_shown(impact)} for value, impact in foreseen.items()],
        carried=carried,
        submit_text=question.submit_text,
        danger=question.danger,
        back=question.back,
    )


def _is_carried(name: str, form: ImpactForm) -> bool:
    return name not in _NOT_CARRIED and name not in form.fields


def _shown(impact: Impact) -> dict[str, Any]:
    """Whom one way concerns, for the template."""
    rows = impact.people[:MOST_SHOWN]
    people = {str(row["_id"]): row for row in by_id("users", [row.candidate.id for row in rows])}
    templates = in_force()
    return {
        "people": [_person(row, people[row.candidate.id], templates) for row in rows if row.candidate.id in people],
        "left_out": len(impact.people) - len(rows),
    }


def _person(row: Affected, person: Document, templates: Iterable[TemplateView]) -> dict[str, Any]:
    path, html = path_to_tell(person), notice_html(row, reads(person), templates)
    return {
        "name": row.candidate.name,
        "link": reverse("admin:scheduling_booking_change", args=[row.booking.id]),
        "status": status_label(row.booking.status),
        "wants": row.wants,
        "changes": _changes(row),
        "text": shown(html) if html else "",
        "by_hand": why_by_hand(path) if row.notice else "",
        "write": path.link,
        "untold": "" if row.notice else _why_untold(row),
    }


def _changes(row: Affected) -> list[tuple[str, str]]:
    """Old and new, of what is otherwise; without the second where it ends or stays."""
    was, now = row.was, row.now
    if row.zone_was and was.place.venue.video_link and row.candidate.timezone:
        zones = ((was.starts_at, row.zone_was), (now.starts_at, row.candidate.timezone))
        return [(format_moment(*zones[0]), format_moment(*zones[1]))]
    when, then = (start_of(slot.starts_at, slot.place.timezone, slot.place.venue) for slot in (was, now))
    if not row.booking.live:
        return [(when, "")]
    lengths = [_now("%(minutes)s min") % {"minutes": slot.duration_minutes} for slot in (was, now)]
    pairs = [
        (when, then),
        (lengths[0], lengths[1]),
        (was.place.city, now.place.city),
        (was.place.venue.line, now.place.venue.line),
        (was.place.recruiter or "—", now.place.recruiter or "—"),
        (was.place.event, now.place.event),
    ]
    told = [pair for pair in pairs if pair[0] != pair[1]]
    return told if told and told[0][0] == when else [(when, ""), *told]


def _why_untold(row: Affected) -> Any:
    if row.wants:
        return _("Nothing is sent: the wish stands, for the slot as it is then.")
    return _("Nothing is sent: the booking stands.")
