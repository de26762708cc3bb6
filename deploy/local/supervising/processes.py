"""The operating system's processes that belong to a stack, also those whose parent was killed."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import psutil

from local.layout import Home

# Every process of a stack inherits this variable, which holds the stack's absolute home, whoever its parent
# is now. Pid files can be stale and command lines alike; this names what we started and nothing else.
MARK = "SLOTDESK_STACK"

PASSED_ON = {
    *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"),
}


def base_environment(home: Home) -> dict[str, str]:
    """What every process of a stack gets: the caller's path, locale and proxies, the mark, nothing else."""
    passed_on = {name: value for name, value in os.environ.items() if name in PASSED_ON}
    return {
        **passed_on,
        MARK: str(home.path),
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def of_stack(home: Home) -> list[psutil.Process]:
    """The living processes that carry the mark of this home."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(home.path) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue  # gone meanwhile, or another user's
    return [process for process in found if process.pid != os.getpid()]


def end(processes: list[psutil.Process], grace_seconds: float) -> None:
    """SIGTERM, then SIGKILL for those still there after the grace time. Returns when all are gone."""
    for process in processes:
        _quietly(process.terminate)
    _, stubborn = psutil.wait_procs(processes, timeout=grace_seconds)
    for process in stubborn:
        _quietly(process.kill)
    psutil.wait_procs(stubborn, timeout=10)


def _quietly(action: Callable[[], None]) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        action()


def listener(port: int) -> str | None:
    """Who listens on 127.0.0.1:port, as far as this user may know; for messages."""
    for connection in psutil.net_connections(kind="tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port:
            if connection.pid is None:
                return "another user's process"
            return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return None


def tail(file: Path, lines: int) -> list[str]:
    """The last lines of a log, without reading all of a long one."""
    if not file.exists():
        return []
    with file.open("rb") as log:
        log.seek(max(0, file.stat().st_size - 64 * 1024))
        return log.read().decode(errors="replace").splitlines()[-lines:]
