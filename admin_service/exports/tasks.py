"""The scan for exports that wait. Safe to run late, and twice at once."""

from celery import shared_task

from exports.making import go_on


@shared_task(name="exports.tasks.make_exports")
def make_exports() -> bool:
    """Take the export whose turn it is a few seconds further; whether there was one."""
    return go_on()
