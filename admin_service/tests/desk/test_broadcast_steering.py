"""A broadcast that is scheduled, paused, resumed, cancelled, and what its page says meanwhile."""

import json
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from broadcasts.consumer import store_broadcast_report
from broadcasts.models import Broadcast, BroadcastDelivery
from broadcasts.services.starting import Announcement, begin_due, begin_scheduled, start_broadcast
from broadcasts.services.steering import PAUSE, RESUME, steer
from common import clock
from common.mongo import connection
from common.refusals import RefusedError
from messaging.models import OutboxMessage
from people.models import City
from scheduling.models import InterviewEvent
from scheduling.services.staff_commands import book_for
from shared_contracts.broadcast import BroadcastDelivered, Delivery, DeliveryStatus
from tests.conftest import MakeCandidate, MakeSlot

TO_ALL = Announcement(text="Запись открыта", audience="all")


def sent() -> list[tuple[str, str, int]]:
    """Which commands the bot gets: the text, what is asked of it, the revision."""
    bodies = [json.loads(row.body) for row in OutboxMessage.objects.filter(queue="bot.broadcast.command")]
    return sorted((body["message_text"], body["state"], body["revision"]) for body in bodies)


def at_once(work: Callable[[str], object]) -> list[str]:
    """Anna and Ivan do it at the same moment; what each was refused with."""
    door = Barrier(2)

    def press(login: str) -> str:
        door.wait()
        try:
            work(login)
        except RefusedError as error:
            return str(error.errors)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as both:
        return list(both.map(press, ["anna", "ivan"]))


def test_two_who_start_the_same_at_once_start_it_once(event: InterviewEvent) -> None:
    """Guard: ``broadcasts_once``. What is another announcement, or over for a while, is not held up by it."""
    said = at_once(lambda login: start_broadcast(str(event.pk), TO_ALL, actor=login))
    assert [bool(words) for words in sorted(said)] == [False, True]
    assert (Broadcast.objects.count(), len(sent())) == (1, 1)
    start_broadcast(str(event.pk), Announcement(text="Другое", audience="all"), actor="ivan")
    Broadcast.objects.update(status="finished")
    with pytest.raises(RefusedError):
        start_broadcast(str(event.pk), TO_ALL, actor="ivan")
    Broadcast.objects.update(created_at=clock.now() - timedelta(minutes=11))
    start_broadcast(str(event.pk), TO_ALL, actor="ivan")
    assert len(sent()) == 3


def test_a_scheduled_one_begins_once_at_its_time_with_the_texts_of_then(event: InterviewEvent) -> None:
    """Guard: ``take_scheduled``: the clock and two who press at once."""
    soon = clock.now() + timedelta(hours=1)
    made = start_broadcast(str(event.pk), Announcement(text="{event}", audience="all", send_at=soon), actor="anna")
    assert (begin_due(clock.now()), sent()) == (0, [])
    InterviewEvent.objects.update(title="Новое имя")
    said = at_once(lambda login: begin_due(soon) if login == "anna" else begin_scheduled(str(made.pk), actor=login))
    assert sent() == [("Новое имя", "sending", 0)], said
    assert begin_due(soon) == 0


def test_a_scheduled_one_of_an_event_that_is_closed_by_then_is_cancelled(event: InterviewEvent) -> None:
    soon = clock.now() + timedelta(hours=1)
    start_broadcast(str(event.pk), Announcement(text="Раз", audience="all", send_at=soon), actor="anna")
    InterviewEvent.objects.update(is_open=False)
    assert (begin_due(soon), sent(), Broadcast.objects.get().status) == (0, [], "cancelled")


def test_a_scheduled_one_is_changed_or_cancelled_before_it_begins(desk: Client, event: InterviewEvent) -> None:
    """Guards: ``change_scheduled``, ``CANCEL``, ``never_began``: of what went to nobody nothing is counted."""
    page = reverse("admin:scheduling_interviewevent_broadcast", args=[event.pk])
    order = {"_confirm": "1", "audience": "all", "when": "later", "send_at_0": "2100-01-01", "send_at_1": "10:00"}
    assert "within a year" in desk.post(page, order | {"text": "Раз"}).content.decode()
    order["send_at_0"] = f"{clock.now() + timedelta(days=3):%Y-%m-%d}"
    made = desk.post(page, order | {"text": "Раз"}).headers["Location"]
    assert "10:00" in desk.get(made).content.decode()
    changing = unescape(re.findall(r'href="([^"]*change=[^"]*)"', desk.get(made).content.decode())[0])
    opened = desk.get(changing).content.decode()
    assert ">Раз</textarea>" in opened.replace("\n", "") and 'value="10:00"' in opened
    assert desk.post(changing, order | {"text": "Два"}).headers["Location"] == made
    found = Broadcast.objects.get()
    assert (found.message_text, found.status, sent()) == ("Два", "scheduled", [])
    press(desk, found, "cancel")
    assert (Broadcast.objects.get().status, sent()) == ("cancelled", [])
    assert desk.get(changing).status_code == 404
    ended = desk.get(made).content.decode()
    assert 'data-status="cancelled"' in ended and "data-count" not in ended


def press(desk: Client, broadcast: Broadcast, name: str) -> Any:
    """Press a button of its page."""
    page = reverse("admin:broadcasts_broadcast_change", args=[broadcast.pk])
    form = re.search(rf'action="([^"]*/{name}/)".*?name="_once" value="([^"]*)"', desk.get(page).content.decode(), re.S)
    assert form, f"no button {name}"
    return Client.post(desk, form[1], {"_once": form[2]})


def test_each_press_is_told_to_the_bot_once_and_late_reports_undo_none(desk: Client, event: InterviewEvent) -> None:
    """Guards: the status in ``steer``, and in ``_follow``."""
    made = start_broadcast(str(event.pk), TO_ALL, actor="anna")
    said = at_once(lambda login: steer(str(made.pk), PAUSE, actor=login))
    assert [bool(words) for words in sorted(said)] == [False, True]
    report(made, sent=[1001])
    assert Broadcast.objects.get().status == "paused"
    press(desk, made, "resume")
    press(desk, made, "cancel")
    with pytest.raises(RefusedError):
        steer(str(made.pk), RESUME, actor="anna")
    report(made, finished=True)
    assert Broadcast.objects.get().status == "cancelled"
    assert [state for _text, state, _revision in sorted(sent(), key=lambda row: row[2])] == [
        "sending",
        "paused",
        "sending",
        "cancelled",
    ]
    assert [revision for _text, _state, revision in sorted(sent(), key=lambda row: row[2])] == [0, 1, 2, 3]


def report(made: Broadcast, *, finished: bool = False, pressed: Sequence[int] = (), **ends: list[int]) -> None:
    """What the bot says."""
    deliveries = [
        Delivery(chat_id=chat_id, status=DeliveryStatus(status)) for status, ids in ends.items() for chat_id in ids
    ]
    told = BroadcastDelivered(
        message_id=uuid4(),
        correlation_id="bot",
        occurred_at=clock.now(),
        broadcast_id=str(made.pk),
        deliveries=deliveries,
        pressed=list(pressed),
        finished=finished,
    )
    store_broadcast_report(told, clock.now())


def test_the_page_follows_and_each_number_opens_the_names_it_counts(
    desk: Client, event: InterviewEvent, moscow: City, make_candidate: MakeCandidate, make_slot: MakeSlot
) -> None:
    """Guards: ``progress_of``, ``_deliveries``, ``people_left``, ``readers_again``, and ``_insert_new`` for a
    press that comes first."""
    everyone = [make_candidate(started_at=clock.now(), city=moscow).telegram_id for _ in range(6)]
    assert all(everyone)
    first, second, third, fourth, fifth, _sixth = (number or 0 for number in everyone)
    book_for(first, str(make_slot().pk), actor="anna", reason="")
    made = start_broadcast(str(event.pk), TO_ALL, actor="anna")
    live = f"{reverse('admin:broadcasts_broadcast_progress')}?id={made.pk}"
    report(made, pressed=[first])
    report(made, sent=[first, second], blocked=[third], failed=[fourth], uncertain=[fifth], pressed=[first, second])
    book_for(second, str(make_slot().pk), actor="anna", reason="")
    page = desk.get(live).content.decode()
    stamp = re.findall(r"stamp=(\w+)", page)[0]
    assert desk.get(f"{live}&stamp={stamp}").status_code == 204
    numbers = re.findall(r'href="([^"]+)" class="desk-number" id="number-(\w+)" data-count="(\d+)"', page)
    counts = {name: int(count) for _link, name, count in numbers}
    ends = {"sent": 2, "blocked": 1, "failed": 1, "uncertain": 1}
    assert counts == {**ends, "left": 1, "pressed": 2, "booked": 1}
    for link, name, count in numbers:
        listed = desk.get(unescape(link)).content.decode()
        assert len(re.findall(r'<td><a href="/admin/people/candidate/', listed)) == int(count), name
    report(made, finished=True)
    page = desk.get(live).content.decode()
    assert 'data-status="finished"' in page and "did not get it (1)" in page
    assert "did not book" not in page, "who had booked before has no need to"
    again_to = re.findall(r'href="([^"]*again=[^"]*)"[^>]*>[^<]*\((\d+)\)', page)
    assert again_to
    for link, count in again_to:
        opened = desk.get(unescape(link)).content.decode()
        assert f'id="console-people" data-count="{count}"' in opened, link
    again = unescape(re.findall(r'href="([^"]*to=failed)"', page)[0])
    shown = desk.post(again, {"_look": "1", "text": "Ещё раз", "audience": "all"}).content.decode()
    assert 'id="console-people" data-count="1"' in shown
    desk.post(again, {"_confirm": "1", "text": "Ещё раз", "audience": "all"})
    newest = Broadcast.objects.order_by("-created_at").first()
    assert newest and (newest.again_of, newest.again_to, newest.people) == (made.pk, "failed", 1)
    assert BroadcastDelivery.objects.count() == 5
