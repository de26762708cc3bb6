"""Forms that ask for a reason before something happens."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from shared_contracts.directory import Rejection
from shared_contracts.fields import LARGEST_TELEGRAM_ID
from staffkit.forms.inputs import MessageText, set_choices

REASON_LENGTH = 1_000


class ReasonForm(forms.Form):
    """Why. The candidate is told the reason as it is written."""

    reason = MessageText(
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
        help_text=_("The slot becomes inactive, unless others are booked in it."),
    )

    field_order = ["version", "reason", "withdraws_slot", "beyond_limits"]


class MoveForm(LimitsForm):
    """Move a booking to one of ``choices``."""

    version = forms.IntegerField(widget=forms.HiddenInput(), min_value=1)
    slot = forms.ChoiceField(label=_("New slot"), widget=UnfoldAdminSelectWidget())

    field_order = ["version", "slot", "reason", "beyond_limits"]

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "slot", choices)


class BookForm(LimitsForm):
    """Book someone into a slot."""

    telegram_id = forms.IntegerField(
        label=_("Telegram id"),
        min_value=1,
        max_value=LARGEST_TELEGRAM_ID,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Of someone on the allow list."),
    )

    field_order = ["telegram_id", "reason", "beyond_limits"]


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
