"""RabbitMQ: the packaged server under the calling user; users and virtual hosts from a definitions file."""

import base64
import hashlib
import json
import logging
import os
from pathlib import Path
from typing import Any

import pika
from pika.exceptions import AMQPError

from local.credentials import Credentials
from local.layout import Home, Ports
from local.supervising.programs import Program

VHOST = "slotdesk"
CELERY_VHOST = "slotdesk-celery"
SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")

EVERYTHING = {"configure": ".*", "write": ".*", "read": ".*"}
# Each service writes to the other's exchange and to its own dead letters, and reads its own queues, but not
# the dead letters: those are the operator's.
PERMISSIONS: dict[str, tuple[str, dict[str, str]]] = {
    "slotdesk-admin": (
        VHOST,
        {
            "configure": "^$",
            "write": r"^slotdesk\.(bot|admin\.dead)$",
            "read": r"^admin\.(?!.*\.dead$)[a-z.]+$",
        },
    ),
    "slotdesk-bot": (
        VHOST,
        {
            "configure": "^$",
            "write": r"^slotdesk\.(admin|bot\.dead)$",
            "read": r"^bot\.(?!.*\.dead$)[a-z.]+$",
        },
    ),
    "slotdesk-operator": (VHOST, EVERYTHING),
    "slotdesk-celery": (CELERY_VHOST, EVERYTHING),
}


def passwords(credentials: Credentials) -> dict[str, str]:
    """The password of each user in `PERMISSIONS`."""
    return {
        "slotdesk-admin": credentials.rabbitmq_admin_password,
        "slotdesk-bot": credentials.rabbitmq_bot_password,
        "slotdesk-operator": credentials.rabbitmq_operator_password,
        "slotdesk-celery": credentials.rabbitmq_celery_password,
    }


def definitions(credentials: Credentials) -> dict[str, Any]:
    """Users, virtual hosts, permissions in RabbitMQ's format. A node that loads them makes no `guest`."""
    return {
        "users": [
            {
                "name": name,
                "password_hash": _password_hash(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": [],
            }
            for name, password in passwords(credentials).items()
        ],
        "vhosts": [{"name": VHOST}, {"name": CELERY_VHOST}],
        "permissions": [{"user": user, "vhost": vhost, **allowed} for user, (vhost, allowed) in PERMISSIONS.items()],
    }


def _password_hash(password: str) -> str:
    """RabbitMQ's documented form: base64(salt + sha256(salt + password)), the salt 4 bytes long."""
    salt = os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def programs(home: Home, ports: Ports, credentials: Credentials) -> list[Program]:
    """The broker and its port mapper. The mapper is run by us, or Erlang would leave one behind for good."""
    epmd = ("epmd", "-port", str(ports.epmd), "-address", "127.0.0.1")
    # The packaged wrapper switches user; the script behind it does not. With its input allowed it becomes the
    # server instead of waiting for it as a child, so that signals arrive.
    server = (str(SERVER), "-noinput")
    return [
        Program("epmd", epmd, home.path),
        Program("rabbitmq", server, home.path, _environment(home, ports, credentials), stop_seconds=30),
    ]


def _environment(home: Home, ports: Ports, credentials: Credentials) -> dict[str, str]:
    node = home.directory("rabbitmq")
    settings = {
        "listeners.tcp.local": f"127.0.0.1:{ports.rabbitmq}",
        "load_definitions": str(home.write("rabbitmq/definitions.json", json.dumps(definitions(credentials)))),
        "log.console": "true",
        "log.file": "false",
        "disk_free_limit.absolute": "64MB",
        "raft.wal_max_size_bytes": "64000000",  # the default keeps up to 512 MB of every node's log in memory
    }
    config = "".join(f"{name} = {value}\n" for name, value in settings.items())
    return {
        "HOME": str(node),
        "ERL_EPMD_PORT": str(ports.epmd),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_ALLOW_INPUT": "1",
        "RABBITMQ_NODENAME": "slotdesk@localhost",
        "RABBITMQ_DIST_PORT": str(ports.rabbitmq_dist),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "RABBITMQ_MNESIA_BASE": str(node / "mnesia"),
        "RABBITMQ_LOG_BASE": str(node / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_CONFIG_FILE": str(home.write("rabbitmq/rabbitmq.conf", config)),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(home.write("rabbitmq/advanced.config", "[].\n")),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home.write("rabbitmq/enabled_plugins", "[].\n")),
        "RABBITMQ_CONF_ENV_FILE": str(home.write("rabbitmq/rabbitmq-env.conf", "")),
    }


def url(place: str, user: str, credentials: Credentials) -> str:
    """The AMQP address of one user in its virtual host, on the broker at `place` (host:port)."""
    vhost, _ = PERMISSIONS[user]
    return f"amqp://{user}:{passwords(credentials)[user]}@{place}/{vhost}"


def is_ready(ports: Ports, credentials: Credentials) -> bool:
    """Whether the operator and Celery can log in."""
    logging.getLogger("pika").setLevel(logging.CRITICAL)  # a refused connection is expected while the broker boots
    try:
        for user in ("slotdesk-operator", "slotdesk-celery"):
            parameters = pika.URLParameters(url(f"127.0.0.1:{ports.rabbitmq}", user, credentials))
            parameters.socket_timeout = parameters.blocked_connection_timeout = 2
            pika.BlockingConnection(parameters).close()
    except (AMQPError, OSError):
        return False
    return True
