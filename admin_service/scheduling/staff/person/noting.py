"""Notes, tags, and a message through the bot: forms of a person's page."""

from collections.abc import Callable
from typing import Any

from bson import ObjectId
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from common.refusals import RefusedError
from people.models import NOTE_LENGTH, Candidate, PersonNote
from people.services.notes import remove_note, take_note
from people.services.tags import change_tags
from people.services.writing import MOST_LETTERS, write_to
from people.staff.forms import TagsField
from staffkit.forms.inputs import MessageText, OwnWords
from staffkit.forms.use_case import show_refusal
from staffkit.sending.once import Done, send_once
from staffkit.views import login, page, page_of


class NoteForm(forms.Form):
    """A note."""

    text = MessageText(
        label=_("Note"),
        max_length=NOTE_LENGTH,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=_("For staff only."),
    )


class TagsForm(forms.Form):
    """All their tags."""

    tags = TagsField()


class WriteForm(forms.Form):
    """A message."""

    text = OwnWords(
        label=_("Text"),
        max_length=MOST_LETTERS,
        widget=UnfoldAdminTextareaWidget({"rows": 6}),
        help_text=_("It comes from the bot, as you type it, with a button to write to the person who answers."),
    )


class RemoveNoteForm(forms.Form):
    """Which note goes."""

    note = forms.CharField(widget=forms.HiddenInput(), max_length=24)


def ask_note(admin: Any, request: HttpRequest, person: Candidate) -> HttpResponse:
    """Take a note."""
    form = NoteForm(request.POST or None)

    def act() -> None:
        take_note(person.pk, form.cleaned_data["text"], actor=login(request))

    return _ask(admin, request, person, form, act, _("Note"), _("Keep the note"), _("Noted."))


def ask_tags(admin: Any, request: HttpRequest, person: Candidate) -> HttpResponse:
    """Change their tags."""
    shown = list(person.tags or ())
    form = TagsForm(request.POST or None, initial={"tags": shown})

    def act() -> None:
        wanted = form.cleaned_data["tags"]
        added, gone = sorted({*wanted} - {*shown}), sorted({*shown} - {*wanted})
        change_tags([person.pk], add=added, remove=gone, actor=login(request))

    return _ask(admin, request, person, form, act, _("Tags"), _("Save"), "")


def ask_message(admin: Any, request: HttpRequest, person: Candidate) -> HttpResponse:
    """Write to them through the bot."""
    form = WriteForm(request.POST or None)

    def act() -> None:
        write_to(person.pk, form.cleaned_data["text"], actor=login(request))

    title, done = _("Write through the bot"), _("The message is on its way.")
    return _ask(admin, request, person, form, act, title, _("Send"), done)


def ask_to_remove(admin: Any, request: HttpRequest, person: Candidate) -> HttpResponse:
    """Take a note away; ``?note``: which."""
    key = request.POST.get("note") or request.GET.get("note", "")
    theirs = PersonNote.objects.filter(candidate_id__in=[person.pk, *(person.merged_ids or ())])
    note = theirs.filter(pk=ObjectId(key)).first() if ObjectId.is_valid(key) else None
    if note is None:  # taken away meanwhile
        return HttpResponseRedirect(page_of(person))
    owner: ObjectId = note.candidate_id
    form = RemoveNoteForm(request.POST or None, initial={"note": key})

    def act() -> None:
        remove_note(owner, ObjectId(key), actor=login(request))

    words = (_("Remove the note"), _("Remove"), _("The note is removed."))
    return _ask(admin, request, person, form, act, *words, note=note.text, danger=True)


def _ask(
    admin: Any,
    request: HttpRequest,
    person: Candidate,
    form: forms.Form,
    act: Callable[[], None],
    title: Any,
    submit_text: Any,
    done: Any,
    **more: Any,
) -> HttpResponse:
    """Ask on a page of its own, do it once, and lead back to the person."""

    def work() -> Done:
        act()
        return Done(page_of(person), str(done))

    if form.is_valid():
        try:
            return send_once(request, work)
        except RefusedError as error:
            show_refusal(form, error)
    words = {"title": title, "submit_text": submit_text, "intro": str(person), **more}
    return page(admin, request, "staffkit/form_page.html", obj=person, form=form, back=page_of(person), **words)
