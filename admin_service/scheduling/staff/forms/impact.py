"""The form of the page that says whom a change concerns: how it is done, and what becomes of each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from scheduling.domain.decide import AnyBookingCommand
from scheduling.services.editing.choices import Choice, can_move, cancelling, moving
from scheduling.services.impact import Affected, Choices
from scheduling.staff.forms.reasons import REASON_LENGTH, ReasonForm
from scheduling.staff.forms.slot_choice import Offered, SlotPicker, meant
from staffkit.forms.inputs import MessageText, OwnWords, set_choices

MOST_SHOWN = 200
"""For so many it can be chosen one by one; what is chosen for all holds for the others, too."""

MOVES_TO = "to_"
"""What the names of fields begin with in which a slot is chosen."""
_LABELS = {
    Choice.KEEP: _("Keep the booking; who is concerned is told as shown above"),
    Choice.SILENT: _("Keep the booking and tell nobody; the audit trail says why"),
    Choice.MOVE: _("Move to another slot"),
    Choice.CANCEL: _("Cancel, with your words"),
}
_STANDS = _("Keep the booking; nothing is sent")
_SHORT = {
    Choice.KEEP: _("keep, as above"),
    Choice.SILENT: _("keep, tell nothing"),
    Choice.MOVE: _("move to …"),
    Choice.CANCEL: _("cancel"),
}


@dataclass(frozen=True, slots=True)
class StartChoice:
    """A slot of which staff say when it begins, where a change is made in ``way``.

    ``why``: what it is and why that must be said; ``options``: value and label each.
    """

    slot_id: str
    why: str
    options: Sequence[tuple[str, str]]
    way: str


@dataclass(frozen=True)
class Asked:
    """What the form is to ask.

    Attributes:
        ways: of doing the change, value and label each.
        offers: what can become of bookings; the first unless something else is chosen. Empty: it is not asked.
        required: there is no such first: it must be chosen.
        people: whom the change concerns.
        targets: slots to move to, by event id; of an event that has none there is no entry.
        asks: by event id, where the search for them asks, for ``SlotPicker``.
        asks_reason: whether those who are told can be told why.
        starts: slots of which it must be said when they begin.
    """

    ways: Sequence[tuple[str, Any]]
    offers: Sequence[Choice] = ()
    required: bool = False
    people: Sequence[Affected] = ()
    targets: Mapping[str, Sequence[Offered]] = field(default_factory=dict)
    asks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    asks_reason: bool = True
    starts: Sequence[StartChoice] = ()

    def choices_of(self, row: Affected) -> list[Choice]:
        """What can become of one booking; who is only proposed a slot that goes has nothing to lose in it."""
        if self.required and row.proposed:
            return []
        moves = can_move(row) and row.booking.event_id in self.targets
        return [item for item in self.offers if item is not Choice.MOVE or moves]

    @property
    def offers_for_all(self) -> Sequence[Choice]:
        """The same of all: they can be moved together where one event has room for them."""
        together = len({row.booking.event_id for row in self.people}) == 1
        return [item for item in self.offers if item is not Choice.MOVE or (together and self.targets)]

    def picker(self, event_id: str, **attributes: Any) -> SlotPicker:
        """The search for another slot of an event."""
        made = SlotPicker(attributes)
        made.offered, made.asks = self.targets[event_id], self.asks[event_id]
        return made


@dataclass(frozen=True)
class Pick:
    """What was chosen for one booking. ``slot_id``: to which it moves; ``words``: for its candidate alone."""

    row: Affected
    choice: Choice
    slot_id: str = ""
    words: str = ""


class ImpactForm(ReasonForm):
    """Which of the ways it is to be done, where there are several, why, and what becomes of whom it concerns.

    What is not asked is not in the form. Beside the fields below it has three for each person: ``for_``, ``to_`` and
    ``words_`` with the booking's id; and one, ``at_``, for each slot of which it must be said when it begins.
    """

    choice = forms.ChoiceField(label=_("What is to be done?"), widget=UnfoldAdminRadioSelectWidget())
    for_all = forms.ChoiceField(
        label=_("What becomes of the bookings?"), required=False, widget=UnfoldAdminRadioSelectWidget()
    )
    to_all = forms.CharField(
        label=_("Move all of them to"),
        required=False,
        max_length=400,
        widget=SlotPicker(),
        help_text=_("Type a part of a day, a recruiter or a place, then choose."),
    )
    untold_reason = MessageText(
        label=_("Why nobody is told"),
        max_length=REASON_LENGTH,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
        help_text=_("Only for the audit trail; candidates never read it."),
    )

    common_fields = ("for_all", "to_all", "reason", "untold_reason")
    field_order = ["choice", *common_fields]

    def __init__(self, *args: Any, asked: Asked, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        self.picks: list[Pick] = []
        self.starts: dict[str, str] = {}
        for slot in asked.starts:
            self.fields[_at(slot)] = forms.ChoiceField(
                label=slot.why, required=False, choices=[("", "—"), *slot.options], widget=UnfoldAdminSelectWidget()
            )
        self.fields["reason"].help_text = _("It stands in the message at 💬, for everybody who is told.")
        set_choices(self, "choice", asked.ways)
        self._offer(asked)
        if len(asked.ways) == 1:
            del self.fields["choice"]
        if not asked.asks_reason:
            del self.fields["reason"]

    def _offer(self, asked: Asked) -> None:
        told = any(row.notice for row in asked.people)
        labels = _LABELS if told else {**_LABELS, Choice.KEEP: _STANDS}
        set_choices(self, "for_all", [(item.value, labels[item]) for item in asked.offers_for_all])
        self.fields["for_all"].required = asked.required
        if not asked.required and asked.offers:
            self.fields["for_all"].initial = asked.offers[0].value
        unasked = {"for_all": not asked.offers, "untold_reason": Choice.SILENT not in asked.offers}
        unasked["to_all"] = Choice.MOVE not in asked.offers_for_all
        if not unasked["to_all"]:
            self.fields["to_all"].widget = asked.picker(asked.people[0].booking.event_id)
        for name in (name for name, gone in unasked.items() if gone):
            del self.fields[name]
        if asked.offers:
            for row in (row for row in asked.people[:MOST_SHOWN] if asked.choices_of(row)):
                self._add_own_fields(row, asked)

    def _add_own_fields(self, row: Affected, asked: Asked) -> None:
        key, name, offers = row.booking.id, {"name": row.candidate.name}, asked.choices_of(row)
        own = [("", _("as for all")), *((item.value, _SHORT[item]) for item in offers)]
        label = _now("What becomes of %(name)s") % name
        self.fields[f"for_{key}"] = forms.ChoiceField(
            label=label, required=False, choices=own, widget=UnfoldAdminSelectWidget({"aria-label": label})
        )
        if Choice.MOVE in offers:
            label = _now("Where %(name)s moves to") % name
            typed = {"aria-label": label, "placeholder": _now("day, recruiter or place")}
            picker = asked.picker(row.booking.event_id, **typed)
            picker.waits = True
            self.fields[f"to_{key}"] = forms.CharField(label=label, required=False, max_length=400, widget=picker)
        label = _now("Words for %(name)s alone") % name
        self.fields[f"words_{key}"] = OwnWords(
            label=label,
            required=False,
            max_length=REASON_LENGTH,
            widget=UnfoldAdminTextInputWidget({"aria-label": label, "placeholder": _now("words for them alone")}),
        )

    def own_fields(self, booking_id: str) -> dict[str, forms.BoundField]:
        """The three fields of one person, as far as there are any."""
        names = {name: f"{name}_{booking_id}" for name in ("for", "to", "words")}
        return {name: self[key] for name, key in names.items() if key in self.fields}

    def start_fields(self) -> list[forms.BoundField]:
        """Those of the slots of which it must be said when they begin."""
        return [self[_at(slot)] for slot in self.asked.starts]

    def clean(self) -> dict[str, Any]:
        """Work out what becomes of each: ``picks``; and when slots begin: ``starts``."""
        data = super().clean() or self.cleaned_data
        for slot in self.asked.starts:
            given = data.get(_at(slot))
            if data.get("choice") == slot.way and given:
                self.starts[slot.slot_id] = given
            elif data.get("choice") == slot.way and _at(slot) not in self.errors:
                self.add_error(_at(slot), _now("Say when it begins."))
        if self.asked.offers and "for_all" not in self.errors:
            self.picks = [
                pick for row in self.asked.people if self.asked.choices_of(row) and (pick := self._pick(row, data))
            ]
        if any(pick.choice is Choice.SILENT for pick in self.picks) and not data.get("untold_reason", "").strip():
            self.add_error("untold_reason", _now("Say why: people will ask."))
        if any(self._lacks_words(pick, data) for pick in self.picks):
            self.add_error("reason", _now("Give a reason: those whose booking is cancelled read it."))
        return data

    def _pick(self, row: Affected, data: dict[str, Any]) -> Pick | None:
        key, own = row.booking.id, data.get(f"for_{row.booking.id}", "")
        choice = Choice(own or data.get("for_all") or self.asked.offers[0])
        shown = f"for_{key}" if f"for_{key}" in self.fields else "for_all"
        if choice not in self.asked.choices_of(row):
            self.add_error(shown, _now("%(name)s can't be moved: choose otherwise.") % {"name": row.candidate.name})
            return None
        words = data.get(f"words_{key}", "").strip()
        if choice is not Choice.MOVE:
            return Pick(row, choice, words=words)
        place, typed = (f"to_{key}", data.get(f"to_{key}", "")) if own else ("to_all", data.get("to_all", ""))
        slot_id = meant(self.asked.targets.get(row.booking.event_id, ()), typed.strip())
        if slot_id is None:
            self.add_error(place if place in self.fields else shown, _now("Choose a slot from the list."))
            return None
        return Pick(row, choice, slot_id, words)

    def _lacks_words(self, pick: Pick, data: dict[str, Any]) -> bool:
        """Who did not choose it needs none: the change itself asks for them."""
        words = pick.words or data.get("reason", "").strip()
        return pick.choice is Choice.CANCEL and not (words or self._comes_by_itself(pick))

    def _comes_by_itself(self, pick: Pick) -> bool:
        """Whether it is what the change itself makes of the booking."""
        return not self.asked.required and pick.choice is self.asked.offers[0]

    def chosen(self, actor: str, reason: str) -> Choices:
        """The commands that were chosen, and whom nobody tells; ``reason``: for who has no words of their own."""
        commands, untold = dict[str, AnyBookingCommand](), dict[str, str]()
        for pick in self.picks:
            key, words = pick.row.booking.id, pick.words or reason
            if pick.choice is Choice.MOVE:
                commands[key] = moving(pick.row, pick.slot_id, actor=actor, words=words)
            elif pick.choice is Choice.CANCEL and (pick.words or not self._comes_by_itself(pick)):
                commands[key] = cancelling(pick.row, actor=actor, words=words)
            elif pick.choice is Choice.SILENT:
                untold[key] = self.cleaned_data["untold_reason"].strip()
        stay = (pick for pick in self.picks if pick.choice is Choice.KEEP and not self._comes_by_itself(pick))
        return Choices(commands, untold, frozenset(pick.row.booking.id for pick in stay))


def _at(slot: StartChoice) -> str:
    return f"at_{slot.slot_id}"
