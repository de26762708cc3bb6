"""A recruiter's outside calendar at their page in the desk: its address, and how reading it goes."""

from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_timedelta
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from common import clock
from common.mongo import Document
from common.refusals import RefusedError
from common.texts.language import desk_language
from common.zones import MOSCOW
from people.domain.outside import ReadFailure
from people.models import ADDRESS_LENGTH, Recruiter
from people.services.outside.addresses import give_address, masked, outside_calendar_of, read_soon, take_away
from people.staff.calendars import MAY_GIVE
from staffkit.clocks import format_moment
from staffkit.forms.use_case import show_refusal
from staffkit.pages.kinds import UseCaseAdmin
from staffkit.sending.once import Done, send_once
from staffkit.sending.sealed import is_as_shown
from staffkit.views import find, login, page, page_of

_COARSE = 1.5
"""A larger unit is told from so many of it on: 80 minutes, then 2 hours."""

WHY: dict[ReadFailure, Any] = {
    ReadFailure.NO_ANSWER: _("There is no answer at this address. Check it in a browser; it is tried again by itself."),
    ReadFailure.TOO_SLOW: _("The answer takes too long. It is tried again by itself."),
    ReadFailure.NOT_SECURE: _("The server can't prove who it is (its certificate). Ask whoever runs it."),
    ReadFailure.NOT_PUBLIC: _(
        "The address leads into a private network, which isn't asked. Whoever runs Slotdesk can allow it "
        "(OUTSIDE_CALENDAR_NETWORKS)."
    ),
    ReadFailure.REFUSED: _("The calendar is not open to who has the address. Take its secret address, not its page's."),
    ReadFailure.NOT_FOUND: _(
        "There is no calendar at this address any more. Make a new address there and give it here."
    ),
    ReadFailure.SERVER: _("Its server has trouble just now. It is tried again by itself."),
    ReadFailure.REDIRECTS: _(
        "The address leads on and on, or nowhere. Give the one that the calendar's settings show."
    ),
    ReadFailure.TOO_LARGE: _("The calendar has over 5 MB. Give one with fewer years in it."),
    ReadFailure.NOT_A_CALENDAR: _(
        "What is there is no calendar but, say, a web page. Take the address that ends in .ics from the "
        "calendar's settings."
    ),
    ReadFailure.TOO_MUCH: _("The calendar can't be made sense of. Give another, or one with less in it."),
}
"""Why it can't be read, and what to do."""


class AddressForm(forms.Form):
    """The address of a calendar; the one there is never stands in it."""

    address = forms.CharField(
        label=_("Address of the calendar"),
        max_length=ADDRESS_LENGTH,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "Google: Settings → the calendar → Secret address in iCal format. Outlook: Settings → Shared calendars → "
            "Publish, ICS. Apple: Share → Public calendar. https://… or webcal://…"
        ),
    )


class OutsideCalendarAdmin(UseCaseAdmin):
    """Recruiters, whose own calendar may be read for when they are busy."""

    actions_detail = ["outside_calendar"]

    @action(description=_("Own calendar"), url_path="outside-calendar", permissions=[MAY_GIVE], icon="event_busy")
    def outside_calendar(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Where it is, how reading it goes, and what can be done about it."""
        recruiter = find(Recruiter, object_id)
        kept = outside_calendar_of(recruiter.pk)
        agreed = kept["created_at"] if kept else ""
        needs_address = not {"_read", "_take_away"} & set(request.POST)
        form = AddressForm(request.POST if "_confirm" in request.POST and needs_address else None)
        if "_confirm" in request.POST and is_as_shown(request, agreed) and (form.is_valid() or not needs_address):
            try:
                return send_once(request, lambda: _carry_out(request, recruiter, form))
            except RefusedError as error:
                show_refusal(form, error)
        return page(
            self,
            request,
            "people/outside_calendar.html",
            title=_("Own calendar"),
            obj=recruiter,
            agreed=agreed,
            form=form,
            place=masked(kept["address"]) if kept else "",
            told=how_it_goes(kept) if kept else [],
            fails=bool(kept and kept["failure"]),
            submit_text=_("Read another instead") if kept else _("Read this calendar"),
            back=page_of(recruiter),
        )


def _carry_out(request: HttpRequest, recruiter: Recruiter, form: AddressForm) -> Done:
    if "_take_away" in request.POST:
        take_away(recruiter.pk, actor=login(request))
        return Done(request.path, _now("The address and what was read of it are forgotten."))
    if "_read" in request.POST:
        read_soon(recruiter.pk)
    else:
        give_address(recruiter.pk, form.cleaned_data["address"], actor=login(request))
    return Done(request.path, _now("It is read within a minute. Look at this page again then."))


def outside_line(recruiter_id: Any) -> str:
    """How reading somebody's calendar goes, in one line; a dash where they have none."""
    kept = outside_calendar_of(recruiter_id)
    return " ".join(how_it_goes(kept)) if kept else "—"


def how_it_goes(kept: Document) -> list[str]:
    """When a calendar was last read and what came of it; since when and why it can't be, and what to do."""
    lines = []
    if kept["failure"]:
        since = format_moment(kept["failing_since"], MOSCOW)
        lines = [_now("Can't be read since %(since)s.") % {"since": since}, str(WHY[ReadFailure(kept["failure"])])]
    elif kept["read_at"] is None:
        return [_now("Not read yet: it will be within a minute.")]
    if kept["read_at"]:
        lines.append(_last_read(kept))
    if kept["unread"]:
        text = ngettext(
            "%(count)s entry can't be understood and is left out.",
            "%(count)s entries can't be understood and are left out.",
            kept["unread"],
        )
        lines.append(text % {"count": kept["unread"]})
    return lines


def _last_read(kept: Document) -> str:
    count = len(kept["busy"])
    text = ngettext("Last read %(ago)s: %(count)s busy time.", "Last read %(ago)s: %(count)s busy times.", count)
    return text % {"ago": ago(kept["read_at"]), "count": count}


def ago(moment: datetime) -> str:
    """How long ago something was, such as “5 minutes ago”."""
    past = max(clock.now() - moment, timedelta(seconds=1))
    return format_timedelta(-past, add_direction=True, threshold=_COARSE, locale=desk_language())
