"""What happened to a person's bookings, and what the bot told them of it, for their timelines."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.mongo import Document, collection
from common.scope import INTERVIEWS, Rows, scope_of
from common.zones import MOSCOW
from people.staff.reaching import telegram_words
from people.staff.timeline import change_shown
from scheduling.services.store.slots import venue_of_booking
from scheduling.staff.audit_labels import start_then
from scheduling.staff.moments import start_of
from shared_contracts.broadcast import DeliveryStatus
from staffkit.timeline import Happening, Source, Whose, register

MOST_BOOKINGS = 500
_WAITING = Rows(city=("city_id",))
_FIELDS = dict.fromkeys(("starts_at", "location", "slot"), 1)
_WAIT_FIELDS = dict.fromkeys(("event", "city"), 1)
TROUBLES = {
    DeliveryStatus.BLOCKED.value: gettext_lazy("not delivered: they have blocked the bot"),
    DeliveryStatus.FAILED.value: gettext_lazy("not delivered"),
    DeliveryStatus.UNCERTAIN.value: gettext_lazy("Telegram did not say whether it arrived"),
    DeliveryStatus.SUPPRESSED.value: gettext_lazy("not sent"),
}


def trouble_lines(status: str, error: str) -> list[str]:
    """What to say of a message that did not arrive; what Telegram said, in words, rather than what it mostly means."""
    said = telegram_words(error)
    known = DeliveryStatus.FAILED.value if said and status == DeliveryStatus.BLOCKED.value else status
    return [str(line) for line in (TROUBLES.get(known, ""), said) if line]


def bookings_of(whose: Whose, fields: Document | None = None) -> list[Document]:
    """Those of the person that the login may see, the latest interviews first; by ``bookings_history``."""
    theirs = {"$and": [{"user_id": {"$in": list(whose.ids)}}, INTERVIEWS.match(scope_of(whose.request))]}
    return list(collection("bookings").find(theirs, fields).sort("starts_at", -1).limit(MOST_BOOKINGS))


def _of_bookings(whose: Whose) -> Document:
    theirs = {"$and": [{"user_id": {"$in": list(whose.ids)}}, _WAITING.match(scope_of(whose.request))]}
    waiting = collection("waiting_list").distinct("_id", theirs)
    return {"subject_id": {"$in": [*(row["_id"] for row in bookings_of(whose, {"_id": 1})), *waiting]}}


def _changes(rows: Sequence[Document], whose: Whose) -> list[Happening]:
    ids = [row["subject_id"] for row in rows]
    found = {row["_id"]: row for row in collection("bookings").find({"_id": {"$in": ids}}, _FIELDS)}
    waits = {row["_id"]: row for row in collection("waiting_list").find({"_id": {"$in": ids}}, _WAIT_FIELDS)}
    shown = []
    for row in rows:
        booking = found.get(row["subject_id"])
        if booking is None:
            shown.append(_of_waiting(row, waits.get(row["subject_id"], {})))
            continue
        zone = booking["slot"]["timezone"]
        start = start_then(row["after"] or {}) or start_of(booking["starts_at"], zone, venue_of_booking(booking))
        about = f"{booking['slot']['event']} · {start}"
        link = reverse("admin:scheduling_booking_change", args=[booking["_id"]])
        shown.append(change_shown(row, zone, about=about, link=link))
    return shown


def _of_waiting(row: Document, entry: Document) -> Happening:
    about = " · ".join(filter(None, (_("waiting list"), entry.get("event"), entry.get("city"))))
    link = reverse("admin:scheduling_waitingentry_change", args=[row["subject_id"]])
    return change_shown(row, MOSCOW, about=about, link=link)


def _of_messages(whose: Whose) -> Document:
    theirs: Document = {"telegram_id": {"$in": list(whose.chats)}}
    if scope_of(whose.request).whole:
        return theirs
    seen = [row["_id"] for row in bookings_of(whose, {"_id": 1})]
    return theirs | {"booking_id": {"$in": [None, *seen]}}


def _messages(rows: Sequence[Document], whose: Whose) -> list[Happening]:
    return [_message(row) for row in rows]


def _message(row: Document) -> Happening:
    what = _("written by staff") if row["author"] else _("message")
    lines = trouble_lines(row["status"], row["error"]) if row["status"] else [_("on its way")]
    trouble = row["status"] in TROUBLES
    return Happening(
        row["_id"], row["written_at"], what, "send", row["author"], text=row["text"], lines=lines, trouble=trouble
    )


register(Source("bookings", "audit_entries", "created_at", _of_bookings, _changes))
register(Source("messages", "person_messages", "written_at", _of_messages, _messages))
