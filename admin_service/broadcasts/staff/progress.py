"""How far a broadcast is, what it has brought, and what can be done about it; a page that is open follows it."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

from bson import ObjectId
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadcasts.models import UNDER_WAY, Again, AnnouncementChat, Broadcast, BroadcastStatus
from broadcasts.services import results
from broadcasts.services.audience import reach, readers_again, readers_of
from broadcasts.staff.composing import PEOPLE_PER_PAGE
from broadcasts.staff.looking import people_link
from broadcasts.staff.names import named, named_chats, named_out_of_reach
from common.zones import MOSCOW
from staffkit.clocks import format_moment
from staffkit.sending.once import new_key
from staffkit.views import may, page, page_of

LABELS: dict[str, Any] = {
    "sent": gettext_lazy("sent"),
    "blocked": gettext_lazy("not reached"),
    "failed": gettext_lazy("failed"),
    "uncertain": gettext_lazy("uncertain"),
    results.OUT_OF_REACH: gettext_lazy("out of the bot's reach"),
    results.LEFT: gettext_lazy("still to go"),
    results.PRESSED: gettext_lazy("pressed the button"),
    results.BOOKED: gettext_lazy("booked since"),
}
_PRESSES: dict[str, tuple[tuple[str, ...], Any]] = {
    "pause": ((BroadcastStatus.QUEUED, BroadcastStatus.SENDING), gettext_lazy("Pause")),
    "resume": ((BroadcastStatus.PAUSED,), gettext_lazy("Resume")),
    "begin": ((BroadcastStatus.SCHEDULED,), gettext_lazy("Send it now")),
    "cancel": ((BroadcastStatus.SCHEDULED, *UNDER_WAY), gettext_lazy("Cancel the broadcast")),
}


_NAMING: dict[str, tuple[Any, Any]] = {
    results.LEFT: (results.people_left, named),
    results.OUT_OF_REACH: (results.people_out_of_reach, named_out_of_reach),
}
"""Of groups of people to whom nothing has been sent: how they are found and named."""


@dataclass(frozen=True, slots=True)
class Number:
    """A count that opens the list of whom it counts."""

    name: str
    label: str
    count: int
    link: str


@dataclass(frozen=True, slots=True)
class Press:
    """A button of the page: a form of its own, with its one-time key."""

    name: str
    label: str
    url: str
    key: str


def progress_context(request: HttpRequest, broadcast: Broadcast) -> dict[str, Any]:
    """For ``broadcasts/progress.html``."""
    found = results.progress_of(broadcast)
    acts = may(request, "broadcasts.add_broadcast")
    plans = acts and broadcast.status == BroadcastStatus.SCHEDULED
    never_began = broadcast.send_at is not None and broadcast.began_at is None
    numbers = [] if never_began else _numbers(broadcast, found)
    shown = {
        "broadcast_id": str(broadcast.pk),
        "status": broadcast.status,
        "state": broadcast.get_status_display(),
        "scheduled": _when(broadcast),
        "progress": found,
        "numbers": numbers,
        "again": _again(broadcast, found) if acts else [],
        "change_link": f"{_compose(broadcast)}?change={broadcast.pk}" if plans else "",
        "audience_link": people_link(broadcast.event, readers_of(broadcast)) if plans and broadcast.audience else "",
    }
    presses = [_press(request, broadcast, name) for name, (of, _label) in _PRESSES.items() if broadcast.status in of]
    stamp = blake2b(repr(shown).encode(), digest_size=12).hexdigest()
    return {**shown, "presses": presses if acts else [], "stamp": stamp}


def show_names(admin: Any, request: HttpRequest, broadcast: Broadcast) -> HttpResponse:
    """The names behind a number, which ``?of`` names."""
    group, after = request.GET.get("of", results.ENDS[0]), request.GET.get("after", "")
    if group not in results.GROUPS:
        raise Http404
    after_id = after if ObjectId.is_valid(after) else None
    find_next, name_rows = _NAMING.get(group, (_of_group(group), named_chats))
    rows = find_next(broadcast, after_id, PEOPLE_PER_PAGE + 1)
    shown = rows[:PEOPLE_PER_PAGE]
    more = {"of": group, "after": str(shown[-1]["_id"])} if len(rows) > PEOPLE_PER_PAGE else {}
    waiting = named_groups(broadcast) if group == results.LEFT and not after_id else []
    return page(
        admin,
        request,
        "broadcasts/people.html",
        title=f"{_('Broadcast')}: {LABELS[group]}",
        obj=broadcast,
        people=[*waiting, *name_rows(shown)],
        notes=_("Why not") if group == results.OUT_OF_REACH or any(row.get("error") for row in shown) else "",
        following=f"?{urlencode(more)}" if more else "",
        back=page_of(broadcast),
    )


def named_groups(broadcast: Broadcast) -> list[Any]:
    """Groups that the message has yet to go to."""
    told = results.chats_told(broadcast)
    return named_chats([{"chat_id": chat_id} for chat_id in broadcast.chat_ids if chat_id not in told])


def target_of(broadcast: Broadcast) -> str:
    """Where it goes: chats by title, and the audience, in words."""
    chats = AnnouncementChat.objects.filter(chat_id__in=broadcast.chat_ids).values_list("title", flat=True)
    audience = broadcast.get_audience_display() if broadcast.audience else ""
    if narrowed := ", ".join(filter(None, (str(broadcast.audience_city or ""), broadcast.audience_tag))):
        audience += f" ({narrowed})"
    if broadcast.again_to:
        audience = _("again: %(who)s") % {"who": broadcast.get_again_to_display()}
    return ", ".join(filter(None, (*chats, str(audience))))


def _of_group(group: str) -> Any:
    return lambda broadcast, after_id, limit: results.deliveries(broadcast, group, after_id, limit)


def _numbers(broadcast: Broadcast, found: results.Progress) -> list[Number]:
    counts = {
        **found.ended,
        results.OUT_OF_REACH: broadcast.unreachable or 0,
        results.LEFT: found.left,
        results.PRESSED: found.pressed,
        results.BOOKED: found.booked,
    }
    if broadcast.status not in UNDER_WAY:
        del counts[results.LEFT]
    listed = reverse("admin:broadcasts_broadcast_recipients", args=[broadcast.pk])
    always = {"sent", results.PRESSED, results.BOOKED}
    return [
        Number(name, str(LABELS[name]), count, f"{listed}?of={name}")
        for name, count in counts.items()
        if count or name in always
    ]


def _again(broadcast: Broadcast, found: results.Progress) -> list[tuple[str, int, str]]:
    """To whom it can go again, to how many it would, and where that is done."""
    if broadcast.status not in (BroadcastStatus.FINISHED, BroadcastStatus.CANCELLED):
        return []
    some = {
        Again.FAILED: found.ended["failed"],
        Again.UNPRESSED: found.people - found.pressed,
        Again.UNBOOKED: found.people - found.booked,
    }
    counts = {to: reach(readers_again(broadcast, to)).people for to, count in some.items() if count > 0}
    return [
        (str(to.label), count, f"{_compose(broadcast)}?again={broadcast.pk}&to={to.value}")
        for to, count in counts.items()
        if count > 0
    ]


def _compose(broadcast: Broadcast) -> str:
    return reverse("admin:scheduling_interviewevent_broadcast", args=[broadcast.event_id])


def _press(request: HttpRequest, broadcast: Broadcast, name: str) -> Press:
    url = reverse(f"admin:broadcasts_broadcast_{name}", args=[broadcast.pk])
    return Press(name, str(_PRESSES[name][1]), url, new_key(request, url))


def _when(broadcast: Broadcast) -> str:
    """When a scheduled one begins; empty for the others."""
    if broadcast.status != BroadcastStatus.SCHEDULED or broadcast.send_at is None:
        return ""
    return format_moment(broadcast.send_at, broadcast.audience_city.timezone if broadcast.audience_city else MOSCOW)
