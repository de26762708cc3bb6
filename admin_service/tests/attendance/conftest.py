"""Maria's booking with Olga, her wish for another time, and the time offered."""

from datetime import timedelta

import pytest

from common import clock
from common.mongo import Document
from people.models import Candidate, City, Recruiter
from scheduling.models import InterviewSlot
from shared_contracts.attendance import Attendance
from shared_contracts.booking import Outcome
from tests.conftest import MakeSlot
from tests.helpers import asking


@pytest.fixture
def dina(olga: Recruiter, moscow: City) -> Recruiter:
    """Dina, who stands in for Olga."""
    olga.deputy = Recruiter.objects.create(name="Дина", city=moscow, telegram_id=5003, started_at=clock.now())
    olga.save()
    return olga.deputy


@pytest.fixture
def pavel(moscow: City) -> Recruiter:
    return Recruiter.objects.create(name="Павел", city=moscow, telegram_id=5002, started_at=clock.now())


@pytest.fixture
def slot(make_slot: MakeSlot, olga: Recruiter) -> InterviewSlot:
    return make_slot(recruiter=olga)


@pytest.fixture
def other(make_slot: MakeSlot, olga: Recruiter) -> InterviewSlot:
    """Another time of Olga's, a day later."""
    return make_slot(timedelta(days=3), recruiter=olga)


@pytest.fixture
def booking(slot: InterviewSlot, maria: Candidate) -> Document:
    """Maria's booking with Olga, in an event without approval."""
    assert asking.outcome(asking.book(maria, slot)) is Outcome.BOOKED
    return asking.the_booking(maria)


@pytest.fixture
def wish(booking: Document, maria: Candidate) -> Document:
    """It, with the wish for another time."""
    assert asking.outcome(asking.says(maria, booking, Attendance.RESCHEDULE_ASKED)) is Outcome.BOOKED
    return asking.the_booking(maria)


@pytest.fixture
def offer(wish: Document, olga: Recruiter, other: InterviewSlot, maria: Candidate) -> Document:
    """It, with the other time offered."""
    assert asking.outcome(asking.offer_time(olga, wish, other)) is Outcome.BOOKED
    return asking.the_booking(maria)
