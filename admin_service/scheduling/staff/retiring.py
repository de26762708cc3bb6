"""Deactivating a recruiter, closing a city or an office: the page that asks what becomes of what depends on them."""

from functools import partial
from itertools import chain, islice
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from common.mongo import Document, in_transaction
from common.refusals import RefusedError
from common.texts.names import name_in
from people.models import City, Office, Recruiter
from people.services.people import open_or_close
from people.staff.places import RecruiterForm, RecruiterPage
from scheduling.services.clashes import clashes_in
from scheduling.services.editing.choices import Choice
from scheduling.services.editing.farewells import say_goodbye
from scheduling.services.editing.retiring import Dependents, Way, cities_of, dependents_of, retire, successors
from scheduling.services.store.slots import venue_of_booking
from scheduling.staff.clashes import require_tick
from scheduling.staff.forms.retiring import RetireForm
from scheduling.staff.impact.asking import MARK, answer_asking
from scheduling.staff.impact.question import EVERY_CHOICE, Chosen, Question
from scheduling.staff.moments import start_of
from scheduling.staff.outcomes import status_label
from staffkit.choices import how_to_add
from staffkit.forms.use_case import show_refusal
from staffkit.pages.kinds import UseCaseAdmin
from staffkit.sending.once import Done, send_once
from staffkit.sending.sealed import is_as_shown
from staffkit.views import find, login, page, page_of

MOST_SHOWN = 200


def ask_and_retire(staff_page: UseCaseAdmin, request: HttpRequest, entry: Any, title: Any) -> HttpResponse:
    """Show what depends on the entry and ask what becomes of it; then do so, once."""
    if not entry.is_active:
        messages.warning(request, _now("Nothing was done: it is so already."))
        return HttpResponseRedirect(page_of(entry))
    found = dependents_of(entry)
    asks = bool(found.slots)
    sent = request.POST if "_confirm" in request.POST else None
    others = successors(entry, found)
    nobody = "" if others else _why_not_handed_over(entry, found, request)
    form = RetireForm(sent, successors=others, nobody=nobody, asks=asks)
    if form.is_valid() and (MARK in request.POST or is_as_shown(request, found.agreed)):
        question = _question(entry, title, found, form.cleaned_data["way"] or Way.KEEP)
        try:
            return answer_asking(staff_page, request, question, partial(_retire, request, entry, form, found))
        except RefusedError as error:
            show_refusal(form, error)
            found = dependents_of(entry)
    return page(
        staff_page,
        request,
        "scheduling/retire.html",
        title=title,
        obj=entry,
        agreed=found.agreed,
        form=form,
        facts=_facts(found),
        people=[_person(row, found) for row in islice(chain(found.held, found.wanted), MOST_SHOWN)],
        waiting=found.waiting,
        left_out=max(0, len(found.held) + len(found.wanted) - MOST_SHOWN),
        submit_text=_("Go on") if found.held or found.wanted else title,
        danger=not (found.held or found.wanted),
        back=page_of(entry),
    )


def _why_not_handed_over(entry: Any, found: Dependents, request: HttpRequest) -> str:
    """Why that is not offered, and what it takes; where nothing would help, only why."""
    if isinstance(entry, City) and not found.is_online:
        return _now("Handing over isn't offered: some slots are held at a place, which can't go to another city.")
    if isinstance(entry, City):
        why = _now("Handing over needs another open city, and there is none.")
    elif isinstance(entry, Office):
        why = _now("Handing over needs another open office in %(city)s, and there is none.") % {"city": entry.city}
    else:
        cities = City.objects.filter(pk__in=cities_of(entry, found)).order_by("name")
        text = _now("Handing over needs another active recruiter for %(city)s, and there is none.")
        why = text % {"city": ", ".join(str(city) for city in cities)}
    return format_html("{} {}", why, how_to_add(type(entry), request))


_OFFERS = {
    Way.HAND_OVER: EVERY_CHOICE,
    Way.CANCEL: (Choice.CANCEL, Choice.MOVE),
    Way.KEEP: (Choice.KEEP, Choice.MOVE, Choice.CANCEL),
}
"""What can become of single bookings, by what becomes of all; that comes first."""


def _question(entry: Any, title: Any, found: Dependents, way: Way) -> Question:
    return Question(
        title=f"{title}: {entry}",
        verb=title,
        back=page_of(entry),
        facts=lambda _foreseen: [f"{label}: {value}" for label, value in _facts(found)],
        danger=True,
        offers=_OFFERS[way],
        slots=[str(slot["_id"]) for slot in found.slots],
        agreed=found.agreed,
    )


def _retire(request: HttpRequest, entry: Any, form: RetireForm, found: Dependents, chosen: Chosen) -> Done:
    data = form.cleaned_data
    way, given = data["way"] or Way.KEEP, {"successor": data["successor"], "agreed": found.agreed}
    reason = data.get("reason", "")
    retire(entry, way, actor=login(request), reason=reason, choices=chosen.choices, **given)
    if way is Way.HAND_OVER:
        require_tick(form, clashes_in(slot["_id"] for slot in found.slots), request)
    return Done(page_of(entry), _now("Done: %(name)s. %(what)s") % {"name": entry, "what": _came_of_it(found)})


def _came_of_it(found: Dependents) -> str:
    counts = {"slots": len(found.slots), "bookings": len(found.held), "moves": len(found.wanted)}
    return _now("Slots: %(slots)s, bookings: %(bookings)s, moves asked for: %(moves)s.") % counts


def _facts(found: Dependents) -> list[tuple[str, Any]]:
    """What depends on them, named and counted; nothing that there is none of."""
    every = [
        (_now("Coming slots without bookings"), len(found.free)),
        (_now("Coming slots with bookings"), len(found.slots) - len(found.free)),
        (_now("Bookings"), len(found.held)),
        (_now("Of these, requests that await an answer"), len(found.requests) - len(found.wanted)),
        (_now("Moves wanted into these slots"), len(found.wanted)),
        (_now("Is the deputy of"), ", ".join(item.name for item in found.deputy_for)),
        (capfirst(_now("waiting list")), found.waiting),
    ]
    return [(label, value) for label, value in every if value]


def _person(row: Document, found: Dependents) -> dict[str, Any]:
    return {
        "name": name_in(row["user"]),
        "link": reverse("admin:scheduling_booking_change", args=[row["_id"]]),
        "when": start_of(row["starts_at"], row["slot"]["timezone"], venue_of_booking(row)),
        "status": status_label(row["status"]),
        "moving": row in found.wanted,
    }


class PlaceAdmin(UseCaseAdmin):
    """Cities and offices, which are closed rather than deleted, and can be opened again."""

    actions_detail = ["retire", "reopen"]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """The one of the two that changes something."""
        useless = "reopen" if find(self.model, object_id).is_active else "retire"
        every: list[Any] = super().get_actions_detail(request, object_id)
        return [item for item in every if not item.action_name.endswith(useless)]

    @action(
        description=_("Close"), url_path="close", permissions=["change"], icon="block", variant=ActionVariant.DANGER
    )
    def retire(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Nothing new is offered there; what is promised is asked about."""
        return ask_and_retire(self, request, find(self.model, object_id), _("Close"))

    @action(description=_("Open again"), url_path="reopen", permissions=["change"], icon="undo")
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The slots there that are active can be booked again."""
        place: Model = find(self.model, object_id)

        def act() -> Done:
            assert isinstance(place, City | Office)
            if place.is_active:
                return Done(page_of(place), _now("Nothing was done: it is so already."), nothing_new=True)
            open_or_close(place, True, actor=login(request))
            return Done(page_of(place), _now("%(name)s is open again.") % {"name": place})

        if "_confirm" in request.POST and is_as_shown(request, place.pk):
            return send_once(request, act)
        return page(
            self,
            request,
            "staffkit/form_page.html",
            title=_("Open again"),
            obj=place,
            agreed=place.pk,
            intro=_("Slots there that are active can be booked again."),
            submit_text=_("Open again"),
            back=page_of(place),
        )


class ActiveRecruiterForm(RecruiterForm):
    """A recruiter; one on whom something depends stays active until staff have said what becomes of it."""

    def carry_out(self) -> None:
        """Save all else."""
        if self.instance.pk and not self.instance.is_active:
            was_active = Recruiter.objects.filter(pk=self.instance.pk, is_active=True).exists()
            if was_active and dependents_of(self.instance):
                self.instance.is_active = True
                self.request.asks_first = True  # type: ignore[union-attr]
                if self.changed_data == ["is_active"]:
                    return
            elif was_active:
                in_transaction(self._deactivate)
                return
        super().carry_out()

    def _deactivate(self) -> None:
        super().carry_out()
        say_goodbye(self.instance)


@admin.register(Recruiter)
class RecruiterAdmin(RecruiterPage):
    """Recruiters."""

    form = ActiveRecruiterForm
    actions_detail = [*RecruiterPage.actions_detail, "retire"]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Deactivating only who is active."""
        every: list[Any] = super().get_actions_detail(request, object_id)
        active = find(Recruiter, object_id).is_active
        return [item for item in every if active or not item.action_name.endswith("retire")]

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """To the question, where it was to be saved as inactive and something depends on it."""
        if getattr(request, "asks_first", False):
            return HttpResponseRedirect(reverse("admin:people_recruiter_retire", args=[obj.pk]))
        response: HttpResponse = super().response_change(request, obj)
        return response

    @action(
        description=_("Deactivate"),
        url_path="deactivate",
        permissions=["change"],
        icon="person_off",
        variant=ActionVariant.DANGER,
    )
    def retire(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """They hold no interviews any more; what is promised is asked about."""
        return ask_and_retire(self, request, find(Recruiter, object_id), _("Deactivate"))
