"""Waiting that ends because nothing is to come, and who is told (R4, R7)."""

import uuid

from common import clock
from common.mongo import collection
from config.consumers import DIALOGS
from messaging.dialogs import DialogCommands
from people.models import Candidate, City
from scheduling import tasks
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services.editing.retiring import Way, dependents_of, retire
from scheduling.services.recruiter_cards.delivery_reports import store_delivery
from scheduling.services.recruiter_cards.reached import follow_start
from scheduling.services.slots import save_event
from scheduling.services.waiting_told import UNTOLD
from shared_contracts.booking import Outcome
from shared_contracts.broadcast import Delivery, DeliveryStatus, NotificationDelivered
from shared_contracts.dialog import DialogOutcome, DialogResult
from tests.conftest import MakeCandidate
from tests.helpers import asking
from tests.helpers.waiting import ended, joining, offered_to, states, told


def test_who_waits_in_a_city_that_closes_waits_no_longer_and_is_told_once(
    event: InterviewEvent, maria: Candidate, ivan: Candidate, moscow: City, make_candidate: MakeCandidate
) -> None:
    """R7. Guards: ``end_hopeless`` in ``retire``, ``is_allowed`` there; who waits for any city waits on."""
    gone = make_candidate()
    for person, city in ((maria, moscow), (gone, moscow), (ivan, None)):
        told(joining(person, event, city))
    Candidate.objects.filter(pk=gone.pk).update(is_allowed=False)
    retire(moscow, Way.KEEP, agreed=dependents_of(moscow).agreed, actor="anna", reason="Съехали")

    assert sorted(states()) == ["closed", "closed", "waiting"]
    tasks.offer_free_seats()
    [news] = ended()
    assert (news.user_telegram_id, news.event.id, news.city) == (maria.telegram_id, str(event.pk), "Москва")
    entries = list(collection("audit_entries").find({"action": "waiting_closed"}))
    assert [(entry["actor"], entry["reason"]) for entry in entries] == [("staff:anna", "Съехали")] * 2
    (row,) = DialogCommands(DIALOGS).handle([joining(maria, event, moscow)])
    refused = DialogResult.model_validate_json(row["body"])
    assert (refused.outcome, refused.closed) == (DialogOutcome.NOT_ALLOWED, "city")


def test_who_waits_in_a_closing_event_is_told_unless_a_seat_is_held_for_them(
    slot: InterviewSlot, event: InterviewEvent, maria: Candidate, ivan: Candidate, anna: Candidate
) -> None:
    """Guards: ``end_hopeless`` in ``save_event``, ``settled`` there; a held seat can still be taken."""
    told(joining(maria, event))
    assert tasks.offer_free_seats() == 1
    told(joining(ivan, event))
    event.is_open = False
    save_event(event, actor="anna")

    assert [(news.user_telegram_id, news.city) for news in ended()] == [(ivan.telegram_id, None)]
    assert states() == ["closed", "closed"]
    booking = offered_to(maria)
    assert booking
    taken = asking.outcome(asking.take(maria, booking))
    assert taken is Outcome.BOOKED


def test_who_could_not_be_told_that_they_wait_no_longer_hears_it_when_they_come_back(
    event: InterviewEvent, maria: Candidate, moscow: City
) -> None:
    """R4, R7. Guards: ``note_arrival``, ``tell_missed``; once, and nobody is to tell them by hand any more."""
    told(joining(maria, event, moscow))
    City.objects.filter(pk=moscow.pk).update(is_active=False)
    tasks.offer_free_seats()
    [news] = ended()
    report = NotificationDelivered(
        message_id=uuid.uuid4(),
        correlation_id="c" * 8,
        occurred_at=clock.now(),
        notification_id=news.notification_id,
        user_telegram_id=news.user_telegram_id,
        delivery=Delivery(chat_id=news.user_telegram_id, status=DeliveryStatus.BLOCKED),
    )
    store_delivery(report, clock.now())
    assert collection("waiting_list").count_documents(UNTOLD) == 1
    for _time in range(2):
        follow_start(maria.telegram_id or 0, clock.now(), "c" * 8, anew=True)
    assert collection("waiting_list").count_documents(UNTOLD) == 0
    assert [item.city for item in ended()] == ["Москва", "Москва"]


def test_entries_of_what_was_closed_before_end_with_the_next_scan(
    event: InterviewEvent, maria: Candidate, moscow: City
) -> None:
    """Also who joined at that very moment. Guard: ``end_hopeless`` in ``offer_free_seats``."""
    told(joining(maria, event, moscow))
    City.objects.filter(pk=moscow.pk).update(is_active=False)
    tasks.offer_free_seats()
    assert states() == ["closed"]
    assert len(ended()) == 1
