"""`make check` and `make test`: every check and every test suite, each in the environment of its own part."""

import os
import subprocess
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from local import lifecycle
from local.credentials import load_or_create
from local.layout import (
    ADMIN_SERVICE,
    BOT_SERVICE,
    DEPLOY,
    REPOSITORY,
    Home,
    LocalStackError,
    Ports,
    python_of,
)
from local.servers.addresses import for_tests
from local.servers.running import local_servers

CONTRACTS = REPOSITORY / "shared_contracts"
ALL_SERVERS = ("mongod", "rabbitmq", "redis")
# Enough for Django to load its settings; nothing connects with them.
SETTINGS = {
    "DJANGO_SECRET_KEY": "only-for-checks-only-for-checks-only-for-checks",
    "MONGODB_URI": "mongodb://127.0.0.1",
    "MONGODB_DATABASE": "slotdesk",
    "AMQP_URL": "amqp://127.0.0.1",
    "CELERY_BROKER_URL": "amqp://127.0.0.1",
    "REDIS_URL": "redis://127.0.0.1",
    "TELEGRAM_BOT_USERNAME": "slotdesk_check_bot",
}
TEST_HOME = REPOSITORY / ".local" / "test"
# Two thirds of the admin service's tests, run beside the rest: what staff see, and what they may do.
DESK = ("tests/desk",)
ACCESS = ("tests/access", "tests/looks", "tests/security")
# More than half of the bot's tests, run beside the rest: what people do in chat.
DIALOGS = ("tests/dialogs",)
# Twice the two cores a small machine has: the suites with a bot wait for something most of their time. Five side by
# side leave the cores no rest and end no sooner.
SIDE_BY_SIDE = 4
# The tests of a suite with one stack share it: were it broken, each of them would wait for minutes to say the same.
GIVE_UP = "--maxfail=10"
PARTS = (CONTRACTS, ADMIN_SERVICE, BOT_SERVICE, DEPLOY)
# A person's own settings would send tests to their servers or to the real Telegram; without byte code every process
# that a test starts compiles all that it imports anew.
NOT_FOR_TESTS = (
    "PYTHONDONTWRITEBYTECODE",
    "SLOTDESK_",
    "TELEGRAM_",
    "MONGODB_",
    "BOT_MONGODB_",
    "AMQP_",
    "REDIS_",
    "CELERY_",
    "DJANGO_",
)


@dataclass(frozen=True)
class Suite:
    """One command of a part, and the servers that it needs."""

    name: str
    part: Path
    command: tuple[str, ...]
    servers: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """How a suite ended."""

    suite: Suite
    status: int
    seconds: float

    def __str__(self) -> str:
        return f"  {'ok    ' if self.status == 0 else 'FAILED'}  {self.suite.name:<12} {self.seconds:6.1f} s"


def _python(part: Path, *arguments: str) -> tuple[str, ...]:
    return (str(python_of(part)), *arguments)


def tests() -> list[Suite]:
    """Every test suite, the long ones first: what begins last should not be what everybody waits for."""

    def suite(name: str, part: Path, *paths: str, servers: tuple[str, ...] = ALL_SERVERS) -> Suite:
        return Suite(name, part, _python(part, "-m", "pytest", *paths), servers)

    def all_but(*folders: str) -> list[str]:
        return ["tests", *(f"--ignore={folder}" for folder in folders)]

    return [
        suite("desk", ADMIN_SERVICE, *DESK),
        suite("acceptance", DEPLOY, GIVE_UP, "acceptance", "--ignore=acceptance/conversation", servers=()),
        suite("admin", ADMIN_SERVICE, *all_but(*DESK, *ACCESS)),
        suite("conversation", DEPLOY, GIVE_UP, "acceptance/conversation", servers=()),
        suite("access", ADMIN_SERVICE, *ACCESS),
        suite("bot", BOT_SERVICE, *all_but(*DIALOGS)),
        suite("dialogs", BOT_SERVICE, *DIALOGS),
        suite("local", DEPLOY, "tests/local", servers=()),
        suite("sandbox", DEPLOY, "tests/sandbox", servers=()),
        suite("contracts", CONTRACTS, "tests", servers=()),
    ]


def checks() -> list[Suite]:
    """Everything that reads the code without running it."""
    lint_imports = str(python_of(DEPLOY).with_name("lint-imports"))
    importable = os.pathsep.join(str(part) for part in PARTS)
    ruff = str(python_of(DEPLOY).with_name("ruff"))
    types = [
        Suite(f"types-{part.name}", part, _python(part, "-m", "mypy", "--strict", "."), environment=SETTINGS)
        for part in PARTS
    ]
    migrations = _python(ADMIN_SERVICE, "manage.py", "makemigrations", "--check", "--dry-run")
    return [
        Suite("lint", REPOSITORY, (ruff, "check", ".")),
        Suite("format", REPOSITORY, (ruff, "format", "--check", ".")),
        *types,
        Suite("layers", REPOSITORY, (lint_imports,), environment={"PYTHONPATH": importable}),
        Suite("migrations", ADMIN_SERVICE, migrations, ("mongod",), SETTINGS),
        Suite("wire-format", CONTRACTS, _python(CONTRACTS, "-m", "shared_contracts.asyncapi", "--check")),
    ]


def run(kind: str, names: Sequence[str]) -> int:
    """Run the checks or tests, all or those named; 0 only if every one passed. Goes on after a failure."""
    known = {suite.name: suite for suite in (checks() if kind == "check" else tests())}
    if unknown := [name for name in names if name not in known]:
        raise LocalStackError(f"No suite {', '.join(unknown)}; there are: {', '.join(known)}.")
    chosen = [suite for name, suite in known.items() if not names or name in names]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        results = list(pool.map(_run_suite, chosen))
    print("\n" + "\n".join(str(result) for result in results))
    return int(any(result.status for result in results))


def _run_suite(suite: Suite) -> Result:
    """Run it, on servers of its own where it needs any; its output is shown as a whole, when it is done."""
    print(f"{suite.name} …", flush=True)
    began = time.monotonic()
    with _servers_for(suite) as addresses:
        ended = subprocess.run(
            suite.command,
            cwd=suite.part,
            env={**suite.environment, **_environment(), **addresses},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    result = Result(suite, ended.returncode, time.monotonic() - began)
    print(f"\n── {suite.name} ──\n{ended.stdout.strip()}\n", flush=True)
    return result


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_FOR_TESTS)}
    return {**kept, "PYTHONUNBUFFERED": "1"}


@contextmanager
def _servers_for(suite: Suite) -> Iterator[dict[str, str]]:
    """Empty servers of the suite's own, stopped at its end: their addresses, and the file that holds them."""
    if not suite.servers:
        yield {}
        return
    home = Home.at(TEST_HOME / suite.name)
    try:
        yield _start_servers(home, suite.servers)
    finally:
        with lifecycle.exclusive(home):
            lifecycle.stop_everything(home, lifecycle.silently)


def _start_servers(home: Home, names: Collection[str]) -> dict[str, str]:
    with lifecycle.exclusive(home):
        lifecycle.stop_everything(home, lifecycle.silently)
        home.remove_data()
        ports, credentials = Ports.free(), load_or_create(home)
        every = local_servers(home, ports, credentials, durable=False)
        servers = [server for server in every if server.name in names]
        lifecycle.start_servers(home, ports, servers, lifecycle.silently)
        addresses = for_tests(ports, credentials)
        env_file = lifecycle.write_env_file(home, "servers.env", addresses)
    return {**addresses, "TEST_SERVERS_ENV": env_file}
