"""Taking people off the allow list, and what becomes of their bookings (FR2)."""

import uuid
from collections.abc import Sequence

from bson import ObjectId

from common import correlation
from common.mongo import collection, current_session, in_transaction
from people.models import Candidate
from people.services.people import save_candidate
from scheduling.domain.model import Actor, ActorKind, Cancel
from scheduling.services.batch import Asked, decide_requests


def remove_candidates(candidate_ids: Sequence[str], *, keep_bookings: bool, actor: str, reason: str) -> int:
    """Take people off the allow list, one transaction each.

    Args:
        candidate_ids: ids of candidates; those already off the list are passed over.
        keep_bookings: live bookings stay and are still reminded; otherwise they are cancelled and the people told.
        actor: the staff login.
        reason: told to those whose booking is cancelled.

    Returns:
        How many were taken off.
    """
    return sum(
        in_transaction(lambda item=item: _remove(item, keep_bookings, actor, reason))  # type: ignore[misc]
        for item in candidate_ids
    )


def _remove(candidate_id: str, keep_bookings: bool, actor: str, reason: str) -> int:
    candidate = Candidate.objects.filter(pk=ObjectId(candidate_id), is_allowed=True).first()
    if candidate is None:
        return 0
    candidate.is_allowed = False
    save_candidate(candidate, actor=actor)
    if not keep_bookings:
        live = collection("bookings").find(
            {"user_id": candidate.pk, "live": True}, {"_id": 1}, session=current_session()
        )
        staff, correlation_id = Actor(ActorKind.STAFF, actor), correlation.current()
        for row in live:
            cancel = Cancel(str(uuid.uuid4()), staff, str(row["_id"]), None, reason=reason, beyond_limits=True)
            decide_requests([Asked(cancel, "desk", correlation_id)])
    return 1
