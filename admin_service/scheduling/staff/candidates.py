"""The candidate's page with their bookings and answers, and the way off the allow list (FR2)."""

from functools import partial
from typing import Any

from bson import ObjectId
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action
from unfold.enums import ActionVariant

from common import clock, correlation
from common.mongo import collection, in_transaction
from common.refusals import RefusedError
from people.models import Candidate
from people.staff.candidates import CandidateForm, CandidatePage
from people.staff.handing_over import MAY_INVITE
from people.staff.inviting import InvitingAdmin
from people.staff.row_by_row import CameOfIt, begin_report, note_row
from scheduling.services.editing.choices import Choice
from scheduling.services.snapshots import follow_person
from scheduling.services.staff_commands import put_back, remove_candidates
from scheduling.staff.forms.reasons import RemoveForm
from scheduling.staff.funnel import StepFilter
from scheduling.staff.impact.asking import MARK, answer_asking, reason_in
from scheduling.staff.impact.question import Chosen, Question
from scheduling.staff.links_for_many import links_for_many
from scheduling.staff.person.pages import PersonPage
from staffkit.forms.use_case import show_refusal
from staffkit.sending.once import Done
from staffkit.sending.sealed import is_as_shown
from staffkit.views import find, login, page


class FollowedForm(CandidateForm):
    """An entry of the allow list, whose bookings follow what staff call it."""

    def carry_out(self) -> None:
        """Save it."""

        def work() -> None:
            super(FollowedForm, self).carry_out()
            if self.instance.telegram_id is not None:
                follow_person(self.instance.telegram_id, correlation.current(), clock.now())

        in_transaction(work)


@admin.register(Candidate)
class CandidateAdmin(PersonPage):
    """The allow list. People leave it by an action that asks about their bookings."""

    form = FollowedForm
    list_filter: Any = [*CandidatePage.list_filter, StepFilter]
    actions_list: Any = [*CandidatePage.actions_list, "invite_many"]
    actions = ["remove", *CandidatePage.actions]
    actions_detail = ["book", "write", *InvitingAdmin.actions_detail, "see_bookings", "remove_one", "restore_one"]
    actions_detail += ["merge", "part", "take_note", "remove_note", "change_tags"]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Remove only those who are on the list."""
        every: list[Any] = super().get_actions_detail(request, object_id)
        allowed = find(Candidate, object_id).is_allowed
        return [item for item in every if allowed or "remove_one" not in item.action_name]

    def put_back(self, candidate_ids: list[str], actor: str) -> int:
        """They wait for seats as before."""
        return put_back(candidate_ids, actor=actor)

    @action(description=_("Links for many"), url_path="invite-many", permissions=[MAY_INVITE], icon="qr_code_2")
    def invite_many(self, request: HttpRequest) -> HttpResponse:
        """Links for everybody of a city or an event who has not come yet, with a sheet to print."""
        return links_for_many(self, request)

    @action(description=_("Bookings"), url_path="bookings", permissions=["scheduling.view_booking"], icon="how_to_reg")
    def see_bookings(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What they have booked, ever."""
        bookings = reverse("admin:scheduling_booking_changelist")
        return HttpResponseRedirect(f"{bookings}?user_id__exact={find(Candidate, object_id).pk}")

    @admin.action(description=_("Remove from the allow list…"), permissions=["change"])
    def remove(self, request: HttpRequest, queryset: QuerySet[Candidate]) -> HttpResponse:
        """Ask what becomes of their bookings, then remove the chosen people."""
        return self._remove(request, list(queryset))

    @action(
        description=_("Remove from the allow list"),
        url_path="remove",
        permissions=["change"],
        icon="person_remove",
        variant=ActionVariant.DANGER,
    )
    def remove_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The same for one person, from their page."""
        return self._remove(request, [find(Candidate, object_id)])

    def _remove(self, request: HttpRequest, people: list[Candidate]) -> HttpResponse:
        form = RemoveForm(request.POST if "_confirm" in request.POST else None, initial={"bookings": "keep"})
        back = reverse("admin:people_candidate_changelist")
        booked = _booked([candidate.pk for candidate in people])
        agreed = [[candidate.pk, candidate.pk in booked] for candidate in people]
        if form.is_valid() and (MARK in request.POST or is_as_shown(request, agreed)):
            keeps = form.cleaned_data["bookings"] == "keep"
            question = Question(
                title=_("Remove from the allow list"),
                verb=_("Remove"),
                back=back,
                facts=lambda _foreseen: [str(candidate) for candidate in people],
                danger=True,
                offers=(Choice.KEEP, Choice.SILENT, Choice.CANCEL) if keeps else (Choice.CANCEL, Choice.KEEP),
                agreed=agreed,
            )
            try:
                return answer_asking(self, request, question, partial(_take_off, request, people, keeps, back))
            except RefusedError as error:
                show_refusal(form, error)
        return page(
            self,
            request,
            "scheduling/remove_candidates.html",
            title=_("Remove from the allow list"),
            form=form,
            people=people,
            agreed=agreed,
            booked=len(booked),
            submit_text=_("Go on") if booked else _("Remove"),
            danger=not booked,
            back=back,
        )


def _take_off(request: HttpRequest, people: list[Candidate], keeps: bool, back: str, chosen: Chosen) -> Done:
    ids, given = [str(candidate.pk) for candidate in people], {"actor": login(request), "reason": reason_in(request)}
    removed = remove_candidates(ids, keep_bookings=keeps, choices=chosen.choices, **given)
    text = ngettext("%(count)s person removed.", "%(count)s people removed.", len(removed)) % {"count": len(removed)}
    if not removed:
        return Done(back, _now("Nothing was done: off the list already."), nothing_new=True)
    if len(people) == 1:
        return Done(back, text)
    report_id = ObjectId()
    address = begin_report(request, report_id, _("Remove from the allow list"), people)
    for candidate in people:
        words = _now("off the list") if str(candidate.pk) in removed else _now("was off the list already")
        note_row(report_id, candidate, CameOfIt(True, words))
    return Done(address, text)


def _booked(ids: list[ObjectId]) -> set[ObjectId]:
    return set(collection("bookings").distinct("user_id", {"user_id": {"$in": ids}, "live": True}))
