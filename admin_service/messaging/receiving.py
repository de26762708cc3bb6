"""What comes from the bot bears its mark (NFR3): what does not is poison, and nobody is answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from pymongo import ReturnDocument

from common import clock
from common.mongo import collection
from shared_contracts.transport.envelope import BadMessageError, BadMessageKind, read_json_object
from shared_contracts.transport.signing import FIELD, verified
from shared_contracts.transport.topology import Queue

log = structlog.get_logger(__name__)

GRACE = timedelta(hours=1)
"""Where keys are given to an installation that has worked without, so long what was under way unsigned is taken."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Which messages are taken for the bot's. Without ``keys``: all. ``unsigned_until``: those unsigned till then."""

    keys: tuple[str, ...] = ()
    unsigned_until: datetime | None = None

    def open(self, body: bytes, queue: Queue) -> bytes:
        """The message to be read.

        Raises:
            BadMessageError: no object within the limits, or not the bot's.
        """
        if not self.keys:
            return body
        try:
            return verified(body, queue, self.keys)
        except BadMessageError as error:
            if error.kind is BadMessageKind.NOT_SIGNED and self._is_of_before(body):
                log.warning("unsigned_taken", queue=queue.name)
                return body
            raise

    def _is_of_before(self, body: bytes) -> bool:
        in_grace = self.unsigned_until is not None and clock.now() < self.unsigned_until
        return in_grace and FIELD not in read_json_object(body)


ANY_SENDER = Receiver()
"""Takes whatever comes, as long as no key was given."""


def receiver() -> Receiver:
    """By the settings. Reads, and at the first start with keys writes, since when signatures are asked for."""
    keys = tuple(settings.ENV.request_signing_keys)
    if not keys:
        log.warning("requests_unsigned", fix="give REQUEST_SIGNING_KEYS")
        return ANY_SENDER
    return Receiver(keys, _unsigned_until())


def _unsigned_until() -> datetime:
    now = clock.now()
    has_worked = collection("inbox").find_one({}, {"_id": 1}) is not None
    row = collection("signing").find_one_and_update(
        {"_id": "requests"},
        {"$setOnInsert": {"unsigned_until": now + GRACE if has_worked else now, "created_at": now, "updated_at": now}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return row["unsigned_until"] if row else now
