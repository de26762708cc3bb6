"""Asking first whom a change concerns; it is done, as was shown, once that has been confirmed."""

import json
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common.refusals import RefusedError
from scheduling.services.editing.choices import Choice, ChoiceRefusedError, can_move
from scheduling.services.impact import (
    AS_IT_COMES,
    Choices,
    ForeseenOtherwiseError,
    Impact,
    carry_out_as_foreseen,
    foresee,
)
from scheduling.staff.forms.impact import Asked, ImpactForm
from scheduling.staff.impact.button import LOOK, button_texts
from scheduling.staff.impact.question import Chosen, Question
from scheduling.staff.impact.rows import groups_of, single_people
from scheduling.staff.impact.targets import asks_of, targets_for, why_not_moved
from scheduling.staff.outcomes import refusal_text
from staffkit.forms.use_case import AskFirstError, UseCaseForm, show_refusal
from staffkit.pages.kinds import UseCaseAdmin
from staffkit.sending.once import Done, send_once
from staffkit.sending.sealed import is_as_shown
from staffkit.sending.seen import StaleError, stale_text
from staffkit.views import login, page

MARK = "_foreseen"
"""Comes with what was confirmed on the page: by which choices it was shown."""
PREVIEW = "_preview"
"""The button that only shows what the choices mean."""
_AS_IT_COMES = "1"
_NOT_CARRIED = {"csrfmiddlewaretoken", "_once", "_sealed", "_confirm", MARK, PREVIEW}
_OF_SINGLE_ONES = ("for_", "to_", "words_", "at_")
_LOOKS = 3  # at what others keep changing


Work = Callable[[Chosen], Any]


def agree(request: HttpRequest, question: Question, work: Work) -> tuple[Chosen, Impact]:
    """How a change is to be made, and what it means; tried before each way, with what was chosen for single people.

    Raises:
        AskFirstError: what it means has not been shown, or not as it is now.
        RefusedError: by ``work``, whatever is chosen.
    """
    plain = {way: foresee(partial(work, Chosen(way))) for way, _label in question.ways}
    first = question.ways[0][0]
    if not any(plain.values()) and len(question.ways) == 1 and not question.always:
        return Chosen(first, settled=True, confirmed=True), plain[first]
    asking = _Asking(request, question, plain)
    if asking.form.is_valid():
        chosen = asking.chosen()
        impact = asking.tried(work, chosen)
        if impact is not None and asking.is_confirmed():
            return replace(chosen, confirmed=True), impact
    raise AskFirstError(asking.show)


class AskingForm(UseCaseForm):
    """A form by which people may be touched: a page then names them first. ``chosen``: how it is being done."""

    chosen = Chosen()

    @abstractmethod
    def question(self) -> Question:
        """What the page asks."""

    @property
    def why(self) -> str:
        """What was given on the page, or on the form itself."""
        assert self.request is not None
        return reason_in(self.request)

    def make(self, change: Callable[[], None]) -> None:
        """Try it each way; do it the chosen one, once what that means has been confirmed."""
        assert self.request is not None
        stored = self.instance

        def work(chosen: Chosen) -> None:
            self.instance, self.chosen = stored, chosen
            change()

        chosen, impact = agree(self.request, self.question(), work)
        try:
            carry_out_as_foreseen(partial(work, chosen), impact, chosen.choices, actor=self.actor)
        except (ForeseenOtherwiseError, ChoiceRefusedError):
            self.instance = stored
            raise StaleError from None


def answer_asking(
    staff_page: UseCaseAdmin, request: HttpRequest, question: Question, work: Callable[[Chosen], Done]
) -> HttpResponse:
    """The same for a page without a form of its own: the page that asks, or where its change leads, done once.

    Raises:
        RefusedError: by ``work``; nothing is done.
    """
    for _look in range(_LOOKS):
        try:
            chosen, impact = agree(request, question, work)
            do = partial(carry_out_as_foreseen, partial(work, chosen), impact, chosen.choices, actor=login(request))
            return send_once(request, do)
        except AskFirstError as error:
            return error.show(staff_page)
        except (ForeseenOtherwiseError, ChoiceRefusedError):
            continue
    raise RefusedError({"": stale_text()})


def reason_in(request: HttpRequest) -> str:
    """The reason that came with a form, as people read it."""
    return request.POST.get("reason", "").replace("\r\n", "\n").strip()


class _Asking:
    """The page with its form, and what it shows."""

    def __init__(self, request: HttpRequest, question: Question, plain: Mapping[str, Impact]) -> None:
        self._request, self._question, self._plain = request, question, plain
        people = {row.booking.id: row for impact in plain.values() for row in impact.people}
        touched = {*question.slots, *(row.was.id for row in people.values())}
        events = {row.booking.event_id for row in people.values()} if Choice.MOVE in question.offers else set()
        self._targets = targets_for(request, events, touched)
        self._asks = asks_of(self._targets, touched)
        self.form = ImpactForm(
            request.POST if MARK in request.POST else None,
            asked=self._asked(list(people.values())),
            initial={"reason": request.POST.get("reason", "")},
        )
        self._lacking = {
            row.booking.event_id for row in people.values() if can_move(row)
        } & events - self._targets.keys()
        self._choices, self._impact, self._picked = AS_IT_COMES, None, _AS_IT_COMES

    _choices: Choices
    _impact: Impact | None
    _way = ""

    def _asked(self, people: Sequence[Any]) -> Asked:
        question = self._question
        told = any(row.notice for row in people)
        offers = [item for item in question.offers if told or item is not Choice.SILENT]
        offers = [item for item in offers if self._targets or item is not Choice.MOVE]
        asked = Asked(
            ways=question.ways,
            offers=offers if people and (len(offers) > 1 or question.required) else (),
            required=question.required,
            people=people,
            targets=self._targets,
            asks=self._asks,
            asks_reason=question.asks_reason,
            starts=question.starts,
        )
        return asked if any(asked.choices_of(row) for row in people) else replace(asked, offers=(), required=False)

    def chosen(self) -> Chosen:
        """What was chosen, of a form that is right."""
        way = str(self.form.cleaned_data.get("choice", self._question.ways[0][0]))
        self._choices = self.form.chosen(login(self._request), reason_in(self._request))
        return Chosen(way, self._choices, settled=True, starts=self.form.starts)

    def tried(self, work: Work, chosen: Chosen) -> Impact | None:
        """What it means with these choices; None where one of them can't be, which the form then says."""
        if not (chosen.choices or chosen.starts or self.form.asked.required):
            return self._plain[chosen.way]
        facts = [[key, *map(str, pick)] for key, *pick in self._facts(chosen)]
        self._picked = _mark(chosen.way, [*facts, *map(list, sorted(chosen.starts.items()))])
        try:
            self._impact, self._way = foresee(partial(work, chosen), chosen.choices), chosen.way
        except ChoiceRefusedError as error:
            name = next(row.candidate.name for row in self.form.asked.people if row.booking.id == error.booking_id)
            self.form.add_error(None, f"{name}: {refusal_text(error.outcome)}")
            return None
        except RefusedError as error:
            show_refusal(self.form, error)
            return None
        return self._impact

    def _facts(self, chosen: Chosen) -> list[list[Any]]:
        kinds = {pick.row.booking.id: [pick.choice.value, pick.slot_id] for pick in self.form.picks}
        return [
            [key, *kinds[key]]
            for key in sorted({*chosen.choices.commands, *chosen.choices.untold, *chosen.choices.kept})
        ]

    def is_confirmed(self) -> bool:
        """Whether just this has been shown, and is not only to be looked at."""
        if PREVIEW in self._request.POST:
            return False
        if self._request.POST.get(MARK) != self._picked:
            messages.info(self._request, _("This is what your choices mean. Check it, then press again."))
            return False
        return is_as_shown(self._request, self._agreed())

    def _agreed(self) -> list[Any]:
        ways = {way: impact.agreed for way, impact in self._plain.items()}
        own = self._impact.agreed if self._impact is not None else []
        return [self._question.facts(self._plain), ways, self._picked, own, self._question.agreed]

    def show(self, staff_page: Any) -> HttpResponse:
        """The page."""
        request, question = self._request, self._question
        shown = self._plain if self._impact is None else {self._way: self._impact}
        carried = [(name, value) for name, values in request.POST.lists() for value in values if self._carries(name)]
        alone, undecided = len(question.ways) == 1, self.form.asked.required and self._impact is None
        own = self.form if alone else None
        return page(
            staff_page,
            request,
            "scheduling/impact.html",
            title=question.title,
            form=self.form,
            agreed=self._agreed(),
            facts=question.facts(self._plain),
            ways=[
                {"label": label, **groups_of(shown[way], own, self._choices.untold, undecided=undecided)}
                if way in shown
                else None
                for way, label in question.ways
            ],
            **({} if alone else single_people(self.form)),
            why_not_moved=why_not_moved(request, self._lacking, self._targets),
            picked=self._picked,
            carried=carried,
            look=LOOK,
            danger=question.danger,
            back=question.back,
            **self._button(shown),
        )

    def _button(self, shown: Mapping[str, Impact]) -> dict[str, Any]:
        """What the button says: by itself, and as ``impact.js`` has it, by the way that is chosen."""
        texts, required = button_texts(self._question.verb, shown), self.form.asked.required
        same = len(set(texts.values())) == 1
        of_all = next(iter(texts.values())) if same else self._question.verb
        plain = self._impact is None and not required
        return {
            "submit_text": LOOK if required and self._impact is None else of_all,
            "says": {
                "texts": texts,
                "other": str(self._question.verb),
                "look": str(LOOK),
                "shown": self._impact is not None,
                "plain": plain,
                "first": self.form.asked.offers[0].value if self.form.asked.offers else "",
            },
        }

    def _carries(self, name: str) -> bool:
        return name not in _NOT_CARRIED and name not in self.form.fields and not name.startswith(_OF_SINGLE_ONES)


def _mark(way: str, facts: list[list[str]]) -> str:
    return sha256(json.dumps([way, facts]).encode()).hexdigest()[:16] if facts else _AS_IT_COMES
