"""The form that asks what becomes of what depends on somebody or something that is there no more."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget

from people.models import Recruiter
from people.staff.reaching import why_not_in_chat
from scheduling.services.editing.retiring import Way
from scheduling.staff.clashes import tick_field
from scheduling.staff.forms.reasons import ReasonForm
from staffkit.forms.inputs import set_choices

WAYS = {
    Way.HAND_OVER: _("Hand over: the slots, their bookings and requests go to another"),
    Way.CANCEL: _("Cancel: the bookings and requests end with the reason below, and nobody can book the slots"),
    Way.KEEP: _("Keep: the bookings stand, and staff or the deputy see to them; nobody else can book"),
}


class RetireForm(ReasonForm):
    """What becomes of it.

    Args:
        successors: who or what could take over; nobody: that is not offered.
        nobody: why not, and what can be done, as HTML.
    """

    way = forms.ChoiceField(label=_("What becomes of it?"), widget=UnfoldAdminRadioSelectWidget())
    successor = forms.ChoiceField(label=_("Hand over to"), required=False, widget=UnfoldAdminSelectWidget())

    despite_clashes = tick_field(_("Hand over anyway"))

    field_order = ["way", "successor", "reason"]

    def __init__(self, *args: Any, successors: Sequence[Any], nobody: str = "", asks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._successors = {str(item.pk): item for item in successors}
        self.fields["reason"].help_text = _(
            "Needed unless you hand over. Candidates read it where their interview changes or is cancelled."
        )
        ways = [way for way in Way if way is not Way.HAND_OVER or successors]
        set_choices(self, "way", [(way.value, WAYS[way]) for way in ways])
        set_choices(self, "successor", [("", "—"), *((key, _called(item)) for key, item in self._successors.items())])
        if not successors:
            del self.fields["successor"]
            self.fields["way"].help_text = nobody
        if not asks:
            self.fields.clear()

    def clean(self) -> dict[str, Any]:
        """With ``successor`` as the entry, and ``way``."""
        data = super().clean() or self.cleaned_data
        way = Way(data["way"]) if data.get("way") else None
        chosen = self._successors.get(data.get("successor", ""))
        if way is Way.HAND_OVER and chosen is None:
            self.add_error("successor", _now("Choose who or what takes over."))
        if way in {Way.CANCEL, Way.KEEP} and not data.get("reason", "").strip():
            self.add_error("reason", _now("Give a reason: people will ask."))
        return {**data, "way": way, "successor": chosen if way is Way.HAND_OVER else None}


def _called(successor: Any) -> str:
    """With why the bot's cards don't reach a recruiter, where they don't."""
    why = why_not_in_chat(successor) if isinstance(successor, Recruiter) else ""
    return f"{successor} — {why}" if why else str(successor)
