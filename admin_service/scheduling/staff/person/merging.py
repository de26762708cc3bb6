"""Merging another entry of the same person into one, and taking the two apart again."""

from typing import Any

from bson import ObjectId
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from common.refusals import RefusedError
from people.models import Candidate
from people.services.finding import candidates_like
from scheduling.services.merging import merge_into, take_apart
from scheduling.staff.forms.reasons import described
from staffkit.forms.inputs import set_choices
from staffkit.forms.use_case import show_refusal
from staffkit.scoping import in_scope
from staffkit.sending.once import Done, send_once
from staffkit.views import login, page, page_of

MOST_ALIKE = 20
_MERGE = "_merge"
"""The name of the button that merges; that which finds has none."""


class MergeForm(forms.Form):
    """Which entry goes. ``other`` is found by what is typed, and chosen in a second step."""

    called = forms.CharField(
        label=_("The other entry of this person"),
        max_length=130,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
        help_text=_("Name, @username or Telegram id."),
    )
    who = forms.ChoiceField(
        label=_("Which of them goes?"),
        required=False,
        widget=UnfoldAdminRadioSelectWidget(),
        help_text=_("Choose the entry that is merged into this one. Check the account first."),
    )

    def __init__(self, *args: Any, found: list[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "who", [(str(one.pk), described(one)) for one in found])
        if not found:
            del self.fields["who"]

    def clean(self) -> dict[str, Any]:
        """Nobody is chosen beforehand; who has only looked for somebody has made no mistake."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "called" in data and "who" not in self.fields:
            self.add_error("called", _now("Nobody else is called so, among the people you see."))
        elif "called" in data and not data.get("who") and "who" not in self.errors and _MERGE in self.data:
            self.add_error("who", self.fields["who"].help_text)
        return data


class TakeApartForm(forms.Form):
    """Which merge is undone."""

    other = forms.ChoiceField(label=_("Which entry is to stand alone again?"), widget=UnfoldAdminRadioSelectWidget())


def ask_and_merge(admin: Any, request: HttpRequest, person: Candidate) -> HttpResponse:
    """Find the other entry, then merge it into this one."""
    form = MergeForm(request.POST or None, found=_found(request, person))

    def act() -> Done:
        merge_into(person.pk, ObjectId(form.cleaned_data["who"]), actor=login(request))
        return Done(page_of(person), _now("The two entries are one now. Nobody was told."))

    if form.is_valid() and form.cleaned_data.get("who"):
        try:
            return send_once(request, act)
        except RefusedError as error:
            show_refusal(form, error)
    intro = _("%(name)s goes on. Bookings, answers, notes, tags and history of the other entry come here, which leaves "
              "the allow list. It can be undone.")  # fmt: skip
    title, finds = _now("Merge with another entry"), "who" not in form.fields
    button, named = (_("Find"), {}) if finds else (_("Merge"), {"name": _MERGE, "value": "1"})
    return _page(admin, request, person, form, title, button, intro % {"name": person}, submit_attrs=named)


def ask_and_part(admin: Any, request: HttpRequest, person: Candidate) -> HttpResponse:
    """Undo a merge."""
    form = TakeApartForm(request.POST or None)
    merged = Candidate.objects.filter(merged_into=person.pk).prefetch_related("city")
    set_choices(form, "other", [(str(one.pk), described(one)) for one in merged])

    def act() -> Done:
        take_apart(person.pk, ObjectId(form.cleaned_data["other"]), actor=login(request))
        return Done(page_of(person), _now("The two entries stand alone again."))

    if form.is_valid():
        try:
            return send_once(request, act)
        except RefusedError as error:
            show_refusal(form, error)
    intro = _("What came from that entry goes back to it; what has come since stays here.")
    return _page(admin, request, person, form, _now("Undo a merge"), _("Undo"), intro)


def _page(
    admin: Any,
    request: HttpRequest,
    person: Candidate,
    form: forms.Form,
    title: str,
    button: Any,
    intro: Any,
    **more: Any,
) -> HttpResponse:
    words = {"title": title, "submit_text": button, "intro": intro, **more}
    return page(admin, request, "staffkit/form_page.html", obj=person, form=form, back=page_of(person), **words)


def _found(request: HttpRequest, person: Candidate) -> list[Candidate]:
    called = request.POST.get("called", "").strip()
    if not called:
        return []
    others = candidates_like(called).filter(merged_into=None).exclude(pk=person.pk)
    return list(in_scope(others, request).prefetch_related("city")[:MOST_ALIKE])
