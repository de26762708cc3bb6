"""Who presses after somebody else has decided is told how it stands: nothing was done, nobody is promised a message."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from common import clock
from common.mongo import Document, collection
from people.models import Candidate, City, Recruiter
from scheduling.models import InterviewEvent
from scheduling.services.staff_commands import (
    AlreadyDecidedError,
    approve_booking,
    ask_reschedule,
    cancel_booking,
    mark_outcome,
    move_booking,
    reject_booking,
)
from shared_contracts.directory import BookingStatus
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.staff_client import StaffClient

Decide = Callable[[Document], object]


@pytest.fixture
def request_(approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter) -> Document:
    """Maria's, which waits for Olga."""
    collection("users").update_many({}, {"$set": {"started_at": clock.now()}})
    asking.outcome(asking.book(maria, make_slot(of=approval_event, recruiter=olga)))
    return asking.the_booking(maria)


@pytest.fixture
def move_(request_: Document, approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate) -> Document:
    """Maria is booked, and asks for another time."""
    approve_booking(str(request_["_id"]), expected_version=1, actor="vera")
    recruiter = Recruiter.objects.get(pk=request_["recruiter_id"])
    wanted = make_slot(timedelta(days=2), of=approval_event, recruiter=recruiter)
    asking.outcome(asking.move(maria, asking.the_booking(maria), wanted))
    return asking.the_booking(maria)


def page_of(booking: Document, action: str) -> str:
    return reverse(f"admin:scheduling_booking_{action}", args=[booking["_id"]])


def said(answer: Any) -> str:
    text = html.unescape(answer.content.decode())
    assert "is being told" not in text and "is being asked" not in text
    assert answer.redirect_chain, "it leads back"
    return text


def approved(booking: Document) -> object:
    return approve_booking(str(booking["_id"]), expected_version=None, actor="vera")


def rejected(booking: Document) -> object:
    return reject_booking(str(booking["_id"]), expected_version=None, actor="vera")


def cancelled(booking: Document) -> object:
    return cancel_booking(str(booking["_id"]), expected_version=None, actor="vera", reason="раз")


@pytest.mark.parametrize(
    ("first", "then", "order", "stands"),
    [
        (approved, "reject", {"rejection": "time"}, r"booked, .*\(approved: staff vera, "),
        (rejected, "approve", {}, r"rejected, .*\(rejected: staff vera, "),
        (approved, "approve", {}, r"booked, .*\(approved: staff vera, "),
        (rejected, "ask_reschedule", {}, r"rejected, .*\(rejected: staff vera, "),
        (cancelled, "move", {"slot": "0" * 24}, r"cancelled, .*\(cancelled: staff vera, "),
        (cancelled, "cancel", {"reason": "два"}, r"cancelled, .*\(cancelled: staff vera, "),
    ],
)
def test_a_late_press_says_how_it_stands_and_so_does_a_page_opened_late(
    desk: StaffClient, request_: Document, first: Decide, then: str, order: dict[str, str], stands: str
) -> None:
    """Guards: ``_left_to_decide`` in ``_ask``, ``nothing_done_text``."""
    first(request_)
    before = asking.the_booking(Candidate.objects.get())
    late = desk.post(page_of(request_, then), {"version": 1, "reason": "", **order}, follow=True)
    for answer in (late, desk.get(page_of(request_, then), follow=True)):
        assert re.search(f"Already decided: {stands}.*Nothing was done", said(answer))
        assert {message.level_tag for message in answer.context["messages"]} == {"warning"}
    assert asking.the_booking(Candidate.objects.get()) == before


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_a_wish_that_was_taken_back_leaves_nothing_to_answer(
    desk: StaffClient, move_: Document, maria: Candidate, action: str
) -> None:
    asking.outcome(asking.withdraw_move(maria, move_))
    answer = desk.post(page_of(move_, action), {"version": move_["version"], "reason": ""}, follow=True)
    text = said(answer)
    assert re.search(r"Already decided: booked, .*\(took the move back: candidate", text)
    assert "can't sign up" not in said(desk.get(page_of(move_, action), follow=True))
    assert asking.the_booking(maria)["status"] == "booked"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (approved, rejected),
        (rejected, approved),
        (cancelled, cancelled),
        (approved, lambda row: ask_reschedule(str(row["_id"]), expected_version=None, actor="anna")),
        (cancelled, lambda row: move_booking(str(row["_id"]), "0" * 24, expected_version=1, actor="a", reason="")),
        (
            cancelled,
            lambda row: mark_outcome(str(row["_id"]), BookingStatus.ATTENDED, expected_version=None, actor="anna"),
        ),
    ],
)
def test_a_use_case_tells_what_is_done_now_from_what_was_so_already(
    request_: Document, first: Decide, then: Decide
) -> None:
    """Guard: ``_is_past``: of two at the same moment the second finds it decided."""
    first(request_)
    with pytest.raises(AlreadyDecidedError):
        then(request_)


def test_a_mark_on_what_was_cancelled_is_no_mark(desk: StaffClient, request_: Document) -> None:
    """Guards: ``AlreadyDecidedError`` in ``mark`` and in ``_mark``."""
    cancelled(request_)
    sent = {"version": 1, "mark": "attended"}
    assert "Already decided: cancelled" in said(desk.post(page_of(request_, "mark"), sent, follow=True))
    key = request_["_id"]
    day = {f"mark-{key}": "late", f"was-{key}": "", f"version-{key}": "1"}
    answer = desk.post(reverse("admin:scheduling_booking_mark_day"), day).content.decode()
    assert "1 is not saved" in answer and "saved." not in answer.replace("is not saved", "")


@pytest.mark.parametrize(
    ("language", "action", "words"),
    [
        ("en", "approve", r"Move approved: .+ → .+\. The candidate is being told\."),
        ("ru", "approve", r"Перенос подтверждён: .+ → .+\. Кандидат получит сообщение\."),
        ("en", "reject", r"Move rejected: .+ stands\. The candidate is being told\."),
        ("ru", "reject", r"В переносе отказано, в силе прежнее время: .+\. Кандидат получит сообщение\."),
    ],
)
def test_the_answer_to_a_move_says_what_became_of_the_time(
    desk: StaffClient, move_: Document, language: str, action: str, words: str
) -> None:
    """Guards: ``_approved``, ``changes_of_move``, the words of ``reject``."""
    desk.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    order = {"version": move_["version"], "reason": ""}
    answer = desk.post(page_of(move_, action), order, follow=True)
    assert re.search(words, html.unescape(answer.content.decode()))


def test_what_is_open_or_on_the_list_is_not_said_to_be_so_again(
    desk: StaffClient, maria: Candidate, moscow: City
) -> None:
    """Guards: ``nothing_new``; the count of ``_restore``."""
    reopen = reverse("admin:people_city_reopen", args=[moscow.pk])
    opened = desk.get(reopen)
    assert opened.status_code == 200
    sealed = re.search(r'name="_sealed" value="([^"]+)"', opened.content.decode())
    assert sealed
    answers = [
        desk.post(reopen, {"_confirm": "1", "_sealed": sealed[1]}, follow=True),
        desk.post(reverse("admin:people_candidate_restore_one", args=[maria.pk]), follow=True),
    ]
    for answer in answers:
        [message] = answer.context["messages"]
        assert message.level_tag == "warning" and "Nothing was done" in str(message)
