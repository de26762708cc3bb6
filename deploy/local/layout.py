"""Where things are: the repository's parts, the stack's home directory and its ports."""

import json
import os
import random
import shutil
import socket
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DEPLOY = REPOSITORY / "deploy"
ADMIN_SERVICE = REPOSITORY / "admin_service"
BOT_SERVICE = REPOSITORY / "bot_service"

HIGHEST_PORT = 65_535
# Below the kernel's ephemeral range: no outgoing connection takes a port before we listen on it.
FREE_PORT_RANGE = range(20_000, 32_000)


BEHIND_THE_GATEWAY = ("web", "web_health", "api", "api_health", "worker", "beat")
"""Ports that only a stack's own processes ask on."""


class LocalStackError(Exception):
    """Something a person can act on; its text is shown as it is."""


def python_of(part: Path) -> Path:
    """The interpreter of a part's own virtual environment."""
    return part / ".venv" / "bin" / "python"


def port_is_free(port: int) -> bool:
    """Whether 127.0.0.1:port can be listened on now."""
    with socket.socket() as probe:
        # As servers do: a connection in TIME_WAIT does not keep a port busy.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@dataclass(frozen=True)
class Ports:
    """Every port of one stack, all on 127.0.0.1. `epmd` and `rabbitmq_dist` are RabbitMQ's as well.

    `desk` is the gateway's; the processes behind it are on `web` and `api`. `consumer`, `relay`, `worker`, `beat`, and
    those with `health` in their names, answer health and metrics.
    """

    desk: int = 8100
    web: int = 8101
    web_health: int = 8102
    api: int = 8103
    api_health: int = 8104
    sandbox: int = 8200
    bot: int = 8300
    consumer: int = 8110
    relay: int = 8120
    worker: int = 8130
    beat: int = 8140
    mongod: int = 27117
    rabbitmq: int = 5673
    rabbitmq_dist: int = 25674
    epmd: int = 24369
    redis: int = 6390

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Ports":
        """The defaults, each replaced by `SLOTDESK_<NAME>_PORT` where that is set.

        A stack that is moved by some of them gets free ports where nobody but its own processes asks, so that two
        stacks never meet there.
        """
        chosen: dict[str, int] = {}
        for field in fields(cls):
            name = f"SLOTDESK_{field.name.upper()}_PORT"
            if value := environ.get(name):
                if not value.isdecimal() or not 0 < int(value) <= HIGHEST_PORT:
                    raise LocalStackError(f"{name} must be a port number, not {value!r}.")
                chosen[field.name] = int(value)
        if chosen:
            free = vars(cls.free(but_for=set(chosen.values())))
            chosen = {name: free[name] for name in BEHIND_THE_GATEWAY} | chosen
        return cls(**chosen)

    @classmethod
    def free(cls, but_for: Collection[int] = ()) -> "Ports":
        """Ports nobody listens on now, for a second stack beside the first.

        Neighbours from one block each: stacks that start at the same time look before they listen, and single ports
        drawn by each of them would meet too often.
        """
        names = [field.name for field in fields(cls)]
        starts = range(FREE_PORT_RANGE.start, FREE_PORT_RANGE.stop, len(names))
        blocks = (range(start, start + len(names)) for start in random.sample(starts, k=len(starts)))
        free = next(block for block in blocks if all(port not in but_for and port_is_free(port) for port in block))
        return cls(**dict(zip(names, free, strict=True)))


@dataclass(frozen=True)
class Home:
    """The directory that holds a stack's data, secrets, settings and logs."""

    path: Path

    @classmethod
    def at(cls, path: Path | str) -> "Home":
        """A home under its absolute path: the path also marks the processes that belong to it."""
        return cls(Path(path).expanduser().resolve())

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Home":
        """`SLOTDESK_HOME` (relative to the repository), else `.local`."""
        return cls.at(REPOSITORY / environ.get("SLOTDESK_HOME", ".local"))

    def directory(self, *parts: str) -> Path:
        """A directory of the home, made when missing and closed to other users."""
        directory = self.path.joinpath(*parts)
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        return directory

    def write(self, name: str, text: str, mode: int = 0o600) -> Path:
        """Replace a file as a whole, never readable by others in between."""
        target = self.path / name
        self.directory(*Path(name).parent.parts)
        draft = target.with_name(target.name + ".new")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        draft.replace(target)
        return target

    def remove_data(self) -> None:
        """Empty the home, but for the lock that the caller holds."""
        for entry in self.path.glob("*"):
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != "lock":
                entry.unlink()

    def log(self, name: str) -> Path:
        """The log file of one process or set-up step."""
        return self.directory("logs") / f"{name}.log"

    def remembered_ports(self) -> Ports | None:
        """The ports this home was last started on, if it ever was."""
        file = self.path / "ports.json"
        return Ports(**json.loads(file.read_text())) if file.exists() else None

    def remember_ports(self, ports: Ports) -> None:
        """Keep the ports for `status`, `down` and the next start."""
        self.write("ports.json", json.dumps(asdict(ports), indent=2) + "\n")
