"""Every change of a login or a role leaves an audit entry, wherever it is made: desk, command line, shell.

Seen by signals, so that ``createsuperuser`` is no way around; ``QuerySet.update`` sends none and is not seen.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

from backoffice.models import StaffLogin, StaffProfile
from common import audit, clock, correlation

_LOGIN = ("username", "first_name", "is_active", "is_staff", "is_superuser")
_PROFILE = ("role", "all_cities", "city_ids", "recruiter_id")
_CONSOLE = ("system:console", "console")


def connect() -> None:
    """Watch logins, their roles, and what roles may do."""
    for model in (User, StaffLogin):
        pre_save.connect(_before_login, sender=model, dispatch_uid=f"audit.{model.__name__}")
        post_save.connect(_after_login, sender=model, dispatch_uid=f"audit.{model.__name__}")
        post_delete.connect(_deleted, sender=model, dispatch_uid=f"audit.{model.__name__}")
    pre_save.connect(_before_profile, sender=StaffProfile, dispatch_uid="audit.profile")
    post_save.connect(_after_profile, sender=StaffProfile, dispatch_uid="audit.profile")
    for through in (User.groups.through, User.user_permissions.through, Group.permissions.through):
        m2m_changed.connect(_permissions, sender=through, dispatch_uid=f"audit.{through.__name__}")


def _before_login(instance: Any, update_fields: Any = None, **_kwargs: Any) -> None:
    instance._audited = None
    if update_fields is None or {*_LOGIN, "password"} & set(update_fields):
        stored = User.objects.filter(pk=instance.pk).first() if instance.pk else None
        instance._audited = (stored and _facts(stored, _LOGIN), stored and stored.password)


def _after_login(instance: Any, created: bool, update_fields: Any = None, **_kwargs: Any) -> None:
    if instance._audited is None:
        return
    before, password = instance._audited
    after = _facts(instance, _LOGIN)
    # Django stores a password anew, with a stronger hash, when its owner logs in: nobody has changed it.
    rehashed = update_fields is not None and set(update_fields) == {"password"} and instance._password is None
    if before and password != instance.password and not rehashed:
        after["password"] = "new"
    if after != before:
        raised = instance.is_superuser and not (before and before["is_superuser"])
        _write("login", instance, "made_superuser" if raised else "changed" if before else "created", before, after)


def _deleted(instance: User, **_kwargs: Any) -> None:
    _write("login", instance, "deleted", _facts(instance, _LOGIN), None)


def _before_profile(instance: Any, **_kwargs: Any) -> None:
    stored = StaffProfile.objects.filter(pk=instance.pk).first() if instance.pk else None
    instance._audited = stored and _facts(stored, _PROFILE)


def _after_profile(instance: Any, **_kwargs: Any) -> None:
    before, after = instance._audited, _facts(instance, _PROFILE)
    if before != after:
        _write("login", instance.user, "role_given", before, after)


def _permissions(instance: Any, action: str, reverse: bool, model: type[Model], pk_set: Any, **_kwargs: Any) -> None:
    """Groups and permissions given one by one; in the desk the role's own entry tells it."""
    if audit.acting_login() or action not in {"post_add", "post_remove", "post_clear"}:
        return
    if reverse or (not pk_set and action != "post_clear"):
        return
    every = model._default_manager.filter(pk__in=pk_set or ())
    names = sorted(one.codename if isinstance(one, Permission) else str(one) for one in every)
    subject = "role" if isinstance(instance, Group) else "login"
    what = "permissions" if model is Permission else "groups"
    _write(subject, instance, f"{what}_{action.removeprefix('post_')}", None, {"name": str(instance), what: names})


def _facts(document: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(document, name) for name in fields}
    values |= {name: str(value) for name, value in values.items() if name == "recruiter_id" and value}
    return values | {name: [str(item) for item in value] for name, value in values.items() if name == "city_ids"}


def _write(
    subject: str, document: Model, action: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    actor, via = (f"staff:{audit.acting_login()}", "desk") if audit.acting_login() else _CONSOLE
    entry = audit.entry(
        subject,
        str(document.pk),
        action,
        actor=actor,
        via=via,
        now=clock.now(),
        correlation_id=correlation.current(),
        before=before,
        after=after,
    )
    audit.add([entry])
