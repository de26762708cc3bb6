"""What happened to people's entries, and what staff noted of them, for their timelines."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from common.mongo import Document, collection
from common.zones import MOSCOW
from staffkit.audit_trail import told
from staffkit.timeline import Happening, Source, Whose, register

_TOLD_ELSEWHERE = ["noted", "written_to"]
"""Actions whose result is in the timeline itself."""


def _of_entries(whose: Whose) -> Document:
    theirs = {"candidate_id": {"$in": list(whose.ids)}}
    invitations = collection("invitations").distinct("_id", theirs)
    subjects = {"$in": [*whose.ids, *invitations]}
    twice = _told_of_the_other([str(one) for one in whose.ids])
    return {"subject_id": subjects, "action": {"$nin": _TOLD_ELSEWHERE}, "$nor": twice}


def _told_of_the_other(ids: list[str]) -> list[Document]:
    """Of a merge, and of one taken apart, both entries tell; where both are looked at, the one that stands does."""
    among = {"$in": ids}
    return [{"after.merged_into": among}, {"before.merged_into": among}]


def _changes(rows: Sequence[Document], whose: Whose) -> list[Happening]:
    return [change_shown(row, MOSCOW) for row in rows]


def change_shown(row: Document, zone: str, *, about: str = "", link: str = "") -> Happening:
    """An audit entry in a timeline; ``zone``: on whose clocks its times are told."""
    read = told(row, zone)
    reason = [f"💬 {read['reason']}"] if read["reason"] else []
    who = " · ".join(filter(None, (read["who"], str(read["way"]))))
    about = about or (_("invitation") if row["subject"] == "invitation" else "")
    return Happening(
        row["_id"], row["created_at"], read["action"], "edit", who, about, lines=[*read["changes"], *reason], link=link
    )


def _notes_of(whose: Whose) -> Document:
    return {"candidate_id": {"$in": list(whose.ids)}}


def _notes(rows: Sequence[Document], whose: Whose) -> list[Happening]:
    return [
        Happening(row["_id"], row["created_at"], _("note"), "sticky_note_2", row["author"], text=row["text"])
        for row in rows
    ]


register(Source("changes", "audit_entries", "created_at", _of_entries, _changes))
register(Source("notes", "person_notes", "created_at", _notes_of, _notes))
