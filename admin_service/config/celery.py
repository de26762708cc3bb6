"""Celery: beat wakes scans, workers run them. What is due stands in MongoDB."""

import os
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_process_init

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
    redbeat_redis_options={},  # else it takes the broker's
    redbeat_lock_timeout=10,
    # A longer sleep would lose the lock, and beat with it.
    beat_max_loop_interval=2,
    beat_schedule={
        "expire requests": {
            "task": "scheduling.tasks.expire_requests",
            "schedule": timedelta(seconds=15),
            "options": {"expires": 15},
        },
        "bring requests to recruiters": {
            "task": "scheduling.tasks.bring_requests",
            "schedule": timedelta(seconds=15),
            "options": {"expires": 15},
        },
        "remind recruiters": {
            "task": "scheduling.tasks.remind_recruiters",
            "schedule": timedelta(seconds=15),
            "options": {"expires": 15},
        },
        "offer free seats": {
            "task": "scheduling.tasks.offer_free_seats",
            "schedule": timedelta(seconds=5),
            "options": {"expires": 5},
        },
        "close finished interviews": {
            "task": "scheduling.tasks.close_finished",
            "schedule": timedelta(seconds=15),
            "options": {"expires": 15},
        },
        "send what is due": {
            "task": "reminders.tasks.send_due",
            "schedule": timedelta(seconds=5),
            "options": {"expires": 5},
        },
        "send again what was never reported": {
            "task": "reminders.tasks.send_unreported_again",
            "schedule": timedelta(minutes=1),
            "options": {"expires": 60},
        },
        "plan lists": {
            "task": "reminders.tasks.plan_lists",
            "schedule": timedelta(minutes=1),
            "options": {"expires": 60},
        },
        "plan again after changed rules": {
            "task": "reminders.tasks.replan",
            "schedule": timedelta(seconds=15),
            "options": {"expires": 15},
        },
        "check plans": {
            "task": "reminders.tasks.check_plans",
            "schedule": timedelta(hours=1),
            "options": {"expires": 3600},
        },
        "purge old automatic messages": {
            "task": "reminders.tasks.purge",
            "schedule": timedelta(hours=1),
            "options": {"expires": 3600},
        },
        "purge old messages": {
            "task": "messaging.tasks.purge",
            "schedule": timedelta(hours=1),
            "options": {"expires": 3600},
        },
    },
)
app.autodiscover_tasks(["scheduling", "reminders", "messaging"])


@setup_logging.connect
def _keep_our_logging(**_options: Any) -> None:
    """Django has configured logging already; Celery must not do it again."""


@worker_process_init.connect
def _forget_parents_connections(**_options: Any) -> None:
    """A MongoDB client does not survive a fork."""
    from django.db import connection

    connection.close_pool()  # type: ignore[attr-defined]
