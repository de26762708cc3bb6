"""Ending what runs beside the work."""

import asyncio

from interview_bot.common.background import end_tasks


async def test_a_task_that_takes_a_cancelling_for_something_else_ends_all_the_same() -> None:
    """Guard: ``end_tasks`` cancels again. Drivers were seen to swallow a cancelling in the middle of a call."""
    swallowed = 0

    async def goes_on() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.sleep(3_600)
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed == 3:
                    raise

    async def fails() -> None:
        raise ValueError

    tasks = [asyncio.create_task(goes_on()), asyncio.create_task(fails())]
    await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await end_tasks(tasks, again_after=0.01)

    assert tasks[0].cancelled() and swallowed == 3
    assert isinstance(tasks[1].exception(), ValueError)
