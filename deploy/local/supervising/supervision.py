"""supervisord: the one parent of a stack's processes. It restarts what dies and stops what it is told to."""

import contextlib
import hashlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xmlrpc.client import Error, Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from local.layout import DEPLOY, Home, LocalStackError
from local.supervising import processes
from local.supervising.programs import Program

LONGEST_SOCKET_PATH = 90  # Linux allows 107; supervisord first binds a longer temporary name
EVENTS_LOG = "supervisor-events"
START_SECONDS = 10
STOP_SECONDS = 75


@dataclass(frozen=True)
class ProcessState:
    """One supervised process as supervisord sees it. `pid` is 0 unless it runs."""

    name: str
    state: str
    pid: int
    since: float
    problem: str

    @property
    def runs(self) -> bool:
        """Whether it has been up long enough to count as started."""
        return self.state == "RUNNING"


class Supervision:
    """Starts, asks and stops the supervisord of one home."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def _socket(self) -> Path:
        inside = self.home.path / "supervisor.sock"
        if len(str(inside)) <= LONGEST_SOCKET_PATH:
            return inside
        digest = hashlib.sha256(str(self.home.path).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"slotdesk-{digest}.sock"

    def _rpc(self) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        return ServerProxy("http://supervisor", transport=transport).supervisor

    def is_up(self) -> bool:
        """Whether the supervisor answers."""
        try:
            return bool(self._rpc().getState()["statename"] == "RUNNING")
        except (OSError, Error):
            return False

    def boot(self, programs: Sequence[Program]) -> None:
        """Start supervisord with these programs, none of them started yet."""
        config = self.home.write("supervisord.conf", self._config(programs))
        with self.home.log("supervisord").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "supervisor.supervisord",
                    "--nodaemon",
                    "--configuration",
                    str(config),
                ],
                cwd=DEPLOY,
                env=processes.base_environment(self.home),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches only the console, which stops all in order
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.is_up():
            if self._process.poll() is not None or time.monotonic() > deadline:
                last = "\n".join(processes.tail(self.home.log("supervisord"), 15))
                raise LocalStackError(f"The supervisor did not start:\n{last}")
            time.sleep(0.05)

    def _config(self, programs: Sequence[Program]) -> str:
        head = {
            "unix_http_server": {"file": str(self._socket), "chmod": "0600"},
            "supervisord": {
                "logfile": str(self.home.log(EVENTS_LOG)),
                "pidfile": str(self.home.path / "supervisord.pid"),
                "childlogdir": str(self.home.directory("logs")),
                "nodaemon": "true",
                "silent": "true",
            },
            "rpcinterface:supervisor": {
                "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
            },
        }
        sections = [
            f"[{name}]\n" + "".join(f"{key}={value.replace('%', '%%')}\n" for key, value in values.items())
            for name, values in head.items()
        ]
        return "\n".join([*sections, *(program.section(self.home, place) for place, program in enumerate(programs, 1))])

    def states(self) -> list[ProcessState]:
        """Every supervised process by name; empty when the supervisor is down."""
        try:
            found = self._rpc().getAllProcessInfo()
        except (OSError, Error):
            return []
        return [
            ProcessState(
                name=info["name"],
                state=info["statename"],
                pid=info["pid"],
                since=info["start"],
                problem=info["spawnerr"],
            )
            for info in found
        ]

    def state(self, name: str) -> ProcessState:
        """One process; an unknown name is an error that lists the known ones."""
        states = {state.name: state for state in self.states()}
        if name not in states:
            raise LocalStackError(f"No process {name!r} here; there are: {', '.join(states) or 'none'}.")
        return states[name]

    def start(self, names: Sequence[str]) -> None:
        """Ask for these processes to run, without waiting; those that run already are left alone."""
        for name in names:
            with contextlib.suppress(Fault):  # ALREADY_STARTED
                self._rpc().startProcess(name, False)

    def stop(self, names: Sequence[str]) -> None:
        """Stop these processes and wait until they are gone; those that do not run are left alone."""
        for name in names:
            with contextlib.suppress(Fault):  # NOT_RUNNING
                self._rpc().stopProcess(name, False)
        while any(self.state(name).state == "STOPPING" for name in names):
            time.sleep(0.05)

    def shut_down(self) -> None:
        """End supervisord and everything it runs. Harmless when it is down already."""
        with contextlib.suppress(OSError, Error):
            self._rpc().shutdown()
            deadline = time.monotonic() + STOP_SECONDS
            while self.answers() and time.monotonic() < deadline:
                time.sleep(0.05)
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=5)
        self._socket.unlink(missing_ok=True)

    def answers(self) -> bool:
        """Whether the supervisor is there at all, also while it shuts down."""
        try:
            self._rpc().getState()
        except Fault:  # it is shutting down, but still there
            return True
        except (OSError, Error):
            return False
        return True
