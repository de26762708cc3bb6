"""What a staff login is besides its name and password: its role, and whose rows it sees."""

from typing import Any

from bson import ObjectId
from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_mongodb_backend.fields import ArrayField, ObjectIdField

from common.models import StampedModel
from common.roles import Role
from common.scope import EVERYTHING, NOTHING, Scope
from people.models import Recruiter


class StaffLogin(User):
    """A login to the desk, as administrators see it. ``made_password``: the random one just made, never stored."""

    made_password = ""

    class Meta:
        proxy = True
        verbose_name = _("staff login")
        verbose_name_plural = _("Staff")


def role_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return Role.choices


class StaffProfile(StampedModel):
    """A login's role. ``all_cities`` or else ``city_ids`` count for coordinators and read-only logins.

    ``recruiter`` is who a recruiter's login belongs to.
    """

    recruiter_id: ObjectId | None

    user = models.OneToOneField(User, models.CASCADE, related_name="staff_profile")
    role = models.CharField(_("role"), max_length=20, choices=role_choices)
    all_cities = models.BooleanField(_("all cities"), default=False)
    city_ids: Any = ArrayField(ObjectIdField(), default=list)
    recruiter = models.ForeignKey(Recruiter, models.PROTECT, null=True, verbose_name=_("recruiter"))

    class Meta:
        db_table = "staff_profiles"
        verbose_name = _("staff profile")
        verbose_name_plural = _("staff profiles")

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"

    @property
    def scope(self) -> Scope:
        """Whose rows the login sees."""
        if self.role == Role.RECRUITER:
            return Scope(recruiter_id=self.recruiter_id) if self.recruiter_id else NOTHING
        if self.role == Role.ADMINISTRATOR or self.all_cities:
            return EVERYTHING
        return Scope(city_ids=frozenset(self.city_ids))
