"""Who waits for a seat and is taken off the allow list (FR2, R7)."""

import pytest

from common.mongo import collection
from people.models import Candidate, City
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services import staff_commands
from scheduling.services.editing.retiring import dependents_of
from scheduling.services.slots import save_event
from scheduling.services.waiting_list import waiting_entries
from tests.helpers import asking
from tests.helpers.waiting import ended, offered_to, states


@pytest.mark.usefixtures("_waiting")
def test_they_wait_for_nothing_until_they_are_back(
    slot: InterviewSlot, anna: Candidate, maria: Candidate, ivan: Candidate, event: InterviewEvent
) -> None:
    """Neither counted nor offered a seat, and told so; then in their old place. Guards: ``pause``, ``go_on``."""
    gone = [str(maria.pk)]
    collection("waiting_list").update_many({}, {"$set": {"city_id": slot.city_id}})
    staff_commands.remove_candidates(gone, keep_bookings=True, actor="kira", reason="")
    assert (states(), waiting_entries(gone)) == (["off_list", "waiting"], [])
    assert [(news.user_telegram_id, news.off_list) for news in ended()] == [(maria.telegram_id, True)]
    assert dependents_of(City.objects.get(pk=slot.city_id)).waiting == 1
    asking.outcome(asking.cancel(anna, asking.the_booking(anna)))
    assert offered_to(ivan) and not offered_to(maria)

    assert staff_commands.put_back(gone, actor="kira") == 1
    assert (states(), len(waiting_entries(gone))) == (["waiting", "waiting"], 1)
    actions = set(collection("audit_entries").distinct("action"))
    assert {"waiting_paused", "waiting_again"} <= actions

    staff_commands.remove_candidates(gone, keep_bookings=True, actor="kira", reason="")
    event.is_open = False
    save_event(event, actor="kira")
    staff_commands.put_back(gone, actor="kira")
    assert states()[0] == "closed", "and told so, now that they can be"
