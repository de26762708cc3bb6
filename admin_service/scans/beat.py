"""Celery's beat, which keeps its schedule in Redis and puts back what is lost there."""

import json
from types import SimpleNamespace
from typing import Any

import structlog
from django.conf import settings
from redbeat.decoder import RedBeatJSONDecoder, RedBeatJSONEncoder, to_timestamp
from redbeat.schedulers import (
    RedBeatScheduler,
    RedBeatSchedulerEntry,
    acquire_distributed_beat_lock,
    get_redis,
)
from redis.exceptions import RedisError, ResponseError

log = structlog.get_logger(__name__)

SLACK = 1.0
"""Seconds by which an entry may be due later than one interval from now."""


class Scheduler(RedBeatScheduler):
    """redbeat reads what Redis holds and no more: an entry that is lost there, or spoilt, would stop its scan for good.

    So each tick, at least every ``beat_max_loop_interval``, compares Redis with the schedule in the code. It would also
    end when its lock is lost or Redis is away; this one goes on trying.
    """

    def setup_schedule(self) -> None:
        """As redbeat's, which gives up where its list of static entries is none."""
        redis, key = get_redis(self.app), self.app.redbeat_conf.statics_key
        if redis.type(key) not in {"set", "none"}:
            log.warning("schedule_key_dropped", key=key)
            redis.delete(key)
        super().setup_schedule()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Hold the lock, mend the schedule, then wake what is due; returns the seconds until the next tick."""
        try:
            self.hold_lock()
            self.mend()
            return float(super().tick(*args, **kwargs))
        except RedisError as error:  # its text may hold the address
            log.warning("beat_tries_again", error=type(error).__name__)
            return float(self.max_interval)

    def hold_lock(self) -> None:
        """Take the lock anew where Redis was emptied or stood still, or we did; waits while another beat has it."""
        if self.lock is None or not self.lock.owned():
            log.warning("beat_lost_its_lock")
            acquire_distributed_beat_lock(SimpleNamespace(scheduler=self))

    def mend(self) -> None:
        """Write anew every entry that is missing or not as it was written."""
        entries = [self._maybe_entry(name, known) for name, known in settings.CELERY_BEAT_SCHEDULE.items()]
        spoilt = [entry for entry in entries if not self._is_whole(entry)]
        for entry in spoilt:
            entry.delete()
            entry.save()
        if spoilt:
            log.warning("schedule_put_back", scans=[entry.name for entry in spoilt])

    def _is_whole(self, entry: RedBeatSchedulerEntry) -> bool:
        with get_redis(self.app).pipeline(transaction=False) as pipe:
            pipe.hget(entry.key, "definition")
            pipe.hget(entry.key, "meta")
            pipe.zscore(self.app.redbeat_conf.schedule_key, entry.key)
            definition, meta, due = pipe.execute(raise_on_error=False)
        if isinstance(due, ResponseError):  # not a sorted set: nothing can be put back into it
            get_redis(self.app).delete(self.app.redbeat_conf.schedule_key)
        latest = to_timestamp(self.app.now() + entry.schedule.run_every) + SLACK
        return _is_ours(definition, entry) and self._has_run(meta) and isinstance(due, float) and 0 <= due <= latest

    def _has_run(self, meta: object) -> bool:
        """Whether its last run can be read and has been: one in the future, by a clock set back since, holds it up."""
        try:
            last = json.loads(str(meta), cls=RedBeatJSONDecoder)["last_run_at"]
            return last is None or to_timestamp(last) <= to_timestamp(self.app.now()) + SLACK
        except (ValueError, KeyError, TypeError, AttributeError):
            return False


def _is_ours(definition: object, entry: RedBeatSchedulerEntry) -> bool:
    fields = (
        "name",
        "task",
        "args",
        "kwargs",
        "options",
        "schedule",
        "enabled",
    )  # as RedBeatSchedulerEntry.save has it
    written = json.dumps({field: getattr(entry, field) for field in fields}, cls=RedBeatJSONEncoder)
    try:
        return bool(json.loads(str(definition)) == json.loads(written))
    except ValueError:
        return False
