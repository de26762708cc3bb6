"""Redis: dialog state, caches and beat's schedule, with a user for each service and an append-only file."""

import hashlib
import socket

from local.credentials import Credentials
from local.layout import Home, Ports
from local.supervising.programs import Program

OPERATOR = "default"  # who gives a password alone is this user
# Neither can so much as name a key of the other's, list keys, or do anything to the server.
KEYS = {
    "slotdesk-admin": ("redbeat:*", "admin:*"),
    "slotdesk-bot": (
        *("allowed:*", "awaited:*", "cities:*", "closed:*", "events:*", "flow:*", "questionnaire:*", "ready"),
        *("recruiters:*", "screening:*", "slots:*", "templates:*", "update:*", "user:*"),
    ),
}
_SERVICES_MAY = (
    "+@read +@write +@connection +@transaction -@dangerous -@blocking -@pubsub -@scripting "
    "-scan -randomkey -dbsize +time +eval +evalsha +script|load +script|exists"
)


def passwords(credentials: Credentials) -> dict[str, str]:
    """The password of each user."""
    return {
        OPERATOR: credentials.redis_password,
        "slotdesk-admin": credentials.redis_admin_password,
        "slotdesk-bot": credentials.redis_bot_password,
    }


def users(credentials: Credentials) -> str:
    """Redis' ACL file; it holds hashes of the passwords."""
    hashes = {name: hashlib.sha256(password.encode()).hexdigest() for name, password in passwords(credentials).items()}
    lines = [f"user {OPERATOR} reset on #{hashes[OPERATOR]} ~* &* +@all"]
    for name, keys in KEYS.items():
        patterns = " ".join(f"~{key}" for key in keys)
        lines.append(f"user {name} reset on #{hashes[name]} {patterns} {_SERVICES_MAY}")
    return "\n".join(lines) + "\n"


def program(home: Home, ports: Ports, credentials: Credentials) -> Program:
    """redis-server on 127.0.0.1. Settings are in a file, so that nothing secret is on a command line."""
    settings = {
        "bind": "127.0.0.1",
        "port": str(ports.redis),
        "aclfile": f'"{home.write("redis/users.acl", users(credentials))}"',
        "dir": f'"{home.directory("redis")}"',
        "appendonly": "yes",
        "save": '""',
        "set-proc-title": "no",  # a title written over the process's environment would hide the stack's mark
    }
    config = home.write("redis.conf", "".join(f"{name} {value}\n" for name, value in settings.items()))
    return Program("redis", ("redis-server", str(config)), home.path)


def url(place: str, user: str, credentials: Credentials) -> str:
    """Database 0 of the server at `place` (host:port) as one of the users; the operator needs no name."""
    name = "" if user == OPERATOR else user
    return f"redis://{name}:{passwords(credentials)[user]}@{place}/0"


def is_ready(ports: Ports, credentials: Credentials) -> bool:
    """Whether the server has loaded its data and accepts the password."""
    try:
        with socket.create_connection(("127.0.0.1", ports.redis), timeout=1) as connection:
            connection.sendall(f"AUTH {credentials.redis_password}\r\nPING\r\n".encode())
            return b"+OK\r\n+PONG" in connection.recv(1024)
    except OSError:
        return False
