"""The outbox relay on real RabbitMQ and MongoDB."""

import threading
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings

from common import clock
from common.mongo import collection
from messaging import caches, outbox
from messaging.broker import Broker, PublishError, ToPublish
from messaging.relaying import Relay
from shared_contracts.notification import CacheName
from shared_contracts.transport.topology import CACHE_INVALIDATE
from tests.helpers import broker_tools


@pytest.fixture
def broker() -> Broker:
    broker_tools.empty_queues()
    return Broker(settings.ENV.amqp_url, "relay under test")


def news() -> outbox.Outgoing:
    return caches.invalidation(CacheName.SLOTS, correlation_id=uuid.uuid4().hex)


def statuses() -> dict[str, str]:
    return {row["_id"]: row["status"] for row in collection("outbox").find()}


def test_a_row_is_published_and_marked_sent_once_confirmed(broker: Broker) -> None:
    stopping = threading.Event()
    thread = threading.Thread(target=Relay(broker, stopping).run)
    thread.start()
    (row,) = outbox.add([news()])
    try:
        (body,) = broker_tools.receive(CACHE_INVALIDATE.name, 1)
        assert broker_tools.wait_until(lambda: statuses() == {row["_id"]: "sent"})
    finally:
        stopping.set()
        thread.join(timeout=60)

    assert body.decode() == row["body"]


def test_rows_whose_writer_publishes_them_itself_are_left_to_it_for_a_while(broker: Broker) -> None:
    """Guard: ``due_at``. Without it every answer would go out twice."""
    (mine,) = outbox.add([news()], published_by_writer=True)
    (other,) = outbox.add([news()])
    broker.start()
    assert broker_tools.wait_until(lambda: broker.ready)
    Relay(broker, threading.Event()).send_due()
    broker.stop()

    assert statuses() == {mine["_id"]: "pending", other["_id"]: "sent"}


def test_a_row_that_waits_for_its_time_is_the_relays_and_goes_then(broker: Broker) -> None:
    """Guard: ``WAITING``, whoever publishes the others."""
    item = news()
    assert outbox.add([item._replace(not_before=clock.now() + timedelta(hours=3))], published_by_writer=True) == []
    broker.start()
    assert broker_tools.wait_until(lambda: broker.ready)
    relay = Relay(broker, threading.Event())
    assert relay.send_due() == 0
    with time_machine.travel(clock.now() + timedelta(hours=3), tick=True):
        assert relay.send_due() == 1
    broker.stop()

    assert statuses() == {str(item.message.message_id): "sent"}


@pytest.mark.parametrize("back", [timedelta(minutes=1), timedelta(days=1)])
def test_a_clock_that_is_set_back_holds_no_message_back(broker: Broker, back: timedelta) -> None:
    """Guard: ``due``. Both rows were written, and one put off, before the step."""
    (mine,) = outbox.add([news()], published_by_writer=True)
    (late,) = outbox.add([news()])
    put_off = {"attempts": 4, "due_at": clock.now() + timedelta(seconds=outbox.RETRY_AFTER[-1])}
    collection("outbox").update_one({"_id": late["_id"]}, {"$set": put_off})
    broker.start()
    assert broker_tools.wait_until(lambda: broker.ready)
    with time_machine.travel(clock.now() - back, tick=True):
        Relay(broker, threading.Event()).send_due()
    broker.stop()

    assert statuses() == {mine["_id"]: "sent", late["_id"]: "sent"}


def test_a_row_that_no_queue_takes_waits_and_does_not_hold_up_the_others(broker: Broker) -> None:
    """Guard: ``mandatory``. Without it RabbitMQ confirms, and drops, what no queue takes."""
    (lost,), (good,) = outbox.add([news()]), outbox.add([news()])
    with broker_tools.channel() as operator:
        operator.queue_unbind(CACHE_INVALIDATE.name, CACHE_INVALIDATE.exchange, CACHE_INVALIDATE.name)
    broker.start()
    assert broker_tools.wait_until(lambda: broker.ready)
    collection("outbox").update_one({"_id": good["_id"]}, {"$set": {"queue": "bot.booking.result"}})
    Relay(broker, threading.Event()).send_due()
    broker.stop()

    assert statuses() == {lost["_id"]: "pending", good["_id"]: "sent"}
    row = collection("outbox").find_one({"_id": lost["_id"]})
    assert row and row["attempts"] == 1 and row["due_at"] > clock.now()


def test_a_service_may_not_write_to_its_own_exchange(broker: Broker) -> None:
    """NFR3: the admin service can't forge a request to itself."""
    broker.start()
    assert broker_tools.wait_until(lambda: broker.ready)
    with pytest.raises(PublishError):
        broker.publish([ToPublish("slotdesk.admin", "admin.booking.event", b"{}", "1", "1")])
    broker.stop()
