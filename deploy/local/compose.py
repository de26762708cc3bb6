"""What docker-compose.yml needs beside itself: passwords, broker definitions and the services' settings."""

import json
from collections.abc import Mapping

from local.credentials import Credentials, load_or_create
from local.layout import Home, Ports
from local.lifecycle import relative
from local.servers import mongodb, rabbitmq, redis_server
from local.servers.addresses import Places, addresses, with_databases
from local.services import gateway
from local.services.applications import Context, Telegram, admin_environment, bot_environment

# As the containers see each other.
PLACES = Places("mongodb:27017", "rabbitmq:5672", "redis:6379", f"replicaSet={mongodb.REPLICA_SET}")
API_URL = "http://api:8000"
# The person's own, given to `docker compose` by the environment.
FROM_THE_CALLER = ("TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_USERNAME", "TELEGRAM_API_URL")


def write_files(home: Home) -> None:
    """Write `compose/` in the home, with the same users and permissions as the local servers have."""
    credentials = load_or_create(home)
    for name, values in _environments(home, credentials).items():
        _write_environment(home, name, values)
    # Read by the servers' users inside the containers. Only password hashes are in them, and the home is closed.
    definitions = json.dumps(rabbitmq.definitions(credentials), indent=2)
    home.write("compose/definitions.json", definitions + "\n", mode=0o644)
    home.write("compose/users.acl", redis_server.users(credentials), mode=0o644)
    print(f"Written: {relative(home.path / 'compose')}. Now: docker compose up --detach")


def _environments(home: Home, credentials: Credentials) -> dict[str, dict[str, str]]:
    known = with_databases(addresses(PLACES, credentials), environ={})
    telegram = Telegram(False, "", "", "", "", "")
    switches = {"LOG_LEVEL": "INFO", "LOG_FORMAT": "json"}
    context = Context(home, Ports(), credentials, known, telegram, switches)
    bot = {"ADMIN_API_URL": API_URL, "LISTEN_HOST": "0.0.0.0", "LISTEN_PORT": "8000"}
    return {
        "mongodb": {
            "MONGO_INITDB_ROOT_USERNAME": mongodb.ROOT,
            "MONGO_INITDB_ROOT_PASSWORD": credentials.mongodb_root_password,
            "MONGODB_KEYFILE": credentials.mongodb_keyfile,
            "MONGODB_USERS": json.dumps(mongodb.users(credentials)),
        },
        "redis": {"REDIS_PASSWORD": credentials.redis_password},
        "admin": {
            **admin_environment(context),
            "ALLOWED_HOSTS": "localhost,127.0.0.1,api",
            "HEALTH_HOST": "0.0.0.0",  # in the containers' own network; no port of it is published
            "HEALTH_PORT": "8001",
        },
        "gateway": {
            "GATEWAY_HOME": "/tmp",
            "PAGES_ROOT": "/etc/slotdesk/pages",
            "LISTEN": "8000",
            "DESK": "web:8000",
            "API": "api:8000",
            "API_HEALTH": "api:8001",
            "BOT": "bot:8000",
            "TRUSTED_PROXY": gateway.NOBODY,
            "CONNECTIONS": str(gateway.MOST_CONNECTIONS),
        },
        "operator": {"AMQP_URL_OPERATOR": known["AMQP_URL_OPERATOR"]},
        "bot": {**bot_environment(context), **bot},
    }


def _write_environment(home: Home, name: str, values: Mapping[str, str]) -> None:
    """Single quotes: Compose then takes a value as it is."""
    lines = [f"{key}='{value}'" for key, value in values.items() if key not in FROM_THE_CALLER]
    home.write(f"compose/{name}.env", "\n".join(lines) + "\n")
