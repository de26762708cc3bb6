"""Publishing what the outbox holds.

Wakes at once by a change stream but trusts only the poll by status: rows become visible in commit order, which is not
the order of their ids. Two relays may send a row twice; the bot drops repeats by message id.
"""

import threading
from collections.abc import Sequence
from datetime import timedelta

import structlog
from pymongo.errors import PyMongoError

from common import clock
from common.mongo import Document, collection
from messaging import outbox
from messaging.broker import Broker, PublishError
from messaging.consuming import outgoing

log = structlog.get_logger(__name__)

BATCH = 200
POLL_SECONDS = 1.0


class Relay:
    """Sends due rows until told to stop."""

    def __init__(self, broker: Broker, stopping: threading.Event) -> None:
        self._broker, self._stopping, self._wake = broker, stopping, threading.Event()

    def run(self) -> None:
        """Work until ``stopping`` is set; the batch under way is finished."""
        self._broker.start()
        threading.Thread(target=self._watch, name="outbox-watch", daemon=True).start()
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                while self._broker.ready and self.send_due() == BATCH:
                    pass
            except PyMongoError as error:
                log.warning("database_away", error=type(error).__name__)
            self._wake.wait(POLL_SECONDS)
        self._broker.stop()

    def send_due(self) -> int:
        """Send one batch of due rows; the answer is how many were looked at."""
        rows = list(collection("outbox").find(outbox.due(clock.now())).sort("due_at", 1).limit(BATCH))
        if rows and not self._send(rows):
            for row in rows:  # one that no queue takes must not hold up the others
                if not self._send([row]):
                    self._postpone(row)
        return len(rows)

    def _send(self, rows: Sequence[Document]) -> bool:
        try:
            self._broker.publish([outgoing(row) for row in rows])
        except PublishError as error:
            log.warning("relay_failed", rows=len(rows), error=str(error))
            return False
        outbox.mark_sent([row["_id"] for row in rows])
        return True

    def _postpone(self, row: Document) -> None:
        now, attempts = clock.now(), row["attempts"] + 1
        wait = timedelta(seconds=outbox.RETRY_AFTER[min(attempts, len(outbox.RETRY_AFTER)) - 1])
        collection("outbox").update_one(
            {"_id": row["_id"], "status": row["status"]},
            {"$set": {"status": "pending", "attempts": attempts, "due_at": now + wait, "updated_at": now}},
        )

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                with collection("outbox").watch([{"$match": {"operationType": "insert"}}]) as changes:
                    for _change in changes:
                        self._wake.set()
            except PyMongoError as error:
                log.info("outbox_watch_lost", error=type(error).__name__)
                self._stopping.wait(POLL_SECONDS)
