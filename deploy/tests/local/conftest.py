"""One set of real servers, started once for all tests here."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.layout import DEPLOY, Home


@dataclass(frozen=True)
class RunningServers:
    """The home of running servers and the addresses in their `servers.env`."""

    home: Home
    addresses: dict[str, str]


def local(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m local` as a person does."""
    command = [sys.executable, "-m", "local", *arguments]
    return subprocess.run(command, cwd=DEPLOY, capture_output=True, text=True, timeout=120, check=False)


def read_env(file: Path) -> dict[str, str]:
    """NAME=value lines as a shell reads them."""
    command = ["env", "-i", "sh", "-c", 'set -a; . "$0"; env -0', str(file)]
    shown = subprocess.run(command, capture_output=True, check=True)
    return dict(line.split("=", 1) for line in shown.stdout.decode().split("\0") if line)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServers]:
    """MongoDB, RabbitMQ and Redis on free ports."""
    home = Home.at(tmp_path_factory.mktemp("servers"))
    started = local("servers", "up", "--home", str(home.path), "--free-ports")
    assert started.returncode == 0, started.stdout + started.stderr
    yield RunningServers(home, read_env(home.path / "servers.env"))
    local("servers", "down", "--home", str(home.path))
