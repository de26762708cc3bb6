"""HTTP reads about people and places: the allow list, cities, recruiters, the default contact."""

from collections.abc import Sequence
from datetime import timedelta

from bson import ObjectId
from django.http import HttpResponse
from pydantic import Field
from rest_framework.request import Request

from common import clock, wire
from common.http.clients import READ
from common.http.openapi import documented
from common.http.reads import (
    CURSOR,
    ApiView,
    Cursor,
    Position,
    Query,
    answer,
    limit_field,
    next_page,
    parse_query,
    position,
)
from common.mongo import Document, collection
from common.zones import MOSCOW
from people.services.links import default_contact, recruiter_link
from people.services.privacy import privacy_settings
from shared_contracts.directory import (
    AllowedUser,
    ChangesPage,
    City,
    Contact,
    Page,
    PrivacyNotice,
    Recruiter,
)
from shared_contracts.fields import EntityId, TelegramUserId

OVERLAP = timedelta(seconds=10)
"""A change becomes visible at its commit, somewhat after the time it carries: this much is read twice."""

_LOWEST_ID, _HIGHEST_ID = "0" * 24, "f" * 24


class AllowedUsersQuery(Query):
    """Parameters of ``GET /api/allowed-users``."""

    telegram_id: TelegramUserId | None = Field(None, description="A Telegram user id: a positive whole number.")
    since: Cursor | None = Field(None, description="Take it from “changes_cursor” of an earlier answer.")
    cursor: Cursor | None = Field(None, description=CURSOR)
    limit: int = limit_field(500, 1_000)


class AllowedUsersView(ApiView):
    """The allow list (FR2): whole, what changed since, or one person."""

    scope = READ

    @documented("The allow list, or what changed in it since", ChangesPage[AllowedUser], query=AllowedUsersQuery)
    def get(self, request: Request) -> HttpResponse:
        """Whole, ordered by id: allowed people only. With ``since``: all changed entries, removed ones too."""
        query = parse_query(request, AllowedUsersQuery)
        if query.telegram_id is not None:
            return answer(request, _one_person(query.telegram_id))
        if since := position(query.since):
            return answer(request, _changes(request, since, position(query.cursor), query.limit))
        return answer(request, _everyone(request, position(query.cursor), query.limit))


def _one_person(telegram_id: int) -> ChangesPage[AllowedUser]:
    rows = collection("users").find({"telegram_id": telegram_id, "is_allowed": True}).limit(1)
    return ChangesPage(results=_entries(list(rows)), next=None, changes_cursor=str(_latest_change()))


def _changes(request: Request, since: Position, after: Position | None, limit: int) -> ChangesPage[AllowedUser]:
    since = _settled(since)  # it lies ahead where the clock has been set back since
    rows = list(collection("users").find(changed_since(after or since)).sort(BY_CHANGE).limit(limit + 1))
    page = rows[:limit]
    last = Position(page[-1]["listed_at"], str(page[-1]["_id"])) if page else since
    following = next_page(request, cursor=str(last)) if len(rows) > limit else None
    return ChangesPage(results=_entries(page), next=following, changes_cursor=str(max(since, _settled(last))))


def _everyone(request: Request, after: Position | None, limit: int) -> ChangesPage[AllowedUser]:
    # The cursor carries what was the latest change when the first page was read: what changes between two pages is
    # found by following changes from there.
    began = after.moment if after else _latest_change().moment
    rows = list(collection("users").find(allowed_after(after.id if after else None)).sort("_id", 1).limit(limit + 1))
    page = rows[:limit]
    following = next_page(request, cursor=str(Position(began, str(page[-1]["_id"])))) if len(rows) > limit else None
    return ChangesPage(results=_entries(page), next=following, changes_cursor=str(Position(began, _HIGHEST_ID)))


BY_CHANGE = [("listed_at", 1), ("_id", 1)]


def changed_since(since: Position) -> Document:
    """Entries changed after a place in the order of changes; served by ``users_listed``.

    Who has not come in yet (no Telegram id) is not listed.
    """
    return {**since.after("listed_at"), "telegram_id": {"$ne": None}}


def allowed_after(last_id: str | None) -> Document:
    """Allowed people by id; served by the primary key. Who has not come in yet (no Telegram id) is not listed."""
    return {"_id": {"$gt": ObjectId(last_id or _LOWEST_ID)}, "is_allowed": True, "telegram_id": {"$ne": None}}


def _latest_change() -> Position:
    row = collection("users").find_one({}, {"listed_at": 1}, sort=[("listed_at", -1)])
    return _settled(Position(row["listed_at"] if row else clock.now(), _HIGHEST_ID))


def _settled(place: Position) -> Position:
    """``place``, or earlier if changes from before it may still become visible."""
    return min(place, Position(clock.now() - OVERLAP, _HIGHEST_ID))


def _entries(rows: Sequence[Document]) -> list[AllowedUser]:
    return wire.views("users", rows, _entries_of)


def _entries_of(rows: Sequence[Document]) -> list[AllowedUser]:
    found = collection("cities").find({"_id": {"$in": [row["city_id"] for row in rows]}})
    default = default_contact()
    cities = {city.id: city for city in wire.views("cities", list(found), lambda rows: _cities(rows, default))}
    return [_entry(row, cities.get(str(row["city_id"])), default) for row in rows]


def _entry(row: Document, city: City | None, default: str | None) -> AllowedUser:
    return AllowedUser(
        telegram_id=row["telegram_id"],
        username=wire.username("users", row, row["username"]) or None,
        first_name=wire.line(row["first_name"]),
        allowed=row["is_allowed"],
        city_id=city.id if city else None,
        timezone=city.timezone if city else None,
        contact_url=city.contact_url if city else default,
        changed_at=row["listed_at"],
        language=row.get("language") or None,
        privacy_version=row.get("privacy_version"),
    )


class ListQuery(Query):
    """Parameters of short lists by id."""

    cursor: EntityId | None = Field(None, description=CURSOR)
    limit: int = limit_field(200, 500)


def page_by_id(request: Request, name: str, query: ListQuery, condition: Document) -> tuple[list[Document], str | None]:
    """One page of a collection in the order of ids, and where the next one is."""
    wanted = {"_id": {"$gt": ObjectId(query.cursor or _LOWEST_ID)}, **condition}
    rows = list(collection(name).find(wanted).sort("_id", 1).limit(query.limit + 1))
    following = next_page(request, cursor=str(rows[query.limit - 1]["_id"])) if len(rows) > query.limit else None
    return rows[: query.limit], following


class CitiesView(ApiView):
    """Cities."""

    scope = READ

    @documented("Open cities with their time zones and contacts", Page[City], query=ListQuery)
    def get(self, request: Request) -> HttpResponse:
        """Those that are open."""
        rows, following = page_by_id(request, "cities", parse_query(request, ListQuery), {"is_active": {"$ne": False}})
        default = default_contact()
        results = wire.views("cities", rows, lambda rows: _cities(rows, default))
        return answer(request, Page[City](results=results, next=following))


def _cities(rows: Sequence[Document], default: str | None) -> list[City]:
    return [
        City(
            id=str(row["_id"]),
            name=wire.line(row["name"]),
            timezone=wire.zone("cities", row, row["timezone"]),
            contact_url=wire.link("cities", row, row["contact_url"]) or default,
        )
        for row in rows
    ]


class RecruitersView(ApiView):
    """Recruiters."""

    scope = READ

    @documented("Active recruiters", Page[Recruiter], query=ListQuery)
    def get(self, request: Request) -> HttpResponse:
        """Those who hold interviews now."""
        rows, following = page_by_id(request, "recruiters", parse_query(request, ListQuery), {"is_active": True})
        cities = collection("cities").find({"_id": {"$in": [row["city_id"] for row in rows]}}, {"timezone": 1})
        zones = {city["_id"]: city["timezone"] for city in cities}
        results = wire.views(
            "recruiters", rows, lambda rows: [_recruiter(row, zones.get(row["city_id"], MOSCOW)) for row in rows]
        )
        return answer(request, Page[Recruiter](results=results, next=following))


def _recruiter(row: Document, zone: str) -> Recruiter:
    return Recruiter(
        id=str(row["_id"]),
        name=wire.line(row["name"]),
        city_id=str(row["city_id"]) if row["city_id"] else None,
        contact_url=recruiter_link(row),
        telegram_id=row["telegram_id"],
        timezone=wire.zone("cities", {"_id": row["city_id"]}, zone),
        language=row.get("language") or None,
    )


class ContactView(ApiView):
    """The default contact (FR7)."""

    scope = READ

    @documented("Whom to ask where a city names nobody", Contact)
    def get(self, request: Request) -> HttpResponse:
        """The default link, or null."""
        parse_query(request, Query)
        return answer(request, Contact(contact_url=default_contact()))


class PrivacyView(ApiView):
    """The company's privacy text."""

    scope = READ

    @documented("The privacy text that candidates agree to", PrivacyNotice)
    def get(self, request: Request) -> HttpResponse:
        """As it is in force; null where there is none."""
        parse_query(request, Query)
        found = privacy_settings()
        return answer(
            request,
            PrivacyNotice(
                version=found.version,
                consent_version=found.consent_version,
                ru=wire.text(found.text_ru) or None,
                en=wire.text(found.text_en) or None,
                link=wire.link("privacy_settings", {"_id": None}, found.link),
            ),
        )
