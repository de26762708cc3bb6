"""The processes of the two services and the sandbox: their commands, environments and set-up steps."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.credentials import Credentials
from local.layout import ADMIN_SERVICE, BOT_SERVICE, DEPLOY, Home, Ports, python_of
from local.services import gateway
from local.supervising.programs import Program

ADMIN_USER = "admin"
DEMO_LOGINS = "administrator,coordinator,recruiter,reader"
"""One login of each role, as the admin service's ``seed_demo`` makes them, with the same password."""


@dataclass(frozen=True)
class Application:
    """One process of ours; `url` answers 200 as soon as it can be used."""

    program: Program
    url: str | None = None
    needs_servers: bool = True


@dataclass(frozen=True)
class SetUpStep:
    """One command that runs to its end before the applications start; every one is safe to repeat.

    `server` is the one it needs, by its name here.
    """

    name: str
    command: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str]
    server: str = "mongod"


@dataclass(frozen=True)
class Telegram:
    """The Bot API that the bot talks to; `sandbox` says whether it is ours."""

    sandbox: bool
    api_url: str
    token: str
    username: str
    broadcast_chat_id: str
    broadcast_chat_title: str


@dataclass(frozen=True)
class Context:
    """All that the environments below are made of."""

    home: Home
    ports: Ports
    credentials: Credentials
    addresses: Mapping[str, str]
    telegram: Telegram
    switches: Mapping[str, str]  # LOG_LEVEL, HTTPS_ONLY, TEST_MODE …

    trusted_proxy: str = gateway.NOBODY

    @property
    def desk_url(self) -> str:
        """The admin service's public address, the gateway's, without a trailing slash."""
        return f"http://127.0.0.1:{self.ports.desk}"

    @property
    def api_url(self) -> str:
        """Where the bot asks the API: directly, without the gateway."""
        return f"http://127.0.0.1:{self.ports.api}"


def admin_environment(context: Context) -> dict[str, str]:
    """The admin service's settings. The operator's broker address is not among them."""
    # Whoever moves the clock by days is not to log in again after each step.
    moved = {"SESSION_IDLE_MINUTES": "500000", "SESSION_MAX_HOURS": "8000"}
    return {
        "MONGODB_URI": context.addresses["MONGODB_URI"],
        "MONGODB_DATABASE": context.addresses["MONGODB_DATABASE"],
        "AMQP_URL": context.addresses["AMQP_URL_ADMIN"],
        "CELERY_BROKER_URL": context.addresses["CELERY_BROKER_URL"],
        "REDIS_URL": context.addresses["REDIS_URL_ADMIN"],
        "DJANGO_SECRET_KEY": context.credentials.django_secret_key,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "CSRF_TRUSTED_ORIGINS": "",
        "DESK_URL": context.desk_url,
        "TRUSTED_PROXIES": "1",  # the gateway
        "REQUEST_SIGNING_KEYS": context.credentials.request_signing_key,
        "ADMIN_API_CLIENTS": ",".join(
            f"{name}:{hashlib.sha256(token.encode()).hexdigest()}"
            for name, token in (
                ("bot:read", context.credentials.api_token_bot),
                ("operator:read+book", context.credentials.api_token_operator),
            )
        ),
        "TELEGRAM_BOT_USERNAME": context.telegram.username,
        **(moved if context.switches.get("TEST_MODE") == "1" else {}),
        **context.switches,
    }


def bot_environment(context: Context) -> dict[str, str]:
    """The bot service's settings."""
    return {
        "TELEGRAM_BOT_TOKEN": context.telegram.token,
        "TELEGRAM_API_URL": context.telegram.api_url,
        "AMQP_URL": context.addresses["AMQP_URL_BOT"],
        "REDIS_URL": context.addresses["REDIS_URL_BOT"],
        "MONGODB_URI": context.addresses["BOT_MONGODB_URI"],
        "MONGODB_DATABASE": context.addresses["BOT_MONGODB_DATABASE"],
        "ADMIN_API_URL": context.api_url,
        "ADMIN_API_TOKEN": context.credentials.api_token_bot,
        "REQUEST_SIGNING_KEY": context.credentials.request_signing_key,
        "UPDATES_MODE": "polling",
        "LISTEN_HOST": "127.0.0.1",
        "LISTEN_PORT": str(context.ports.bot),
        **context.switches,
    }


def applications(context: Context) -> list[Application]:
    """Every process, in the order in which a person thinks of them."""
    sandbox = [_sandbox(context)] if context.telegram.sandbox else []
    return [*_admin_applications(context), _bot(context), *sandbox]


def _admin_applications(context: Context) -> list[Application]:
    environment, ports = admin_environment(context), context.ports
    python = str(python_of(ADMIN_SERVICE))

    def program(name: str, health_port: int, *command: str) -> Program:
        own = {**environment, "HEALTH_HOST": "127.0.0.1", "HEALTH_PORT": str(health_port)}
        return Program(name, (python, *command), ADMIN_SERVICE, own)

    def serving(name: str, port: int, health_port: int) -> Application:
        served = (
            *("-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *("--workers", "1", "--blocking-threads", "8", "--no-ws", "config.wsgi:application"),
        )
        return Application(program(name, health_port, *served), f"http://127.0.0.1:{port}/api/readyz")

    def working(name: str, health_port: int, *command: str) -> Application:
        return Application(program(name, health_port, *command), f"http://127.0.0.1:{health_port}/readyz")

    gate = gateway.program(context.home, ports, context.trusted_proxy)
    worker = ("-m", "celery", "-A", "config", "worker", "--concurrency", "2", "--loglevel", "INFO")
    beat = ("-m", "celery", "-A", "config", "beat")
    return [
        Application(gate, f"{context.desk_url}/api/readyz"),
        serving("web", ports.web, ports.web_health),
        serving("api", ports.api, ports.api_health),
        working("consumer", ports.consumer, "manage.py", "consume_events"),
        working("relay", ports.relay, "manage.py", "relay_outbox"),
        working("worker", ports.worker, *worker),
        working("beat", ports.beat, *beat, "--pidfile", "", "--loglevel", "INFO"),
    ]


def _bot(context: Context) -> Application:
    command = (str(python_of(BOT_SERVICE)), "-m", "interview_bot")
    program = Program("bot", command, BOT_SERVICE, bot_environment(context), stop_seconds=20)
    return Application(program, f"http://127.0.0.1:{context.ports.bot}/readyz")


def _sandbox(context: Context) -> Application:
    environment = {
        "SANDBOX_HOST": "127.0.0.1",
        "SANDBOX_PORT": str(context.ports.sandbox),
        "SANDBOX_GROUP_CHAT_ID": context.telegram.broadcast_chat_id,
        "SANDBOX_GROUP_TITLE": context.telegram.broadcast_chat_title,
        "SANDBOX_STATE_FILE": str(context.home.directory("sandbox") / "state.json"),
        "TELEGRAM_BOT_TOKEN": context.telegram.token,
        "TELEGRAM_BOT_USERNAME": context.telegram.username,
    }
    command = (str(python_of(DEPLOY)), "-m", "telegram_sandbox")
    program = Program("sandbox", command, DEPLOY, environment, stop_seconds=5)
    return Application(program, f"{context.telegram.api_url}/", needs_servers=False)


def set_up_steps(context: Context) -> list[list[SetUpStep]]:
    """Databases and broker made ready, demo data on the first start: chains that may run side by side."""
    admin, python = admin_environment(context), str(python_of(ADMIN_SERVICE))
    operator = {**admin, "AMQP_URL_OPERATOR": context.addresses["AMQP_URL_OPERATOR"]}
    demo = {
        **admin,
        "DEMO_ADMIN_USER": ADMIN_USER,
        "DEMO_ADMIN_PASSWORD": context.credentials.desk_password,
        "BROADCAST_CHAT_ID": context.telegram.broadcast_chat_id,
    }
    bot = (str(python_of(BOT_SERVICE)), "-m", "interview_bot", "migrate")
    return [
        [
            SetUpStep("migrate-admin", (python, "manage.py", "migrate"), ADMIN_SERVICE, admin),
            SetUpStep("demo-data", (python, "manage.py", "seed_demo"), ADMIN_SERVICE, demo),
        ],
        [SetUpStep("migrate-bot", bot, BOT_SERVICE, bot_environment(context))],
        [SetUpStep("topology", (python, "manage.py", "declare_topology"), ADMIN_SERVICE, operator, "rabbitmq")],
    ]


def stack_environment(context: Context) -> dict[str, str]:
    """`stack.env`: everything a program needs to drive the running stack."""
    sandbox = {"SANDBOX_URL": context.telegram.api_url} if context.telegram.sandbox else {}
    return {
        "ADMIN_URL": context.desk_url,
        "ADMIN_USER": ADMIN_USER,
        "ADMIN_PASSWORD": context.credentials.desk_password,
        "DEMO_LOGINS": DEMO_LOGINS,
        "ADMIN_API_TOKEN": context.credentials.api_token_operator,
        **sandbox,
        "TELEGRAM_BOT_TOKEN": context.telegram.token,
        "TELEGRAM_BOT_USERNAME": context.telegram.username,
        "TELEGRAM_API_URL": context.telegram.api_url,
        "BROADCAST_CHAT_ID": context.telegram.broadcast_chat_id,
        "BOT_URL": f"http://127.0.0.1:{context.ports.bot}",
        **context.addresses,
        **context.switches,
    }
