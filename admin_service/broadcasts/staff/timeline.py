"""The announcements that a person got, for their timelines."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from common.mongo import Document, collection
from common.scope import Rows, scope_of
from common.zones import MOSCOW
from scheduling.staff.timeline import TROUBLES, trouble_lines
from staffkit.clocks import format_moment
from staffkit.timeline import Happening, Source, Whose, register

_ROWS = Rows(city=("audience_city_id",))


def _theirs(whose: Whose) -> Document:
    theirs: Document = {"chat_id": {"$in": list(whose.chats)}}
    if scope_of(whose.request).whole:
        return theirs
    sent = collection("broadcast_deliveries").distinct("broadcast_id", theirs)
    seen = {"$and": [{"_id": {"$in": sent}}, _ROWS.match(scope_of(whose.request))]}
    return theirs | {"broadcast_id": {"$in": collection("broadcasts").distinct("_id", seen)}}


def _announcements(rows: Sequence[Document], whose: Whose) -> list[Happening]:
    ids = [row["broadcast_id"] for row in rows]
    known = {row["_id"]: row for row in collection("broadcasts").find({"_id": {"$in": ids}})}
    people = collection("users").find({"telegram_id": {"$in": list(whose.chats)}})
    english = {row["telegram_id"] for row in people if (row.get("language") or row["language_code"])[:2] == "en"}
    return [_shown(row, known[row["broadcast_id"]], english) for row in rows if row["broadcast_id"] in known]


def _shown(row: Document, broadcast: Document, english: set[int]) -> Happening:
    text = broadcast.get("text_en") if row["chat_id"] in english else ""
    pressed = row.get("pressed_at")
    lines = trouble_lines(row["status"], row["error"])
    if pressed:
        lines.append(_("pressed the button %(when)s") % {"when": format_moment(pressed, MOSCOW)})
    return Happening(
        row["_id"],
        row["created_at"],
        _("announcement"),
        "campaign",
        broadcast["started_by"],
        text=text or broadcast["message_text"],
        lines=[line for line in lines if line],
        link=reverse("admin:broadcasts_broadcast_change", args=[broadcast["_id"]]),
        trouble=row["status"] in TROUBLES,
    )


register(Source("messages", "broadcast_deliveries", "created_at", _theirs, _announcements))
