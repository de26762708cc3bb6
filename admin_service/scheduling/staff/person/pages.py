"""A person's page: who they are, what they have booked, what was noted, and one timeline of all that happened."""

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from bson import ObjectId
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from common.mongo import Document
from common.texts.names import chat_link
from people.models import Candidate, PersonNote
from people.services.reach import chat_state
from people.staff.candidates import CHAT_STATES, CandidatePage
from scheduling.models import STATUS_LABELS
from scheduling.services.store.slots import venue_of_booking
from scheduling.staff.moments import place_of, start_of
from scheduling.staff.person.booking import ask_and_book
from scheduling.staff.person.merging import ask_and_merge, ask_and_part
from scheduling.staff.person.noting import ask_message, ask_note, ask_tags, ask_to_remove
from scheduling.staff.timeline import bookings_of
from shared_contracts.directory import BookingStatus
from staffkit.clocks import format_done
from staffkit.coming_back import from_person
from staffkit.sending.once import new_key
from staffkit.timeline import KINDS, Whose, timeline_of
from staffkit.views import find, may

MAY_NOTE, MAY_WRITE, MAY_BOOK = "people.add_personnote", "people.add_personmessage", "scheduling.add_booking"
MOST_NOTES, MOST_PAST = 50, 5
ON_THE_PAGE = {"take_note", "remove_note", "change_tags", "see_bookings"}
"""Buttons that stand beside what they are about, not at the top."""
_OF_ONE_THAT_STANDS = ("book", "write", "restore_one", "merge", "part")
_STATUSES = dict(STATUS_LABELS)


class PersonPage(CandidatePage):
    """An entry of the allow list as a person: the form of their details is folded."""

    class Media:
        css: ClassVar[dict[str, Sequence[str]]] = {"all": ("scheduling/person.css",)}

    change_form_outer_before_template = "scheduling/person.html"
    change_form_outer_after_template = "scheduling/person_timeline.html"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Folded where there is a person to look at."""
        fields = self.get_fields(request, obj)
        return [(_("Details"), {"fields": fields, "classes": ["collapse"]})] if obj else [(None, {"fields": fields})]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """With the person, as far as the login may see."""
        found = Candidate.objects.filter(pk=object_id).first() if ObjectId.is_valid(object_id or "") else None
        shown = _shown(request, found) if found else {}
        return super().changeform_view(request, object_id, form_url, {**shown, **(extra_context or {})})

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """What is not on the page itself, and can be done."""
        every: list[Any] = super().get_actions_detail(request, object_id)
        person = find(Candidate, object_id)
        gone = set(ON_THE_PAGE) if person.merged_into is None else {*ON_THE_PAGE, *_OF_ONE_THAT_STANDS}
        gone |= set() if person.merged_ids else {"part"}
        return [item for item in every if not any(item.action_name.endswith(f"_{name}") for name in gone)]

    @action(description=_("Book"), url_path="book", permissions=[MAY_BOOK], icon="event_available")
    def book(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Book them into a slot."""
        return ask_and_book(self, request, _standing(object_id))

    @action(description=_("Write"), url_path="write", permissions=[MAY_WRITE], icon="send")
    def write(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write to them through the bot."""
        return ask_message(self, request, _standing(object_id))

    @action(description=_("Merge"), url_path="merge", permissions=["change"], icon="merge")
    def merge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take over from another entry of this person."""
        return ask_and_merge(self, request, _standing(object_id))

    @action(description=_("Undo a merge"), url_path="take-apart", permissions=["change"], icon="call_split")
    def part(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give back what came from another entry."""
        return ask_and_part(self, request, _standing(object_id))

    @action(description=_("Take a note"), url_path="note", permissions=[MAY_NOTE], icon="sticky_note_2")
    def take_note(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Note something of them."""
        return ask_note(self, request, _standing(object_id))

    @action(description=_("Remove the note"), url_path="remove-note", permissions=[MAY_NOTE], icon="delete")
    def remove_note(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take a note away."""
        return ask_to_remove(self, request, find(Candidate, object_id))

    @action(description=_("Change the tags"), url_path="tags", permissions=[MAY_NOTE], icon="sell")
    def change_tags(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give and take tags."""
        return ask_tags(self, request, _standing(object_id))


def _standing(object_id: str) -> Candidate:
    """The entry, unless another one has taken over from it."""
    found: Candidate = find(Candidate, object_id)
    if found.merged_into is not None:
        raise Http404
    return found


def whose(request: HttpRequest, person: Candidate) -> Whose:
    """The person with the entries merged into theirs."""
    merged = list(Candidate.objects.filter(pk__in=list(person.merged_ids or ())))
    every = [person, *merged]
    chats = [int(one.telegram_id) for one in every if one.telegram_id is not None]
    return Whose([one.pk for one in every], chats, request)


def _shown(request: HttpRequest, person: Candidate) -> dict[str, Any]:
    theirs = whose(request, person)
    kind = request.GET.get("show", "")
    bookings = bookings_of(theirs)
    now = [row for row in bookings if row["live"]]
    over = [row for row in bookings if not row["live"]]
    here = reverse("admin:people_candidate_change", args=[person.pk])
    timeline = timeline_of(theirs, before=request.GET.get("before", ""), kind=kind if kind in KINDS else "")
    note_url = reverse("admin:people_candidate_take_note", args=[person.pk])
    taken_over = find(Candidate, str(person.merged_into)) if person.merged_into else None
    return {
        "person": person,
        "person_state": CHAT_STATES[chat_state({"started_at": person.started_at, "blocked_at": person.blocked_at})],
        "person_chat": chat_link(person.username, int(person.telegram_id)) if person.telegram_id is not None else "",
        "live_bookings": [_booking(request, row) for row in reversed(now)],
        "past_bookings": [_booking(request, row) for row in over[:MOST_PAST]],
        "more_past": max(0, len(over) - MOST_PAST),
        "notes": [_note(row) for row in _notes(theirs)],
        "note_url": note_url,
        "note_once": new_key(request, note_url),
        "may_note": may(request, MAY_NOTE) and person.merged_into is None,
        "may_book": may(request, MAY_BOOK) and person.merged_into is None and person.is_allowed,
        "merged_into": taken_over,
        "here": here,
        "timeline": [{"item": item, "when": format_done(item.at)} for item in timeline.happenings],
        "timeline_kinds": [(name, label, f"?{urlencode({'show': name})}#timeline") for name, label in KINDS.items()],
        "timeline_kind": kind,
        "is_later_page": "before" in request.GET,
        "earlier": f"?{urlencode({'show': kind, 'before': timeline.earlier})}#timeline" if timeline.earlier else "",
    }


def _notes(theirs: Whose) -> list[PersonNote]:
    found = PersonNote.objects.filter(candidate_id__in=list(theirs.ids)).order_by("-created_at")
    return list(found[:MOST_NOTES])


def _note(note: PersonNote) -> dict[str, Any]:
    return {"text": note.text, "who": note.author, "when": format_done(note.created_at), "id": str(note.pk)}


def _booking(request: HttpRequest, row: Document) -> dict[str, Any]:
    venue, name = venue_of_booking(row), "admin:scheduling_booking_{}".format
    back = from_person(row["user_id"])
    decides = row["live"] and may(request, "scheduling.change_booking")
    moves = decides and row["status"] != BookingStatus.OFFERED.value
    return {
        "when": start_of(row["starts_at"], row["slot"]["timezone"], venue),
        "event": row["slot"]["event"],
        "where": ", ".join(filter(None, (row["slot"]["city"], place_of(venue)))),
        "recruiter": row["slot"]["recruiter"],
        "status": _STATUSES.get(row["status"], row["status"]),
        "link": reverse(name("change"), args=[row["_id"]]),
        "move": f"{reverse(name('move'), args=[row['_id']])}?{back}" if moves else "",
        "cancel": f"{reverse(name('cancel'), args=[row['_id']])}?{back}" if decides else "",
    }
