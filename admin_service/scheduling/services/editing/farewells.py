"""A recruiter who is none any more is told so, once, with what became of their interviews."""

import uuid
from datetime import timedelta
from typing import Literal

from bson import ObjectId

from common import clock, correlation
from common.quiet_hours import next_allowed_time
from common.zones import MOSCOW, local
from messaging import outbox
from messaging.outbox import Outgoing
from people.models import Recruiter
from people.services.links import default_contact
from shared_contracts.digest import DigestCommand, DigestKind, Farewell
from shared_contracts.transport.topology import DIGEST_COMMAND

_OF_USE = timedelta(days=3)


def say_goodbye(
    recruiter: Recruiter,
    became: Literal["handed_over", "cancelled", "kept"] = "kept",
    interviews: int = 0,
    successor: Recruiter | None = None,
) -> None:
    """Tell a recruiter who has just been deactivated; in the morning, where it is night to them.

    In the transaction under way. Who never came into chat is told by whoever deactivated them.

    Args:
        recruiter: as stored.
        became: of their interviews.
        interviews: how many of them are to come, open requests among them.
        successor: who sees to them now; None: coordinators do.
    """
    if recruiter.telegram_id is None:
        return
    city, now = recruiter.city, clock.now()
    zone = city.timezone if city else MOSCOW
    at = next_allowed_time(now, zone)
    message = DigestCommand(
        message_id=uuid.uuid4(),
        correlation_id=correlation.current(),
        occurred_at=now,
        digest_id=str(ObjectId()),
        kind=DigestKind.ACCESS_ENDED,
        chat_id=recruiter.telegram_id,
        day=f"{local(at, zone):%Y-%m-%d}",
        timezone=zone,
        not_after=at + _OF_USE,
        farewell=Farewell(
            became=became,
            interviews=interviews,
            successor=successor.name if successor else None,
            contact_url=(city.contact_url if city else "") or default_contact(),
        ),
    )
    outbox.add([Outgoing(DIGEST_COMMAND, message, at)])
