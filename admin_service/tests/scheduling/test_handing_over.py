"""What both recruiters see where staff hand an interview, or what is asked for, to another of them."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from django.utils.translation import override

from common import clock
from common.mongo import collection, in_transaction
from people.models import Candidate, City, Recruiter
from reminders.tasks import send_due
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services.editing.retiring import Way, dependents_of, retire
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.services.staff_commands import cancel_booking, remove_candidates
from shared_contracts.booking import AnyBookingRequest, Outcome
from shared_contracts.card import CardCommand
from shared_contracts.notification import NotificationKind
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import cards, news

pytestmark = pytest.mark.usefixtures("by_day")

OLGA, PAVEL, VERA = 5001, 5002, 5003


@pytest.fixture
def pavel(moscow: City) -> Recruiter:
    return Recruiter.objects.create(name="Павел", city=moscow, telegram_id=PAVEL, started_at=clock.now())


@pytest.fixture
def vera(moscow: City) -> Recruiter:
    return Recruiter.objects.create(name="Вера", city=moscow, telegram_id=VERA, started_at=clock.now())


@pytest.fixture
def interview(approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter) -> InterviewSlot:
    """Olga's, approved by her."""
    slot = make_slot(of=approval_event, recruiter=olga)
    asking.outcome(asking.book(maria, slot))
    asking.in_batch(asking.approve(olga, asking.the_booking(maria)))
    return slot


def asked_for(make_slot: MakeSlot, recruiter: Recruiter, interview: InterviewSlot, maria: Candidate) -> InterviewSlot:
    """A slot that Maria asks to be moved to; what was told until then is forgotten."""
    wanted = make_slot(timedelta(days=4), of=interview.event, recruiter=recruiter)
    asking.outcome(asking.move(maria, asking.the_booking(maria), wanted))
    told()
    return wanted


def told() -> dict[int, list[CardCommand]]:
    """The cards that have gone to each recruiter since this was asked last, notices among them."""
    send_due()
    found: dict[int, list[CardCommand]] = {}
    for command in cards():
        found.setdefault(command.recruiter_telegram_id, []).append(command)
    collection("outbox").delete_many({})
    return found


def hand_over(slot: InterviewSlot, to: Recruiter) -> None:
    edit_slot(str(slot.pk), SlotChanges(recruiter_id=str(to.pk)), actor="anna")


def loud(commands: list[CardCommand]) -> list[tuple[str, str | None]]:
    """How each came, and what it is about."""
    return [(item.attention.value, item.occasion.value if item.occasion else None) for item in commands]


@pytest.mark.parametrize("retires", [True, False])
def test_an_interview_is_new_to_who_takes_it_over_and_says_from_whom(
    interview: InterviewSlot, olga: Recruiter, pavel: Recruiter, retires: bool
) -> None:
    """Guards: ``hands_over``, and ``is_active`` in ``_recipients``: who leaves is told once, not card by card."""
    told()
    if retires:
        with override("en"):
            retire(olga, Way.HAND_OVER, agreed=dependents_of(olga).agreed, actor="anna", successor=pavel)
    else:
        hand_over(interview, pavel)
    heard = told()
    assert loud(heard[PAVEL]) == [("notice", "handed_over")]
    card = heard[PAVEL][-1].card
    assert (card.yours, card.handed_over_by, card.handed_over_to) == (True, "Ольга Смирнова", None)
    assert ("notice", "handed_over") in loud(heard[OLGA]) or retires
    assert {item.attention.value for item in heard[OLGA]} == {"update"} or not retires
    assert {(item.card.handed_over_by, item.card.handed_over_to) for item in heard[OLGA]} == {(None, "Павел")}


@pytest.mark.parametrize("moving", [False, True])
def test_who_leaves_what_is_kept_reads_that_it_is_theirs_no_more(
    interview: InterviewSlot, make_slot: MakeSlot, maria: Candidate, olga: Recruiter, vera: Recruiter, moving: bool
) -> None:
    """Nobody has it in their place, and it goes to no other recruiter. Guard: ``left``."""
    if moving:
        asked_for(make_slot, vera, interview, maria)
    retire(olga, Way.KEEP, agreed=dependents_of(olga).agreed, actor="anna")
    held = asking.the_booking(maria)
    cancel_booking(str(held["_id"]), expected_version=held["version"], actor="anna", reason="")
    cards = [item.card for item in told()[OLGA]]
    assert [(card.yours, card.left, card.handed_over_to) for card in cards[-1:]] == [(False, True, None)]


def test_an_open_move_is_handed_over_as_one_request(
    interview: InterviewSlot, make_slot: MakeSlot, maria: Candidate, olga: Recruiter, pavel: Recruiter
) -> None:
    """Interview and wish go together: one card, as loud as a new request, and one message to the candidate, of both
    slots. Guards: ``occasion_of``, ``along``.
    """
    asked_for(make_slot, olga, interview, maria)
    retire(olga, Way.HAND_OVER, agreed=dependents_of(olga).agreed, actor="anna", successor=pavel)
    (message,) = news()
    before = [slot.recruiter and slot.recruiter.name for slot in (message.booked_before, message.slot_before) if slot]
    assert (message.kind, before) == (NotificationKind.WANTED_CHANGED, ["Ольга Смирнова"] * 2)
    heard = told()
    assert loud(heard[PAVEL]) == [("new", None)]
    card = heard[PAVEL][-1].card
    assert (card.awaits_answer, card.handed_over_by) == (True, "Ольга Смирнова")
    last = heard[OLGA][-1]
    assert (last.attention.value, last.card.yours, last.card.handed_over_to) == ("update", False, "Павел")


def test_who_asks_while_the_recruiter_leaves_is_seen_or_hears_that_they_left(
    interview: InterviewSlot, make_slot: MakeSlot, maria: Candidate, ivan: Candidate, olga: Recruiter
) -> None:
    """No request is left with somebody who has gone, of whose end nobody is told. Guard: ``_hold``."""
    free = make_slot(timedelta(days=4), of=interview.event, recruiter=olga)
    move = asking.move(maria, asking.the_booking(maria), free)
    asked: list[AnyBookingRequest] = [asking.book(ivan, free), move]
    for request in asked:
        Recruiter.objects.filter(pk=olga.pk).update(is_active=True)
        with ThreadPoolExecutor(1) as pool:

            def leave(request: AnyBookingRequest = request, pool: ThreadPoolExecutor = pool) -> Future[Outcome]:
                retire(olga, Way.KEEP, agreed=dependents_of(olga).agreed, actor="anna", reason="Ушла")
                answer = pool.submit(asking.outcome, request)
                wait([answer], timeout=3)  # it would be done by then, as nothing would be in its way
                return answer

            assert in_transaction(leave).result() is Outcome.WRONG_RECRUITER


@pytest.mark.parametrize("holds_the_interview", [True, False])
def test_a_wanted_slot_is_handed_over_loudly_also_to_who_holds_the_interview(
    interview: InterviewSlot,
    make_slot: MakeSlot,
    maria: Candidate,
    olga: Recruiter,
    pavel: Recruiter,
    vera: Recruiter,
    holds_the_interview: bool,
) -> None:
    """Guard: ``_asks_another``."""
    wanted = asked_for(make_slot, pavel, interview, maria)
    hand_over(wanted, olga if holds_the_interview else vera)
    heard = told()
    asked, by = heard[OLGA if holds_the_interview else VERA][-1], heard[PAVEL][-1]
    assert (asked.attention.value, asked.card.awaits_answer, asked.card.handed_over_by) == ("new", True, "Павел")
    assert (by.attention.value, by.card.handed_over_to) == ("update", olga.name if holds_the_interview else "Вера")
    if not holds_the_interview:
        assert loud(heard[OLGA]) == [("update", None)]
        assert heard[OLGA][-1].card.handed_over_by is None


def test_an_open_move_ends_when_its_candidate_is_taken_off_the_list_and_the_booking_stands(
    interview: InterviewSlot, make_slot: MakeSlot, maria: Candidate, pavel: Recruiter, olga: Recruiter
) -> None:
    """FR2: they see and cancel what is kept; why is for them alone. Guard: ``kept_without_wishes``."""
    wanted = asked_for(make_slot, pavel, interview, maria)
    remove_candidates([str(maria.pk)], keep_bookings=True, actor="anna", reason="Набор окончен")
    [notice] = news()
    assert (notice.kind, notice.reason, notice.off_list) == (NotificationKind.BOOKING_KEPT, "Набор окончен", True)
    assert notice.slot_before and notice.slot_before.id == str(wanted.pk)
    heard = told()
    for telegram_id in (OLGA, PAVEL):
        card = heard[telegram_id][-1].card
        assert (card.move_end, card.reason, card.awaits_answer) == ("withdrawn", None, False)
    booking = asking.the_booking(maria)
    assert (booking["status"], booking["slot_id"], booking["requested_slot_id"]) == ("booked", interview.pk, None)
    assert asking.outcome(asking.approve(pavel, booking)) is not Outcome.MOVED
    asking.assert_sound()


def test_an_interview_is_handed_over_while_somebody_else_decides_on_its_move(
    interview: InterviewSlot,
    make_slot: MakeSlot,
    maria: Candidate,
    olga: Recruiter,
    pavel: Recruiter,
    vera: Recruiter,
) -> None:
    """Guard: ``takes_over``: who holds it from now on has had no card of it."""
    asked_for(make_slot, vera, interview, maria)
    hand_over(interview, pavel)
    heard = told()
    assert ("notice", "handed_over") in loud(heard[PAVEL])
    card = heard[PAVEL][-1].card
    assert (card.yours, card.awaits_answer, card.handed_over_by) == (False, False, "Ольга Смирнова")
    assert heard[OLGA][-1].card.handed_over_to == "Павел"
    assert {item.card.handed_over_by for item in heard[VERA]} == {None}
