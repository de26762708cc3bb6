"""What Ctrl-K finds: each kind by its indexes, or, where there are never many, by looking at all."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import SearchResult

from common import clock
from common.texts.language import desk_language
from common.texts.names import bare_username, fold, search_words
from people.models import Candidate, City, Office, Recruiter
from people.services.finding import ids_like, named_like
from scheduling.models import Booking, InterviewEvent, InterviewSlot
from scheduling.services.reading.finding import held_like
from scheduling.staff.bookings.export import state_of
from scheduling.staff.forms.venues import booking_venue
from scheduling.staff.moments import booking_start, place_of
from shared_contracts.telegram.names import username_beside
from shared_contracts.venue import room_told
from staffkit.scoping import in_scope
from staffkit.views import page_of

MOST = 5
"""Of each kind; whoever sees more types more, or opens the list."""
_SLOTS_LOOKED_AT = 50
"""Of a place or a recruiter, to find the bookings there."""

Row = Any


@dataclass(frozen=True)
class Kind:
    """One kind of what is found.

    Args:
        model: whose page must be open to the login; only rows that it may see are found.
        icon: of Material Symbols.
        rows: the query sets of what is meant by a text, the likeliest first.
        about: a row's second line.
        in_list: whether the model's list finds the same by the same text.
    """

    model: type[Model]
    icon: str
    rows: Callable[[HttpRequest, str], Sequence[QuerySet[Any]]]
    about: Callable[[Row], Iterable[Any]]
    in_list: bool = True

    def found(self, request: HttpRequest, text: str) -> list[SearchResult]:
        """The likeliest rows, and the list of all where there are more."""
        rows = list[Row]()
        for queryset in self.queries(request, text):
            known = {row.pk for row in rows}
            rows += [row for row in queryset[: MOST + 1] if row.pk not in known]
            if len(rows) > MOST:
                break
        shown = [self._result(row) for row in rows[:MOST]]
        return [*shown, self._all(text)] if len(rows) > MOST and self.in_list else shown

    def queries(self, request: HttpRequest, text: str) -> Iterator[QuerySet[Any]]:
        """What is asked of the database."""
        for queryset in self.rows(request, text):
            yield in_scope(queryset, request)

    def _result(self, row: Row) -> SearchResult:
        about = " · ".join(filter(None, map(str, (self.model._meta.verbose_name, *self.about(row)))))
        return SearchResult(str(row), about, page_of(row), self.icon)

    def _all(self, text: str) -> SearchResult:
        meta = self.model._meta
        link = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist", query={"q": text})
        title = _("%(names)s: all that is found") % {"names": capfirst(str(meta.verbose_name_plural))}
        return SearchResult(str(title), text, link, "list")


def _candidates(_request: HttpRequest, text: str) -> list[QuerySet[Any]]:
    people = Candidate.objects.prefetch_related("city")
    return [people.filter(pk=ObjectId(text))] if ObjectId.is_valid(text) else [people.filter(named_like(text))]


def _bookings(request: HttpRequest, text: str) -> list[QuerySet[Any]]:
    """Of people who are called so, then of those who come to such a place or recruiter; what comes next first."""
    every = Booking.objects.all()
    if ObjectId.is_valid(text):
        return [every.filter(pk=ObjectId(text))]
    people, _more = ids_like(text)
    theirs, now = every.filter(user_id__in=people), clock.now()
    there = in_scope(_slots_there(text), request).values_list("pk", flat=True)[:_SLOTS_LOOKED_AT]
    return [
        theirs.filter(starts_at__gte=now).order_by("starts_at", "pk"),
        theirs.filter(starts_at__lt=now).order_by("-starts_at", "-pk"),
        every.filter(slot_id__in=list(there), live=True).order_by("starts_at", "pk"),
    ]


def _slots(_request: HttpRequest, text: str) -> list[QuerySet[Any]]:
    if ObjectId.is_valid(text):
        return [_with_names(InterviewSlot.objects.filter(pk=ObjectId(text)))]
    return [_with_names(_slots_there(text))]


def _slots_there(text: str) -> QuerySet[InterviewSlot]:
    return InterviewSlot.objects.filter(held_like(text), starts_at__gte=clock.now()).order_by("starts_at", "pk")


def _with_names(slots: QuerySet[InterviewSlot]) -> QuerySet[InterviewSlot]:
    return slots.prefetch_related("city", "recruiter", "event")


def _few(model: type[Model], *fields: str) -> Callable[[HttpRequest, str], list[QuerySet[Any]]]:
    """Rows of which there are some hundreds at most: each word begins one of theirs, or the text is an id of theirs."""

    def rows(_request: HttpRequest, text: str) -> list[QuerySet[Any]]:
        if ObjectId.is_valid(text):
            return [model._default_manager.filter(pk=ObjectId(text))]
        words = [fold(bare_username(word)) for word in text.split()]
        ids = [pk for pk, *names in model._default_manager.values_list("pk", *fields) if _begin(words, names)]
        return [model._default_manager.filter(pk__in=ids)]

    return rows


def _begin(words: Iterable[str], names: Iterable[Any]) -> bool:
    known = search_words(*(str(name) for name in names if name))
    return all(any(name.startswith(word) for name in known) for word in words)


def _about_booking(booking: Booking) -> list[Any]:
    return [booking_start(booking), place_of(booking_venue(booking)), booking.slot.recruiter, state_of(booking)[1]]


def _about_slot(slot: InterviewSlot) -> list[Any]:
    return [slot.recruiter or "", room_told(slot.room, desk_language()), slot.event]


def _about_person(person: Candidate | Recruiter) -> list[Any]:
    return [username_beside(str(person), person.username), person.telegram_id or "", person.city or ""]


KINDS = (
    Kind(Candidate, "person", _candidates, _about_person),
    Kind(Booking, "how_to_reg", _bookings, _about_booking),
    Kind(Recruiter, "badge", _few(Recruiter, "name", "username", "telegram_id"), _about_person),
    Kind(InterviewSlot, "schedule", _slots, _about_slot),
    Kind(InterviewEvent, "campaign", _few(InterviewEvent, "title"), lambda event: (), in_list=False),
    Kind(Office, "apartment", _few(Office, "name", "address"), lambda office: (office.city,), in_list=False),
    Kind(City, "location_city", _few(City, "name"), lambda city: (), in_list=False),
)
"""In the order in which they are shown."""
