"""Staff logins: made, changed and closed. Each change is audited where it is seen: ``services.auditing``."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from backoffice.models import StaffProfile
from common import clock
from common.audit import acting
from common.mongo import in_transaction
from common.refusals import RefusedError
from common.roles import GROUPS, Role
from security.attempts import lift_locks
from security.second_factor import turn_off
from security.sessions import end_sessions

WITH_CITIES = frozenset({Role.COORDINATOR, Role.READ_ONLY})
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is read as something else
_LENGTH = 16


@dataclass(frozen=True)
class Post:
    """A role, and with whose rows; what does not go with the role is dropped."""

    role: Role
    all_cities: bool = False
    city_ids: Sequence[ObjectId] = ()
    recruiter_id: ObjectId | None = None

    def fields(self) -> dict[str, Any]:
        """As the profile stores it."""
        all_cities = self.all_cities and self.role in WITH_CITIES
        return {
            "role": self.role.value,
            "all_cities": all_cities,
            "city_ids": [] if all_cities or self.role not in WITH_CITIES else list(self.city_ids),
            "recruiter_id": self.recruiter_id if self.role == Role.RECRUITER else None,
        }

    def check(self) -> None:
        """Raise ``RefusedError`` for a role that would see nothing."""
        if self.role in WITH_CITIES and not self.all_cities and not self.city_ids:
            raise RefusedError({"cities": _("Choose cities, or all of them.")})
        if self.role == Role.RECRUITER and not self.recruiter_id:
            raise RefusedError({"recruiter": _("Choose whose interviews they see.")})


def post_of(login: User) -> Post:
    """The role that a login has.

    Raises:
        RefusedError: it has none.
    """
    found = StaffProfile.objects.filter(user_id=login.pk).first()
    if found is None:
        raise RefusedError({"": _("This login has no role: ask an administrator for one.")})
    return Post(Role(found.role), found.all_cities, found.city_ids, found.recruiter_id)


def save_login(login: User, post: Post, *, actor: User, password: str = "") -> str:
    """Save a new or changed login with its role; a new one gets a password.

    Args:
        login: its name may be new; whether it is staff, and no superuser, follows.
        post: the role.
        actor: who does it.
        password: of a new login; a random one where it is empty.

    Returns:
        The password of a new login, else "".

    Raises:
        RefusedError: naming the field; the login is not the actor's to change, or would leave nobody in charge.
    """
    post.check()
    _check_name(login)
    adding = login._state.adding
    given = _with_password(login, password) if adding else ""

    def work() -> None:
        if not adding:
            _check_change(login, actor, keeps_charge=post.role == Role.ADMINISTRATOR)
        login.is_staff, login.is_superuser = True, False
        login._state.adding = adding  # the driver may run this again after a conflict
        login.save(update_fields=None if adding else ["username", "first_name"])
        give_role(login, post)

    _as(actor, work)
    return given


def reset_password(login: User, password: str = "", *, actor: User) -> str:
    """Give a login a new password, a random one where it is empty; its open sessions end. Returns the password.

    Raises:
        RefusedError: as above; or the password is too simple.
    """
    given = _with_password(login, password)

    def work() -> None:
        _check_anothers(login, actor)
        _check_change(login, actor, keeps_charge=True)
        login.save(update_fields=["password"])

    _as(actor, work)
    return given


def set_active(login: User, active: bool, *, actor: User) -> None:
    """Close a login, which ends its sessions, or open it again.

    Raises:
        RefusedError: as above.
    """

    def work() -> None:
        _check_change(login, actor, keeps_charge=active)
        login.is_active = active
        login.save(update_fields=["is_active"])
        if not active:
            end_sessions(login)

    _as(actor, work)


def reset_second_step(login: User, *, actor: User) -> None:
    """Let a login in by password alone again; its open sessions end, and whatever held it up.

    Raises:
        RefusedError: as above.
    """

    def work() -> None:
        _check_anothers(login, actor)
        _check_change(login, actor, keeps_charge=True)
        if turn_off(login, action="second_step_reset"):
            end_sessions(login)

    _as(actor, work)
    lift_locks(login.get_username())


def give_role(user: User, post: Post) -> StaffProfile:
    """Make a login one of this role and no other."""
    profile, _made = StaffProfile.objects.update_or_create(user=user, defaults=post.fields())
    user.groups.set([Group.objects.get(name=GROUPS[post.role])])
    return profile


def _as(actor: User, work: Callable[[], None]) -> None:
    with acting(actor.get_username()):
        in_transaction(work)


def _with_password(login: User, password: str) -> str:
    given = password or "".join(secrets.choice(_ALPHABET) for _number in range(_LENGTH))
    try:
        validate_password(given, login)
    except ValidationError as error:
        raise RefusedError({"password": " ".join(error.messages)}) from None
    login.set_password(given)
    return given


def _check_name(login: User) -> None:
    """Hold a name that locks or people would take for another one: by its capitals, or by letters that look alike."""
    if not login.username.isascii() and not User.objects.filter(pk=login.pk, username=login.username).exists():
        raise RefusedError({"username": _("Latin letters only: others look the same and are not.")})
    twin = User.objects.filter(username__iexact=login.username).exclude(pk=login.pk).first()
    if twin is not None:
        text = _("There is a login “%(name)s” already. Capitals alone don't make another name.")
        raise RefusedError({"username": text % {"name": twin.username}})


def _check_anothers(login: User, actor: User) -> None:
    """Hold what would let whoever finds a desk open keep it: for one's own, the present password or a code is asked."""
    if login.pk == actor.pk:
        raise RefusedError({"": _("This is your own login: use Security in the menu behind your name.")})


def _check_change(login: User, actor: User, *, keeps_charge: bool) -> None:
    """Hold what would take a superuser's login over, or leave the desk without an administrator."""
    if User.objects.filter(pk=login.pk, is_superuser=True).exists():
        raise RefusedError({"": _("A superuser's login is changed on the command line only.")})
    if keeps_charge:
        return
    if login.pk == actor.pk:
        raise RefusedError({"": _("This is your own login: ask another administrator.")})
    in_charge = StaffProfile.objects.filter(role=Role.ADMINISTRATOR.value)
    if not in_charge.filter(user=login).exists():
        return
    in_charge.update(updated_at=clock.now())  # two who close each other's logins at once meet here
    if not in_charge.exclude(user=login).filter(user__is_active=True).exists():
        raise RefusedError({"": _("This is the last administrator. Make another one first.")})
