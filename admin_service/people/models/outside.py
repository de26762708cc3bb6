"""Recruiters' outside calendars, as far as anything of them is kept."""

from typing import Any

from django.db import models
from django_mongodb_backend.fields import EmbeddedModelArrayField, ObjectIdField
from django_mongodb_backend.models import EmbeddedModel

from common.models import StampedModel
from people.domain.outside import ReadFailure

ADDRESS_LENGTH = 2_000


def failure_choices() -> list[tuple[str, str]]:
    """Named by migrations: a new one needs none."""
    return [(item.value, item.value) for item in ReadFailure]


class KeptBusyTime(EmbeddedModel):
    """From when until when."""

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()


class OutsideCalendar(StampedModel):
    """A recruiter's calendar elsewhere; its id is the recruiter's.

    ``address``: a secret, by which whoever has it reads the calendar: it is in no audit entry, log, export or answer.
    ``busy``: by start, none touching another, until ``covers_until``, as its entries are on the clocks of ``zone``.
    ``read_at``: when they were last read. ``failing_since``, ``failure``: since when and why they could not be.
    ``unread``: entries that could not be understood. ``due_at``: when it is to be read next.
    ``etag``, ``last_modified``: what its server told with it.
    """

    id: Any = ObjectIdField(primary_key=True, db_column="_id")
    address = models.CharField(max_length=ADDRESS_LENGTH)
    busy: Any = EmbeddedModelArrayField(KeptBusyTime, default=list)
    zone = models.CharField(max_length=64, blank=True, default="")
    covers_until = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failure = models.CharField(max_length=20, blank=True, default="", choices=failure_choices)
    unread = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    etag = models.CharField(max_length=200, blank=True, default="")
    last_modified = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "outside_calendars"
        indexes = [models.Index(fields=["due_at"], name="outside_due")]
