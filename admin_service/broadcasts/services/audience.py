"""Whom a broadcast is for: a plain description, and the one function that turns it into a query.

People are looked for anew whenever they are counted, listed or written to: who books meanwhile is left out of those
without a booking.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from broadcasts.models import Again, Audience, Broadcast, Exclusion
from common import clock
from common.mongo import Document, collection, current_session
from common.quiet_hours import is_quiet
from common.zones import MOSCOW, local
from people.models import City
from people.services.reach import IN_REACH, ChatState, chat_state
from shared_contracts.broadcast import DeliveryStatus

_READ = ("telegram_id", "first_name", "last_name", "username", "city_id", "started_at", "blocked_at")
WRITTEN_LATELY = timedelta(days=7)
MORNING = 9
"""The hour on the readers' clocks at which it is proposed to send instead of in the night."""
_ARRIVED = [DeliveryStatus.SENT.value, DeliveryStatus.UNCERTAIN.value]


@dataclass(frozen=True, slots=True)
class Readers:
    """Candidates on the allow list.

    Attributes:
        audience: a value of ``Audience``; empty: nobody.
        event_id: the event it is about.
        city_id: None: of all cities, and of none.
        tag: only of those who have it; empty: whatever their tags.
        excludes: values of ``Exclusion``.
        again_of: only readers of this earlier broadcast, of them those that ``again_to`` names.
        itself: the broadcast, once there is one: it leaves out nobody for having written to them itself.
    """

    audience: str
    event_id: ObjectId
    city_id: ObjectId | None = None
    tag: str = ""
    excludes: tuple[str, ...] = ()
    again_of: ObjectId | None = None
    again_to: str = ""
    itself: ObjectId | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people an audience has.

    Attributes:
        unstarted: how many of them have not started the bot.
        blocked: how many have, and blocked it.
        zones: of those who are reached, how many are on which zone's clocks.
    """

    unstarted: int = 0
    blocked: int = 0
    zones: Counter[str] = field(default_factory=Counter)

    @property
    def unreachable(self) -> int:
        """To how many the bot can't write."""
        return self.unstarted + self.blocked

    @property
    def people(self) -> int:
        """How many would get it."""
        return self.zones.total()

    def asleep(self, at: datetime) -> int:
        """How many of them are in their quiet hours at a moment."""
        return sum(count for zone, count in self.zones.items() if is_quiet(at, zone))

    def morning(self, after: datetime) -> datetime:
        """The next 09:00 of some readers that finds the fewest of all asleep; UTC."""
        mornings = [_next_morning(after, zone) for zone in self.zones or [MOSCOW]]
        return min(mornings, key=lambda at: (self.asleep(at), at))


def readers_of(broadcast: Broadcast) -> Readers:
    """Whom a stored broadcast is for."""
    return Readers(
        audience=broadcast.audience,
        event_id=broadcast.of_event_id or broadcast.event_id,
        city_id=broadcast.audience_city_id,
        tag=broadcast.audience_tag,
        excludes=tuple(broadcast.excludes or ()),
        again_of=broadcast.again_of,
        again_to=broadcast.again_to,
        itself=broadcast.pk,
    )


def readers_again(broadcast: Broadcast, again_to: str) -> Readers:
    """Whom it is for to write again to those of a broadcast's readers that ``again_to`` names."""
    return replace(
        readers_of(broadcast),
        audience=Audience.ALL,
        excludes=excludes_again(broadcast, again_to),
        again_of=broadcast.pk,
        again_to=again_to,
        itself=None,
    )


def excludes_again(broadcast: Broadcast, again_to: str) -> tuple[str, ...]:
    """Whom it leaves out then; that they were written to lately would leave out all."""
    if again_to == Again.UNBOOKED:
        return (Exclusion.BOOKED.value,)
    return tuple(name for name in broadcast.excludes or () if name != Exclusion.WRITTEN)


def people_query(readers: Readers) -> Document:
    """The MongoDB condition of an audience's people in ``users``, whether the bot reaches them or not."""
    query: Document = {"is_allowed": True}
    if not readers.audience:
        return {"_id": {"$in": []}}
    if readers.city_id or readers.audience == Audience.CITY:
        query["city_id"] = readers.city_id
    if readers.tag:
        query["tags"] = readers.tag
    ids: Document = {}
    if (wanted := _wanted(readers)) is not None:
        ids["$in"] = wanted
    if unwanted := _unwanted(readers):
        ids["$nin"] = unwanted
    chats: Document = {}
    if readers.again_of:
        chats["$in"] = _to_again(readers.again_of, readers.again_to)
    if Exclusion.WRITTEN in readers.excludes:
        chats["$nin"] = _written_lately(readers)
    return query | ({"_id": ids} if ids else {}) | ({"telegram_id": chats} if chats else {})


def reach(readers: Readers) -> Reach:
    """How many people the audience has now."""
    if not readers.audience:
        return Reach()
    started, blocked = {"$gt": ["$started_at", None]}, {"$gt": ["$blocked_at", None]}
    by = {"city": "$city_id", "started": started, "blocked": blocked}
    stages: list[Document] = [{"$match": people_query(readers)}, {"$group": {"_id": by, "count": {"$sum": 1}}}]
    rows = list(collection("users").aggregate(stages, session=current_session()))
    zone_of: dict[Any, str] = dict(City.objects.values_list("pk", "timezone"))
    zones, others = Counter[str](), Counter[ChatState]()
    for row in rows:
        state = chat_state({"started_at": row["_id"]["started"], "blocked_at": row["_id"]["blocked"]})
        if state == "started":
            zones[zone_of.get(row["_id"].get("city"), MOSCOW)] += row["count"]
        else:
            others[state] += row["count"]
    return Reach(others["none"], others["blocked"], zones)


def people(readers: Readers, after_id: str | None, limit: int, *, reached: bool = True) -> list[Document]:
    """The next people of an audience, by id: whom the bot reaches, or the others."""
    query = people_query(readers)
    condition = IN_REACH if reached else {"$nor": [IN_REACH]}
    later: Document = {"_id": {"$gt": ObjectId(after_id)}} if after_id else {}
    found = collection("users").find({"$and": [query, condition, later]}, dict.fromkeys(_READ, 1))
    return list(found.sort("_id", 1).limit(limit))


def booked_since(broadcast_id: ObjectId) -> list[int]:
    """Telegram ids of those who have made a booking in the event since the broadcast began."""
    found = collection("broadcasts").find_one({"_id": broadcast_id}, {"event_id": 1, "began_at": 1, "created_at": 1})
    if found is None:
        return []
    since = {"event_id": found["event_id"], "created_at": {"$gte": found.get("began_at") or found["created_at"]}}
    return list(collection("bookings").distinct("telegram_id", since))


def _wanted(readers: Readers) -> list[Any] | None:
    """The only ids there can be; None: any."""
    match readers.audience:
        case Audience.BOOKED:
            return _booked(readers.event_id)
        case Audience.SILENT:
            return _booked(readers.event_id, attendance="")
        case Audience.WAITING:
            return _waiting(readers.event_id)
        case Audience.ANSWERED:
            return _answered(readers.event_id)
    return None


def _unwanted(readers: Readers) -> list[Any]:
    left_out: set[Any] = set()
    if readers.audience == Audience.NO_BOOKING or Exclusion.BOOKED in readers.excludes:
        left_out.update(_booked(readers.event_id))
    if Exclusion.WAITING in readers.excludes:
        left_out.update(_waiting(readers.event_id))
    if readers.audience == Audience.UNANSWERED:
        left_out.update(_answered(readers.event_id))
    return sorted(left_out)


def _booked(event_id: ObjectId, **of_them: str) -> list[Any]:
    return list(collection("bookings").distinct("user_id", {"event_id": event_id, "live": True, **of_them}))


def _waiting(event_id: ObjectId) -> list[Any]:
    return list(collection("waiting_list").distinct("user_id", {"state": "waiting", "event_id": event_id}))


def _answered(event_id: ObjectId) -> list[Any]:
    return list(collection("questionnaire_answers").distinct("candidate_id", {"event_id": event_id, "current": True}))


def _written_lately(readers: Readers) -> list[int]:
    lately = {"event_id": readers.event_id, "began_at": {"$gte": clock.now() - WRITTEN_LATELY}, "is_test": False}
    ids = [row["_id"] for row in collection("broadcasts").find(lately, {"_id": 1}) if row["_id"] != readers.itself]
    return _chats({"broadcast_id": {"$in": ids}, "status": {"$in": _ARRIVED}})


def _to_again(broadcast_id: ObjectId, again_to: str) -> list[int]:
    """Telegram ids of an earlier broadcast's readers. Who may have got it counts as not having failed."""
    if again_to == Again.FAILED:
        return _chats({"broadcast_id": broadcast_id, "status": DeliveryStatus.FAILED.value})
    sent: Document = {"broadcast_id": broadcast_id, "status": DeliveryStatus.SENT.value}
    if again_to == Again.UNPRESSED:
        return _chats(sent | {"pressed_at": None})
    booked = set(booked_since(broadcast_id))
    return [chat_id for chat_id in _chats(sent) if chat_id not in booked]


def _chats(rows: Document) -> list[int]:
    found: Iterable[int] = collection("broadcast_deliveries").distinct("chat_id", rows)
    return [chat_id for chat_id in found if chat_id > 0]


def _next_morning(after: datetime, zone: str) -> datetime:
    there = local(after, zone).replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return (there if there > after else there + timedelta(days=1)).astimezone(after.tzinfo)
