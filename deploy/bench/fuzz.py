"""What no page and no program of ours asks: 5,000 requests to the desk and 50,000 to the API of a whole stack.

The desk as each kind of login, through the gateway; the API by its own description. Bounded in count, seeded, on
127.0.0.1; the stack is started for it and stopped after it. The exit code says whether any answer was a 5xx.
"""

import os
import subprocess
import sys
from pathlib import Path

from local.layout import ADMIN_SERVICE, python_of
from local.stack import Stack
from local.suites import SETTINGS

HOME = Path(__file__).resolve().parents[2] / ".local" / "fuzz"
FUZZ_TOKEN = "FUZZ_API_TOKEN"
DEMO_LOGINS = ("reader", "recruiter", "coordinator", "administrator")
"""Of the demo, one of each role, with the demo's one password."""


def main() -> int:
    """Start, ask, stop."""
    stack = Stack(HOME, free_ports=True, environ={})
    stack.stop()
    stack.home.remove_data()
    with stack:
        return ask(stack, sys.argv[1:])


def ask(stack: Stack, arguments: list[str]) -> int:
    """Ask a stack that is up; ``arguments`` go to ``tests.fuzzing`` of the admin service, which knows the addresses."""
    # Who may least asks first: who may most could take the others' logins away.
    names = [*DEMO_LOGINS, stack.env["ADMIN_USER"]]
    logins = [part for name in names for part in ("--login", f"{name}:{stack.env['ADMIN_PASSWORD']}")]
    command = [str(python_of(ADMIN_SERVICE)), "-m", "tests.fuzzing", stack.env["ADMIN_URL"], *logins, *arguments]
    known = {**os.environ, **SETTINGS, FUZZ_TOKEN: stack.env["ADMIN_API_TOKEN"]}
    return subprocess.run(command, cwd=ADMIN_SERVICE, env=known, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
