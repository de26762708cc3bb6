"""Starting, stopping, dying and being left behind: real supervisors and real processes.

Most of it needs no MongoDB or RabbitMQ, so the stacks here are told of servers of the user's own, and have
two small processes in place of the services.
"""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import psutil
import pymongo
import pytest

from local import console, lifecycle, stack
from local.layout import Home, LocalStackError, port_is_free
from local.servers.addresses import EXTERNAL_NAMES
from local.servers.running import Server
from local.services.applications import Application, SetUpStep
from local.stack import Stack
from local.supervising import processes
from local.supervising.programs import Program
from local.supervising.supervision import Supervision
from tests.local.conftest import RunningServers, local, read_env

AWKWARD = """50% of 'quotes' and "more"; #not a comment $HOME"""
OWN_SERVERS = {"SLOTDESK_SERVERS": "external", **dict.fromkeys(EXTERNAL_NAMES, "given by the user")}


class SmallStack(Stack):
    """A web server and a process that prints what it was given, instead of the services."""

    @cached_property
    def applications(self) -> list[Application]:
        """Both, in a directory that can be served."""
        www = self.home.directory("www")
        port = str(self.ports.desk)
        web = (sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(www), port)
        echo = ("/bin/sh", "-c", 'echo "given: $AWKWARD"; exec sleep 600')
        return [
            Application(Program("web", web, www), f"http://127.0.0.1:{port}/"),
            Application(Program("consumer", echo, www, {"AWKWARD": AWKWARD})),
        ]


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallStack]:
    """A small stack that is up, and stopped at the end."""
    monkeypatch.setattr(stack, "set_up_steps", lambda _: [[SetUpStep("nothing", ("true",), tmp_path, {})]])
    with SmallStack(tmp_path, free_ports=True, test_mode=True, environ=OWN_SERVERS, say=lifecycle.silently) as it:
        yield it


def eventually(question: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until the answer is yes."""
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def test_a_second_start_changes_nothing(small: SmallStack) -> None:
    before = {state.name: state.pid for state in small.states()}
    again = SmallStack(small.home.path, free_ports=True, environ=OWN_SERVERS)
    assert again.start() is False
    assert {state.name: state.pid for state in again.states()} == before


def test_a_start_brings_back_what_is_missing(small: SmallStack) -> None:
    web = small.pid("web")
    small.supervision.stop(["consumer"])
    assert small.start() is True
    assert (small.pid("consumer") > 0, small.pid("web")) == (True, web)


def test_a_process_gets_its_environment_word_for_word(small: SmallStack) -> None:
    assert small.logs("consumer") == [f"given: {AWKWARD}"]


def test_what_is_killed_is_restarted(small: SmallStack) -> None:
    killed = small.kill("web", signal.SIGKILL)
    small.wait_for("web")
    assert small.pid("web") not in {0, killed}


def test_a_restart_on_request_gives_a_new_process(small: SmallStack) -> None:
    before = small.pid("web")
    small.restart("web")
    assert small.pid("web") not in {0, before}


def test_the_console_names_the_process_that_died_and_shows_the_end_of_its_log(small: SmallStack) -> None:
    said: list[str] = []
    watcher = threading.Thread(target=console.watch, args=(small.home, small.supervision, said.append))
    watcher.start()
    small.kill("consumer", signal.SIGKILL)
    eventually(lambda: any("given:" in line for line in said))
    small.stop()
    watcher.join(timeout=30)
    assert said[0].startswith("\nconsumer: it has died (terminated by SIGKILL")
    assert not watcher.is_alive()
    assert not any("web:" in line for line in said), "an orderly stop is no death"


def test_after_stop_no_process_and_no_port_is_left(small: SmallStack) -> None:
    small.stop()
    assert processes.of_stack(small.home) == []
    assert all(port_is_free(port) for port in vars(small.ports).values())
    small.stop()


def test_stop_also_ends_what_a_killed_supervisor_left_behind(small: SmallStack) -> None:
    web = psutil.Process(small.pid("web"))
    _kill_supervisor(small.home)
    assert web.is_running()
    small.stop()
    assert processes.of_stack(small.home) == []


def test_start_replaces_what_a_killed_supervisor_left_behind(small: SmallStack) -> None:
    orphan = small.pid("web")
    _kill_supervisor(small.home)
    assert small.start() is True
    assert small.pid("web") != orphan
    assert not psutil.pid_exists(orphan)


def test_stop_leaves_a_stranger_alone_whose_process_id_is_in_a_stale_file(small: SmallStack) -> None:
    small.stop()
    with subprocess.Popen(["sleep", "600"]) as stranger:
        small.home.write("supervisord.pid", f"{stranger.pid}\n")
        small.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_a_taken_port_is_named_with_the_variable_that_changes_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalStackError, match=rf"Port {port} .* SLOTDESK_DESK_PORT"):
            SmallStack(tmp_path, environ={**OWN_SERVERS, "SLOTDESK_DESK_PORT": str(port)}).start()
    assert processes.of_stack(Home.at(tmp_path)) == []


def test_a_failed_set_up_step_shows_its_output_and_leaves_nothing_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = SetUpStep("migrate-admin", ("/bin/sh", "-c", "echo no such index; exit 3"), tmp_path, {})
    monkeypatch.setattr(stack, "set_up_steps", lambda _: [[step]])
    failing = SmallStack(tmp_path, free_ports=True, environ=OWN_SERVERS, say=lifecycle.silently)
    with pytest.raises(LocalStackError, match=r"(?s)migrate-admin failed.*no such index"):
        failing.start()
    assert processes.of_stack(failing.home) == []


def test_databases_are_prepared_while_another_server_is_still_starting(tmp_path: Path) -> None:
    """Guard: ``then``: the slow server here is ready only once the quick one's step has run."""
    done = tmp_path / "migrated"
    steps = [
        [SetUpStep("migrate", ("touch", str(done)), tmp_path, {}, "quick")],
        [SetUpStep("topology", ("test", "-e", str(done)), tmp_path, {}, "slow")],
    ]
    servers = [Server("slow", [], {}, done.exists), Server("quick", [], {}, lambda: True)]
    said: list[str] = []
    lifecycle.prepare(Supervision(Home.at(tmp_path)), servers, steps, said.append)
    assert sorted(line.split()[0] for line in said) == ["migrate", "quick", "slow", "topology"]


def test_own_servers_need_all_their_addresses(tmp_path: Path) -> None:
    with pytest.raises(LocalStackError, match=r"also needs .*REDIS_URL"):
        Stack(tmp_path, environ={"SLOTDESK_SERVERS": "external"}).start()


def test_everything_written_into_the_home_is_closed_to_others(small: SmallStack) -> None:
    for name in ("stack.env", "secrets/redis_password", "env/consumer.env", "supervisord.conf"):
        assert stat.S_IMODE((small.home.path / name).stat().st_mode) == 0o600


def test_stack_env_names_all_that_a_program_needs(small: SmallStack) -> None:
    written = read_env(small.home.path / "stack.env")
    assert {
        *("ADMIN_URL", "ADMIN_USER", "ADMIN_PASSWORD", "ADMIN_API_TOKEN", "DEMO_LOGINS", "SANDBOX_URL", "BOT_URL"),
        *(
            "TELEGRAM_BOT_TOKEN",
            "TELEGRAM_BOT_USERNAME",
            "TELEGRAM_API_URL",
            "BROADCAST_CHAT_ID",
            "MONGODB_URI",
        ),
        *("MONGODB_DATABASE", "BOT_MONGODB_URI", "BOT_MONGODB_DATABASE", "AMQP_URL_ADMIN", "AMQP_URL_BOT"),
        *("AMQP_URL_OPERATOR", "CELERY_BROKER_URL", "REDIS_URL", "TEST_MODE", "CLOCK_OFFSET_FILE"),
    } <= set(written)
    assert {name: written[name] for name in small.env} == small.env


def test_a_token_of_the_users_own_means_the_real_telegram_and_no_sandbox(tmp_path: Path) -> None:
    own = {**OWN_SERVERS, "TELEGRAM_BOT_TOKEN": "1:own", "TELEGRAM_BOT_USERNAME": "our_bot"}
    real = Stack(tmp_path, free_ports=True, environ=own)
    assert (real.env["TELEGRAM_API_URL"], real.env["TELEGRAM_BOT_TOKEN"]) == (
        "https://api.telegram.org",
        "1:own",
    )
    assert "SANDBOX_URL" not in real.env
    assert "sandbox" not in [application.program.name for application in real.applications]


def test_what_the_caller_says_of_the_desk_reaches_it(tmp_path: Path) -> None:
    own = {
        "REQUIRE_TOTP_FOR_ADMINISTRATORS": "1",
        "SESSION_IDLE_MINUTES": "5",
        "OUTSIDE_CALENDAR_NETWORKS": "10.1.0.0/16",
    }
    asked = Stack(tmp_path, free_ports=True, test_mode=True, environ=own)
    (desk,) = (it.program for it in asked.applications if it.program.name == "web")
    assert {name: desk.environment[name] for name in own} == own


def test_two_homes_get_different_secrets_and_free_ports(tmp_path: Path) -> None:
    first, second = (Stack(tmp_path / name, free_ports=True, environ={}) for name in ("first", "second"))
    assert first.context.credentials.redis_password != second.context.credentials.redis_password
    for each in (first, second):  # one of digits would be refused as easy to guess, and the stack would not start
        password = each.context.credentials.desk_password
        assert re.fullmatch("[a-z]{4}(-[a-z]{4}){3}", password), "Guard: ``_typed_password``"
    assert first.ports != second.ports


def test_a_second_servers_up_is_harmless(servers: RunningServers) -> None:
    before = {process.pid for process in processes.of_stack(servers.home)}
    again = local("servers", "up", "--home", str(servers.home.path), "--free-ports")
    assert (again.returncode, read_env(servers.home.path / "servers.env")) == (0, servers.addresses)
    assert before <= {process.pid for process in processes.of_stack(servers.home)}


def test_servers_keep_their_data_over_down_and_up_on_other_ports(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    assert local("servers", "up", "--home", str(tmp_path), "--free-ports").returncode == 0
    with pymongo.MongoClient[dict[str, str]](read_env(tmp_path / "servers.env")["MONGODB_URI"]) as client:
        client["slotdesk"]["users"].insert_one({"first_name": "Pavel"})
    stopped = local("servers", "down", "--home", str(tmp_path))
    ports = home.remembered_ports()
    assert (stopped.returncode, processes.of_stack(home)) == (0, [])
    assert ports and all(port_is_free(port) for port in vars(ports).values())
    with socket.create_server(("127.0.0.1", ports.redis)):  # somebody else has taken one meanwhile
        assert local("servers", "up", "--home", str(tmp_path), "--free-ports").returncode == 0
    moved = read_env(tmp_path / "servers.env")["MONGODB_URI"]
    with pymongo.MongoClient[dict[str, str]](moved) as client:
        assert client["slotdesk"]["users"].count_documents({"first_name": "Pavel"}) == 1
    local("servers", "down", "--home", str(tmp_path))
    assert processes.of_stack(home) == []


def _kill_supervisor(home: Home) -> None:
    pid = int((home.path / "supervisord.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
