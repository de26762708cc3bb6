"""Groups that are written to: where they are now, and why they can't be written to any more, as Telegram says."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_mongodb_backend.fields import ArrayField

from common import audit
from common.models import StampedModel
from common.mongo import Document, collection, current_session
from shared_contracts.broadcast import TOPIC_TROUBLES, ChatTrouble, Delivery, DeliveryStatus
from shared_contracts.dialog import GroupChanged

SAME_GROUP = "same_group"
"""The group is another entry's: it became a supergroup that was put down already."""
_TROUBLES = [
    (ChatTrouble.KICKED.value, _("the bot was removed from it")),
    (ChatTrouble.NO_RIGHTS.value, _("the bot may not write there")),
    (ChatTrouble.TOPIC_CLOSED.value, _("the topic is closed")),
    (ChatTrouble.TOPIC_GONE.value, _("there is no such topic")),
    (ChatTrouble.GONE.value, _("there is no such group")),
    (SAME_GROUP, _("the group is on the list a second time")),
]
_ABOUT_A_TOPIC = sorted(trouble.value for trouble in TOPIC_TROUBLES)


def trouble_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return _TROUBLES


class GroupChat(StampedModel):
    """A group by its chat id.

    ``thread_id``: the topic in which it is written to, by Telegram's ``message_thread_id``; null: none.
    ``former_ids``: those it had before it became a supergroup. ``trouble``: why it can't be written to, empty where it
    can as far as is known; ``heard_at``: when Telegram said so (aware UTC).
    """

    thread_id = models.BigIntegerField(_("topic"), null=True, blank=True)
    former_ids: Any = ArrayField(models.BigIntegerField(), default=list, editable=False)
    trouble = models.CharField(
        _("can't be written to"), max_length=20, blank=True, default="", choices=trouble_choices, editable=False
    )
    heard_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True


def follow_group(name: str, subject: str, item: GroupChanged, now: datetime) -> None:
    """Keep in a collection of ``GroupChat`` what Telegram says of one; in the transaction under way.

    Args:
        name: of the collection.
        subject: what the audit trail calls its documents.
        item: a report; one about a group that is not kept, or older than what is known, changes nothing.
        now: aware UTC.
    """
    if item.moved_from is not None:
        _move(name, subject, item.moved_from, item.chat_id, item.correlation_id, now)
        return
    topic = {"thread_id": item.thread_id}  # a document without the field has none either
    if item.trouble in TOPIC_TROUBLES:
        _hear(name, {"chat_id": item.chat_id, **topic}, item.trouble, item.occurred_at, now)
    elif item.trouble is not None:
        _hear(name, {"chat_id": item.chat_id}, item.trouble, item.occurred_at, now)
    elif item.thread_id is not None:
        query = {"chat_id": item.chat_id, "trouble": {"$in": _ABOUT_A_TOPIC}, **topic}
        _hear(name, query, None, item.occurred_at, now)
    else:
        query = {"chat_id": item.chat_id, "trouble": {"$nin": _ABOUT_A_TOPIC}}
        _hear(name, query, None, item.occurred_at, now)


def follow_delivery(
    name: str, subject: str, delivery: Delivery, correlation_id: str, occurred_at: datetime, now: datetime
) -> None:
    """The same of what became of a message to a group.

    What is wrong with a topic is wrong with that one alone; what is wrong with the group, with all that is written to
    in it. A message that arrived says that the group and its topic take messages again.
    """
    if delivery.chat_id > 0:
        return
    if delivery.moved_from is not None:
        _move(name, subject, delivery.moved_from, delivery.chat_id, correlation_id, now)
    if delivery.moved_to is not None:
        _move(name, subject, delivery.chat_id, delivery.moved_to, correlation_id, now)
    here, topic = {"chat_id": delivery.chat_id}, {"thread_id": delivery.thread_id}
    if delivery.trouble in TOPIC_TROUBLES:
        _hear(name, {**here, **topic}, delivery.trouble, occurred_at, now)
    elif delivery.trouble is not None:
        _hear(name, here, delivery.trouble, occurred_at, now)
    elif delivery.status is DeliveryStatus.SENT:
        _hear(name, {**here, "$or": [topic, {"trouble": {"$nin": _ABOUT_A_TOPIC}}]}, None, occurred_at, now)


def _hear(name: str, query: Document, trouble: ChatTrouble | None, heard_at: datetime, now: datetime) -> None:
    values = {"trouble": trouble.value if trouble else "", "heard_at": heard_at, "updated_at": now}
    newer = {"trouble": {"$ne": SAME_GROUP}, "$or": [{"heard_at": None}, {"heard_at": {"$lte": heard_at}}]}
    collection(name).update_many({"$and": [query, newer]}, {"$set": values}, session=current_session())


def _move(name: str, subject: str, old: int, new: int, correlation_id: str, now: datetime) -> None:
    """The group has another id. Where that is an entry already, the old one is put out of use."""
    rows, session = collection(name), current_session()
    moved = rows.find_one({"chat_id": old, "trouble": {"$ne": SAME_GROUP}}, session=session)
    if moved is None:
        return
    former = [*moved.get("former_ids", ()), moved["chat_id"]]
    there = rows.find_one({"chat_id": new}, {"_id": 1}, session=session)
    if there is None:
        values = {"chat_id": type(moved["chat_id"])(new), "former_ids": former, "trouble": "", "updated_at": now}
        rows.update_one({"_id": moved["_id"]}, {"$set": values}, session=session)
    else:
        known = {"$addToSet": {"former_ids": {"$each": former}}, "$set": {"updated_at": now}}
        rows.update_one({"_id": there["_id"]}, known, session=session)
        unused = {"is_active": False, "trouble": SAME_GROUP, "updated_at": now}
        rows.update_one({"_id": moved["_id"]}, {"$set": unused}, session=session)
    entry = audit.entry(
        subject,
        str(moved["_id"]),
        "moved",
        actor="system:telegram",
        via="chat",
        now=now,
        correlation_id=correlation_id,
        before={"chat_id": old},
        after={"chat_id": new},
    )
    audit.add([entry])
