"""Forms that ask for a reason before something happens."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from people.models import Candidate
from scheduling.domain.model import Slot
from scheduling.staff.forms.slot_choice import SlotField
from shared_contracts.directory import Rejection
from shared_contracts.telegram.names import username_beside
from staffkit.forms.inputs import OwnWords, set_choices
from staffkit.who_can import who_adds

REASON_LENGTH = 1_000


class ReasonForm(forms.Form):
    """Why. The candidate is told the reason as it is written."""

    reason = OwnWords(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
        help_text=_("The candidate reads it too."),
    )


class LimitsForm(ReasonForm):
    """A change that may go past the event's limits."""

    beyond_limits = forms.BooleanField(
        label=_("Past the limits: cut-offs, inactive slots, number of moves"),
        required=False,
        widget=UnfoldBooleanWidget(),
        help_text=_("Needs a reason. Never past a slot's capacity."),
    )


class DecisionForm(ReasonForm):
    """A decision about the booking as it was shown; a later version of it is not touched."""

    version = forms.IntegerField(widget=forms.HiddenInput(), min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Comment")
        self.fields["reason"].help_text = _("The candidate reads the comment too.")


class RejectForm(DecisionForm):
    """Say no to a request: to its time, or to the person."""

    rejection = forms.ChoiceField(
        label=_("What does not suit"),
        choices=[
            (Rejection.TIME.value, _("this time: the candidate is asked to choose another")),
            (Rejection.PERSON.value, _("this candidate: they can't ask again for this interview event")),
        ],
        widget=UnfoldAdminRadioSelectWidget(),
    )


class CancelForm(LimitsForm):
    """Cancel a booking."""

    version = forms.IntegerField(widget=forms.HiddenInput(), min_value=1)
    withdraws_slot = forms.BooleanField(
        label=_("Offer this time to nobody else"),
        required=False,
        widget=UnfoldBooleanWidget(),
        help_text=_("The slot becomes inactive. Who else is booked in it stays."),
    )

    field_order = ["version", "reason", "withdraws_slot", "beyond_limits"]


class MoveForm(LimitsForm):
    """Move a booking to one of ``choices``."""

    version = forms.IntegerField(widget=forms.HiddenInput(), min_value=1)
    slot = SlotField(_("New slot"))

    field_order = ["version", "slot", "reason", "beyond_limits"]

    def __init__(self, *args: Any, slots: Iterable[tuple[str, Slot]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["slot"]
        field.offer(slots)


class BookHereForm(LimitsForm):
    """Book somebody who is known into a slot."""

    slot = SlotField(_("Slot"))

    field_order = ["slot", "reason", "beyond_limits"]

    def __init__(self, *args: Any, slots: Iterable[tuple[str, Slot]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["slot"]
        field.offer(slots)


class BookForm(LimitsForm):
    """Book someone into a slot: whom a name means is asked where it means several. ``person`` is then who it is."""

    person: Candidate | None = None

    called = forms.CharField(
        label=_("Candidate"),
        max_length=130,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
        help_text=_("Name, @username or Telegram id of someone on the allow list."),
    )
    who = forms.ChoiceField(label=_("Who of them?"), required=False, widget=UnfoldAdminRadioSelectWidget())

    field_order = ["called", "who", "reason", "beyond_limits"]

    def __init__(self, *args: Any, known: Callable[[str], Sequence[Candidate]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and "telegram_id" in self.data:  # as the field was called when it took nothing else
            self.data = {**self.data, "called": self.data["telegram_id"]}
        self._found = known(str(self.data.get("called", ""))) if self.is_bound else ()
        if len(self._found) > 1:
            set_choices(self, "who", [(str(one.pk), described(one)) for one in self._found])
        else:
            del self.fields["who"]

    def clean(self) -> dict[str, Any]:
        """Find out who is meant."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if len(self._found) == 1:
            self.person = self._found[0]
        elif self._found:
            self.person = next((one for one in self._found if str(one.pk) == data.get("who")), None)
            if self.person is None and "who" not in self.errors:
                self.add_error("who", _("Several people are called so. Choose one, or type more of the name."))
        elif "called" in data:
            nobody = _now("Nobody is called so, among the people you see.")
            self.add_error("called", f"{nobody} {who_adds()}")
        return data


def described(person: Candidate) -> str:
    """What tells people of one name apart."""
    username = username_beside(str(person), person.username)
    return " · ".join(filter(None, (str(person), username, str(person.city or ""), str(person.telegram_id or ""))))


class RemoveForm(ReasonForm):
    """Take people off the allow list."""

    bookings = forms.ChoiceField(
        label=_("Their live bookings"),
        choices=[
            (
                "keep",
                _("Keep them: still reminded, may still be cancelled; moves asked for end, and the people are told"),
            ),
            ("cancel", _("Cancel them: the seats are freed and the people told")),
        ],
        widget=UnfoldAdminRadioSelectWidget(),
    )

    field_order = ["bookings", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Those who have a booking read it.")
