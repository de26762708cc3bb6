"""The roles that staff have: named here, since logging in asks for them as well as the pages about logins."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a login is for."""

    ADMINISTRATOR = "administrator", _("administrator")
    COORDINATOR = "coordinator", _("coordinator")
    RECRUITER = "recruiter", _("recruiter")
    READ_ONLY = "read_only", _("read-only")


GROUPS = {
    Role.ADMINISTRATOR: "Administrators",
    Role.COORDINATOR: "Coordinators",
    Role.RECRUITER: "Recruiters",
    Role.READ_ONLY: "Read-only",
}
"""The group that carries a role's permissions."""
