"""Tags of people: what staff note them under, so that they are found and written to together."""

from collections.abc import Iterable, Sequence

from bson import ObjectId
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from pymongo import UpdateOne

from common import audit, clock
from common.mongo import Document, collection, current_session, in_transaction, update_all
from common.refusals import RefusedError
from people.models import MOST_TAGS, check_tags, clean_tag

_MOST_KNOWN = 500


def read_tags(text: str) -> list[str]:
    """The tags of a text that has commas between them, as they are kept: each once, in order of the alphabet.

    Raises:
        ValidationError: one of them can't be a tag.
    """
    tags = sorted({tag for part in text.replace(";", ",").split(",") if (tag := clean_tag(part))})
    check_tags(tags)
    return tags


def known_tags() -> list[str]:
    """Every tag that somebody has, in order of the alphabet, as many as can be chosen from; by ``users_tags``."""
    found: list[str | None] = collection("users").distinct("tags")
    return sorted(filter(None, found))[:_MOST_KNOWN]


def change_tags(
    candidate_ids: Iterable[ObjectId], *, add: Sequence[str] = (), remove: Sequence[str] = (), actor: str
) -> int:
    """Give people tags and take others from them, each change in the audit trail.

    Args:
        candidate_ids: whose; those who have and lack them as asked for already are left alone.
        add: tags by ``read_tags``.
        remove: the same.
        actor: the staff login.

    Returns:
        How many people's tags have changed.

    Raises:
        RefusedError: somebody would have more than ``MOST_TAGS``, or it is no tag; nothing was written.
    """
    ids = list(candidate_ids)
    try:
        check_tags(list(add))
    except ValidationError as error:
        raise RefusedError({"tags": " ".join(error.messages)}) from None

    def work() -> int:
        found = collection("users").find({"_id": {"$in": ids}}, {"tags": 1}, session=current_session())
        changes = [(row, tags) for row in found if (tags := _changed(row, add, remove)) != (row.get("tags") or [])]
        if any(len(tags) > MOST_TAGS for _row, tags in changes):
            raise RefusedError({"tags": _("A person has %(most)s tags at most.") % {"most": MOST_TAGS}})
        now = clock.now()
        update_all(
            "users",
            [UpdateOne({"_id": row["_id"]}, {"$set": {"tags": tags, "updated_at": now}}) for row, tags in changes],
        )
        for row, tags in changes:
            before, after = {"tags": row.get("tags") or []}, {"tags": tags}
            audit.record_staff("candidate", str(row["_id"]), "tagged", actor, before, after)
        return len(changes)

    return in_transaction(work)


def _changed(row: Document, add: Sequence[str], remove: Sequence[str]) -> list[str]:
    return sorted({*(row.get("tags") or []), *add} - set(remove))
