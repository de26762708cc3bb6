"""Where the servers are, from the file that ``TEST_SERVERS_ENV`` names, and processes started for the tests."""

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import aio_pika
import httpx

from shared_contracts.transport.topology import ALL_EXCHANGES, ALL_QUEUES, EXCHANGE_TYPE

ROOT = Path(__file__).parents[3]
REDIS_DATABASE = 9
TOKEN = "100000001:sandbox-token-of-the-tests"


@dataclass(frozen=True)
class Servers:
    """Addresses; Redis with a database number of the tests' own."""

    mongodb_uri: str
    amqp_url_bot: str
    amqp_url_admin: str
    amqp_url_operator: str
    redis_url: str
    redis_url_bot: str

    @classmethod
    def from_environment(cls) -> "Servers":
        """Read the file, or the environment itself."""
        values = dict(os.environ)
        if path := os.environ.get("TEST_SERVERS_ENV"):
            lines = (line.partition("=") for line in Path(path).read_text().splitlines() if "=" in line)
            values |= {name.removeprefix("export ").strip(): value.strip().strip("'\"") for name, _, value in lines}
        redis, redis_bot = (urlsplit(values[name]) for name in ("REDIS_URL", "REDIS_URL_BOT"))
        return cls(
            mongodb_uri=values["BOT_MONGODB_URI"],
            amqp_url_bot=values["AMQP_URL_BOT"],
            amqp_url_admin=values["AMQP_URL_ADMIN"],
            amqp_url_operator=values["AMQP_URL_OPERATOR"],
            redis_url=urlunsplit(redis._replace(path=f"/{REDIS_DATABASE}")),
            redis_url_bot=urlunsplit(redis_bot._replace(path=f"/{REDIS_DATABASE}")),
        )


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def declare_topology(operator_url: str) -> None:
    """What the admin service's set-up step declares."""
    connection = await aio_pika.connect(operator_url)
    async with connection, connection.channel() as channel:
        exchanges = {name: await channel.declare_exchange(name, EXCHANGE_TYPE, durable=True) for name in ALL_EXCHANGES}
        for queue in ALL_QUEUES:
            alive = await channel.declare_queue(queue.name, durable=True, arguments=dict(queue.arguments))
            await alive.bind(exchanges[queue.exchange], queue.name)
            dead = await channel.declare_queue(queue.dead_name, durable=True, arguments=dict(queue.dead_arguments))
            await dead.bind(exchanges[queue.dead_exchange], queue.name)


def start_sandbox(port: int) -> subprocess.Popen[bytes]:
    """The Telegram sandbox as a process of its own environment (``SANDBOX_PYTHON``, else deploy's)."""
    python = os.environ.get("SANDBOX_PYTHON") or str(ROOT / "deploy" / ".venv" / "bin" / "python")
    if not Path(python).exists():
        python = sys.executable
    process = subprocess.Popen(
        [python, "-m", "telegram_sandbox"],
        cwd=ROOT / "deploy",
        env={
            "PATH": os.environ["PATH"],
            "SANDBOX_PORT": str(port),
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "SANDBOX_WEBHOOK_RETRY_SECONDS": "0.2",
        },
        stdout=subprocess.DEVNULL,
    )
    for _ in range(1_200):
        if process.poll() is not None:
            raise RuntimeError("the sandbox did not start")
        try:
            httpx.get(f"http://127.0.0.1:{port}/sandbox/people", verify=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return process
    raise RuntimeError("the sandbox does not answer")
