"""The page where a broadcast is written, looked at and sent, scheduled or changed (FR1)."""

from typing import Any

from bson import ObjectId
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from broadcasts.models import Again, Broadcast, BroadcastStatus
from broadcasts.services.audience import people
from broadcasts.services.starting import change_scheduled, start_broadcast
from broadcasts.services.testing import find_chat, last_chat, send_test
from broadcasts.services.texts import VARIABLES
from broadcasts.staff.form import BroadcastForm, first_values
from broadcasts.staff.looking import look
from broadcasts.staff.names import named, named_out_of_reach
from common.refusals import RefusedError
from scheduling.models import InterviewEvent
from shared_contracts.fields import Language
from staffkit.forms.use_case import show_refusal
from staffkit.scoping import in_scope
from staffkit.sending.once import Done, send_once
from staffkit.views import find, login, page, page_of

PEOPLE_PER_PAGE = 50


def compose(admin: Any, request: HttpRequest, event: InterviewEvent) -> HttpResponse:
    """Ask what to post, to whom and when, and show what would come of it; then start it.

    ``?change``: a broadcast of the event that is scheduled. ``?again`` with ``to``: one that went out.
    """
    scheduled, earlier = _named(request, "change"), _named(request, "again")
    if scheduled and scheduled.status != BroadcastStatus.SCHEDULED:
        raise Http404
    form = _form(request, event, request.POST or None, scheduled, earlier)
    is_valid = form.is_valid()
    if "_look" in request.POST:
        return render(request, "broadcasts/look.html", {"look": look(form)})
    if "_test" in request.POST:
        return render(request, "broadcasts/tested.html", _test(request, form))
    if is_valid:
        try:
            return send_once(request, lambda: _start(request, form, scheduled))
        except RefusedError as error:
            show_refusal(form, error)
    if not form.is_bound:  # what would come of it as it stands
        shown = _form(request, event, _as_sent(form), scheduled, earlier)
        shown.is_valid()
    else:
        shown = form
    return page(
        admin,
        request,
        "broadcasts/broadcast.html",
        title=_("Change the broadcast") if scheduled else _("Broadcast"),
        obj=event,
        form=form,
        look=look(shown),
        variables=[(f"{{{name}}}", meaning) for name, meaning in VARIABLES.items()],
        again=earlier and Again(form.again_to).label if form.again_to and not scheduled else "",
        test_to=last_chat(login(request)),
        submit_text=_("Send"),
        submit_attrs={"id": "send-broadcast"},
        back=page_of(scheduled or earlier or event),
    )


def show_readers(admin: Any, request: HttpRequest, event: InterviewEvent) -> HttpResponse:
    """The names behind a count; ``?reached=0``: of those whom the bot can't write to."""
    asked = {**request.GET.dict(), "excludes": request.GET.getlist("excludes"), "text": "-"}
    form = _form(request, event, asked, None, _named(request, "again"))
    if not form.is_valid():
        raise Http404
    reached, after = request.GET.get("reached") != "0", request.GET.get("after", "")
    rows = people(form.readers(), after if ObjectId.is_valid(after) else None, PEOPLE_PER_PAGE + 1, reached=reached)
    query = request.GET.copy()
    if len(rows) > PEOPLE_PER_PAGE:
        query["after"] = str(rows[PEOPLE_PER_PAGE - 1]["_id"])
    return page(
        admin,
        request,
        "broadcasts/people.html",
        title=_("Who gets it") if reached else _("Whom the bot can't write to"),
        obj=event,
        people=(named if reached else named_out_of_reach)(rows[:PEOPLE_PER_PAGE]),
        notes="" if reached else _("Why not"),
        following=f"?{query.urlencode()}" if len(rows) > PEOPLE_PER_PAGE else "",
    )


def _named(request: HttpRequest, name: str) -> Broadcast | None:
    """The broadcast that a parameter of the address names, among those that the login may see."""
    value = request.GET.get(name, "")
    if not value:
        return None
    found: Broadcast = find(Broadcast, value)
    if not in_scope(Broadcast.objects.filter(pk=found.pk, is_test=False), request).exists():
        raise Http404
    return found


def _form(
    request: HttpRequest, event: InterviewEvent, data: Any, scheduled: Broadcast | None, earlier: Broadcast | None
) -> BroadcastForm:
    again_to = request.GET.get("to", "")
    if again_to and (earlier is None or again_to not in Again.values):
        raise Http404
    of = earlier.pk if earlier and again_to else None
    if scheduled:
        of, again_to = scheduled.again_of, scheduled.again_to
    initial = first_values(event, scheduled or earlier, again_to if earlier else "")
    return BroadcastForm(data, initial=initial, request=request, event=event, again=of, again_to=again_to)


def _as_sent(form: BroadcastForm) -> dict[str, Any]:
    """The values that the page opens with, as they would be sent."""
    moment = form.initial.get("send_at")
    days = {"send_at_0": f"{moment:%Y-%m-%d}", "send_at_1": f"{moment:%H:%M}"} if moment else {}
    return {**form.initial, **days}


def _start(request: HttpRequest, form: BroadcastForm, scheduled: Broadcast | None) -> Done:
    order, actor = form.order(), login(request)
    if scheduled:
        change_scheduled(str(scheduled.pk), order, actor=actor)
        made = scheduled
    else:
        made = start_broadcast(str(form.event.pk), order, actor=actor)
    told = _("The broadcast is scheduled.") if order.send_at else _("The broadcast has been started.")
    return Done(page_of(made), told)


def _test(request: HttpRequest, form: BroadcastForm) -> dict[str, str]:
    """Send a test to the chat that was given, if its texts can be sent; what to say of it."""
    problems = [str(error) for name in ("text", "text_en") for error in form.errors.get(name, ())]
    if problems:
        return {"problem": " ".join(problems)}
    typed = request.POST.get("test_to", "")
    chat_id = find_chat(typed) if typed.strip() else None
    if chat_id is None:
        return {
            "problem": _(
                "The bot knows no recruiter and no candidate by that @username whom it can write to. Open the bot in "
                "Telegram, press Start, and give your own @username here."
            )
        }
    texts: dict[Language, str] = {"ru": form.cleaned_data["text"], "en": form.cleaned_data["text_en"]}
    send_test(form.event, form.chosen_city(), texts, chat_id, actor=login(request))
    return {"done": _("A test is on its way to you in Telegram.")}
