"""The three servers under the applications, as we run them ourselves."""

from collections.abc import Callable
from dataclasses import dataclass

from local.credentials import Credentials
from local.layout import Home, Ports
from local.servers import mongodb, rabbitmq, redis_server
from local.supervising.programs import Program


@dataclass(frozen=True)
class Server:
    """One server: the processes it consists of, and the question whether it can be used."""

    name: str
    programs: list[Program]
    ports: dict[str, int]
    is_ready: Callable[[], bool]


def local_servers(home: Home, ports: Ports, credentials: Credentials, *, durable: bool = True) -> list[Server]:
    """The servers that we run ourselves, under the calling user.

    `durable`: what MongoDB has confirmed outlasts a loss of power. Test suites, whose data nobody keeps, take half the
    time without.
    """
    return [
        Server(
            "mongod",
            [mongodb.program(home, ports)],
            {"mongod": ports.mongod},
            lambda: mongodb.is_ready(ports, credentials, durable=durable),
        ),
        Server(
            "rabbitmq",
            rabbitmq.programs(home, ports, credentials),
            {"rabbitmq": ports.rabbitmq, "rabbitmq_dist": ports.rabbitmq_dist, "epmd": ports.epmd},
            lambda: rabbitmq.is_ready(ports, credentials),
        ),
        Server(
            "redis",
            [redis_server.program(home, ports, credentials)],
            {"redis": ports.redis},
            lambda: redis_server.is_ready(ports, credentials),
        ),
    ]
