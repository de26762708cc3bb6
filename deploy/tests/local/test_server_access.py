"""NFR3: each service reaches what it needs on the servers and nothing else."""

from collections.abc import Callable, Iterator

import pika
import pytest
import redis
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import (
    ChannelClosedByBroker,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
)
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from local.credentials import load_or_create
from local.servers import mongodb
from local.servers.addresses import Places, addresses
from shared_contracts.transport import topology
from tests.local.conftest import RunningServers

ADMIN, BOT, OPERATOR = "AMQP_URL_ADMIN", "AMQP_URL_BOT", "AMQP_URL_OPERATOR"


def channel(url: str) -> BlockingChannel:
    """A channel of its own connection, with confirms: a refused publish is then an exception at once."""
    opened = pika.BlockingConnection(pika.URLParameters(url)).channel()
    opened.confirm_delivery()
    return opened


@pytest.fixture(scope="module")
def broker(servers: RunningServers) -> Iterator[dict[str, str]]:
    """A broker on which the operator has declared every exchange and queue."""
    operator = channel(servers.addresses[OPERATOR])
    for exchange in topology.ALL_EXCHANGES:
        operator.exchange_declare(exchange, topology.EXCHANGE_TYPE, durable=True)
    for queue in topology.ALL_QUEUES:
        operator.queue_declare(queue.name, durable=True, arguments=queue.arguments)
        operator.queue_bind(queue.name, queue.exchange, queue.name)
        operator.queue_declare(queue.dead_name, durable=True, arguments=queue.dead_arguments)
        operator.queue_bind(queue.dead_name, queue.dead_exchange, queue.name)
    yield servers.addresses
    operator.connection.close()


def publish(url: str, exchange: str, queue: str) -> None:
    """Publish one message; an exception when the broker refuses or nobody gets it."""
    opened = channel(url)
    try:
        opened.basic_publish(exchange, queue, b"{}", mandatory=True)
    finally:
        if opened.connection.is_open:
            opened.connection.close()


@pytest.mark.parametrize(
    ("user", "exchange", "queue"),
    [
        (ADMIN, topology.TO_BOT, "bot.broadcast.command"),
        (ADMIN, topology.ADMIN_DEAD, "admin.booking.event"),
        (BOT, topology.TO_ADMIN, "admin.booking.event"),
        (BOT, topology.BOT_DEAD, "bot.broadcast.command"),
    ],
)
def test_a_service_writes_to_the_other_and_to_its_own_dead_letters(
    broker: dict[str, str], user: str, exchange: str, queue: str
) -> None:
    publish(broker[user], exchange, queue)


@pytest.mark.parametrize(
    ("user", "exchange", "queue"),
    [
        (ADMIN, topology.TO_ADMIN, "admin.booking.event"),
        (ADMIN, topology.BOT_DEAD, "bot.broadcast.command"),
        (ADMIN, "", "admin.booking.event"),
        (BOT, topology.TO_BOT, "bot.broadcast.command"),
        (BOT, topology.ADMIN_DEAD, "admin.booking.event"),
        (BOT, "", "bot.broadcast.command"),
    ],
)
def test_a_service_cannot_write_to_its_own_exchange_the_others_dead_letters_or_the_default_exchange(
    broker: dict[str, str], user: str, exchange: str, queue: str
) -> None:
    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        publish(broker[user], exchange, queue)


@pytest.mark.parametrize(
    ("user", "queues"), [(ADMIN, topology.ADMIN_QUEUES), (BOT, topology.BOT_QUEUES)], ids=["admin", "bot"]
)
def test_a_service_reads_every_queue_of_its_own(
    broker: dict[str, str], user: str, queues: tuple[topology.Queue, ...]
) -> None:
    opened = channel(broker[user])
    for queue in queues:
        opened.basic_cancel(opened.basic_consume(queue.name, lambda *_: None))
    opened.connection.close()


@pytest.mark.parametrize(
    ("user", "queue"),
    [
        (ADMIN, "bot.booking.result"),
        (ADMIN, "admin.booking.event.dead"),
        (BOT, "admin.booking.event"),
        (BOT, "bot.booking.result.dead"),
    ],
)
def test_a_service_reads_neither_the_others_queues_nor_dead_letters(
    broker: dict[str, str], user: str, queue: str
) -> None:
    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        channel(broker[user]).basic_get(queue)


@pytest.mark.parametrize("user", [ADMIN, BOT])
def test_a_service_checks_its_queues_but_declares_none(broker: dict[str, str], user: str) -> None:
    for queue in topology.ALL_QUEUES:
        channel(broker[user]).queue_declare(queue.name, passive=True)
    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        channel(broker[user]).queue_declare("admin.of.my.own", durable=True)


def test_the_operator_reads_dead_letters(broker: dict[str, str]) -> None:
    publish(broker[BOT], topology.BOT_DEAD, "bot.booking.result")
    opened = channel(broker[OPERATOR])
    method, _, body = opened.basic_get("bot.booking.result.dead", auto_ack=True)
    assert (method is not None, body) == (True, b"{}")
    opened.connection.close()


@pytest.mark.parametrize("user", [ADMIN, BOT])
def test_a_service_stays_out_of_celerys_virtual_host(broker: dict[str, str], user: str) -> None:
    with pytest.raises(ProbableAccessDeniedError):
        channel(broker[user].rpartition("/")[0] + "/slotdesk-celery")


def test_there_is_no_guest(broker: dict[str, str]) -> None:
    place = broker[OPERATOR].rpartition("@")[2].partition("/")[0]
    for vhost in ("slotdesk", "%2f"):
        with pytest.raises(ProbableAuthenticationError):
            channel(f"amqp://guest:guest@{place}/{vhost}")


def test_mongodb_answers_nobody_without_a_password(servers: RunningServers) -> None:
    place = servers.addresses["MONGODB_URI"].rpartition("@")[2]
    with (
        MongoClient[dict[str, object]](f"mongodb://{place}") as client,
        pytest.raises(OperationFailure, match="requires authentication"),
    ):
        client["slotdesk"]["bookings"].find_one()


@pytest.mark.parametrize(
    ("user", "own", "foreign"),
    [("MONGODB_URI", "slotdesk", "slotdesk_bot"), ("BOT_MONGODB_URI", "slotdesk_bot", "slotdesk")],
)
def test_a_services_mongodb_user_has_its_own_database_and_no_other(
    servers: RunningServers, user: str, own: str, foreign: str
) -> None:
    with MongoClient[dict[str, object]](_services_uri(servers, user)) as client:
        with client.start_session() as session, session.start_transaction():
            client[own]["access_test"].insert_one({"of": "Marina, coordinator"}, session=session)
        with client[own].watch(max_await_time_ms=1):
            client[own].drop_collection("access_test")
        for database in (foreign, "admin"):
            with pytest.raises(OperationFailure, match="not authorized"):
                client[database]["access_test"].find_one()


def _services_uri(running: RunningServers, name: str) -> str:
    """As in `stack.env`; `servers.env` names MongoDB's root user instead, for tests that make databases."""
    ports = running.home.remembered_ports()
    assert ports is not None
    return addresses(Places.on_this_machine(ports), load_or_create(running.home))[name]


def test_mongodb_waits_for_the_disk_where_data_is_to_last(servers: RunningServers) -> None:
    """Test suites start theirs without; a stack on the same home waits again."""
    ports, credentials = servers.home.remembered_ports(), load_or_create(servers.home)
    assert ports is not None

    def waits() -> object:
        with MongoClient[dict[str, object]](servers.addresses["MONGODB_URI"]) as client:
            return client.admin.command("replSetGetConfig")["config"]["writeConcernMajorityJournalDefault"]

    assert waits() is False
    mongodb.is_ready(ports, credentials)
    assert waits() is True
    mongodb.is_ready(ports, credentials, durable=False)
    assert waits() is False


REDIS = {
    "REDIS_URL_ADMIN": ("redbeat::schedule", "redbeat::lock", "admin:anything"),
    "REDIS_URL_BOT": ("user:1:state", "user:1:lock", "allowed:entries", "slots:cache:x", "flow:chat:1", "update:1:2"),
}
FOREIGN = {
    "REDIS_URL_ADMIN": (*REDIS["REDIS_URL_BOT"], "anything"),
    "REDIS_URL_BOT": (*REDIS["REDIS_URL_ADMIN"], "redbeat:send what is due", "anything"),
}
FORBIDDEN = [
    *("FLUSHALL", "FLUSHDB", "SHUTDOWN NOSAVE", "CONFIG GET *", "CONFIG SET requirepass x", "CONFIG REWRITE", "SAVE"),
    *("KEYS *", "SCAN 0", "RANDOMKEY", "DBSIZE", "DEBUG SLEEP 0", "MONITOR", "SWAPDB 0 1", "INFO", "ROLE"),
    *("ACL LIST", "ACL WHOAMI", "ACL SETUSER slotdesk-bot on +@all ~*", "CLIENT LIST", "CLIENT KILL TYPE normal"),
    *(
        "REPLICAOF NO ONE",
        "MODULE LIST",
        "SCRIPT FLUSH",
        "FUNCTION FLUSH",
        "PUBLISH a b",
        "SUBSCRIBE a",
        "LATENCY RESET",
    ),
]


def run(client: redis.Redis, *command: object) -> None:
    """One command, as it goes over the wire."""
    client.execute_command(*command)  # type: ignore[no-untyped-call]


@pytest.fixture
def as_user(servers: RunningServers) -> Iterator[Callable[[str], redis.Redis]]:
    """Connections of the users named by their addresses."""
    opened: list[redis.Redis] = []

    def connect(name: str) -> redis.Redis:
        opened.append(redis.Redis.from_url(servers.addresses[name]))
        return opened[-1]

    yield connect
    for client in opened:
        client.close()


@pytest.mark.parametrize("user", REDIS)
def test_a_service_does_with_its_own_keys_what_it_does_with_them(
    as_user: Callable[[str], redis.Redis], user: str
) -> None:
    client = as_user(user)
    for key in REDIS[user]:
        commands = [
            *("SET {} 1 PX 60000", "INCR {}", "PTTL {}", "MGET {}", "EXISTS {}", "DEL {}"),
            *("HSET {} field 1", "HGETALL {}", "EXPIRE {} 60", "DEL {}"),
            *("ZADD {} 1 member", "ZRANGEBYSCORE {} 0 2", "DEL {}"),
        ]
        with client.pipeline() as pipe:
            for command in commands:
                run(pipe, *command.format(key).split())
            pipe.execute()
        with client.lock(key, timeout=5) as lock:
            lock.extend(5)
        assert client.register_script("redis.call('TIME') return redis.call('EXISTS', KEYS[1])")(keys=[key]) == 0


@pytest.mark.parametrize("user", FOREIGN)
def test_a_service_does_not_touch_the_others_keys(as_user: Callable[[str], redis.Redis], user: str) -> None:
    """Guard: ``KEYS``: the bot's password switches no reminder off."""
    client = as_user(user)
    for key in FOREIGN[user]:
        for command in (["GET", key], ["SET", key, "1"], ["DEL", key], ["EXPIRE", key, "1"], ["RENAME", key, key]):
            with pytest.raises(redis.exceptions.NoPermissionError):
                run(client, *command)
        with pytest.raises(redis.exceptions.ResponseError, match=r"can't access"):
            client.eval(f"return redis.call('DEL', '{key}')", 0)


@pytest.mark.parametrize("user", REDIS)
@pytest.mark.parametrize("command", FORBIDDEN)
def test_a_service_does_nothing_to_the_server(as_user: Callable[[str], redis.Redis], user: str, command: str) -> None:
    """Guard: ``_SERVICES_MAY``."""
    with pytest.raises(redis.exceptions.ResponseError, match=r"no permissions|DEBUG command not allowed"):
        run(as_user(user), *command.split())


def test_redis_answers_nobody_without_a_password(servers: RunningServers) -> None:
    assert redis.Redis.from_url(servers.addresses["REDIS_URL"]).ping() is True
    without = "redis://" + servers.addresses["REDIS_URL"].rpartition("@")[2]
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(without).ping()
    for user in ("default", "slotdesk-admin", "slotdesk-bot"):
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(without, username=user, password="").ping()
