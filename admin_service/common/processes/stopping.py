"""Stopping a long-running command by SIGTERM or SIGINT, and ending it when one of its threads dies.

What is under way is finished first.
"""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

THREAD_DIED = os.EX_SOFTWARE
"""The exit code of a process that ends because a thread of its died."""


class Stopping(threading.Event):
    """Set when the process is to end; ``exit_code`` says how."""

    exit_code = os.EX_OK

    def run(self, work: Callable[[], None]) -> None:
        """Do a command's work, then end the process by ``exit_code`` where a thread has died.

        Raises:
            SystemExit: one has; the supervisor then starts the process whole again.
        """
        try:
            work()
        except Exception as error:
            log.critical("work_died", error=type(error).__name__, exc_info=error)
            self.exit_code = THREAD_DIED
        self.set()
        if self.exit_code != os.EX_OK:
            raise SystemExit(self.exit_code)


def on_signal() -> Stopping:
    """An event that the first SIGTERM or SIGINT sets, and any thread that dies; call it from the main thread."""
    stopping = Stopping()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    def thread_died(args: threading.ExceptHookArgs) -> None:
        if args.exc_type is SystemExit:
            return
        name = args.thread.name if args.thread else "?"
        error = args.exc_value.with_traceback(args.exc_traceback) if args.exc_value else args.exc_type()
        log.critical("thread_died", thread=name, error=args.exc_type.__name__, exc_info=error)
        stopping.exit_code = THREAD_DIED
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    threading.excepthook = thread_died
    return stopping
