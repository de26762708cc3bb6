"""The whole stack as one object: for the command line and for acceptance tests."""

import os
import signal as signals
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from local import lifecycle
from local.credentials import load_or_create
from local.layout import BEHIND_THE_GATEWAY, Home, LocalStackError, Ports
from local.servers.addresses import EXTERNAL, KINDS, LOCAL, Places, addresses, external_addresses, with_databases
from local.servers.running import Server, local_servers
from local.services import gateway, telegram_choice
from local.services.applications import Application, Context, applications, set_up_steps, stack_environment
from local.supervising import processes
from local.supervising.supervision import ProcessState, Supervision

APPLICATIONS_PORTS = ("desk", "consumer", "relay", "bot", *BEHIND_THE_GATEWAY)
CLOCK_OFFSET_FILE = "clock-offset"
DESK_SETTINGS = (
    "REQUIRE_TOTP_FOR_ADMINISTRATORS",
    "SESSION_IDLE_MINUTES",
    "SESSION_MAX_HOURS",
    "OUTSIDE_CALENDAR_NETWORKS",
)
"""The desk's own settings that a stack hands on from its caller, where they are given."""
RESTART_SECONDS = 120


class Stack:
    """Servers, both services and the sandbox under one home directory.

    `environ` is where settings come from; for a test, an empty one keeps out the caller's token and servers.
    `begins_at` (aware) is what the services' clocks show when a stack in test mode starts; now by default.
    """

    def __init__(
        self,
        home: Path | str,
        *,
        free_ports: bool = False,
        test_mode: bool = False,
        begins_at: datetime | None = None,
        environ: Mapping[str, str] | None = None,
        say: Callable[[str], None] = print,
    ) -> None:
        self.home = Home.at(home)
        self.supervision = Supervision(self.home)
        self._free_ports = free_ports
        self._test_mode = test_mode
        self._begins_at = begins_at
        self._environ = os.environ if environ is None else environ
        self._say = say

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @cached_property
    def ports(self) -> Ports:
        """The ports of this stack; chosen once."""
        return lifecycle.choose_ports(self.home, self.supervision, self._environ, self._free_ports)

    @cached_property
    def context(self) -> Context:
        """Addresses, secrets and switches that the processes' environments are made of."""
        credentials = load_or_create(self.home)
        if self._servers == EXTERNAL:
            known = with_databases(external_addresses(self._environ), self._environ)
        else:
            known = with_databases(addresses(Places.on_this_machine(self.ports, self._servers), credentials), {})
        return Context(
            home=self.home,
            ports=self.ports,
            credentials=credentials,
            addresses=known,
            telegram=telegram_choice.choose(self._environ, self.ports, credentials),
            switches=self._switches(),
            trusted_proxy=self._environ.get("TRUSTED_PROXY", gateway.NOBODY),
        )

    @property
    def _servers(self) -> str:
        kind = self._environ.get("SLOTDESK_SERVERS", LOCAL)
        if kind not in KINDS:
            raise LocalStackError(f"SLOTDESK_SERVERS must be one of {', '.join(KINDS)}, not {kind!r}.")
        return kind

    def _switches(self) -> dict[str, str]:
        switches = {
            "LOG_LEVEL": self._environ.get("LOG_LEVEL", "INFO"),
            "LOG_FORMAT": self._environ.get("LOG_FORMAT", "console"),
            "TEST_MODE": "0",
            "HTTPS_ONLY": self._environ.get("HTTPS_ONLY", "0"),
        }
        if self._test_mode or self._environ.get("TEST_MODE") == "1":
            switches |= {"TEST_MODE": "1", "CLOCK_OFFSET_FILE": str(self.home.path / CLOCK_OFFSET_FILE)}
        return switches | {name: self._environ[name] for name in DESK_SETTINGS if name in self._environ}

    @cached_property
    def servers(self) -> list[Server]:
        """The servers that this stack runs itself; none with a user's own."""
        if self._servers != LOCAL:
            return []
        return local_servers(self.home, self.ports, self.context.credentials)

    @cached_property
    def applications(self) -> list[Application]:
        """The processes of the services and the sandbox."""
        return applications(self.context)

    @property
    def env(self) -> dict[str, str]:
        """What `stack.env` holds: everything a program needs to drive the stack."""
        return stack_environment(self.context)

    def is_up(self) -> bool:
        """Whether every process runs and every address answers."""
        running = {state.name for state in self.supervision.states() if state.runs}
        wanted = {program.name for server in self.servers for program in server.programs}
        wanted |= {application.program.name for application in self.applications}
        urls = [application.url for application in self.applications if application.url]
        return wanted <= running and all(lifecycle.answers(url) for url in urls)

    def start(self) -> bool:
        """Bring everything up and return when it can be used; False when it was up already.

        What this call has started is stopped again if it fails.
        """
        with lifecycle.exclusive(self.home):
            if self.supervision.is_up():
                if self.is_up():
                    return False
                self._say("A part of the stack is down; starting what is missing …")
                self._require_all_known()
                self._start_all()
                return True
            try:
                self._boot()
                self._start_all()
            except BaseException:
                lifecycle.stop_everything(self.home, lifecycle.silently)
                raise
            return True

    def _require_all_known(self) -> None:
        known = {state.name for state in self.supervision.states()}
        if any(application.program.name not in known for application in self.applications):
            raise LocalStackError(f"{self.home.path} runs other processes than asked for; stop them first (make down).")

    def _boot(self) -> None:
        lifecycle.end_leftovers(self.home, self._say)
        wanted = {name: port for server in self.servers for name, port in server.ports.items()}
        wanted |= {name: vars(self.ports)[name] for name in APPLICATIONS_PORTS}
        if self.context.telegram.sandbox:
            wanted["sandbox"] = self.ports.sandbox
        lifecycle.require_free(wanted)
        self.home.remember_ports(self.ports)
        if self._test_mode:
            self.travel_to(self._begins_at or datetime.now(UTC))
        server_programs = [program for server in self.servers for program in server.programs]
        self.supervision.boot([*server_programs, *(application.program for application in self.applications)])

    def _start_all(self) -> None:
        lifecycle.write_env_file(self.home, "stack.env", self.env)
        if self.servers:
            self._say("Starting MongoDB, RabbitMQ and Redis, and preparing databases and queues …")
        at_once = [it.program for it in self.applications if not it.needs_servers]
        programs = [program for server in self.servers for program in server.programs]
        self.supervision.start([program.name for program in (*programs, *at_once)])
        lifecycle.prepare(self.supervision, self.servers, set_up_steps(self.context), self._say)
        self._say("Starting the services …")
        self.supervision.start([application.program.name for application in self.applications])
        lifecycle.wait_for_applications(self.supervision, self.applications, self._say)

    def stop(self) -> None:
        """Stop everything; harmless when nothing runs. The data stays."""
        with lifecycle.exclusive(self.home):
            lifecycle.stop_everything(self.home, self._say)

    def states(self) -> list[ProcessState]:
        """Every process as the supervisor sees it."""
        return self.supervision.states()

    def pid(self, name: str) -> int:
        """The process id, 0 while it does not run."""
        return self.supervision.state(name).pid

    def kill(self, name: str, signal: int = signals.SIGKILL) -> int:
        """Send a signal to a process and its children at once; returns the process id it had.

        The supervisor puts each process into a group of its own; were the parent killed alone, its children
        would hold the port.
        """
        pid = self.pid(name)
        if not pid:
            raise LocalStackError(f"{name} does not run.")
        os.killpg(pid, signal)
        while signal == signals.SIGKILL and self.pid(name) == pid:  # until the supervisor has noticed
            time.sleep(0.02)
        return pid

    def wait_for(self, name: str, seconds: float = RESTART_SECONDS) -> None:
        """Return when an application runs and its address, if it has one, answers 200."""
        application = next(it for it in self.applications if it.program.name == name)
        deadline = time.monotonic() + seconds
        while not (self.supervision.state(name).runs and (not application.url or lifecycle.answers(application.url))):
            if time.monotonic() > deadline:
                raise LocalStackError(f"{name} is not back after {seconds:.0f} s:\n" + "\n".join(self.logs(name)[-25:]))
            time.sleep(lifecycle.POLL_SECONDS)

    def restart(self, name: str) -> None:
        """Stop an application or server in order, start it and wait until it can be used."""
        with self.without(name):
            pass

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """Stop an application or server for a while; afterwards, whatever happened, it is back and can be used."""
        self.supervision.stop([name])
        try:
            yield
        finally:
            self.supervision.start([name])
            if any(it.program.name == name for it in self.applications):
                self.wait_for(name)
            else:
                lifecycle.wait_for_servers(self.supervision, [self._server(name)], self._say)

    def _server(self, name: str) -> Server:
        for server in self.servers:
            if server.name == name:
                return server
        raise LocalStackError(f"No server {name!r} here; there are: {', '.join(it.name for it in self.servers)}.")

    def logs(self, name: str, lines: int = 1_000) -> list[str]:
        """The last lines that a process has written."""
        return processes.tail(self.home.log(name), lines)

    def travel_to(self, moment: datetime) -> None:
        """Set the services' clocks to an aware moment, from which they go on; they heed it in test mode only.

        Forward alone: what was due, leased or cached by a later clock would wait until then.
        """
        offset = (moment - datetime.now(UTC)).total_seconds()
        self.home.write(CLOCK_OFFSET_FILE, f"{offset}\n")
