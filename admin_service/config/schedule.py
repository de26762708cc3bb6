"""Which scans there are, and how often. What is due stands in MongoDB; a scan may come late, or twice."""

from datetime import timedelta
from typing import Any

_EVERY: dict[str, tuple[str, timedelta]] = {
    "expire requests": ("scheduling.tasks.expire_requests", timedelta(seconds=15)),
    "bring requests to recruiters": ("scheduling.tasks.bring_requests", timedelta(seconds=15)),
    "remind recruiters": ("scheduling.tasks.remind_recruiters", timedelta(seconds=15)),
    "offer free seats": ("scheduling.tasks.offer_free_seats", timedelta(seconds=5)),
    "close finished interviews": ("scheduling.tasks.close_finished", timedelta(seconds=15)),
    "send what is due": ("reminders.tasks.send_due", timedelta(seconds=5)),
    "send again what was never reported": ("reminders.tasks.send_unreported_again", timedelta(minutes=1)),
    "plan lists": ("reminders.tasks.plan_lists", timedelta(minutes=1)),
    "plan again after changed rules": ("reminders.tasks.replan", timedelta(seconds=15)),
    "check plans": ("reminders.tasks.check_plans", timedelta(hours=1)),
    "make exports": ("exports.tasks.make_exports", timedelta(seconds=5)),
    "begin broadcasts": ("broadcasts.tasks.begin_broadcasts", timedelta(seconds=5)),
    "read outside calendars": ("people.tasks.read_outside_calendars", timedelta(seconds=15)),
    "purge old automatic messages": ("reminders.tasks.purge", timedelta(hours=1)),
    "count the bot's dead letters": ("messaging.tasks.count_the_bots_dead_letters", timedelta(minutes=1)),
    "purge old messages": ("messaging.tasks.purge", timedelta(hours=1)),
}

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    # Asked for while no worker is there, a scan lapses when the next one is due.
    name: {"task": task, "schedule": every, "options": {"expires": int(every.total_seconds())}}
    for name, (task, every) in _EVERY.items()
}
