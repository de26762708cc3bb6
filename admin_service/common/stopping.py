"""Stopping a long-running command by SIGTERM or SIGINT: what is under way is finished first."""

import signal
import threading
from types import FrameType


def on_signal() -> threading.Event:
    """An event that the first SIGTERM or SIGINT sets; call it from the main thread."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return stopping
