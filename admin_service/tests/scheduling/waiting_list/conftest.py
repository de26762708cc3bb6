"""Anna sits, Maria and Ivan wait."""

import pytest

from people.models import Candidate, City
from scheduling.models import InterviewEvent, InterviewSlot
from shared_contracts.dialog import DialogOutcome
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking
from tests.helpers.waiting import joining, told, zone_where_it_is


@pytest.fixture
def city() -> City:
    """Where it is noon."""
    return City.objects.create(name="Полдень", timezone=zone_where_it_is(12))


@pytest.fixture
def slot(make_slot: MakeSlot, city: City) -> InterviewSlot:
    return make_slot(city=city)


@pytest.fixture
def anna(make_candidate: MakeCandidate) -> Candidate:
    """Anna, who has the only seat."""
    return make_candidate(first_name="Анна")


@pytest.fixture
def _waiting(slot: InterviewSlot, anna: Candidate, maria: Candidate, ivan: Candidate, event: InterviewEvent) -> None:
    """Anna sits in the slot; Maria waits, then Ivan."""
    asking.outcome(asking.book(anna, slot))
    for person in (maria, ivan):
        assert told(joining(person, event)) is DialogOutcome.JOINED
