"""What happens to logins, noted in the audit trail and in the log (I7).

The log names logins by id and no address: the trail has those, under the same correlation id.
"""

from contextvars import ContextVar
from typing import Any

import structlog
from bson import ObjectId
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.http import HttpRequest

from common import audit, clock, correlation
from common.http.addresses import client_address
from security.browsers import browser_name

log = structlog.get_logger(__name__)

REQUEST: ContextVar[HttpRequest | None] = ContextVar("security.request", default=None)
"""The request under way in this thread, for what is called without one, such as password validators."""
STRANGER = "stranger"
_WARNED_OF = {"login_failed", "login_locked", "code_failed", "code_locked"}


def note(
    action: str,
    user: AbstractBaseUser | None,
    *,
    actor: str | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one entry about a login.

    Args:
        action: one of those that ``security.audit_labels`` has words for.
        user: whose login; None if what was typed is nobody's. It is not kept: it may be a password.
        actor: who did it, by default whoever makes the request under way.
        after: what else there is to tell, JSON values only.
    """
    request = REQUEST.get()
    where = _where(request) if request else {}
    subject_id = str(user.pk) if user else str(ObjectId())
    entry = audit.entry(
        "login",
        subject_id,
        action,
        actor=actor or _actor(request),
        via="desk" if request else "console",
        now=clock.now(),
        correlation_id=correlation.current(),
        after={"username": user.get_username() if user else None, **(after or {}), **where},
    )
    audit.add([entry])
    tell = log.warning if action in _WARNED_OF else log.info
    tell(action, login=str(user.pk) if user else None)


def note_logout(sender: Any, request: HttpRequest, user: User | None, **_kwargs: Any) -> None:
    """Somebody has pressed "log out"."""
    if user is not None:
        note("logged_out", user, actor=f"staff:{user.get_username()}")


def note_failure(sender: Any, credentials: dict[str, Any], **_kwargs: Any) -> None:
    """A name and a password that don't go together."""
    note("login_failed", login_called(credentials.get("username")), actor=STRANGER)


def login_called(name: Any) -> User | None:
    """The login of this name, if there is one."""
    return User.objects.filter(username=name).first() if isinstance(name, str) else None


def _actor(request: HttpRequest | None) -> str:
    if request is None:
        return "system:console"
    user = getattr(request, "user", None)
    return f"staff:{user.get_username()}" if user is not None and user.is_authenticated else STRANGER


def _where(request: HttpRequest) -> dict[str, str]:
    return {
        "address": client_address(request),
        "browser": browser_name(request.headers.get("User-Agent", "")),
    }
