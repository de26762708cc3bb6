"""R6: whichever way something changes that the bot caches, the bot is told so in the transaction of the change."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from pymongo import monitoring

from common.mongo import collection
from message_templates.models import MessageTemplate
from message_templates.services.seeding import seed_defaults
from message_templates.services.templates import make_own_text, save_text
from people.models import Candidate, City, ContactSettings, Recruiter
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services import staff_commands
from scheduling.tasks import expire_requests
from shared_contracts.notification import CacheName, NotificationKind
from shared_contracts.transport.topology import CACHE_INVALIDATE
from tests.conftest import MakeCandidate, MakeSlot
from tests.desk.test_slot_pages import form_of, many, on_the_minute
from tests.helpers import asking
from tests.helpers.spying import CommandSpy, watched_by
from tests.helpers.staff_client import StaffClient

SHOWN_WITH_PLACES = {CacheName.CITIES, CacheName.RECRUITERS, CacheName.SLOTS, CacheName.ALLOWED_USERS}
TEXT = "{date} {time} {minutes} {place}"


class ChangesAndNews(CommandSpy):
    """What each transaction writes, and which caches it says are stale."""

    def __init__(self) -> None:
        self.written: defaultdict[Any, set[str]] = defaultdict(set)
        self.told: defaultdict[Any, set[str]] = defaultdict(set)

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Sort a write under its transaction; one outside of any is a transaction of its own."""
        name = event.command_name
        if name not in {"insert", "update", "delete", "findAndModify"}:
            return
        number = event.command.get("txnNumber") if "autocommit" in event.command else event.request_id
        transaction = (event.command["lsid"]["id"], number)
        self.written[transaction].add(event.command[name])
        for row in event.command.get("documents", []) if event.command[name] == "outbox" else []:
            if row["queue"] == CACHE_INVALIDATE.name:
                self.told[transaction] |= set(json.loads(row["body"])["caches"])


@dataclass
class World:
    """What there is to change."""

    desk: StaffClient
    city: City
    recruiter: Recruiter
    contact: ContactSettings
    event: InterviewEvent
    slot: InterviewSlot
    empty_slot: InterviewSlot
    listed: Candidate
    removed: Candidate
    text: MessageTemplate
    own_text: MessageTemplate

    def press(self, name: str, document: Any, order: dict[str, Any]) -> None:
        """Post to a page of the desk, which must take it."""
        url = reverse(f"admin:{name}", args=[document.pk] if document else [])
        response = self.desk.post(url, order)
        assert response.status_code == 302, response.content.decode()


Way = Callable[[World], object]
_CITY = {"name": "Мск", "timezone": "Asia/Omsk", "contact_url": "https://t.me/new"}
_CITY_IN_ITS_ZONE = {**_CITY, "timezone": "Europe/Moscow"}
_RECRUITER = {"name": "Вера", "city": "", "telegram_id": "", "contact_url": "", "is_active": ""}
_PERSON = {"telegram_id": "1042", "first_name": "Глеб", "last_name": "", "username": "", "city": "", "note": ""}
_EVENT = {
    "title": "Набор",
    "description": "",
    "is_open": "",
    "booking_cutoff_minutes": 60,
    "move_cutoff_minutes": 120,
    "cancel_cutoff_minutes": 0,
    "pending_hours": 24,
    "reminder_minutes": 120,
    "move_limit": "",
}


def _bulk(action: str, *documents: Any, **order: Any) -> dict[str, Any]:
    return {"action": action, "_selected_action": [str(document.pk) for document in documents], **order}


def _expire_a_request(world: World) -> None:
    collection("interview_events").update_one({"_id": world.event.pk}, {"$set": {"approval_required": True}})
    asking.outcome(asking.book(world.listed, world.slot))
    collection("bookings").update_many({}, {"$set": {"expires_at": world.slot.created_at}})
    expire_requests()


WAYS: dict[str, tuple[str, set[CacheName], Way]] = {
    "a city is added in the desk": (
        "cities", SHOWN_WITH_PLACES, lambda w: w.press("people_city_add", None, _CITY),
    ),
    "a city is changed in the desk": (
        "cities", SHOWN_WITH_PLACES, lambda w: w.press("people_city_change", w.city, _CITY_IN_ITS_ZONE),
    ),
    "a recruiter is added in the desk": (
        "recruiters", {CacheName.RECRUITERS, CacheName.SLOTS},
        lambda w: w.press("people_recruiter_add", None, _RECRUITER),
    ),
    "a recruiter is changed in the desk": (
        "recruiters", {CacheName.RECRUITERS, CacheName.SLOTS},
        lambda w: w.press("people_recruiter_change", w.recruiter, {**_RECRUITER, "telegram_id": 5001}),
    ),
    "the default contact is changed in the desk": (
        "contact_settings", {CacheName.CITIES, CacheName.ALLOWED_USERS},
        lambda w: w.press("people_contactsettings_change", w.contact, {"contact_url": "https://t.me/new"}),
    ),
    "a candidate is added in the desk": (
        "users", {CacheName.ALLOWED_USERS}, lambda w: w.press("people_candidate_add", None, _PERSON),
    ),
    "a candidate is changed in the desk": (
        "users", {CacheName.ALLOWED_USERS}, lambda w: w.press("people_candidate_change", w.listed, _PERSON),
    ),
    "a candidate is removed in the desk": (
        "users", {CacheName.ALLOWED_USERS},
        lambda w: w.press("people_candidate_remove_one", w.listed, {"_confirm": "1", "bookings": "keep"}),
    ),
    "a candidate is put back in the desk": (
        "users", {CacheName.ALLOWED_USERS},
        lambda w: w.press("people_candidate_restore_one", w.removed, {"_confirm": "1"}),
    ),
    "several candidates are removed": (
        "users", {CacheName.ALLOWED_USERS},
        lambda w: w.press(
            "people_candidate_changelist", None, _bulk("remove", w.listed, _confirm="1", bookings="cancel")
        ),
    ),
    "several candidates are put back": (
        "users", {CacheName.ALLOWED_USERS},
        lambda w: w.press("people_candidate_changelist", None, _bulk("restore", w.removed)),
    ),
    "an event is added in the desk": (
        "interview_events", {CacheName.EVENTS, CacheName.SLOTS},
        lambda w: w.press("scheduling_interviewevent_add", None, _EVENT),
    ),
    "an event is changed in the desk": (
        "interview_events", {CacheName.EVENTS, CacheName.SLOTS},
        lambda w: w.press("scheduling_interviewevent_change", w.event, _EVENT),
    ),
    "a slot is added in the desk": (
        "interview_slots", {CacheName.EVENTS, CacheName.SLOTS},
        lambda w: w.press("scheduling_interviewslot_add", None, form_of(w.slot, room="12", recruiter="")),
    ),
    "many slots are added in the desk": (
        "interview_slots", {CacheName.EVENTS, CacheName.SLOTS},
        lambda w: w.press("scheduling_interviewevent_add_slots", w.event, many(w.city, create="1")),
    ),
    "a slot is changed in the desk": (
        "interview_slots", {CacheName.EVENTS, CacheName.SLOTS},
        lambda w: w.press("scheduling_interviewslot_change", w.slot, form_of(w.slot, room="9")),
    ),
    "a slot is deleted in the desk": (
        "interview_slots", {CacheName.EVENTS, CacheName.SLOTS},
        lambda w: w.press("scheduling_interviewslot_delete", w.empty_slot, {"_confirm": "1"}),
    ),
    "several slots are deleted": (
        "interview_slots", {CacheName.EVENTS, CacheName.SLOTS},
        lambda w: w.press(
            "scheduling_interviewslot_changelist", None, _bulk("delete_slots", w.empty_slot, _confirm="1")
        ),
    ),
    "a slot becomes full by a press in chat": (
        "interview_slots", {CacheName.SLOTS}, lambda w: asking.outcome(asking.book(w.listed, w.slot)),
    ),
    "a slot becomes full by staff": (
        "interview_slots", {CacheName.SLOTS},
        lambda w: staff_commands.book_for(w.listed.telegram_id, str(w.slot.pk), actor="c", reason=""),
    ),
    "a slot becomes free when its request expires": ("interview_slots", {CacheName.SLOTS}, _expire_a_request),
    "a default text is changed in the desk": (
        "message_templates", {CacheName.TEMPLATES},
        lambda w: w.press("wording_messagetemplate_change", w.text, {"text": TEXT, "seen_version": 1}),
    ),
    "a text is restored in the desk": (
        "message_templates", {CacheName.TEMPLATES},
        lambda w: w.press("wording_messagetemplate_revisions", w.own_text, {"number": 1, "seen_version": 2}),
    ),
    "a city gets a text of its own in the desk": (
        "message_templates", {CacheName.TEMPLATES},
        lambda w: w.press(
            "wording_messagetemplate_own_text", w.text, {"city": str(w.city.pk), "text": TEXT}
        ),
    ),
    "a city goes back to the default in the desk": (
        "message_templates", {CacheName.TEMPLATES},
        lambda w: w.press("wording_messagetemplate_back_to_default", w.own_text, {"seen_version": 2}),
    ),
    "a migration brings new texts": (
        "message_templates", {CacheName.TEMPLATES},
        lambda w: seed_defaults(),
    ),
}  # fmt: skip


@pytest.fixture
def world(
    moscow: City,
    olga: Recruiter,
    default_contact: ContactSettings,
    event: InterviewEvent,
    make_slot: MakeSlot,
    maria: Candidate,
    make_candidate: MakeCandidate,
    congratulation: MessageTemplate,
) -> World:
    """One of each."""
    client = StaffClient(headers={"Accept-Language": "en"})
    client.force_login(User.objects.create(username="anna", is_staff=True, is_superuser=True))
    own = make_own_text(NotificationKind.BOOKING_MOVED, "ru", moscow.pk, TEXT, actor="anna")
    save_text(str(own), f"{TEXT}!", seen_version=1, actor="anna")
    MessageTemplate.objects.filter(kind="slot_offered").delete()
    return World(
        desk=client,
        city=moscow,
        recruiter=olga,
        contact=default_contact,
        event=event,
        slot=on_the_minute(make_slot()),
        empty_slot=make_slot(),
        listed=maria,
        removed=make_candidate(is_allowed=False),
        text=congratulation,
        own_text=MessageTemplate.objects.get(pk=own),
    )


@pytest.mark.parametrize("way", WAYS)
def test_the_bot_is_told_in_the_transaction_of_the_change(world: World, way: str) -> None:
    """Guard: every ``invalidate``. Told outside of the transaction, a change could be kept and the news lost."""
    name, needed, change = WAYS[way]
    spy = ChangesAndNews()
    with watched_by(spy):
        change(world)

    changing = [transaction for transaction, names in spy.written.items() if name in names]
    assert changing, "nothing was changed"
    assert [sorted(needed - spy.told[transaction]) for transaction in changing] == [[]] * len(changing)


def test_every_cache_has_a_way_that_makes_it_stale() -> None:
    assert set().union(*(needed for _name, needed, _way in WAYS.values())) == set(CacheName)
