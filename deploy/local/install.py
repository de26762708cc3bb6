"""Installs what the repository needs: `python -m local.install`. Standard library only: nothing is there yet.

Debian packages (when root), uv, one virtual environment per part, the scripts that the desk's pages load from others,
and the desk's texts, compiled. Quick when nothing has changed: each environment keeps a stamp of the files it was made
from.
"""

import contextlib
import ctypes.util
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BOOTSTRAP = REPOSITORY / ".local" / "bootstrap"
BOOTSTRAP_REQUIREMENTS = Path(__file__).with_name("bootstrap.txt")
CONTRACTS = REPOSITORY / "shared_contracts"
PARTS = tuple(REPOSITORY / name for name in ("deploy", "shared_contracts", "admin_service", "bot_service"))
STAMP = "slotdesk-stamp"
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
OLDEST_PYTHON = (3, 11)

# What must be there → the Debian package that brings it.
ALWAYS: dict[str, Callable[[], bool]] = {
    "python3-venv": lambda: importlib.util.find_spec("ensurepip") is not None,
    "ca-certificates": SYSTEM_CERTIFICATES.exists,
    "nginx-light": Path("/usr/sbin/nginx").exists,  # before the services, whichever servers they use
    "libcurl4": lambda: ctypes.util.find_library("curl") is not None,  # mongod's own libraries
    "libssl3": lambda: ctypes.util.find_library("ssl") is not None,
    "liblzma5": lambda: ctypes.util.find_library("lzma") is not None,
    "npm": lambda: shutil.which("npm") is not None,  # brings the desk's scripts by others; none is built here
}
SERVERS: dict[str, Callable[[], bool]] = {
    "rabbitmq-server": Path("/usr/lib/rabbitmq/bin/rabbitmq-server").exists,
    "redis-server": lambda: shutil.which("redis-server") is not None,
}
BROWSER: dict[str, Callable[[], bool]] = {
    "chromium": lambda: shutil.which("chromium") is not None,
    "fonts-dejavu-core": Path("/usr/share/fonts/truetype/dejavu").exists,  # Cyrillic on screenshots
}


class CannotInstall(Exception):
    """What a person has to do first; its text is shown as it is."""


def debian_packages(wanted: dict[str, Callable[[], bool]]) -> None:
    """Install the missing packages when root; else name them in one line."""
    missing = [package for package, is_there in wanted.items() if not is_there()]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise CannotInstall(f"Missing Debian packages; please run: sudo apt-get install -y {' '.join(missing)}")
    print(f"Installing Debian packages: {' '.join(missing)} …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    with _no_service_starts():
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
            _run([*apt, *command], environment)


@contextlib.contextmanager
def _no_service_starts() -> Iterator[None]:
    """While packages are installed, Debian asks this file whether a service may start: no, we start ours."""
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()


def uv() -> Path:
    """The pinned uv, installed with its hash checked into an environment of its own."""
    binary = BOOTSTRAP / "bin" / "uv"
    if not is_current(BOOTSTRAP, [BOOTSTRAP_REQUIREMENTS]):
        print("Installing uv …", flush=True)
        _run([sys.executable, "-m", "venv", "--clear", str(BOOTSTRAP)])
        pip = [
            str(BOOTSTRAP / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        _run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(BOOTSTRAP_REQUIREMENTS)])
        remember(BOOTSTRAP, [BOOTSTRAP_REQUIREMENTS])
    return binary


def virtual_environment(part: Path) -> None:
    """Make a part's environment exactly what its locked requirements say, with our contracts beside them."""
    requirements = part / "requirements-dev.txt"
    sources = [requirements, CONTRACTS / "pyproject.toml"]
    environment = part / ".venv"
    if is_current(environment, sources):
        return
    print(f"Installing {part.name} …", flush=True)
    python = str(environment / "bin" / "python")
    if not _is_venv_of(environment, sys.executable):
        _run([str(uv()), "venv", "--quiet", "--clear", "--python", sys.executable, str(environment)])
    pip = [str(uv()), "pip"]
    options = ["--quiet", "--python", python]
    _run([*pip, "sync", *options, "--require-hashes", str(requirements)])
    # Apart, because an install with hashes refuses a local package.
    _run([*pip, "install", *options, "--no-deps", "--editable", str(CONTRACTS)])
    remember(environment, sources)


def scripts_by_others(admin_service: Path) -> None:
    """What the desk's pages load that is not ours, exactly as its lock says, hashes checked; nothing of it is run."""
    sources = [admin_service / "package.json", admin_service / "package-lock.json"]
    installed = admin_service / "node_modules"
    if is_current(installed, sources):
        return
    print("Installing the desk's scripts …", flush=True)
    environment = dict(os.environ)
    if SYSTEM_CERTIFICATES.exists():
        environment.setdefault("NODE_EXTRA_CA_CERTS", str(SYSTEM_CERTIFICATES))
    _run(["npm", "ci", "--prefix", str(admin_service), "--loglevel", "error"], environment)
    remember(installed, sources)


def russian_texts(admin_service: Path) -> None:
    """Compile the desk's Russian texts where they have changed: Django reads no catalogue, and git keeps only that."""
    catalogue = admin_service / "locale" / "ru" / "LC_MESSAGES" / "django.po"
    compiled = catalogue.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= catalogue.stat().st_mtime:
        return
    pybabel = str(admin_service / ".venv" / "bin" / "pybabel")
    _run([pybabel, "--quiet", "compile", "--input-file", str(catalogue), "--output-file", str(compiled)])


def _is_venv_of(environment: Path, python: str) -> bool:
    own = environment / "bin" / "python"
    if not own.exists():
        return False
    ask = "import sys; print(sys.version)"
    own_version, version = (
        subprocess.run([it, "-c", ask], capture_output=True, check=False).stdout for it in (own, python)
    )
    return own_version == version


def _stamp(environment: Path, sources: Sequence[Path]) -> str:
    digest = hashlib.sha256(f"{sys.version} {environment}".encode())
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()


def is_current(environment: Path, sources: Sequence[Path]) -> bool:
    """Whether an environment was made from these files as they are now."""
    stamp = environment / STAMP
    return stamp.exists() and stamp.read_text() == _stamp(environment, sources)


def remember(environment: Path, sources: Sequence[Path]) -> None:
    """Stamp an environment with the files that it was made from."""
    (environment / STAMP).write_text(_stamp(environment, sources))


def _run(command: Sequence[str], environment: dict[str, str] | None = None) -> None:
    environment = dict(environment or os.environ)
    environment.setdefault("UV_PYTHON_DOWNLOADS", "never")
    environment.setdefault("UV_SYSTEM_CERTS", "1")
    if SYSTEM_CERTIFICATES.exists():  # pip trusts only its own list unless told; a company's proxy needs the system's
        environment.setdefault("PIP_CERT", str(SYSTEM_CERTIFICATES))
    result = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False)
    if result.returncode:
        raise CannotInstall(f"This failed: {' '.join(command)}")


def main() -> int:
    """`python -m local.install [run|all]`: `run` leaves out the browser, which only tests need."""
    began = time.monotonic()
    if sys.version_info < OLDEST_PYTHON:
        print("Slotdesk needs Python 3.11 or newer; set PYTHON=… to point make to it.", file=sys.stderr)
        return 1
    packages = dict(ALWAYS)
    if os.environ.get("SLOTDESK_SERVERS", "local") == "local":
        packages |= SERVERS
    if sys.argv[1:] != ["run"]:
        packages |= BROWSER
    try:
        debian_packages(packages)
        uv()
        for part in PARTS:
            virtual_environment(part)
        scripts_by_others(REPOSITORY / "admin_service")
        russian_texts(REPOSITORY / "admin_service")
    except CannotInstall as problem:
        print(problem, file=sys.stderr)
        return 1
    if (seconds := time.monotonic() - began) > 1:
        print(f"Installed in {seconds:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
