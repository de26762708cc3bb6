"""Every list of the desk is read by indexes: plainly, by each filter, in each order, and searched.

A list, filter or column that is added is asked for here without a line of its own.
"""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest
from bson import ObjectId
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import EmptyResultSet
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.test import RequestFactory

from backoffice.services.logins import Post, give_role
from common import clock
from common.mongo import collection
from common.roles import Role
from messaging.models import OutboxMessage
from people.models import Candidate, City, Invitation, Recruiter
from scheduling.models import Booking, InterviewEvent, InterviewSlot
from scheduling.services.staff_commands import book_for
from scheduling.staff.filters import LONGEST
from staffkit.pages.base import DeskAdmin
from staffkit.pages.kinds import OneDocumentAdmin
from tests.conftest import MakeSlot
from tests.desk.kit.test_list_parameters import OWN_PAGES

PAGES = [
    page
    for page in admin.site._registry.values()
    if isinstance(page, DeskAdmin)
    and not page.few_rows
    and page.opts.label not in OWN_PAGES
    and not isinstance(page, OneDocumentAdmin)
]
TERMS = ("Мария", "мария пет", "@maria_p", "1001", "Тверская")


def stages(explained: dict[str, Any]) -> set[str]:
    """What MongoDB would do, of the plan it has chosen."""
    later = {name for stage in explained.get("stages", ()) for name in stage if name.startswith("$")}
    planner = explained["stages"][0]["$cursor"] if "stages" in explained else explained
    return later | set(_named(planner["queryPlanner"]["winningPlan"]))


def _named(plan: Any) -> Iterator[str]:
    if isinstance(plan, dict):
        yield from ([plan["stage"]] if "stage" in plan else [])
        for value in plan.values():
            yield from _named(value)
    elif isinstance(plan, list):
        for item in plan:
            yield from _named(item)


def planned(queryset: QuerySet[Any]) -> set[str]:
    """How the rows would be found; empty where there is nothing to ask MongoDB."""
    try:
        return stages(json.loads(queryset.explain()))
    except EmptyResultSet:
        return set()


def asked(page: Any, user: User, query: dict[str, Any]) -> Any:
    """The list, as the login asks for it."""
    request = RequestFactory().get("/", query)
    request.user = user
    request._messages = _Unsaid()  # type: ignore[attr-defined]
    return page.get_changelist_instance(request)


class _Unsaid:
    def add(self, *args: Any) -> None:
        """Nobody reads it."""


def ways(page: Any, user: User) -> Iterator[dict[str, Any]]:
    """Every way to ask for a list but a search: each choice of each filter, each order."""
    listed = asked(page, user, {})
    yield {}
    for spec in listed.filter_specs:
        for choice in spec.choices(listed):
            for name, field in choice["form"].fields.items():
                values = [value for value, _label in getattr(field, "choices", ())] or ["2026-03-01"]
                yield from ({name: value} for value in values if value)
    yield from ({name: 1 if "user_id" not in name else "6b0210a10ebbd9947507d2a0"} for name in page.link_parameters)
    for number, column in enumerate(listed.list_display):
        if listed.get_ordering_field(column):
            yield from ({"o": number}, {"o": -number})


@pytest.fixture(params=["everything", "a city's", "a recruiter's own"])
def login(request: pytest.FixtureRequest, moscow: City, olga: Recruiter, event: InterviewEvent) -> User:
    """Somebody who sees so much."""
    user = User.objects.create(username="someone", is_staff=True, is_superuser=request.param == "everything")
    if request.param == "a city's":
        give_role(user, Post(Role.COORDINATOR, city_ids=[moscow.pk]))
    elif request.param == "a recruiter's own":
        give_role(user, Post(Role.RECRUITER, recruiter_id=olga.pk))
    return User.objects.get(pk=user.pk)


def seen_by(user: User) -> list[Any]:
    """The lists that a login may open."""
    request: Any = HttpRequest()
    request.user = user
    pages = [page for page in PAGES if page.has_view_permission(request)]
    assert pages
    return pages


def test_a_scan_would_be_noticed(moscow: City) -> None:
    assert {"COLLSCAN", "$sort"} & planned(City.objects.filter(contact_url="x").order_by("contact_url"))
    assert "SORT" in planned(City.objects.order_by("contact_url")[:5])


def test_a_list_walks_an_index_in_its_order(login: User) -> None:
    """Guards: ``IndexedQuery``, ``DeskPaginator``, ``sortable_by``, and the indexes themselves.

    A list of which there are never many says ``few_rows``.
    """
    for page in seen_by(login):
        for query in ways(page, login):
            listed = asked(page, login, query)
            for found in (listed.queryset[:50], listed.queryset.prefetch_related(None).values_list("pk")[:1_001]):
                scans = planned(found) & {"COLLSCAN", "SORT", "$sort", "$lookup"}
                assert not scans, f"{page.opts.label}?{urlencode(query)}"


@pytest.mark.parametrize("term", TERMS)
def test_a_search_looks_up_an_index(login: User, term: str) -> None:
    """Sorting is no matter here: what is found is of few people (``MOST_FOUND``), or what the word leaves."""
    for page in (page for page in seen_by(login) if page.search_fields):
        assert not planned(asked(page, login, {"q": term}).queryset[:50]) & {"COLLSCAN", "$lookup"}, page.opts.label


NARROWED: tuple[dict[str, Any], ...] = (
    {"status__exact": "no_show"},
    {"attendance": "declined"},
    {"attendance": "none"},
    {"awaits_approval__exact": 1},
    {"by_hand": "any"},
    {"by_hand": "recruiter"},
    {"by_hand": "candidate"},
)
"""Filters of bookings that few of many match."""


def fill(olga: Recruiter, event: InterviewEvent, slot: InterviewSlot) -> None:
    """Some bookings that match each of them, with Olga and with others, and many that match none."""
    book_for(1001, str(slot.pk), actor="anna", reason="")
    row = {**(collection("bookings").find_one({}) or {}), "recruiter_told": False, "attendance": "confirmed"}
    none: list[dict[str, Any]] = [
        {"event_id": ObjectId()},
        {"event_id": ObjectId(), "status": "late", "attendance": ""},
    ]
    some: list[dict[str, Any]] = [
        {"event_id": event.pk, "status": "no_show", "attendance": "declined"},
        {"status": "booked", "attendance": ""},
        {"awaits_approval": True},
        {"recruiter_by_hand": True},
        {"candidate_by_hand": True},
    ]
    whose = [{"recruiter_id": olga.pk}, {"recruiter_id": ObjectId()}]
    rows = [{**row, **its, **own} for own in whose for its in (*none * 60, *some * 2)]
    collection("bookings").insert_many([{**its, "_id": ObjectId(), "user_id": ObjectId()} for its in rows])


def read_for(user: User, query: dict[str, Any], model: type[Model] = Booking) -> tuple[int, int]:
    """How many documents the first page of a list takes, and how many it shows; of bookings, of all."""
    query = {**query, "time": "all"} if model is Booking else query
    listed = asked(admin.site.get_model_admin(model), user, query)
    explained = json.loads(listed.queryset[:50].explain(verbosity="executionStats"))
    stats = explained.get("executionStats") or explained["stages"][0]["$cursor"]["executionStats"]
    return stats["totalDocsExamined"], stats["nReturned"]


def test_coming_bookings_are_counted_by_an_index(olga: Recruiter, event: InterviewEvent, make_slot: MakeSlot) -> None:
    """Whoever opens the list waits for it. Guards: ``bookings_starts``, ``bookings_recruiter``."""
    Candidate.objects.create(telegram_id=1001, first_name="Мария", is_allowed=True)
    fill(olga, event, make_slot(recruiter=olga))
    for own in ({}, {"recruiter_id": olga.pk}):
        coming = Booking.objects.filter(**own, starts_at__gte=clock.now() - LONGEST, ends_at__gte=clock.now())
        explained = json.loads(
            coming.order_by("starts_at", "pk").values_list("pk")[:1_001].explain(verbosity="executionStats")
        )
        stats = explained.get("executionStats") or explained["stages"][0]["$cursor"]["executionStats"]
        assert (stats["totalDocsExamined"], stats["nReturned"] > 0) == (0, True), own


def test_a_filter_of_bookings_reads_what_it_shows(
    olga: Recruiter, event: InterviewEvent, maria: Candidate, make_slot: MakeSlot
) -> None:
    """Of two limits MongoDB goes by one index.

    Guards: ``bookings_recruiter_event``, ``bookings_recruiter_status``, ``bookings_recruiter_coming``,
    ``bookings_status``, ``bookings_recruiter_awaiting``, ``bookings_by_hand_r``, ``bookings_by_hand_c``,
    ``_just``.
    """
    fill(olga, event, make_slot(recruiter=olga))
    whole = User.objects.create(username="someone", is_staff=True, is_superuser=True)
    recruiter = User.objects.create(username="olga", is_staff=True)
    give_role(recruiter, Post(Role.RECRUITER, recruiter_id=olga.pk))
    recruiter = User.objects.get(pk=recruiter.pk)
    for user, query in [*product((whole, recruiter), NARROWED), (recruiter, {"event": str(event.pk)})]:
        read, shown = read_for(user, query)
        assert read == shown >= 2, (user.username, query)


FEW: tuple[tuple[type[Model], dict[str, Any], dict[str, Any], dict[str, Any]], ...] = (
    (Candidate, {"merged": "only"}, {"merged_into": ObjectId()}, {"merged_into": None}),
    (Invitation, {"state": "revoked"}, {"revoked_at": clock.now()}, {"revoked_at": None}),
    (OutboxMessage, {"queue": "bot.card.command"}, {"queue": "bot.card.command"}, {"queue": "bot.booking.result"}),
)
"""Of a list a filter, and what tells the few documents that match it from the many that do not."""


@pytest.mark.parametrize(("model", "query", "few", "many"), FEW)
def test_few_of_many_are_found_without_reading_the_others(
    model: type[Model], query: dict[str, Any], few: dict[str, Any], many: dict[str, Any]
) -> None:
    """Guards: ``users_taken_over``, ``invitations_revoked``, ``outbox_queue``."""
    stored = collection(model._meta.db_table)
    row = {"status": "pending", "due_at": clock.now(), "used_at": None, "created_at": clock.now()}
    its = [*[many] * 120, *[few] * 2]
    stored.insert_many([{**row, "telegram_id": n, "token_hash": str(n), **one} for n, one in enumerate(its, 1)])
    whole = User.objects.create(username="someone", is_staff=True, is_superuser=True)
    assert read_for(whole, query, model) == (2, 2)
