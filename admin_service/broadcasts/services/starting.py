"""Starting a broadcast, now or at a moment, once (FR1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from bson import ObjectId
from django.utils.translation import gettext as _

from broadcasts.models import Audience, Broadcast, BroadcastStatus, Exclusion
from broadcasts.services.audience import reach, readers_of
from broadcasts.services.chats import written_to
from broadcasts.services.commands import send_command
from broadcasts.services.texts import fill, problem_of, values_of
from common import audit, clock, correlation
from common.mongo import collection, current_session, in_transaction, tried_again
from common.refusals import RefusedError
from people.models import City
from scheduling.models import InterviewEvent

SAME_FOR = timedelta(minutes=10)
"""So long the same announcement is taken for one that was pressed twice, however quickly the first was through."""
FURTHEST = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What is to be sent, to whom, and when.

    Attributes:
        text: plain text with variables (``services.texts``); the bot escapes nothing and marks nothing up.
        text_en: for those who read English; empty: they get ``text``.
        chat_ids: announcement chats, by Telegram's chat id.
        audience: a value of ``Audience``, or empty for chats only.
        city_id: narrows the audience to a city's people.
        tag: narrows it to those who have it.
        of_event_id: the event that the audience is about; None: the one announced.
        excludes: values of ``Exclusion``.
        again_of: the id of an earlier broadcast, whose readers alone get it: those that ``again_to`` names.
        send_at: aware; None for at once.
    """

    text: str
    text_en: str = ""
    chat_ids: tuple[int, ...] = ()
    audience: str = ""
    city_id: str | None = None
    tag: str = ""
    of_event_id: str | None = None
    excludes: tuple[str, ...] = ()
    again_of: str | None = None
    again_to: str = ""
    send_at: datetime | None = None


def start_broadcast(event_id: str, order: Announcement, *, actor: str) -> Broadcast:
    """Store a broadcast, and the command that makes the bot send it, unless that is for later.

    Args:
        actor: the staff login.

    Raises:
        RefusedError: naming the field; also where the same one was started a moment ago, by whomever.
    """
    event = InterviewEvent.objects.filter(pk=ObjectId(event_id)).first()
    _check(event, order)
    broadcast = drafted(event_id, order, actor)
    broadcast.twin = _twin(event_id, order)

    def work() -> None:
        now = clock.now()
        broadcast._state.adding = True  # the driver may run this again after a conflict
        _make_way(broadcast, now)
        broadcast.save()
        _note(broadcast, "scheduled" if order.send_at else "started", actor)
        if order.send_at is None:
            _begin(broadcast, now)

    tried_again(lambda: in_transaction(work))
    return broadcast


def change_scheduled(broadcast_id: str, order: Announcement, *, actor: str) -> None:
    """Put another announcement in the place of one that has not begun.

    Raises:
        RefusedError: naming the field; also where it has begun meanwhile.
    """
    stored = Broadcast.objects.get(pk=ObjectId(broadcast_id))
    _check(InterviewEvent.objects.filter(pk=stored.event_id).first(), order)
    changed = drafted(str(stored.event_id), order, actor)
    changed.pk, changed.created_at, changed.twin = stored.pk, stored.created_at, _twin(str(stored.event_id), order)

    def work() -> None:
        now = clock.now()
        take_scheduled(broadcast_id, BroadcastStatus.SCHEDULED if order.send_at else BroadcastStatus.QUEUED)
        _make_way(changed, now)
        changed._state.adding = False
        changed.save()
        _note(changed, "changed" if order.send_at else "started", actor)
        if order.send_at is None:
            _begin(changed, now)

    tried_again(lambda: in_transaction(work))


def begin_due(now: datetime) -> int:
    """Begin what is scheduled for now or before; the answer is how many began. Safe to run twice at once."""
    due = {"status": BroadcastStatus.SCHEDULED.value, "send_at": {"$lte": now}}
    begun = 0
    for row in list(collection("broadcasts").find(due, {"_id": 1}).sort("send_at", 1)):
        try:
            begun += begin_scheduled(str(row["_id"]), actor="")
        except RefusedError:
            continue  # somebody else has
    return begun


def begin_scheduled(broadcast_id: str, *, actor: str) -> bool:
    """Begin a scheduled broadcast; False where its event is closed, so that it is cancelled.

    Args:
        actor: the staff login; empty for the clock.

    Raises:
        RefusedError: it has begun, or was cancelled, meanwhile.
    """

    def work() -> bool:
        now = clock.now()
        broadcast = Broadcast.objects.get(pk=ObjectId(broadcast_id))
        is_open = broadcast.event.is_open
        take_scheduled(broadcast_id, BroadcastStatus.QUEUED if is_open else BroadcastStatus.CANCELLED)
        reason = "" if is_open else _("The interview event is closed.")
        _note(broadcast, "started" if is_open else "cancelled", actor, reason)
        if is_open:
            _begin(broadcast, now)
        return is_open

    return in_transaction(work)


def take_scheduled(broadcast_id: str, status: BroadcastStatus) -> None:
    """Give a scheduled broadcast another status, in the transaction under way: one of all who try can.

    Raises:
        RefusedError: it is not scheduled any more.
    """
    taken = collection("broadcasts").update_one(
        {"_id": ObjectId(broadcast_id), "status": BroadcastStatus.SCHEDULED.value},
        {"$set": {"status": status.value, "updated_at": clock.now()}},
        session=current_session(),
    )
    if not taken.matched_count:
        raise RefusedError({"": _("This broadcast has begun, or was cancelled, meanwhile.")})


def drafted(event_id: str, order: Announcement, actor: str) -> Broadcast:
    """The broadcast that an announcement makes; nothing is stored."""
    return Broadcast(
        event_id=ObjectId(event_id),
        message_text=order.text.strip(),
        text_en=order.text_en.strip(),
        chat_ids=list(order.chat_ids),
        audience=order.audience,
        audience_city_id=ObjectId(order.city_id) if order.city_id else None,
        audience_tag=order.tag,
        of_event_id=ObjectId(order.of_event_id) if order.of_event_id else None,
        excludes=list(order.excludes),
        again_of=ObjectId(order.again_of) if order.again_of else None,
        again_to=order.again_to,
        status=BroadcastStatus.SCHEDULED if order.send_at else BroadcastStatus.QUEUED,
        send_at=order.send_at,
        started_by=actor,
    )


def _begin(broadcast: Broadcast, now: datetime) -> None:
    """Hand it to the bot, in the transaction under way: its texts as they are now, and how many people there are."""
    values, found = values_of(broadcast.event, broadcast.audience_city), reach(readers_of(broadcast))
    broadcast.message_text = fill(broadcast.message_text, values)
    broadcast.text_en = fill(broadcast.text_en, values)
    broadcast.status, broadcast.began_at = BroadcastStatus.QUEUED, now
    broadcast.people, broadcast.unreachable = found.people, found.unreachable
    broadcast.save()
    send_command(broadcast)


def _make_way(broadcast: Broadcast, now: datetime) -> None:
    """Let the same be sent again if it is over for a while; ``broadcasts_once`` holds the others.

    Raises:
        RefusedError: it isn't, or another like it waits. Looked for before the index finds it, since nothing can be
            read any more in a transaction in which an index refused something.
    """
    twin = broadcast.twin
    through = {"status": BroadcastStatus.FINISHED.value, "created_at": {"$lt": now - SAME_FOR}}
    over = {"twin": twin, "$or": [through, {"status": BroadcastStatus.CANCELLED.value}]}
    collection("broadcasts").update_many(over, {"$set": {"twin": ""}}, session=current_session())
    first = Broadcast.objects.filter(twin=twin).exclude(pk=broadcast.pk).first()
    if first is not None:
        told = _("%(login)s has started the same broadcast a moment ago; it goes out once. You find it in the list.")
        raise RefusedError({"": told % {"login": first.started_by}})


def _twin(event_id: str, order: Announcement) -> str:
    same = (
        event_id,
        *(order.text.strip(), order.text_en.strip(), sorted(order.chat_ids), order.audience, order.city_id, order.tag),
        *(order.of_event_id, sorted(order.excludes), order.again_of, order.again_to, order.send_at),
    )
    return sha256(repr(same).encode()).hexdigest()


def _note(broadcast: Broadcast, action: str, actor: str, reason: str = "") -> None:
    facts: dict[str, Any] = {
        "event_id": str(broadcast.event_id),
        "chats": list(broadcast.chat_ids),
        "audience": broadcast.audience,
        "city_id": str(broadcast.audience_city_id) if broadcast.audience_city_id else None,
        **({"tag": broadcast.audience_tag} if broadcast.audience_tag else {}),
        "send_at": broadcast.send_at.isoformat() if broadcast.send_at else None,
    }
    written = audit.entry(
        "broadcast",
        str(broadcast.pk),
        action,
        actor=f"staff:{actor}" if actor else "system:begin_broadcasts",
        via="desk" if actor else "job",
        now=clock.now(),
        correlation_id=correlation.current(),
        after=facts,
        reason=reason,
    )
    audit.add([written])


def _check(event: InterviewEvent | None, order: Announcement) -> None:
    errors: dict[str, str] = {}
    if event is None or not event.is_open:
        errors[""] = _("This interview event is not open for sign-up. Open it first.")
    city = City.objects.filter(pk=ObjectId(order.city_id)).first() if order.city_id else None
    values = values_of(event, city) if event else {}
    texts = {"text": order.text, **({"text_en": order.text_en} if order.text_en.strip() else {})}
    errors |= {name: problem for name, text in texts.items() if (problem := problem_of(text, values))}
    if not order.chat_ids and not order.audience:
        errors["chats"] = _("Choose at least one chat, or an audience.")
    known = set(written_to().values_list("chat_id", flat=True))
    if unknown := set(order.chat_ids) - known:
        errors["chats"] = _("Not an active announcement chat: %(ids)s.") % {"ids": ", ".join(map(str, unknown))}
    if order.audience and order.audience not in Audience.values:
        errors["audience"] = _("Choose one of the audiences.")
    if order.audience == Audience.CITY and not order.city_id:
        errors["city"] = _("Choose the city.")
    if set(order.excludes) - set(Exclusion.values):
        errors["excludes"] = _("Choose one of the audiences.")
    if order.send_at and not clock.now() < order.send_at < clock.now() + FURTHEST:
        errors["send_at"] = _("Give a time that is to come, within a year.")
    if errors:
        raise RefusedError(errors)
