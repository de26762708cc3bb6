"""Interviews held online (FR10): a link in the place of an office, for nobody but those who come and who hold it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from common import clock
from common.mongo import Document, collection
from common.refusals import RefusedError
from messaging import outbox
from people.models import Candidate, City, Recruiter
from scheduling.api.calendar_feed import feed
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services import staff_commands
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.services.reading.calendar_entries import calendar_entry
from scheduling.services.recruiter_cards.cards import notice
from scheduling.services.serializing import booking_view, slot_view
from scheduling.services.slots import SlotDraft, create_slots
from shared_contracts.attendance import Attendance
from shared_contracts.booking import INTERVIEW_STATUSES, Outcome
from shared_contracts.card import CardOccasion
from shared_contracts.dialog import DialogOutcome
from shared_contracts.directory import BookingStatus
from shared_contracts.notification import NotificationKind
from shared_contracts.venue import Venue
from tests.api.conftest import BOT_TOKEN
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import kinds, last_card, news, result_of
from tests.helpers.waiting import joining, told, zone_where_it_is
from tests.rules import building

LINK, OTHER_LINK = "https://meet.example/olga", "https://meet.example/boris"
ONLINE = {"location": "", "room": ""}
BORIS = 5002


@pytest.fixture
def boris(moscow: City) -> Recruiter:
    """Another recruiter."""
    return Recruiter.objects.create(name="Борис", city=moscow, telegram_id=BORIS, started_at=clock.now())


def draft(city: City, **venue: str) -> SlotDraft:
    starts_at = building.NOW.replace(year=2030)
    return SlotDraft(starts_at, 20, 1, {"location": "", "room": "", "video_link": "", **venue}, None, str(city.pk))


@pytest.mark.parametrize(
    ("venue", "field"),
    [
        ({}, "location"),
        ({"room": "7"}, "location"),
        ({"video_link": LINK, "location": "Офис"}, "location"),
        ({"video_link": LINK, "room": "7"}, "room"),
        ({"video_link": "http://meet.example/olga"}, "video_link"),
        ({"video_link": "tg://resolve?domain=olga"}, "video_link"),
        ({"video_link": "meet.example/olga"}, "video_link"),
        ({"video_link": f"https://meet.example/{'x' * 500}"}, "video_link"),
    ],
)
def test_a_slot_has_an_office_or_a_link(event: InterviewEvent, moscow: City, venue: dict[str, str], field: str) -> None:
    with pytest.raises(RefusedError) as refused:
        create_slots(str(event.pk), [draft(moscow, **venue)], actor="anna")
    assert list(refused.value.errors) == [field]
    assert not InterviewSlot.objects.exists()


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"location": ""}, "location"),
        ({"video_link": LINK}, "location room"),
        ({"video_link": LINK, "location": ""}, "room"),
        ({"video_link": LINK, "office": "a" * 24, "location": ""}, "office room"),
        ({"video_link": "http://meet.example/x", **ONLINE}, "video_link"),
    ],
)
def test_an_edit_leaves_it_an_office_or_a_link(make_slot: MakeSlot, changes: dict[str, str], fields: str) -> None:
    slot = make_slot()
    before = asking.slot_now(slot)
    with pytest.raises(RefusedError) as refused:
        edit_slot(str(slot.pk), SlotChanges(venue=changes), actor="anna")
    assert list(refused.value.errors) == fields.split()
    assert asking.slot_now(slot) == before


def test_going_online_and_back_is_told_to_the_booked_as_a_change_of_place(
    make_slot: MakeSlot, maria: Candidate
) -> None:
    slot = make_slot()
    asking.outcome(asking.book(maria, slot))

    edit_slot(str(slot.pk), SlotChanges(venue={"video_link": LINK, **ONLINE}), actor="anna")
    edit_slot(str(slot.pk), SlotChanges(venue={"video_link": "", "location": "Лофт"}), actor="anna")

    online, back = news()
    assert {online.kind, back.kind} == {NotificationKind.BOOKING_CHANGED}
    assert (online.booking.slot.online, online.booking.slot.video_link, online.booking.slot.location) == (
        True,
        LINK,
        "",
    )
    assert online.calendar_entry and online.calendar_entry.place == LINK
    assert (back.booking.slot.online, back.booking.slot.video_link) == (False, "")
    assert back.calendar_entry and back.calendar_entry.place == "Лофт, Москва"
    entries = [row["after"] for row in collection("audit_entries").find({"subject": "slot"})]
    assert [row["video_link"] for row in entries] == [LINK, ""]


def test_a_slot_from_before_there_were_links_is_held_where_it_was(make_slot: MakeSlot, maria: Candidate) -> None:
    slot = make_slot()
    asking.outcome(asking.book(maria, slot))
    collection("interview_slots").update_many({}, {"$unset": {"video_link": ""}})
    collection("bookings").update_many({}, {"$unset": {"slot.video_link": ""}})

    edit_slot(str(slot.pk), SlotChanges(venue={"room": "9"}), actor="anna")

    (change,) = news()
    assert (change.booking.slot.line, change.booking.slot.online) == ("Офис на Тверской, 9", False)


@pytest.mark.parametrize("status", list(BookingStatus))
def test_the_link_goes_with_an_interview_and_no_other_booking(status: BookingStatus) -> None:
    """Guard: ``venue_for``. Neither a wanted nor an offered slot tells its own."""
    place = replace(building.PLACE, venue=Venue(location="", room="", video_link=LINK))
    own, wanted, proposed = "a" * 24, "b" * 24, "c" * 24
    ids: dict[str, Any] = {"event_id": "e" * 24, "city_id": "d" * 24, "recruiter_id": None, "place": place}
    slots = [building.slot(name, **ids) for name in (own, wanted, proposed)]
    fields = {"status": status, "requested_slot_id": wanted, "proposed_slot_id": proposed}
    state = building.with_booking(building.world(*slots), 1, own, name="1" * 24, **fields)
    booking = state.bookings["1" * 24]

    view = booking_view(booking, state)

    assert view and view.requested_slot and view.offered_slot
    interview = status in INTERVIEW_STATUSES
    assert view.slot.video_link == (LINK if interview else "")
    every = (view.slot, view.requested_slot, view.offered_slot, slot_view(slots[0]))
    assert [item.online for item in every] == [True] * 4
    assert [item.video_link for item in every[1:]] == [""] * 3
    entry = calendar_entry(booking, slots[0], "ru")
    assert (LINK in entry.model_dump_json() if entry else False) is (status is BookingStatus.BOOKED)
    assert entry is None or entry.place == (LINK if interview else "")  # no city: nobody has to come to one


def leaks(value: Any, path: tuple[str, ...] = (), interview: bool = False) -> Iterator[str]:
    """Where a link stands that is not an interview's own; a booking's slot and its calendar entry are."""
    if isinstance(value, dict):
        booking = value if {"status", "slot", "version"} <= set(value) else value.get("booking")
        if isinstance(booking, dict):
            interview = booking["status"] in INTERVIEW_STATUSES
        for name, item in value.items():
            yield from leaks(item, (*path, name), interview)
    elif isinstance(value, list):
        for item in value:
            yield from leaks(item, path, interview)
    elif isinstance(value, str) and "meet.example" in value:
        own = path[-3:] == ("booking", "slot", "video_link") or path == ("results", "slot", "video_link")
        if not (interview and (own or path == ("calendar_entry", "place"))):
            yield ".".join(path)


class Watch:
    """Looks at all that went out and can be read; ``seen`` are the outbox rows that were looked at."""

    def __init__(self, event: InterviewEvent, readers: list[int]) -> None:
        client = Client(headers={"Authorization": f"Bearer {BOT_TOKEN}"})
        people = [f"/api/{name}?telegram_id={item}" for name in ("bookings", "recruiter-cards") for item in readers]
        self._reads = [f"/api/available-slots?event={event.pk}", "/api/events", "/api/recruiters", *people]
        self._bot = client
        self.seen: list[Document] = []

    def look(self) -> None:
        known = {row["_id"] for row in self.seen}
        new = [row for row in collection("outbox").find().sort("created_at", 1) if row["_id"] not in known]
        for row in new:
            body = json.loads(row["body"])
            assert not list(leaks(body)), (row["queue"], body)
            reader = body.get("recruiter_telegram_id", body.get("user_telegram_id"))
            if reader in (5001, BORIS):
                strangers = LINK if reader == BORIS else OTHER_LINK
                assert strangers not in row["body"], "a link of an interview that another recruiter holds"
        self.seen += new
        for url in self._reads:
            response = self._bot.get(url)
            assert response.status_code == 200, url
            assert not list(leaks(response.json())), url
            for telegram_id, link in ((BORIS, LINK), (5001, OTHER_LINK)):
                assert not (url.endswith(f"={telegram_id}") and link in response.content.decode()), url


def test_no_message_and_no_read_gives_the_link_away(
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    maria: Candidate,
    ivan: Candidate,
    olga: Recruiter,
    boris: Recruiter,
    make_candidate: MakeCandidate,
) -> None:
    """A request, its approval, moves between recruiters, offers, changes and ends; another in the waiting list."""
    noon = City.objects.create(name="Полдень", timezone=zone_where_it_is(12))
    of = {"of": approval_event, "city": noon, **ONLINE}
    first = make_slot(timedelta(days=2), recruiter=olga, video_link=LINK, **of)
    second = make_slot(timedelta(days=3), recruiter=boris, video_link=OTHER_LINK, **of)
    third = make_slot(timedelta(days=4), recruiter=boris, video_link=f"{OTHER_LINK}/2", **of)
    watch = Watch(approval_event, [maria.telegram_id, ivan.telegram_id, 5001, BORIS])

    def asked(request: Any, outcome: Outcome) -> Document:
        assert result_of(asking.in_batch(request)).outcome is outcome
        watch.look()
        return asking.the_booking(maria)

    asked(asking.book(maria, first), Outcome.PENDING_APPROVAL)
    asked(asking.book(make_candidate(), first), Outcome.SLOT_FULL)
    booking = asked(asking.ask_reschedule(olga, asking.the_booking(maria)), Outcome.PENDING_APPROVAL)
    booking = asked(asking.approve(olga, booking), Outcome.BOOKED)
    assert news()[-1].booking.slot.video_link == LINK
    edit_slot(str(first.pk), SlotChanges(starts_at=first.starts_at + timedelta(hours=1)), actor="anna")
    watch.look()
    booking = asking.the_booking(maria)
    assert last_card(5001).card.booking.slot.video_link == LINK
    booking = asked(asking.move(maria, booking, third), Outcome.PENDING_APPROVAL)
    asked_of_boris = last_card(BORIS).card.booking
    assert asked_of_boris.slot.online and asked_of_boris.requested_slot and asked_of_boris.requested_slot.online
    booking = asked(asking.reject(boris, booking, "занято"), Outcome.REJECTED)
    booking = asked(asking.move(maria, booking, second), Outcome.PENDING_APPROVAL)
    booking = asked(asking.approve(boris, booking), Outcome.MOVED)
    assert news()[-1].booking.slot.video_link == OTHER_LINK
    booking = asked(asking.says(maria, booking, Attendance.RESCHEDULE_ASKED), Outcome.BOOKED)
    for occasion in (CardOccasion.RESCHEDULE_ASKED, CardOccasion.CHANGED):
        sent = notice(str(booking["_id"]), occasion, "1" * 24, "c" * 8, booking["updated_at"], waits=False)
        outbox.add(sent.messages)
    watch.look()
    booking = asked(asking.offer_time(boris, booking, third), Outcome.BOOKED)
    assert news()[-1].kind is NotificationKind.TIME_OFFERED
    edit_slot(str(second.pk), SlotChanges(venue={"video_link": f"{OTHER_LINK}/new"}), actor="anna")
    watch.look()
    assert told(joining(ivan, approval_event)) is DialogOutcome.JOINED
    staff_commands.cancel_booking(str(booking["_id"]), expected_version=None, actor="anna", reason="")
    watch.look()

    assert (ivan.telegram_id, NotificationKind.SLOT_OFFERED) in kinds()
    assert {row["queue"] for row in watch.seen} >= {
        "bot.booking.result",
        "bot.notification.command",
        "bot.card.command",
    }
    asking.assert_sound()


def test_who_holds_the_interview_has_the_link_in_their_calendar(make_slot: MakeSlot, maria: Candidate) -> None:
    slot = make_slot(video_link=LINK, **ONLINE)
    asking.outcome(asking.book(maria, slot))
    text = feed("Ольга", "ru", [asking.the_booking(maria)])
    assert f"LOCATION:{LINK}" in text
