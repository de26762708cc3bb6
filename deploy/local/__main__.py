"""Command line of the local stack: `python -m local <command>`."""

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from local import compose, console, lifecycle, suites
from local.credentials import load_or_create
from local.layout import Home, LocalStackError
from local.servers.addresses import for_tests
from local.servers.running import local_servers
from local.stack import Stack
from local.supervising.supervision import Supervision

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def servers_up(home: Home, free_ports: bool) -> None:
    """Start the three servers alone, for tests, and write `servers.env`; harmless when they run already."""
    with lifecycle.exclusive(home):
        credentials = load_or_create(home)
        ports = lifecycle.choose_ports(home, Supervision(home), os.environ, free_ports)
        servers = local_servers(home, ports, credentials, durable=False)
        lifecycle.start_servers(home, ports, servers, print)
        env_file = lifecycle.write_env_file(home, "servers.env", for_tests(ports, credentials))
    print(f"The servers are up. Their addresses: {lifecycle.relative(env_file)}")


def up(stack: Stack) -> None:
    """Start everything in the background; harmless when it runs already."""
    began = time.monotonic()
    started = stack.start()
    print(f"Everything is up ({time.monotonic() - began:.0f} s)." if started else "Everything was up already.")
    console.welcome(stack)


def run(stack: Stack) -> None:
    """Start everything and stay: report what dies, stop everything on Ctrl-C or SIGTERM."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in STOP_SIGNALS:
        signal.signal(number, interrupt)
    try:
        up(stack)
        print("Ctrl-C stops everything.")
        console.watch(stack.home, stack.supervision)
        print("The stack was stopped from elsewhere.")
    except KeyboardInterrupt:
        print()
    finally:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        down(stack.home)


def down(home: Home) -> None:
    """Stop everything of this home; harmless when nothing runs."""
    began = time.monotonic()
    with lifecycle.exclusive(home):
        lifecycle.stop_everything(home, print)
    print(
        f"Everything is stopped ({time.monotonic() - began:.1f} s). The data stays in {lifecycle.relative(home.path)}."
    )


def logs(home: Home, names: list[str], follow: bool, lines: int) -> None:
    """Hand over to `tail`: it heads each part with the file it is from."""
    known = sorted(file.stem for file in home.directory("logs").glob("*.log"))
    if unknown := [name for name in names if name not in known]:
        raise LocalStackError(f"No log of {', '.join(unknown)}; there are: {', '.join(known)}.")
    files = [str(home.log(name)) for name in names or known]
    if not files:
        raise LocalStackError("No logs yet. Start the stack with: make up")
    os.execvp("tail", ["tail", f"--lines={lines}", *(["-F"] if follow else []), *files])


def parser() -> argparse.ArgumentParser:
    """The command line's shape."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--home", type=Path, help="where data, logs and secrets are kept (default: SLOTDESK_HOME)")
    common.add_argument("--free-ports", action="store_true", help="use ports that are free instead of the usual ones")
    root = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = root.add_subparsers(dest="command", required=True)
    for name, does in {
        "run": "start everything, report what dies, stop it all on Ctrl-C",
        "up": "start everything in the background",
        "down": "stop everything",
        "status": "show what runs",
        "compose-files": "write what docker-compose.yml needs",
    }.items():
        commands.add_parser(name, help=does, parents=[common])
    servers = commands.add_parser("servers", help="only MongoDB, RabbitMQ and Redis, for tests", parents=[common])
    servers.add_argument("action", choices=["up", "down"])
    show = commands.add_parser("logs", help="show logs", parents=[common])
    show.add_argument("names", nargs="*")
    show.add_argument("--follow", "-f", action="store_true")
    show.add_argument("--lines", "-n", type=int, default=20)
    suite = commands.add_parser("suites", help="run checks or tests, each in its own environment")
    suite.add_argument("kind", choices=["check", "test"])
    suite.add_argument("names", nargs="*", help="only these")
    return root


def command(arguments: argparse.Namespace) -> int:
    """Run what was asked for; returns the exit status."""
    if arguments.command == "suites":
        return suites.run(arguments.kind, arguments.names)
    home = Home.at(arguments.home) if arguments.home else Home.from_environment(os.environ)
    stack = Stack(home.path, free_ports=arguments.free_ports)
    match arguments.command:
        case "run":
            run(stack)
        case "up":
            up(stack)
        case "down":
            down(home)
        case "status":
            return 0 if console.status(stack) else 1
        case "logs":
            logs(home, arguments.names, arguments.follow, arguments.lines)
        case "compose-files":
            compose.write_files(home)
        case "servers":
            servers_up(home, arguments.free_ports) if arguments.action == "up" else down(home)
    return 0


def main() -> int:
    """Problems that a person can solve are one message, not a traceback."""
    try:
        return command(parser().parse_args())
    except LocalStackError as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
