"""A long-running command whose thread dies ends with a code that says so."""

import subprocess
import sys
from pathlib import Path

SERVICE = Path(__file__).parents[2]


def run(thread: str, work: str) -> subprocess.CompletedProcess[str]:
    script = (
        "import threading\n"
        "from common.processes import stopping\n"
        "stop = stopping.on_signal()\n"
        f"threading.Thread(target={thread}, name='helper', daemon=True).start()\n"
        f"stop.run({work})\n"
    )
    return subprocess.run(
        [sys.executable, "-c", script], cwd=SERVICE, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_thread_that_dies_ends_the_process_with_a_code_of_its_own_and_a_critical_line() -> None:
    """Guard: ``thread_died``. Supervisors told it from an expected end by nothing."""
    ended = run("lambda: 1 / 0", "stop.wait")

    assert ended.returncode == 70
    assert "critical" in ended.stdout
    assert "thread_died" in ended.stdout
    assert "helper" in ended.stdout


def test_work_that_dies_in_the_main_thread_does_the_same() -> None:
    ended = run("lambda: None", "lambda: 1 / 0")

    assert ended.returncode == 70
    assert "work_died" in ended.stdout


def test_an_end_without_fault_is_a_plain_one() -> None:
    assert run("lambda: stop.set()", "stop.wait").returncode == 0
