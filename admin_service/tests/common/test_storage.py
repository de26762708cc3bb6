"""R1: ``updated_at`` on every path, indexes that serve; and safety of the store."""

from collections.abc import Iterator
from typing import Any

import pytest
from bson import ObjectId
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection
from pymongo import monitoring
from pymongo.errors import DuplicateKeyError

from common import clock, mongo
from common.mongo import TRIES, Document, GuardFailedError, collection, in_transaction, tried_again
from message_templates.models import MessageTemplate
from message_templates.services.templates import save_text
from people.models import Candidate, City
from people.services.people import save_candidate, save_city
from scheduling import tasks
from scheduling.domain.commands import SlotChanges
from scheduling.services import staff_commands
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.services.staff_commands import remove_candidates
from scheduling.services.store.slots import available
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.spying import CommandSpy, watched_by

STAMPED = {
    "users", "cities", "recruiters", "interview_events", "interview_slots", "bookings", "outbox", "inbox",
    "broadcasts", "broadcast_deliveries", "delivery_attempts", "message_templates", "auto_messages", "reminder_rules",
}  # fmt: skip


class UpdateSpy(CommandSpy):
    """Every update statement that reaches the server."""

    def __init__(self) -> None:
        self.updates: list[tuple[str, Any]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        for statement in event.command.get("updates", []):
            self.updates.append((event.command["update"], statement["u"]))
        if event.command_name == "findAndModify":
            self.updates.append((event.command["findAndModify"], event.command.get("update")))


@pytest.fixture
def spy() -> Iterator[UpdateSpy]:
    """A client whose commands are watched, in place of the process's own."""
    spy = UpdateSpy()
    with watched_by(spy):
        yield spy


def test_every_update_of_every_path_advances_updated_at(
    spy: UpdateSpy, make_slot: MakeSlot, maria: Candidate, moscow: City, congratulation: MessageTemplate
) -> None:
    """R1: form, conditional update, bulk update, consumer, job."""
    slot, other = make_slot(capacity=2), make_slot(capacity=2)
    save_text(str(congratulation.pk), f"{congratulation.text}\nДо встречи!", seen_version=1, actor="c")
    asking.in_batch(asking.book(maria, slot))
    asking.outcome(asking.move(maria, asking.the_booking(maria), other))
    edit_slot(str(other.pk), SlotChanges(venue={"room": "9"}), actor="c")
    save_city(moscow, actor="c")
    save_candidate(maria, actor="c")
    Candidate.objects.filter(pk=maria.pk).update(telegram_name="звонила")
    staff_commands.cancel_booking(str(asking.the_booking(maria)["_id"]), expected_version=None, actor="c", reason="")
    remove_candidates([str(maria.pk)], keep_bookings=False, actor="c", reason="")
    tasks.close_finished()

    watched = [(name, update) for name, update in spy.updates if name in STAMPED]
    written = {name for name, _update in watched}
    assert written >= {"users", "cities", "interview_slots", "bookings", "message_templates"}
    assert [item for item in watched if "updated_at" not in str(item[1])] == []


def stages(plan: Any) -> set[str]:
    """Names of all stages of a query plan."""
    if isinstance(plan, list):
        return set().union(*map(stages, plan)) if plan else set()
    if not isinstance(plan, dict):
        return set()
    own = {plan["stage"]} if "stage" in plan else set()
    return own.union(*(stages(value) for value in plan.values()))


@pytest.mark.parametrize(
    ("name", "query", "sort"),
    [
        ("bookings", {"user_id": ObjectId()}, [("starts_at", -1)]),
        ("bookings", {"telegram_id": 1001, "live": True}, [("starts_at", 1)]),
        ("bookings", tasks.over_by("ends_at", clock.now()), [("ends_at", 1)]),
        ("bookings", tasks.over_by("expires_at", clock.now()), [("expires_at", 1)]),
        ("bookings", {"slot_id": ObjectId(), "live": True}, None),
        ("users", {"telegram_id": {"$in": [1001, 1002]}}, None),
        ("users", {"listed_at": {"$gte": clock.now()}}, [("listed_at", 1), ("_id", 1)]),
        ("outbox", {"status": "pending", "due_at": {"$lte": clock.now()}}, [("due_at", 1)]),
        ("audit_entries", {"subject_id": ObjectId()}, [("created_at", 1)]),
        (
            "template_revisions",
            {"kind": "booking_moved", "language": "ru", "city_id": None},
            [("number", -1)],
        ),
    ],
)
def test_a_hot_query_uses_an_index_for_finding_and_sorting(
    name: str, query: Document, sort: list[tuple[str, int]] | None
) -> None:
    """R1. Fails on a collection scan or a sort in memory when its index is taken away."""
    cursor = collection(name).find(query)
    plan = (cursor.sort(sort) if sort else cursor).explain()["queryPlanner"]["winningPlan"]

    assert "IXSCAN" in stages(plan)
    assert not stages(plan) & {"COLLSCAN", "SORT"}


def test_the_slots_on_offer_use_an_index_for_finding_and_sorting() -> None:
    """R1. Asked apart from the others: which recruiters are away is read first."""
    found = collection("interview_slots").find(available([ObjectId()], clock.now()))
    plan = found.sort([("starts_at", 1), ("_id", 1)]).explain()["queryPlanner"]["winningPlan"]

    assert "IXSCAN" in stages(plan)
    assert not stages(plan) & {"COLLSCAN", "SORT"}


def test_a_server_that_could_lose_a_confirmed_booking_is_refused_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    mongo.assert_safe()

    weak = mongo.client().__class__(host=connection.settings_dict["HOST"], w=1)
    monkeypatch.setattr(mongo, "client", lambda: weak)
    with pytest.raises(ImproperlyConfigured, match="write concern"):
        mongo.assert_safe()
    weak.close()


def test_a_conflict_that_the_orm_meets_has_the_transaction_tried_again(moscow: City) -> None:
    """Guard: ``_joined`` gives the driver its own error back."""
    names: list[str] = []

    def rename() -> None:
        names.append(City.objects.get(pk=moscow.pk).name)
        if len(names) == 1:  # somebody else is faster
            collection(City._meta.db_table).update_one({"_id": moscow.pk}, {"$set": {"name": "Тверь"}})
        City.objects.filter(pk=moscow.pk).update(name=f"{names[-1]} и область")

    mongo.in_transaction(rename)

    assert names == ["Москва", "Тверь"]
    assert City.objects.get(pk=moscow.pk).name == "Тверь и область"


@pytest.mark.parametrize("error", [GuardFailedError(), DuplicateKeyError("taken"), IntegrityError("taken")])
def test_what_has_changed_is_read_again_by_the_outermost_transaction(error: Exception) -> None:
    """Guard: ``current_session`` in ``tried_again``: one within another reads the same again."""
    began: list[str] = []

    def inner() -> None:
        began.append("inner")
        raise error

    def outer() -> None:
        began.append("outer")
        tried_again(lambda: in_transaction(inner))

    with pytest.raises(type(error)):
        tried_again(lambda: in_transaction(outer))
    assert began == ["outer", "inner"] * TRIES
