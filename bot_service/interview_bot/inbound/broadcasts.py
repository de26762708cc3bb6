"""Broadcasts (FR1): the job is stored when its command comes, then sent by whichever replica holds its lease.

It can be resumed at any point: recipients are paged with the cursor stored after their rows, each row is sent by
whoever claimed it, and a row left claimed by a crash is reported ``uncertain``, not sent twice. What staff
ask of it since, to pause, go on or end, is kept with the job and looked at before each message.

Who is in the audience is asked anew once the answer is older than ``_ANSWER_HOLDS``, and after a pause: people whom
it no longer names get nothing, and neither does who has been taken off the allow list since.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from bson import Int64
from pymongo import ReturnDocument
from pymongo.errors import PyMongoError
from structlog.stdlib import get_logger
from telegram import InlineKeyboardMarkup
from telegram.error import ChatMigrated, RetryAfter, TelegramError

from interview_bot.admin_client.allow_list import AccessStatus
from interview_bot.admin_client.api import AdminApiDownError
from interview_bot.common import clock, logs
from interview_bot.common.background import end_tasks
from interview_bot.common.database import Database, Document, due
from interview_bot.dialogs.context import Services
from interview_bot.messaging.envelope import envelope
from interview_bot.store.deliveries import PENDING, REPORT_SIZE
from interview_bot.telegram.errors import final_status, seconds_to_wait, trouble_of_group
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.telegram.sending import username_of
from interview_bot.telegram.start_links import EVENT
from interview_bot.views import keyboards
from interview_bot.views.texts import texts_for
from shared_contracts.broadcast import (
    BroadcastCommand,
    BroadcastDelivered,
    BroadcastState,
    Delivery,
    DeliveryStatus,
)
from shared_contracts.transport.topology import DELIVERY_EVENT

_LEASE = timedelta(seconds=9)
_LOOK_AGAIN = 2.0
_AFTER_TROUBLE = timedelta(seconds=3)
_AFTER_FAULT = timedelta(seconds=60)
_CHATS_WAIT = timedelta(seconds=1)
"""After which a broadcast is looked at again whose last chats are at their limits; others are sent meanwhile."""
_REPORT_EVERY = timedelta(seconds=2)
"""The desk shows how far a broadcast is: it is told at least so often while messages go out."""
_ANSWER_HOLDS = timedelta(seconds=60)
"""How long whom the admin service named is written to without asking again."""
_MAX_ATTEMPTS = 20
"""Tries of one row while Telegram fails without refusing; others go first."""
_log = get_logger(__name__)


class Broadcasts:
    """Takes broadcast commands and sends them, until told to stop."""

    def __init__(self, services: Services, database: Database) -> None:
        self._services = services
        self._jobs = database["broadcasts"]
        self._deliveries = services.deliveries
        self._owner = uuid4().hex
        self._wake = asyncio.Event()
        self._stopping = False

    async def accept(self, command: BroadcastCommand) -> None:
        """Store the job; a repeat changes nothing, but for what a higher revision asks of it."""
        job = {
            "event_id": command.event_id,
            "text": command.message_text,
            "texts": dict(command.texts),
            "language": command.language,
            "chat_ids": [Int64(chat_id) for chat_id in command.chat_ids],
            "topics": [{"chat_id": Int64(t.chat_id), "thread_id": Int64(t.thread_id)} for t in command.topics],
            "has_audience": command.audience is not None,
            "listed": command.audience is None,
            "next": None,
            "page": None,
            "listed_at": None,
            "correlation_id": command.correlation_id,
            "lease_until": clock.now(),
            "leased_at": clock.now(),
            "finished_at": None,
            **_asked(command),
        }
        await self._deliveries.add(command.broadcast_id, command.chat_ids)
        await self._jobs.update_one({"_id": command.broadcast_id}, {"$setOnInsert": job}, upsert=True)
        older = {"$or": [{"revision": {"$lt": command.revision}}, {"revision": None}]}
        await self._jobs.update_one({"_id": command.broadcast_id, **older}, {"$set": _asked(command)})
        self._wake.set()

    def stop(self) -> None:
        """Finish the message in hand and no more; the rest is resumed by the next process."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Send what there is to send, until stopped."""
        while not self._stopping:
            try:
                while not self._stopping and (job := await self._lease()):
                    await self._work_and_let_go(job)
            except PyMongoError as error:
                _log.warning("broadcasts_wait_for_mongodb", error=type(error).__name__)
            try:
                await asyncio.wait_for(self._wake.wait(), _LOOK_AGAIN)
            except TimeoutError:
                continue
            self._wake.clear()

    async def _lease(self) -> Document | None:
        now = clock.now()
        job: Document | None = await self._jobs.find_one_and_update(
            {
                "finished_at": None,
                "state": {"$ne": BroadcastState.PAUSED.value},
                **due("lease_until", "leased_at", now),
            },
            {"$set": {"owner": self._owner, **_lease(now, _LEASE)}},
            return_document=ReturnDocument.AFTER,
        )
        return job

    async def _work_and_let_go(self, job: Document) -> None:
        """Work on a job. If something breaks it off, the others go on and this one is taken up again soon."""
        logs.begin(job["correlation_id"], broadcast_id=job["_id"])
        again_in = timedelta()
        try:
            async with self._keeping_lease(job["_id"]):
                await self._work(job)
        except AdminApiDownError as error:
            _log.warning("broadcast_interrupted", error=str(error))
            again_in = _AFTER_TROUBLE
        except _ChatsWaitError:
            again_in = _CHATS_WAIT
        except Exception:
            _log.exception("broadcast_interrupted")
            again_in = _AFTER_FAULT
        await self._jobs.update_one({"_id": job["_id"], "owner": self._owner}, {"$set": _lease(clock.now(), again_in)})

    async def _work(self, job: Document) -> None:
        if lost := await self._deliveries.give_up_claims(job["_id"]):
            _log.warning("deliveries_uncertain", count=lost)
        await self._send_all(job)
        if self._stopping:
            return
        state, is_asked_anew = await self._asked_now(job)
        if state is BroadcastState.PAUSED:
            await self._report(job, finishing=False)
            _log.info("broadcast_paused")
        elif state is BroadcastState.SENDING and is_asked_anew:
            return  # it is taken up again at once, as it stands now
        elif state is BroadcastState.SENDING and await self._deliveries.has_pending(job["_id"]):
            raise _ChatsWaitError
        else:
            await self._finish(job)

    async def _send_all(self, job: Document) -> None:
        await self._send_pending(job)
        while await self._goes_on(job):
            if _is_old(job):
                job = await self._ask_anew(job)
            elif not job["listed"]:
                job = await self._list_more(job)
            else:
                return
            await self._send_pending(job)

    async def _asked_now(self, job: Document) -> tuple[BroadcastState, bool]:
        """What is asked of it now, and whether that is newer than the job in hand.

        A job stored by an older version is to be sent.
        """
        row = await self._jobs.find_one({"_id": job["_id"]}, {"state": 1, "revision": 1}) or {}
        return BroadcastState(row.get("state") or BroadcastState.SENDING), row.get("revision") != job.get("revision")

    async def _goes_on(self, job: Document) -> bool:
        """Whether more is to be sent. After a pause, however short, the job is taken up anew."""
        return not self._stopping and await self._asked_now(job) == (BroadcastState.SENDING, False)

    @asynccontextmanager
    async def _keeping_lease(self, broadcast_id: str) -> AsyncIterator[None]:
        async def renew() -> None:
            while True:
                await asyncio.sleep(_LEASE.total_seconds() / 3)
                await self._jobs.update_one(
                    {"_id": broadcast_id, "owner": self._owner},
                    {"$set": _lease(clock.now(), _LEASE)},
                )

        renewal = asyncio.create_task(renew())
        try:
            yield
        finally:
            await end_tasks([renewal])

    async def _list_more(self, job: Document) -> Document:
        """Ask for the next page. ``page`` stays at the first one that somebody is still to be written to from.

        What was asked of the broadcast meanwhile stands: a pause has the audience asked for anew.
        """
        page = await self._services.api.recipients(job["_id"], job["next"])
        first = job["page"] if await self._deliveries.has_pending(job["_id"]) else job["next"]
        await self._deliveries.add(job["_id"], [recipient.chat_id for recipient in page.results])
        progress = {"page": first, "next": page.next, "listed": page.next is None, "listed_at": clock.now()}
        as_taken_up = {"_id": job["_id"], "revision": job.get("revision")}
        stored = await self._jobs.update_one(as_taken_up, {"$set": progress})
        return job | progress if stored.matched_count else job

    async def _ask_anew(self, job: Document) -> Document:
        """Nobody whom the pages from ``page`` on don't name again is written to; ``listed_at`` stays old till then."""
        again = {"next": job.get("page"), "page": job.get("page"), "listed": False, "has_audience": True}
        await self._jobs.update_one({"_id": job["_id"]}, {"$set": again})
        await self._deliveries.withdraw_people(job["_id"])
        return await self._list_more(job | again)

    async def _send_pending(self, job: Document) -> None:
        sent, reported_at = 0, clock.now()
        while (
            not _is_old(job) and await self._goes_on(job) and (row := await self._deliveries.next_pending(job["_id"]))
        ):
            if not await self._is_let_in(job, int(row["chat_id"])):
                await self._deliveries.withdraw(row)
                continue
            text, keyboard = await self._message(job, int(row["chat_id"]))
            if await self._deliveries.claim(row):
                await self._send(job, row, text, keyboard)
            sent += 1
            if sent % REPORT_SIZE == 0 or abs(clock.now() - reported_at) >= _REPORT_EVERY:
                await self._report(job, finishing=False)
                reported_at = clock.now()

    async def _is_let_in(self, job: Document, chat_id: int) -> bool:
        """Whether the allow list still has who is written to as one of an audience.

        Raises:
            AdminApiDownError: nobody can say.
        """
        if chat_id < 0 or chat_id in job["chat_ids"]:
            return True
        access, _person = await self._services.allow_list.check(chat_id)
        if access is AccessStatus.UNKNOWN:
            raise AdminApiDownError("the allow list can't be read")
        return access is AccessStatus.ALLOWED

    async def _send(self, job: Document, row: Document, text: str, keyboard: InlineKeyboardMarkup | None) -> None:
        try:
            message = await self._services.bot.send_message(
                int(row["chat_id"]),
                text,  # no markup: it is what staff typed
                reply_markup=keyboard,
                message_thread_id=_topic_of(job, row["chat_id"], row.get("moved_from")),
                rate_limit_args=Priority.BROADCAST,
            )
        except TelegramError as error:
            await self._settle_failure(row, error)
        else:
            await self._deliveries.settle(row, DeliveryStatus.SENT.value, message.message_id)

    async def _settle_failure(self, row: Document, error: TelegramError) -> None:
        if isinstance(error, RetryAfter):  # its chat waits, the others don't
            await self._deliveries.put_off(row, timedelta(seconds=seconds_to_wait(error)))
            return
        if isinstance(error, ChatMigrated):  # it was not sent, and is once, to the chat where it is now
            await self._deliveries.move(row, error.new_chat_id)
            return
        status, text = final_status(error), error.message[:256]
        if status is None and row["attempts"] < _MAX_ATTEMPTS:
            await self._deliveries.settle(row, PENDING, error=text)
            await asyncio.sleep(_AFTER_TROUBLE.total_seconds())
            return
        if row["chat_id"] < 0 and status is not DeliveryStatus.UNCERTAIN:  # a group blocks nobody
            trouble = trouble_of_group(error)
            await self._deliveries.settle(row, DeliveryStatus.FAILED.value, error=text, trouble=trouble)
            return
        await self._deliveries.settle(row, (status or DeliveryStatus.FAILED).value, error=text)
        if status is DeliveryStatus.BLOCKED:
            await self._services.chats.mark_unreachable(int(row["chat_id"]))

    async def _message(self, job: Document, chat_id: int) -> tuple[str, InlineKeyboardMarkup | None]:
        """Text and button, in the language of who reads them."""
        event_id = job["event_id"]
        if chat_id < 0:  # one person's dialog must not change the group's message
            label = texts_for("ru").plain("button.sign_up_group")
            return job["text"], keyboards.deep_link(username_of(self._services.bot), f"{EVENT}{event_id}", label)
        language = job.get("language") or await self._services.chats.language(chat_id)
        text = (job.get("texts") or {}).get(language) or job["text"]
        return text, keyboards.sign_up(event_id, texts_for(language))

    async def _report(self, job: Document, finishing: bool) -> bool:
        """Report batches; when ``finishing``, all of them, the last one marked so. False when there was none."""
        reported = False
        while batch := await self._deliveries.next_report(job["_id"]):
            report, deliveries = batch
            last = finishing and await self._deliveries.count_unreported(job["_id"]) <= len(deliveries)
            await self._services.outbox.send(DELIVERY_EVENT, _event(job, deliveries, last, message_id=report))
            await self._deliveries.mark_reported(job["_id"], report)
            reported = True
        return reported

    async def _finish(self, job: Document) -> None:
        if not await self._report(job, finishing=True):
            await self._services.outbox.send(DELIVERY_EVENT, _event(job, [], finished=True))
        await self._jobs.update_one({"_id": job["_id"]}, {"$set": {"finished_at": clock.now()}})
        _log.info("broadcast_finished")


class _ChatsWaitError(Exception):
    """All rows that are left wait for their chats."""


def _topic_of(job: Document, chat_id: int, moved_from: int | None) -> int | None:
    """The topic that the chat names, under the id that the job knows it by."""
    known = moved_from or chat_id
    return next((int(topic["thread_id"]) for topic in job.get("topics", ()) if topic["chat_id"] == known), None)


def _asked(command: BroadcastCommand) -> Document:
    asked: Document = {"state": command.state.value, "revision": command.revision}
    return asked | ({"listed_at": None} if command.state is BroadcastState.PAUSED else {})


def _is_old(job: Document) -> bool:
    """Whether the audience is to be asked for, for the first time or anew."""
    listed_at = job.get("listed_at")
    has_audience = job.get("has_audience", not job["listed"])  # an older version's job
    return has_audience and (listed_at is None or abs(clock.now() - listed_at) >= _ANSWER_HOLDS)


def _lease(now: datetime, length: timedelta) -> Document:
    return {"lease_until": now + length, "leased_at": now}


def _event(
    job: Document, deliveries: list[Delivery], finished: bool, message_id: UUID | None = None
) -> BroadcastDelivered:
    return BroadcastDelivered(
        **envelope(message_id),
        broadcast_id=job["_id"],
        deliveries=[
            item.model_copy(update={"thread_id": _topic_of(job, item.chat_id, item.moved_from)}) for item in deliveries
        ],
        finished=finished,
    )
