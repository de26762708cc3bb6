"""Who can do what a login may not: dead ends of the desk name them, so that people know whom to ask."""

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from common.roles import GROUPS, Role

_MOST_NAMED = 3


def administrators() -> str:
    """The names of some who can do everything; of superusers where nobody has that role, and else empty."""
    logins = User.objects.filter(is_active=True).order_by("pk")
    found = logins.filter(groups__name=GROUPS[Role.ADMINISTRATOR]) or logins.filter(is_superuser=True)
    names = [login.get_full_name() or login.get_username() for login in found]
    shown, more = ", ".join(names[:_MOST_NAMED]), len(names) - _MOST_NAMED
    return _("%(names)s and %(count)s more") % {"names": shown, "count": more} if more > 0 else shown


def who_adds() -> str:
    """A sentence for who may not add what is missing."""
    names = administrators()
    return _("Administrators add these: %(names)s.") % {"names": names} if names else _("Administrators add these.")


def administrators_line() -> str:
    """A sentence that names those to ask; empty where nobody is known."""
    names = administrators()
    return _("Administrators: %(names)s.") % {"names": names} if names else ""
