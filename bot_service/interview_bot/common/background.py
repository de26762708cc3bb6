"""Ending what runs beside the work."""

import asyncio
from collections.abc import Iterable
from typing import Any


async def end_tasks(tasks: Iterable[asyncio.Task[Any]], *, again_after: float = 1.0) -> None:
    """Cancel tasks and wait until they have ended, however they do.

    A driver in the middle of a call may take the cancelling for a lost connection, and the task goes on with its next
    round: it is cancelled again.

    Args:
        tasks: those that have ended already are passed over.
        again_after: seconds.
    """
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=again_after)
