"""Lists that go out by themselves: a recruiter's tomorrow, the staff's day.

They are put down when their time has come, from what stands then: a rule, an interview or a chat that changed before
needs no planning anew.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bson import ObjectId
from django.db import IntegrityError

from common import correlation, wire
from common.mongo import Document, collection, current_session
from common.quiet_hours import next_quiet
from common.zones import MOSCOW, local
from messaging.outbox import Outgoing
from people.services.reach import IN_REACH
from reminders.domain.kinds import LISTS, ReminderKind
from reminders.domain.states import MessageState, SuppressionReason
from reminders.models import AutoMessage
from reminders.services.summary import booked_on, day_summary, midnight
from reminders.services.timings import Timings, read_timings
from scheduling.services.candidate_news import derived_id
from scheduling.services.store.loading import candidate_from
from scheduling.services.store.slots import Names, by_id, cities_by_id, venue_of_booking
from shared_contracts.attendance import Attendance
from shared_contracts.digest import DaySummary, DigestCommand, DigestEntry, DigestKind
from shared_contracts.transport.topology import DIGEST_COMMAND

MOST_ENTRIES = 100
_BY_START = [("starts_at", 1), ("_id", 1)]


class DueList(NamedTuple):
    """A list whose time has come. ``day``: the first moment of the day it is about, as the ledger keeps it."""

    kind: ReminderKind
    subject_id: ObjectId
    chat_id: int
    timezone: str
    day: datetime
    due_at: datetime


def plan_lists(now: datetime) -> int:
    """Put down the lists whose time has come today; once each, whoever else does so at the same time.

    Not to be called in a transaction: a list that someone else has just put down would end it.

    Args:
        now: aware UTC.

    Returns:
        How many were put down, with those that are too late to be sent.
    """
    return sum(store_list(item, now) for item in due_lists(now))


def due_lists(now: datetime) -> list[DueList]:
    """The lists whose time has come today, that have something to tell and have not been put down."""
    timings = read_timings()
    due = [*_summary_due(timings, now), *_with_interviews(_tomorrows_due(timings, now))]
    known = _already_stored(due)
    return [item for item in due if (item.subject_id, item.day) not in known]


def store_list(item: DueList, now: datetime) -> bool:
    """Write a list into the ledger; False where another scan was first, which the unique index decides."""
    stale_at = next_quiet(item.due_at, item.timezone)
    stale = now >= stale_at
    try:
        AutoMessage.objects.create(
            subject_id=item.subject_id,
            kind=item.kind.value,
            starts_at=item.day,
            target_chat_id=item.chat_id,
            due_at=item.due_at,
            stale_at=stale_at,
            state=MessageState.SUPPRESSED.value if stale else MessageState.SCHEDULED.value,
            why=SuppressionReason.STALE.value if stale else "",
        )
    except IntegrityError:
        return False
    return True


def digest_for(row: Document, now: datetime) -> Outgoing | SuppressionReason:
    """The command that sends a list, as things stand at this moment.

    Args:
        row: the ledger's document as it was found due; sending it is one attempt more.
        now: aware UTC.

    Returns:
        Why there is none where its reader has gone, or there is nothing to tell any more.
    """
    return _staff_summary(row, now) if row["kind"] == ReminderKind.STAFF_SUMMARY else _tomorrow(row, now)


def interviews_on(recruiter_id: ObjectId, day: date) -> Document:
    """The MongoDB condition of a recruiter's interviews on a day; served by ``bookings_recruiter``."""
    return {"recruiter_id": recruiter_id, **booked_on(day)}


def _summary_due(timings: Timings, now: datetime) -> list[DueList]:
    chat = collection("staff_chat").find_one({"chat_id": {"$ne": None}})
    clock = timings.of(None, None).clock_time(ReminderKind.STAFF_SUMMARY)
    if chat is None or clock is None:
        return []
    today = midnight(now, MOSCOW)
    return _if_due(ReminderKind.STAFF_SUMMARY, chat["_id"], chat["chat_id"], MOSCOW, today, clock, now)


def _tomorrows_due(timings: Timings, now: datetime) -> list[DueList]:
    rows = list(collection("recruiters").find(_reachable()))
    zones = _zones(rows)
    due: list[DueList] = []
    for row in rows:
        zone, city_id = zones[row["_id"]], row["city_id"]
        clock = timings.of(None, str(city_id) if city_id else None).clock_time(ReminderKind.TOMORROW)
        if clock:
            day = midnight(now, zone, days=1)
            due += _if_due(ReminderKind.TOMORROW, row["_id"], row["telegram_id"], zone, day, clock, now)
    return due


def _if_due(
    kind: ReminderKind, subject_id: ObjectId, chat_id: int, timezone: str, day: datetime, clock: time, now: datetime
) -> list[DueList]:
    due_at = datetime.combine(local(now, timezone).date(), clock, ZoneInfo(timezone)).astimezone(now.tzinfo)
    return [DueList(kind, subject_id, chat_id, timezone, day, due_at)] if due_at <= now else []


def _with_interviews(lists: Iterable[DueList]) -> list[DueList]:
    """The lists that have something to tell: one question for each day."""
    by_day: dict[date, list[DueList]] = {}
    for item in lists:
        by_day.setdefault(local(item.day, item.timezone).date(), []).append(item)
    found: list[DueList] = []
    for day, items in by_day.items():
        readers = {"recruiter_id": {"$in": [item.subject_id for item in items]}}
        busy = set(collection("bookings").distinct("recruiter_id", {**readers, **booked_on(day)}))
        found += [item for item in items if item.subject_id in busy]
    return found


def _already_stored(lists: Iterable[DueList]) -> set[tuple[ObjectId, datetime]]:
    """Those put down before; served by ``auto_once``."""
    query = {
        "subject_id": {"$in": [item.subject_id for item in lists]},
        "kind": {"$in": [kind.value for kind in LISTS]},
        "starts_at": {"$in": sorted({item.day for item in lists})},
    }
    rows = collection("auto_messages").find(query, {"subject_id": 1, "starts_at": 1})
    return {(row["subject_id"], row["starts_at"]) for row in rows}


def _tomorrow(row: Document, now: datetime) -> Outgoing | SuppressionReason:
    reader = {**_reachable(), "_id": row["subject_id"], "telegram_id": row["target_chat_id"]}
    recruiters = list(collection("recruiters").find(reader, session=current_session()))
    if not recruiters:
        return SuppressionReason.NO_CHAT
    zone = _zones(recruiters)[row["subject_id"]]
    query = interviews_on(row["subject_id"], local(row["starts_at"], zone).date())
    found = collection("bookings").find(query, session=current_session()).sort(_BY_START).limit(MOST_ENTRIES)
    entries = _entries(list(found))
    more = 0
    if len(entries) == MOST_ENTRIES:
        more = collection("bookings").count_documents(query, session=current_session()) - MOST_ENTRIES
    return _command(row, now, zone, entries=entries, more=more) if entries else SuppressionReason.EMPTY


def _staff_summary(row: Document, now: datetime) -> Outgoing | SuppressionReason:
    reader = {"_id": row["subject_id"], "chat_id": row["target_chat_id"]}
    chat = collection("staff_chat").find_one(reader, session=current_session())
    if chat is None:
        return SuppressionReason.NO_CHAT
    summary = day_summary(row["starts_at"], MOSCOW, now)
    return _command(row, now, MOSCOW, language=chat["language"], thread_id=chat.get("thread_id"), summary=summary)


def _command(
    row: Document,
    now: datetime,
    timezone: str,
    *,
    language: str | None = None,
    thread_id: int | None = None,
    entries: Iterable[DigestEntry] = (),
    more: int = 0,
    summary: DaySummary | None = None,
) -> Outgoing:
    attempt = row["attempts"] + 1
    message = DigestCommand(
        message_id=derived_id(f"{row['_id']}/{attempt}", "digest"),
        correlation_id=correlation.current(),
        occurred_at=now,
        digest_id=str(row["_id"]),
        kind=DigestKind(row["kind"]),
        attempt=attempt,
        chat_id=row["target_chat_id"],
        thread_id=thread_id,
        language="en" if language == "en" else "ru" if language else None,
        day=f"{local(row['starts_at'], timezone):%Y-%m-%d}",
        timezone=timezone,
        not_after=row["stale_at"],
        entries=list(entries),
        more=more,
        summary=summary,
    )
    return Outgoing(DIGEST_COMMAND, message)


def _entries(bookings: list[Document]) -> list[DigestEntry]:
    return wire.views("bookings", bookings, _entries_of) if bookings else []


def _entries_of(bookings: Sequence[Document]) -> list[DigestEntry]:
    rows = by_id("users", [row["user_id"] for row in bookings])
    people = {row["_id"]: candidate_from(row, Names()) for row in rows}
    entries = []
    for row in bookings:
        person = people[row["user_id"]]
        entries.append(
            DigestEntry(
                starts_at=row["starts_at"],
                candidate=person.name,
                link=person.link,
                event=row["slot"]["event"],
                place=venue_of_booking(row).line,
                venue=venue_of_booking(row).shown(link=True),
                timezone=wire.zone("bookings", row, row["slot"]["timezone"]),
                online=bool(venue_of_booking(row).video_link),
                attendance=Attendance(row["attendance"]) if row["attendance"] else None,
                delay_minutes=row.get("delay_minutes"),
                by_hand=row["candidate_by_hand"] or not person.reachable,
            )
        )
    return entries


def _reachable() -> Document:
    """Recruiters whom the bot can write to."""
    return {"is_active": True, "telegram_id": {"$ne": None}, **IN_REACH}


def _zones(recruiters: list[Document]) -> dict[ObjectId, str]:
    cities = {row["_id"]: row["timezone"] for row in cities_by_id({row["city_id"] for row in recruiters})}
    return {row["_id"]: cities.get(row["city_id"], MOSCOW) for row in recruiters}
