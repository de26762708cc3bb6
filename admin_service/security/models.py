"""What is kept of staff logins besides their passwords: sessions and second steps."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_mongodb_backend.fields import ArrayField, ObjectIdField

from common.models import StampedModel


class StaffSession(AbstractBaseSession):
    """A session and whose it is. ``user_id`` is empty before the login; ``expire_date`` moves on with ``last_seen``."""

    expire_date = models.DateTimeField()  # its index is the one by which MongoDB forgets, made by a migration
    user_id: Any = ObjectIdField(null=True)
    since = models.DateTimeField()
    last_seen = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "staff_sessions"
        indexes = [models.Index(fields=["user_id"], name="session_of_login")]

    def __str__(self) -> str:
        return f"{self.user_id} since {self.since:%Y-%m-%d %H:%M}"


class SecondFactor(StampedModel):
    """A login's second step: a key shared with an app, and recovery codes.

    ``last_step`` is the time step of the last code that was accepted; none at or before it counts again. ``recovery``
    holds keyed hashes.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="second_factor")
    key = models.CharField(max_length=80)
    last_step = models.BigIntegerField()
    recovery: Any = ArrayField(models.CharField(max_length=64), default=list)

    class Meta:
        db_table = "second_factors"
        verbose_name = _("second step")
        verbose_name_plural = _("second steps")

    def __str__(self) -> str:
        return str(self.user)
