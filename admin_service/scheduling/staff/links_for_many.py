"""Personal links for everybody who has not come yet: of a city, or of those cities where an interview event is held."""

from typing import Any

from bson import ObjectId
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from common import clock
from common.refusals import RefusedError
from people.models import Candidate, City
from people.services.invitations import MOST_LINKS, invite
from people.staff.forms import InviteForm
from people.staff.handing_over import made
from scheduling.models import InterviewEvent, InterviewSlot
from staffkit.scoping import in_scope
from staffkit.sending.once import send_once
from staffkit.sending.sealed import is_as_shown
from staffkit.views import login, page

_CHOICE = UnfoldAdminSelectWidget({"data-submits": ""})


class WhomForm(forms.Form):
    """Whose links: a choice shows the people at once."""

    event = forms.ModelChoiceField(
        InterviewEvent.objects.filter(is_open=True).order_by("title"),
        label=_("Interview event"),
        required=False,
        empty_label=_("any"),
        widget=_CHOICE,
        help_text=_("People of the cities where it has times to come, and those of no city."),
    )
    city = forms.ModelChoiceField(
        City.objects.filter(is_active=True).order_by("name"),
        label=_("City"),
        required=False,
        empty_label=_("any"),
        widget=_CHOICE,
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.GET)
        for name in ("event", "city"):
            field: Any = self.fields[name]
            field.queryset = in_scope(field.queryset, request)

    def of(self, people: QuerySet[Candidate]) -> QuerySet[Candidate]:
        """Those who are meant and have not come yet; nobody where the choice is none that there is."""
        if not self.is_valid():
            return people.none()
        event, city = self.cleaned_data["event"], self.cleaned_data["city"]
        waiting = people.filter(is_allowed=True, telegram_id=None)
        if city:
            waiting = waiting.filter(city_id=city.pk)
        return waiting.filter(Q(city_id__in=_cities_of(event.pk)) | Q(city_id=None)) if event else waiting


def links_for_many(admin: Any, request: HttpRequest) -> HttpResponse:
    """Choose whom, see who that is, make the links."""
    whom = WhomForm(request)
    people = list(whom.of(admin.get_queryset(request)).order_by("first_name", "pk")[: MOST_LINKS + 1])
    is_more, people = len(people) > MOST_LINKS, people[:MOST_LINKS]
    form = InviteForm(request.POST if "_confirm" in request.POST else None, initial={"note": _note(whom)})
    agreed = [str(person.pk) for person in people]
    if people and form.is_valid() and is_as_shown(request, agreed):
        try:
            return send_once(request, lambda: made(invite(people, actor=login(request), **form.cleaned_data)))
        except RefusedError as error:
            messages.error(request, " ".join(error.errors.values()))
    return page(
        admin,
        request,
        "scheduling/links_for_many.html",
        title=_("Links for many"),
        whom=whom,
        people=people,
        is_more=is_more,
        most=MOST_LINKS,
        form=form if people else None,
        agreed=agreed,
        submit_text=_("Make the links"),
        back=reverse("admin:people_candidate_changelist"),
    )


def _note(whom: WhomForm) -> str:
    """What the links are for, to begin with."""
    chosen = whom.cleaned_data if whom.is_valid() else {}
    return ", ".join(str(item) for item in chosen.values() if item)[:500]


def _cities_of(event_id: ObjectId) -> list[ObjectId]:
    coming = InterviewSlot.objects.filter(event_id=event_id, is_active=True, starts_at__gt=clock.now())
    return list(set(coming.values_list("city_id", flat=True)))
