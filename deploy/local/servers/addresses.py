"""Where MongoDB, RabbitMQ and Redis are reached: ours, those of docker-compose.yml, or a user's own."""

from collections.abc import Mapping
from dataclasses import dataclass

from local.credentials import Credentials
from local.layout import LocalStackError, Ports
from local.servers import mongodb, rabbitmq, redis_server

LOCAL, COMPOSE, EXTERNAL = KINDS = ("local", "compose", "external")
# What an application needs to know, by the names that a user gives them with SLOTDESK_SERVERS=external.
EXTERNAL_NAMES = (
    *(
        "MONGODB_URI",
        "BOT_MONGODB_URI",
        "AMQP_URL_ADMIN",
        "AMQP_URL_BOT",
        "AMQP_URL_OPERATOR",
        "CELERY_BROKER_URL",
    ),
    "REDIS_URL",
)


@dataclass(frozen=True)
class Places:
    """host:port of each server as the reader sees it; `mongodb_reach` as in `mongodb.uri`."""

    mongodb: str
    rabbitmq: str
    redis: str
    mongodb_reach: str

    @classmethod
    def on_this_machine(cls, ports: Ports, kind: str = LOCAL) -> "Places":
        """The servers that we run, or those of docker-compose.yml, which publishes them on the same ports."""
        # In the containers' network the replica set's member is called mongodb, a name unknown out here.
        reach = "directConnection=true" if kind == COMPOSE else f"replicaSet={mongodb.REPLICA_SET}"
        mongod, broker, redis = (f"127.0.0.1:{port}" for port in (ports.mongod, ports.rabbitmq, ports.redis))
        return cls(mongod, broker, redis, reach)


def addresses(places: Places, credentials: Credentials) -> dict[str, str]:
    """How each user reaches the servers."""

    def mongodb_uri(user: str, password: str) -> str:
        return mongodb.uri(places.mongodb, user, password, places.mongodb_reach)

    return {
        "MONGODB_URI": mongodb_uri("slotdesk-admin", credentials.mongodb_admin_password),
        "BOT_MONGODB_URI": mongodb_uri("slotdesk-bot", credentials.mongodb_bot_password),
        "AMQP_URL_ADMIN": rabbitmq.url(places.rabbitmq, "slotdesk-admin", credentials),
        "AMQP_URL_BOT": rabbitmq.url(places.rabbitmq, "slotdesk-bot", credentials),
        "AMQP_URL_OPERATOR": rabbitmq.url(places.rabbitmq, "slotdesk-operator", credentials),
        "CELERY_BROKER_URL": rabbitmq.url(places.rabbitmq, "slotdesk-celery", credentials),
        "REDIS_URL": redis_server.url(places.redis, redis_server.OPERATOR, credentials),
        "REDIS_URL_ADMIN": redis_server.url(places.redis, "slotdesk-admin", credentials),
        "REDIS_URL_BOT": redis_server.url(places.redis, "slotdesk-bot", credentials),
    }


def external_addresses(environ: Mapping[str, str]) -> dict[str, str]:
    """The addresses of a user's own servers; the names that are missing are an error that lists them all.

    Both services use `REDIS_URL` where `REDIS_URL_ADMIN` and `REDIS_URL_BOT` are not given.
    """
    if missing := [name for name in EXTERNAL_NAMES if not environ.get(name)]:
        raise LocalStackError(f"SLOTDESK_SERVERS=external also needs {', '.join(missing)}.")
    own = {name: environ.get(name) or environ["REDIS_URL"] for name in ("REDIS_URL_ADMIN", "REDIS_URL_BOT")}
    return {name: environ[name] for name in EXTERNAL_NAMES} | own


def with_databases(known: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """The addresses with the names of the two services' databases."""
    return {
        **known,
        "MONGODB_DATABASE": environ.get("MONGODB_DATABASE", mongodb.ADMIN_DATABASE),
        "BOT_MONGODB_DATABASE": environ.get("BOT_MONGODB_DATABASE", mongodb.BOT_DATABASE),
    }


def for_tests(ports: Ports, credentials: Credentials) -> dict[str, str]:
    """Addresses for test suites: the services' own, but MongoDB's root user, who can make test databases."""
    places = Places.on_this_machine(ports)
    root = mongodb.uri(places.mongodb, mongodb.ROOT, credentials.mongodb_root_password)
    known = {**addresses(places, credentials), "MONGODB_URI": root, "BOT_MONGODB_URI": root}
    return with_databases(known, environ={})
