"""Starting and stopping, step by step: what `up`, `servers up`, `down` and the tests have in common."""

import contextlib
import fcntl
import os
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx

from local.layout import REPOSITORY, Home, LocalStackError, Ports, port_is_free
from local.servers.running import Server
from local.services.applications import Application, SetUpStep
from local.supervising import processes
from local.supervising.supervision import Supervision

Say = Callable[[str], None]


def silently(text: str) -> None:
    """A `say` for when nobody may be listening any more."""


SERVER_SECONDS = 60
APPLICATION_SECONDS = 120
SET_UP_SECONDS = 120
POLL_SECONDS = 0.15


@contextlib.contextmanager
def exclusive(home: Home) -> Iterator[None]:
    """One command at a time changes a stack; the next one waits."""
    with (home.directory() / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def choose_ports(home: Home, supervision: Supervision, environ: Mapping[str, str], free_ports: bool) -> Ports:
    """The ports in use, or those to start on. A home with free ports keeps its own while they are free."""
    remembered = home.remembered_ports()
    if remembered and supervision.is_up():
        return remembered
    if not free_ports:
        return Ports.from_environment(environ)
    if remembered and all(port_is_free(port) for port in vars(remembered).values()):
        return remembered
    return Ports.free()


def end_leftovers(home: Home, say: Say) -> None:
    """End what a killed supervisor left behind: it would hold the ports and the data files."""
    if leftovers := processes.of_stack(home):
        say(f"Stopping {len(leftovers)} process(es) left over from a stack that was killed …")
        processes.end(leftovers, grace_seconds=20)


def require_free(ports: Mapping[str, int]) -> None:
    """Refuse to start while somebody else listens on one of the ports; says who, and what to set."""
    for name, port in ports.items():
        if not port_is_free(port):
            who = processes.listener(port) or "another program"
            raise LocalStackError(
                f"Port {port} is taken by {who}. Stop it, or set SLOTDESK_{name.upper()}_PORT to another one."
            )


def start_servers(home: Home, ports: Ports, servers: Sequence[Server], say: Say) -> None:
    """Start the servers alone, or what is missing of them, and return when they can be used."""
    supervision = Supervision(home)
    programs = [program for server in servers for program in server.programs]
    if not supervision.is_up():
        end_leftovers(home, say)
        require_free({name: port for server in servers for name, port in server.ports.items()})
        home.remember_ports(ports)
        supervision.boot(programs)
    supervision.start([program.name for program in programs])
    wait_for_servers(supervision, servers, say)


def wait_for_servers(
    supervision: Supervision, servers: Sequence[Server], say: Say, then: Callable[[str], None] = lambda _: None
) -> None:
    """Return when every server can be used; an error shows the end of the log of the one that cannot.

    `then` is called with the name of each as soon as it can.
    """
    began, waiting = time.monotonic(), list(servers)
    while waiting:
        for server in list(waiting):
            if server.is_ready():
                waiting.remove(server)
                say(f"  {server.name} is ready ({time.monotonic() - began:.1f} s)")
                then(server.name)
            elif given_up := _given_up(supervision, [program.name for program in server.programs]):
                raise _start_error(supervision, given_up)
        if waiting and time.monotonic() > began + SERVER_SECONDS:
            raise _start_error(supervision, waiting[0].name)
        time.sleep(POLL_SECONDS)


def wait_for_applications(supervision: Supervision, applications: Sequence[Application], say: Say) -> None:
    """Return when every process runs and every address answers 200."""
    began, waiting = time.monotonic(), list(applications)
    while waiting:
        running = {state.name for state in supervision.states() if state.runs}
        for application in list(waiting):
            if application.program.name in running and (application.url is None or answers(application.url)):
                waiting.remove(application)
                say(f"  {application.program.name} is ready ({time.monotonic() - began:.1f} s)")
        if given_up := _given_up(supervision, [application.program.name for application in waiting]):
            raise _start_error(supervision, given_up)
        if waiting and time.monotonic() > began + APPLICATION_SECONDS:
            raise _start_error(supervision, waiting[0].program.name)
        time.sleep(POLL_SECONDS)


def answers(url: str) -> bool:
    """Whether a GET is answered with 200; by plain http: reading certificates takes longer than many requests."""
    try:
        return httpx.get(url, timeout=5, trust_env=False, verify=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _given_up(supervision: Supervision, names: Sequence[str]) -> str | None:
    return next((state.name for state in supervision.states() if state.name in names and state.state == "FATAL"), None)


def _start_error(supervision: Supervision, name: str) -> LocalStackError:
    log = supervision.home.log(name)
    last = "\n".join(f"    {line}" for line in processes.tail(log, 25))
    return LocalStackError(f"{name} did not start. The end of {log}:\n{last}")


def prepare(
    supervision: Supervision, servers: Sequence[Server], chains: Sequence[Sequence[SetUpStep]], say: Say
) -> None:
    """Return when every server can be used and every chain has run; the first failure is raised with its output.

    A chain runs beside the others, its steps in order, from when the server that its first step needs can be used.
    """
    running: list[Future[None]] = []
    with ThreadPoolExecutor(max_workers=len(chains)) as pool:

        def begin(server: str) -> None:
            due = [chain for chain in chains if chain[0].server == server]
            running.extend(pool.submit(_run_chain, supervision.home, chain, say) for chain in due)

        for server in {chain[0].server for chain in chains} - {server.name for server in servers}:
            begin(server)
        wait_for_servers(supervision, servers, say, begin)
        for done in running:
            done.result()


def _run_chain(home: Home, chain: Sequence[SetUpStep], say: Say) -> None:
    for step in chain:
        began = time.monotonic()
        try:
            result = subprocess.run(
                step.command,
                cwd=step.directory,
                env={**processes.base_environment(home), **step.environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=SET_UP_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise LocalStackError(f"Set-up step {step.name} did not end within {SET_UP_SECONDS} s.") from None
        home.write(f"logs/{step.name}.log", result.stdout)
        if result.returncode:
            last = "\n".join(f"    {line}" for line in result.stdout.splitlines()[-25:])
            raise LocalStackError(f"Set-up step {step.name} failed ({shlex.join(step.command)}):\n{last}")
        say(f"  {step.name} is done ({time.monotonic() - began:.1f} s)")


def stop_everything(home: Home, say: Say) -> None:
    """Stop the applications, the servers, the supervisor, then whatever still carries the stack's mark."""
    supervision = Supervision(home)
    names = [state.name for state in supervision.states()]
    servers = [name for name in names if name in {"mongod", "rabbitmq", "redis"}]
    applications = [name for name in names if name not in {*servers, "epmd"}]
    for group in (applications, servers):
        if group:
            say(f"Stopping {', '.join(group)} …")
            supervision.stop(group)
    supervision.shut_down()
    processes.end(processes.of_stack(home), grace_seconds=20)


def write_env_file(home: Home, name: str, values: Mapping[str, str]) -> str:
    """Write NAME=value lines that both a shell and a dotenv reader understand; returns the file's path."""
    lines = [f"{key}={shlex.quote(value)}" for key, value in values.items()]
    return str(home.write(name, "\n".join(lines) + "\n"))


def relative(path: str | os.PathLike[str]) -> str:
    """A path as people see it from the repository's root, where make is run."""
    whole = Path(path)
    return str(whole.relative_to(REPOSITORY) if whole.is_relative_to(REPOSITORY) else whole)
