"""Commands of dialogs on real RabbitMQ and MongoDB: one effect and one answer each, poison, dead letters (I2, I6)."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from common import clock
from common.models import AuditEntry
from common.mongo import collection
from config.consumers import DIALOGS
from messaging import dead_letters
from messaging.broker import Broker
from messaging.consuming import MAX_ATTEMPTS, Worker
from messaging.dialogs import DialogCommands
from people.models import Candidate
from shared_contracts.dialog import ChatStarted, ChatStopped, DialogOutcome, DialogResult
from shared_contracts.transport.envelope import Message, encode
from shared_contracts.transport.topology import DIALOG_COMMAND, DIALOG_RESULT
from tests.helpers import broker_tools, claiming

MASHA, STRANGER = 70_001, 70_002


@pytest.fixture(autouse=True)
def _empty_queues() -> None:
    broker_tools.empty_queues()


@pytest.fixture
def invitation() -> str:
    """The token of a link for someone known by name only."""
    return claiming.link(Candidate.objects.create(first_name="Мария"))


@contextmanager
def consumer() -> Iterator[None]:
    """A consumer of dialogs' commands at work."""
    stopping = threading.Event()
    broker = Broker(settings.ENV.amqp_url, "consumer under test", DIALOG_COMMAND)
    thread = threading.Thread(target=Worker(broker, DialogCommands(DIALOGS), stopping).run)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(timeout=60)


def sent(*messages: Message) -> None:
    broker_tools.send(DIALOG_COMMAND, *((str(message.message_id), encode(message)) for message in messages))


def answers(count: int) -> list[DialogResult]:
    return [DialogResult.model_validate_json(body) for body in broker_tools.receive(DIALOG_RESULT.name, count)]


def dead() -> list[dead_letters.DeadLetter]:
    return dead_letters.read(broker_tools.operator_url(), DIALOG_COMMAND)


def test_a_command_is_answered_once_with_its_own_reply_address(invitation: str) -> None:
    command = claiming.opens(invitation, MASHA)
    with consumer():
        sent(command)
        (answer,) = answers(1)

    assert (answer.request_id, answer.correlation_id) == (command.message_id, command.correlation_id)
    assert (answer.outcome, answer.action, answer.reply) == ("accepted", "invitation_claimed", command.reply)
    assert broker_tools.depth(DIALOG_COMMAND.name) == 0
    assert collection("outbox").count_documents({"status": "sent", "queue": DIALOG_RESULT.name}) == 1


def test_a_command_that_comes_three_times_has_one_effect_and_one_answer(invitation: str) -> None:
    """I2. Guard: the inbox. Without it a repeat would be answered again, and otherwise."""
    command = claiming.opens(invitation, MASHA)
    with consumer():
        sent(command, command)
        first = answers(1)
        sent(command)
        sent(claiming.opens(invitation, STRANGER))  # after it, nothing of the repeats can still be under way
        last = answers(1)

    assert [answer.outcome for answer in first + last] == [DialogOutcome.ACCEPTED, DialogOutcome.USED]
    assert collection("outbox").count_documents({"queue": DIALOG_RESULT.name}) == 2
    assert AuditEntry.objects.filter(action="joined").count() == 1


def test_reports_are_stored_and_answered_by_nothing(maria: Candidate) -> None:
    report = claiming.starts(maria.telegram_id, "maria_new")
    with consumer():
        sent(report, report)
        assert broker_tools.wait_until(lambda: Candidate.objects.filter(username="maria_new").exists())
        assert broker_tools.wait_until(lambda: broker_tools.depth(DIALOG_COMMAND.name) == 0)

    assert collection("outbox").count_documents({"queue": DIALOG_RESULT.name}) == 0


def test_an_unknown_action_goes_to_the_dead_letters_and_is_answered_failed(invitation: str) -> None:
    """I6, I5. Its neighbour is unaffected."""
    command, good = claiming.opens(invitation, STRANGER), claiming.opens(invitation, MASHA)
    body = encode(command).replace(b'"action":"invitation_claimed"', b'"action":"invitation_eaten"')
    with consumer():
        broker_tools.send(DIALOG_COMMAND, ("poison", body), (str(good.message_id), encode(good)))
        assert broker_tools.wait_until(lambda: broker_tools.depth(DIALOG_COMMAND.dead_name) == 1)
        assert [answer.outcome for answer in answers(1)] == [DialogOutcome.ACCEPTED]

    assert dead()[0].reason.startswith("wrong_fields")
    row = collection("outbox").find_one({"body": {"$regex": '"outcome":"failed"'}})
    assert row
    failed = DialogResult.model_validate_json(row["body"])
    assert (failed.request_id, failed.action) == (command.message_id, "invitation_eaten")
    assert (failed.user_telegram_id, failed.reply) == (STRANGER, command.reply)


def test_a_command_that_breaks_its_handler_is_buried_alone_and_answered_failed_once(invitation: str) -> None:
    """I6. Its document is damaged, so handling it raises; tried again, it is answered no second time."""
    gleb = Candidate.objects.create(first_name="Глеб", username="gleb_s")
    collection("invitations").update_one({}, {"$unset": {"used_at": ""}})
    poison, good = claiming.opens(invitation, STRANGER), claiming.comes(MASHA, "gleb_s")
    with consumer():
        sent(poison, good)
        assert broker_tools.wait_until(lambda: broker_tools.depth(DIALOG_COMMAND.dead_name) == 1)
        assert [answer.outcome for answer in answers(1)] == [DialogOutcome.ACCEPTED]
        dead_letters.replay(broker_tools.operator_url(), DIALOG_COMMAND, str(poison.message_id))
        assert broker_tools.wait_until(lambda: broker_tools.depth(DIALOG_COMMAND.dead_name) == 1)

    gleb.refresh_from_db()
    assert gleb.telegram_id == MASHA
    assert dead()[0].reason == "handling failed: KeyError"
    assert collection("outbox").count_documents({"body": {"$regex": '"outcome":"failed"'}}) == 1


def test_a_replayed_command_is_decided_like_new(invitation: str) -> None:
    """I6: an operator mends what was wrong and replays."""
    collection("invitations").update_one({}, {"$unset": {"used_at": ""}})
    command = claiming.opens(invitation, MASHA)
    with consumer():
        sent(command)
        assert broker_tools.wait_until(lambda: broker_tools.depth(DIALOG_COMMAND.dead_name) == 1)
        collection("invitations").update_one({}, {"$set": {"used_at": None}})
        assert dead_letters.replay(broker_tools.operator_url(), DIALOG_COMMAND, str(uuid.uuid4())) == 0
        assert dead_letters.replay(broker_tools.operator_url(), DIALOG_COMMAND, str(command.message_id)) == 1
        (answer,) = answers(1)

    assert answer.outcome is DialogOutcome.ACCEPTED
    assert dead() == []


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"action": "invitation_claimed"}'])
def test_what_does_not_say_who_waits_is_buried_without_an_answer(body: bytes) -> None:
    with consumer():
        broker_tools.send(DIALOG_COMMAND, ("poison", body))
        assert broker_tools.wait_until(lambda: broker_tools.depth(DIALOG_COMMAND.dead_name) == 1)

    assert collection("outbox").count_documents({}) == 0


def test_a_decided_command_stays_decided_however_often_it_comes_again(invitation: str) -> None:
    """I2. Guard: ``Worker._is_decided``. The sibling of a booking that was answered "failed" after "booked"."""
    command = claiming.opens(invitation, MASHA)
    with consumer():
        sent(command)
        answers(1)
    collection("delivery_attempts").insert_one({"_id": str(command.message_id), "attempts": MAX_ATTEMPTS})
    sent(command)
    with broker_tools.channel(settings.ENV.amqp_url) as doomed:
        assert broker_tools.wait_until(lambda: doomed.basic_get(DIALOG_COMMAND.name)[0] is not None)
    with consumer():
        assert broker_tools.wait_until(lambda: collection("delivery_attempts").count_documents({}) == 0)
        body = encode(command).replace(b'"schema_version":1', b'"schema_version":9')
        broker_tools.send(DIALOG_COMMAND, (str(command.message_id), body))
        assert broker_tools.wait_until(lambda: broker_tools.depth(DIALOG_COMMAND.dead_name) == 1)

    assert collection("outbox").count_documents({"body": {"$regex": '"outcome":"failed"'}}) == 0


def test_a_report_from_the_future_does_not_outlast_those_of_the_present(maria: Candidate) -> None:
    """Guard: ``clock.reported``. One report by a wrong clock once decided for good when a chat was last seen."""
    future = ChatStopped(
        message_id=uuid.uuid4(),
        correlation_id="c",
        occurred_at=datetime(2199, 1, 1, tzinfo=UTC),
        user_telegram_id=maria.telegram_id,
    )
    started = ChatStarted(
        message_id=uuid.uuid4(),
        correlation_id="c",
        occurred_at=clock.now() + timedelta(seconds=30),
        user_telegram_id=maria.telegram_id,
    )
    with consumer():
        sent(future, started)
        assert broker_tools.wait_until(lambda: Candidate.objects.get(pk=maria.pk).started_at is not None)

    assert Candidate.objects.get(pk=maria.pk).blocked_at is None
