"""Pausing, resuming and cancelling a broadcast. The bot honours it within seconds, and keeps it over a crash."""

from dataclasses import dataclass

from bson import ObjectId
from django.utils.translation import gettext as _

from broadcasts.models import UNDER_WAY, Broadcast, BroadcastStatus
from broadcasts.services.commands import send_command
from common import audit, clock
from common.mongo import collection, current_session, in_transaction
from common.refusals import RefusedError
from shared_contracts.broadcast import BroadcastState


@dataclass(frozen=True, slots=True)
class Wish:
    """What staff can ask of a broadcast: of which status, and what comes of it; ``noted`` names it in the audit."""

    of: tuple[BroadcastStatus, ...]
    becomes: BroadcastStatus
    state: BroadcastState
    noted: str


PAUSE = Wish((BroadcastStatus.QUEUED, BroadcastStatus.SENDING), BroadcastStatus.PAUSED, BroadcastState.PAUSED, "paused")
RESUME = Wish((BroadcastStatus.PAUSED,), BroadcastStatus.SENDING, BroadcastState.SENDING, "resumed")
CANCEL = Wish((BroadcastStatus.SCHEDULED, *UNDER_WAY), BroadcastStatus.CANCELLED, BroadcastState.CANCELLED, "cancelled")


def steer(broadcast_id: str, wish: Wish, *, actor: str) -> None:
    """Ask it of a broadcast. One of all who ask at once is heard; the bot is told where it has the broadcast already.

    Raises:
        RefusedError: it can't be asked of it now.
    """

    def work() -> None:
        before = collection("broadcasts").find_one_and_update(
            {"_id": ObjectId(broadcast_id), "status": {"$in": [status.value for status in wish.of]}},
            {"$set": {"status": wish.becomes.value, "updated_at": clock.now()}, "$inc": {"revision": 1}},
            session=current_session(),
        )
        if before is None:
            raise RefusedError({"": _("That can't be done any more: look at how far it is.")})
        if before["status"] != BroadcastStatus.SCHEDULED:
            send_command(Broadcast.objects.get(pk=before["_id"]), wish.state)
        facts = {"status": before["status"]}, {"status": wish.becomes.value}
        audit.record_staff("broadcast", broadcast_id, wish.noted, actor, *facts)

    in_transaction(work)
