"""Making sense of a calendar in a process of its own: whatever is in it can use up no more than that.

``python -m people.services.outside.apart`` reads a calendar and prints its busy times as JSON.
"""

import json
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from people.domain.busy_times import BusyTime, NotACalendarError, Reading, Window, busy_times
from people.domain.outside import ReadFailedError, ReadFailure

MOST_SECONDS = 20
_MOST_BYTES = 768 * 1024 * 1024
_NO_CALENDAR = 3
_SERVICE = Path(__file__).parents[3]


def read_apart(content: bytes, zone: str, window: Window) -> Reading:
    """As ``busy_times``.

    Raises:
        ReadFailedError: it is no calendar, or more than can be made sense of.
    """
    asked = [zone, window.begins.isoformat(), window.ends.isoformat()]
    command = [sys.executable, "-m", __name__, *asked]
    try:
        # No setting and no secret of ours goes along.
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=MOST_SECONDS, cwd=_SERVICE, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        raise ReadFailedError(ReadFailure.TOO_MUCH) from None
    if done.returncode:
        is_none = done.returncode == _NO_CALENDAR
        raise ReadFailedError(ReadFailure.NOT_A_CALENDAR if is_none else ReadFailure.TOO_MUCH)
    told = json.loads(done.stdout)
    times = [BusyTime(*(datetime.fromtimestamp(moment, UTC) for moment in pair)) for pair in told["times"]]
    return Reading(tuple(times), told["unread"])


def _main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    zone, begins, ends = sys.argv[1:]
    window = Window(datetime.fromisoformat(begins), datetime.fromisoformat(ends))
    try:
        found = busy_times(sys.stdin.buffer.read(), zone, window)
    except NotACalendarError:
        return _NO_CALENDAR
    times = [[one.starts_at.timestamp(), one.ends_at.timestamp()] for one in found.times]
    print(json.dumps({"times": times, "unread": found.unread}))
    return 0


if __name__ == "__main__":
    sys.exit(_main())
