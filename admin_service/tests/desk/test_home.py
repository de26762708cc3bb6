"""The first page as a work queue: what waits, oldest first, each with what can be done about it on the spot."""

import os
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from bson import ObjectId
from django.urls import reverse
from time_machine import travel

from backoffice.staff.home.numbers import ORDER
from common import clock
from common.models import AuditEntry
from common.mongo import Document, collection
from common.roles import Role
from messaging.dead_letters import note
from messaging.models import DeadLetter
from messaging.tasks import count_the_bots_dead_letters
from messaging.words import KINDS, reason_in_words
from people.models import Candidate, Recruiter
from scheduling.models import Booking, InterviewEvent
from scheduling.services.reading.days import slots_on_many
from scheduling.services.reading.to_mark import unmarked_in_parts
from scheduling.staff.filters import free_slots
from shared_contracts.attendance import Attendance
from shared_contracts.transport.envelope import BadMessageError, BadMessageKind
from shared_contracts.transport.topology import BOOKING_EVENT, BOT_DEAD, BY_NAME, CARD_COMMAND, DIALOG_COMMAND
from staffkit.clocks import today
from staffkit.errands import EVERY, among
from tests.api.test_indexes import planned
from tests.conftest import MakeCandidate, MakeSlot
from tests.desk.conftest import _in_role
from tests.helpers import broker_tools
from tests.helpers.asking import book, outcome, says
from tests.helpers.card_tools import sent
from tests.helpers.staff_client import StaffClient

HOUR = timedelta(hours=1)


@pytest.fixture
def request_(approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter) -> Booking:
    """Maria's, which waits for Olga."""
    outcome(book(maria, make_slot(of=approval_event, recruiter=olga)))
    return Booking.objects.get()


def home(client: StaffClient) -> str:
    return client.get("/admin/").content.decode()


def errands(page: str) -> list[str]:
    """The kinds of what waits, in the order of the page."""
    return re.findall(r'data-errand="([a-z-]+)-[^"]*"', page)


def press(client: StaffClient, page: str, label: str) -> Any:
    """Press the first button of that name on the first page."""
    forms = re.findall(r'<form method="post" action="([^"]+)"(.*?)</form>', page, re.DOTALL)
    action, inside = next((unescape(url), rest) for url, rest in forms if f">{label}</button>" in rest)
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', inside))
    return client.post(action, fields, opened={})


def test_a_request_is_approved_on_the_spot_and_the_next_stands_in_its_place(
    desk: StaffClient, request_: Booking
) -> None:
    """Guard: ``back_to``."""
    page = home(desk)
    assert errands(page) == ["approval"]
    answer = press(desk, page, "Approve")
    assert answer.headers["Location"] == "/admin/#errand-1"
    request_.refresh_from_db()
    assert request_.status == "booked"
    assert "Nothing waits for you." in home(desk)
    again = press(desk, page, "Approve")
    assert again.headers["Location"] == "/admin/#errand-1", "sent twice, done once"


def test_a_row_says_whose_and_what_for_it_is_where_that_tells_it_apart(
    desk: StaffClient, request_: Booking, olga: Recruiter
) -> None:
    """Nor does it have a recruiter write to themselves. Guards: ``errand.recruiter``, ``several``, ``read_by``."""
    InterviewEvent.objects.exclude(pk=request_.event_id).update(is_open=False)
    title, mine = request_.slot.event, _in_role("olga", Role.RECRUITER, recruiter_id=olga.pk)
    assert "Ольга Смирнова" in told_of(home(desk)) and title not in told_of(home(desk))
    InterviewEvent.objects.create(title="Собеседование стажёров")
    assert title in told_of(home(desk)) and "Ольга Смирнова" not in told_of(home(mine))
    collection("bookings").update_one({}, {"$set": {"recruiter_by_hand": True}})
    assert (errands(home(desk)), errands(home(mine))) == (["approval", "by-hand"], ["approval"])


def told_of(page: str) -> str:
    """What the rows say of interviews."""
    return " ".join(re.findall(r'class="errand-about">([^<]*)<', page))


def test_a_page_that_asks_more_leads_back_to_the_first_page(desk: StaffClient, request_: Booking) -> None:
    link = re.findall(r'href="([^"]+/reject/[^"]*)"', home(desk))[0]
    assert 'href="/admin/#errand-1"' in desk.get(link).content.decode(), "Back does, too"
    answer = desk.post(link, {"version": 1, "reason": "", "rejection": "time"})
    assert answer.headers["Location"] == "/admin/#errand-1"
    elsewhere = reverse("admin:scheduling_booking_reject", args=[request_.pk])
    assert "#errand" not in desk.get(f"{elsewhere}?from=//evil.example").content.decode()


def test_who_was_told_by_hand_waits_no_more_until_there_is_news(
    desk: StaffClient, request_: Booking, olga: Recruiter
) -> None:
    """Guard: ``note_told``. R4: whoever comes into chat later is still brought the request."""
    flags = {"candidate_by_hand": True, "recruiter_by_hand": True, "user.username": ""}
    collection("bookings").update_one({}, {"$set": flags})
    collection("users").update_one({}, {"$set": {"started_at": None}})
    page = home(desk)
    assert "the recruiter (Ольга Смирнова): can&#x27;t be reached" in page
    assert "the candidate: has not started the bot, no link" in page
    before = len(sent())
    press(desk, page, "They know")
    request_.refresh_from_db()
    assert (request_.candidate_by_hand, request_.recruiter_told) == (False, True)
    assert len(sent()) == before + 1, "the card asks the recruiter no more to write to the candidate"
    assert errands(home(desk)) == ["approval"]
    assert collection("audit_entries").count_documents({"action": "told_by_hand", "actor": "staff:anna"}) == 1
    Recruiter.objects.filter(pk=olga.pk).update(telegram_id=None)
    press(desk, home(desk), "Approve")
    request_.refresh_from_db()
    assert request_.recruiter_told is False


def test_that_an_interview_to_come_is_off_is_told_by_hand_too(desk: StaffClient, request_: Booking) -> None:
    """R4. Guards: ``to_tell_by_hand``, ``is_to_tell``; not what would have been already."""
    off = {"status": "cancelled", "live": False, "awaits_approval": False, "candidate_by_hand": True}
    collection("bookings").update_one({}, {"$set": off})
    assert errands(home(desk)) == ["by-hand"]
    with travel(request_.starts_at):
        assert "by-hand" not in errands(home(desk))
    press(desk, home(desk), "They know")
    request_.refresh_from_db()
    assert (request_.candidate_by_hand, errands(home(desk))) == (False, [])


def test_an_interview_is_marked_on_the_spot(desk: StaffClient, request_: Booking) -> None:
    over = {"status": "unmarked", "live": False, "starts_at": clock.now() - HOUR, "ends_at": clock.now() - HOUR / 2}
    collection("bookings").update_one({}, {"$set": over})
    page = home(desk)
    assert errands(page) == ["marking"]
    assert "waits 30 min" in page
    assert press(desk, page, "Came").headers["Location"] == "/admin/#errand-1"
    request_.refresh_from_db()
    assert request_.status == "attended"


def test_what_waits_longest_stands_first_whatever_it_is(
    desk: StaffClient, request_: Booking, make_slot: MakeSlot, make_candidate: MakeCandidate
) -> None:
    """Guard: ``errand_rows``."""
    ivan = make_candidate()
    outcome(book(ivan, make_slot(timedelta(days=5))))
    booking = collection("bookings").find_one({"user_id": ivan.pk}) or {}
    with travel(clock.now() + HOUR):
        outcome(says(ivan, booking, Attendance.RESCHEDULE_ASKED))
    with travel(clock.now() + 2 * HOUR):
        collection("outbox").update_many({}, {"$set": {"status": "sent"}})
        collection("outbox").update_one({}, {"$set": {"status": "pending", "created_at": clock.now() - HOUR / 2}})
        assert errands(home(desk)) == ["approval", "wish", "outbox"]


def test_dead_letters_say_about_whom_why_and_how_they_are_tried_again(
    desk: StaffClient, coordinator: StaffClient, maria: Candidate
) -> None:
    """I6. Guards: ``person_in``, ``_names``, ``_settled``. For administrators alone."""
    note(BOOKING_EVENT, "the-letter", b'{"user_telegram_id": 1001, "secret": "...', "invalid_json: cut off")
    note(DIALOG_COMMAND, None, b"nothing of ours", "invalid_json: no object")
    page = home(desk)
    assert errands(page) == ["dead-letters"] * 2
    assert 'class="errand-who">Мария Петрова<' in page and 'class="errand-who">step in chat<' in page
    assert "damaged: no JSON" in page and "secret" not in str([*collection("dead_letters").find()])
    shown = desk.get(f"/admin/messaging/deadletter/{DeadLetter.objects.get(telegram_id=1001).pk}/change/")
    command = "manage.py dead_letters replay --queue admin.booking.event --message-id the-letter"
    assert command in shown.content.decode() and "invalid_json: cut off" in shown.content.decode()
    assert not errands(home(coordinator))
    assert "2 messages from chat were given up. Tell an administrator" in home(coordinator)
    assert press(desk, page, "Dealt with").status_code == 302
    assert errands(home(desk)) == ["dead-letters"]
    assert AuditEntry.objects.get(subject="dead_letter").actor == "staff:anna"


def test_what_the_bot_gave_up_is_counted_at_the_broker(desk: StaffClient, coordinator: StaffClient) -> None:
    """I6. Guards: ``note_depths``, ``_is_the_bots``, ``given_up``. The desk may not read it, and says who can."""
    broker_tools.empty_queues()
    with broker_tools.channel(os.environ["AMQP_URL_BOT"]) as bot:
        for body in (b"one", b"two"):
            bot.basic_publish(BOT_DEAD, CARD_COMMAND.name, body)
    assert broker_tools.wait_until(lambda: broker_tools.depth(CARD_COMMAND.dead_name) == 2)
    count_the_bots_dead_letters()
    page = home(desk)
    assert errands(page) == ["bot-dead-letters"]
    assert 'class="errand-who">request for a recruiter<' in page and "2 messages" in page
    letter = DeadLetter.objects.get()
    shown = desk.get(f"/admin/messaging/deadletter/{letter.pk}/change/").content.decode()
    assert f"python -m interview_bot dead_letters list --queue {CARD_COMMAND.name}" in shown
    settle = f"/admin/messaging/deadletter/{letter.pk}/settle/"
    assert settle not in shown and desk.get(settle).status_code == 404, "it would be counted again"
    assert "The bot gave up 2 messages to people. Tell an administrator" in home(coordinator)
    broker_tools.empty_queues()
    count_the_bots_dead_letters()
    assert not errands(home(desk))


@pytest.mark.parametrize("kind", BadMessageKind)
def test_every_reason_to_give_a_message_up_has_words(kind: BadMessageKind) -> None:
    assert kind.value not in reason_in_words(str(BadMessageError(kind, "of 1")))


def test_every_queue_has_words() -> None:
    """A new queue is named here before coordinators meet it."""
    assert KINDS.keys() == BY_NAME.keys()


def test_a_message_that_is_stuck_says_for_whom_and_what_holds_it_up(desk: StaffClient, request_: Booking) -> None:
    """Guards: ``_held_up``, ``_who``."""
    collection("outbox").update_many({}, {"$set": {"created_at": clock.now() - HOUR, "status": "sent"}})
    of_maria = collection("outbox").find_one({"body": {"$regex": '"user_telegram_id":1001'}}) or {}
    for attempts, why in (
        (0, "not tried yet: the relay does not run"),
        (3, "tried 3 times: the broker does not take it"),
    ):
        stuck = {"status": "pending", "attempts": attempts}
        collection("outbox").update_one({"_id": of_maria["_id"]}, {"$set": stuck})
        page = home(desk)
        assert 'class="errand-who">Мария Петрова<' in page.split('data-errand="outbox-')[1].split("</li>")[0]
        assert why in page


def test_a_page_that_is_open_gets_what_is_new_and_nothing_else(desk: StaffClient, request_: Booking) -> None:
    """Guard: ``_stamp``."""
    address = re.findall(r'hx-get="([^"]+)"', home(desk))[0]
    assert desk.get(address).status_code == 204
    collection("bookings").update_one({}, {"$set": {"live": False, "status": "cancelled"}})
    assert "Nothing waits for you." in desk.get(address).content.decode()


def test_who_may_only_look_is_offered_no_press(request_: Booking) -> None:
    looker = _in_role("rita", Role.READ_ONLY, all_cities=True)
    page = home(looker)
    assert errands(page) == ["approval"]
    assert ">Approve<" not in page and "/reject/" not in page


def test_what_waits_is_found_by_indexes(request_: Booking) -> None:
    """R1."""
    assert set(ORDER) >= EVERY.keys()
    for kind in EVERY.values():
        condition: Document = kind.condition(clock.now())
        plan = planned(kind.rows_of._meta.db_table, condition, [(kind.order, 1)])
        assert "COLLSCAN" not in plan, kind.name


def test_what_is_counted_of_very_many_is_counted_by_indexes_alone(request_: Booking, make_slot: MakeSlot) -> None:
    """R1. Guards: ``bookings_expiring``, ``unmarked_in_parts``, ``slots_active``, ``slots_on_many``."""
    row = collection("bookings").find_one({}) or {}
    others = [{**row, "_id": ObjectId(), "user_id": ObjectId(), "expires_at": None} for _number in range(20)]
    collection("bookings").insert_many(others)
    (whole, *_edges) = unmarked_in_parts(today() - timedelta(days=9), today())
    (week, *_edges) = slots_on_many(today(), today() + timedelta(days=6))
    for name, condition in (
        ("bookings", EVERY["approval"].condition(clock.now())),
        ("bookings", whole),
        ("interview_slots", {**free_slots(clock.now()), **week}),
    ):
        assert read_to_count(name, condition) == 0, condition


def read_to_count(name: str, condition: Document) -> int:
    """How many documents are read for it."""
    pipeline = [{"$match": condition}, {"$group": {"_id": 1, "n": {"$sum": 1}}}]
    counting = {"aggregate": name, "pipeline": pipeline, "cursor": {}}
    explained = collection(name).database.command("explain", counting, verbosity="executionStats")
    stats = explained.get("executionStats") or explained["stages"][0]["$cursor"]["executionStats"]
    return int(stats["totalDocsExamined"])


def test_who_is_told_by_hand_is_looked_upamong_those_alone(request_: Booking) -> None:
    """R1, R4. Guards: ``WHENEVER`` and ``among``: MongoDB would read all that is live otherwise."""
    row = collection("bookings").find_one({}) or {}
    flags = [{"candidate_by_hand": True}, {"recruiter_by_hand": True}, *[{}] * 20]
    collection("bookings").insert_many(
        [{**row, "_id": ObjectId(), "user_id": ObjectId(), "recruiter_told": False, **flag} for flag in flags]
    )
    kind = EVERY["by-hand"]
    assert kind.count({"city_id": row["city_id"]}, clock.now()) == 2
    condition = among({"city_id": row["city_id"]}, kind.condition(clock.now()))
    assert planned("bookings", condition, []) >= {"bookings_by_hand_c", "bookings_by_hand_r"}
    assert read_to_count("bookings", kind.condition(clock.now())) == 0
    waits = {"joined_at": clock.now(), "state": "closed", "notification_id": None}
    collection("waiting_list").insert_many([{**waits, "by_hand": number < 2} for number in range(20)])
    assert planned("waiting_list", EVERY["waiting-ended"].condition(clock.now()), []) >= {"waiting_by_hand"}
