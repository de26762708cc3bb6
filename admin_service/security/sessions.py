"""Sessions in MongoDB that end when idle and after a day's work, and can be listed (``settings.SESSION_ENGINE``).

Built on Django's own extension point: ``SessionStore.create_model_instance`` and a model on ``AbstractBaseSession``.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends import db
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from common import clock
from common.http.addresses import client_address
from security import journal
from security.models import StaffSession

ABOUT = "_about"
"""In a session's data: when, from where and with what its login was made."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly "last seen" is known: not every request writes."""
BEFORE_LOGIN = timedelta(hours=1)
_LONGEST_BROWSER = 300


class SessionStore(db.SessionStore):
    """Django's store, with an end that moves on while somebody works, and never past a session's longest time."""

    row: StaffSession | None = None
    ended = ""
    """Why there is no session though the cookie names one: "idle" or, where it was ended from elsewhere, "gone"."""

    @classmethod
    def get_model_class(cls) -> type[StaffSession]:
        """Ours."""
        return StaffSession

    def _get_session_from_db(self) -> StaffSession | None:
        row = StaffSession.objects.filter(session_key=self.session_key).first()
        if row is not None and row.expire_date > clock.now():
            self.row = row
            return row
        if row is not None:
            self.ended = "idle" if row.user_id is not None else ""
            _note_over(row)
        else:
            self.ended = "gone"
        self._session_key = None
        return None

    def create_model_instance(self, data: dict[str, Any]) -> StaffSession:
        """The row of a session that is saved."""
        about, now = data.get(ABOUT, {}), clock.now()
        row: StaffSession = super().create_model_instance(data)  # type: ignore[assignment]
        row.user_id = ObjectId(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.since = datetime.fromisoformat(about["since"]) if about else now
        row.address, row.browser = about.get("address", ""), about.get("browser", "")
        row.last_seen, row.expire_date = now, _end(row, now)
        return row

    def touch(self) -> None:
        """Somebody is working: put the end off, at most once a minute."""
        now = clock.now()
        if self.row is None or self.row.user_id is None or now - self.row.last_seen < SEEN_EVERY:
            return
        changed = {"last_seen": now, "expire_date": _end(self.row, now)}
        StaffSession.objects.filter(session_key=self.row.session_key).update(**changed)


def begin(sender: Any, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """A login starts a session's time."""
    request.session[ABOUT] = {
        "since": clock.now().isoformat(),
        "address": client_address(request),
        "browser": request.headers.get("User-Agent", "")[:_LONGEST_BROWSER],
    }


def sessions_of(user: User) -> list[StaffSession]:
    """A login's live sessions, last seen first."""
    return list(StaffSession.objects.filter(user_id=user.pk, expire_date__gt=clock.now()).order_by("-last_seen"))


def end_sessions(user: User, *, but: str | None = None, only: str | None = None) -> int:
    """End a login's sessions, and note it if there were any; returns how many.

    Args:
        but: the key of one that goes on.
        only: the handle of one that alone is ended.
    """
    going = [row for row in sessions_of(user) if row.session_key != but]
    if only is not None:
        going = [row for row in going if constant_time_compare(handle(row.session_key), only)]
    return _end_all(user, going)


def handle(session_key: str) -> str:
    """Names a session in a page, which its key must not: whoever has that is logged in."""
    return salted_hmac("security.sessions", session_key, algorithm="sha256").hexdigest()[:24]


def _end_all(user: User, rows: Iterable[StaffSession]) -> int:
    keys = [row.session_key for row in rows]
    ended = StaffSession.objects.filter(session_key__in=keys).delete()[0] if keys else 0
    if ended:
        journal.note("sessions_ended", user, after={"sessions": ended})
    return ended


def _end(row: StaffSession, now: datetime) -> datetime:
    if row.user_id is None:
        return now + BEFORE_LOGIN
    idle: timedelta = timedelta(minutes=settings.ENV.session_idle_minutes)
    longest: timedelta = timedelta(hours=settings.ENV.session_max_hours)
    return min(now + idle, row.since + longest)


def _note_over(row: StaffSession) -> None:
    was_there = StaffSession.objects.filter(session_key=row.session_key).delete()[0]
    user = User.objects.filter(pk=row.user_id).first() if was_there and row.user_id else None
    if user is not None:
        journal.note("session_over", user, actor="system:sessions")
