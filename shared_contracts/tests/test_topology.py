"""Queues and exchanges as the services rely on them."""

from shared_contracts.asyncapi import CARRIES
from shared_contracts.transport import topology


def test_each_queue_carries_one_known_kind_of_message() -> None:
    assert set(CARRIES) == set(topology.BY_NAME)


def test_every_queue_keeps_its_messages_and_its_dead_letters() -> None:
    for queue in topology.ALL_QUEUES:
        assert queue.arguments["x-queue-type"] == "quorum"
        assert queue.arguments["x-overflow"] == "reject-publish"
        assert queue.arguments["x-dead-letter-strategy"] == "at-least-once"
        assert queue.arguments["x-dead-letter-exchange"] in (topology.ADMIN_DEAD, topology.BOT_DEAD)


def test_a_service_reads_only_queues_that_the_other_one_fills() -> None:
    assert {queue.exchange for queue in topology.ADMIN_QUEUES} == {topology.TO_ADMIN}
    assert {queue.exchange for queue in topology.BOT_QUEUES} == {topology.TO_BOT}
