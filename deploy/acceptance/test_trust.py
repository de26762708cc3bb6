"""Each service can do its own work, and no more (NFR3)."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pika

from acceptance.conftest import Api, dead_letters
from acceptance.driving import Store, eventually
from local.stack import Stack
from shared_contracts.booking import BookingCancelled, BookingCreated
from shared_contracts.requests import ReplyTo, ShownSlot
from shared_contracts.transport.envelope import Message, encode
from shared_contracts.transport.topology import BOOKING_EVENT, TO_ADMIN

MARIA, IVAN = 1008, 1014


def publish_as_the_bot(stack: Stack, *messages: Message) -> None:
    """With all that the bot's broker account gives, and nothing else."""
    with pika.BlockingConnection(pika.URLParameters(stack.env["AMQP_URL_BOT"])) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        for message in messages:
            properties = pika.BasicProperties(delivery_mode=2, message_id=str(message.message_id))
            channel.basic_publish(TO_ADMIN, BOOKING_EVENT.name, encode(message), properties, mandatory=True)


def test_the_bots_broker_account_alone_books_and_cancels_for_nobody(stack: Stack, store: Store, api: Api) -> None:
    """Guard: ``Receiver.open``. Every id, version and reply address is the right one."""
    ours, other = api.slots()[:2]
    assert api.book(MARIA, ours, uuid.uuid4().hex) == "booked"
    (booking,) = store.bookings_of(MARIA)
    of_ivan = [item["_id"] for item in store.bookings_of(IVAN)]
    now = datetime.now(UTC)
    common: dict[str, Any] = {"correlation_id": "forged", "occurred_at": now, "timestamp": now}
    cancel = BookingCancelled(
        **common,
        message_id=uuid.uuid4(),
        user_telegram_id=MARIA,
        reply=ReplyTo(chat_id=MARIA, message_id=1),
        booking_id=str(booking["_id"]),
        expected_version=booking["version"],
    )
    shown = ShownSlot(id=other["id"], starts_at=datetime.fromisoformat(other["starts_at"]))
    book = BookingCreated(
        **common, message_id=uuid.uuid4(), user_telegram_id=IVAN, event_id=other["event"]["id"], slot=shown
    )

    publish_as_the_bot(stack, cancel, book)
    eventually(lambda: dead_letters(stack) == {BOOKING_EVENT.dead_name: 2}, "both are given up")
    with pika.BlockingConnection(pika.URLParameters(stack.env["AMQP_URL_OPERATOR"])) as operator:
        operator.channel().queue_purge(BOOKING_EVENT.dead_name)

    assert [item["_id"] for item in store.bookings_of(MARIA)] == [booking["_id"]]
    assert [item["_id"] for item in store.bookings_of(IVAN)] == of_ivan
