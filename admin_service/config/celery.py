"""Celery: beat wakes scans, workers run them. What is due stands in MongoDB."""

import os
import threading
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, task_success, worker_init, worker_process_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

app = Celery("slotdesk")
app.conf.update(
    broker_url=settings.ENV.celery_broker_url,
    timezone="Europe/Moscow",
    task_default_queue="slotdesk.scans",
    task_default_queue_type="quorum",
    task_default_exchange_type="topic",
    broker_transport_options={"confirm_publish": True},
    broker_connection_retry_on_startup=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    worker_enable_remote_control=False,
    redbeat_redis_url=settings.ENV.redis_url,
    # Else it takes the broker's. A server that does not answer is an error, after which beat tries again.
    redbeat_redis_options={"socket_timeout": 5, "socket_connect_timeout": 5},
    redbeat_lock_timeout=10,
    # A longer sleep would lose the lock.
    beat_max_loop_interval=2,
    beat_scheduler="scans.beat:Scheduler",
    beat_schedule=settings.CELERY_BEAT_SCHEDULE,
)
app.autodiscover_tasks(sorted({scan["task"].partition(".")[0] for scan in settings.CELERY_BEAT_SCHEDULE.values()}))


@setup_logging.connect
def _keep_our_logging(**_options: Any) -> None:
    """Django has configured logging already; Celery must not do it again."""


_consuming = threading.Event()


@worker_init.connect
def _worker_health(**_options: Any) -> None:
    from common.processes import health
    from scans import runs

    runs.measure()
    health.serve(lambda: runs.missing() if _consuming.is_set() else "The worker does not take tasks yet.")


@worker_ready.connect
def _takes_tasks(**_options: Any) -> None:
    _consuming.set()


@beat_init.connect
def _beat_health(**_options: Any) -> None:
    """Before redbeat waits for its lock: a beat that stands by is well, and says whether the scans are."""
    from common.processes import health
    from scans import runs

    runs.measure()
    health.serve(runs.missing)


@task_success.connect
def _note_success(sender: Any, **_result: Any) -> None:
    from scans import runs

    runs.succeeded(sender.name)


@worker_process_init.connect
def _forget_parents_connections(**_options: Any) -> None:
    """A MongoDB client does not survive a fork."""
    from common.mongo import connection

    connection.close_pool()
