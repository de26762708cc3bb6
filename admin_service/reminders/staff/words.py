"""When automatic messages go out, in words."""

from datetime import time, timedelta
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from reminders.domain.kinds import AutoKind

HINTS: dict[AutoKind, Any] = {
    AutoKind.DAY_OF: _("To the candidate, on the clocks of the interview's city."),
    AutoKind.EVENING_BEFORE: _(
        "Instead of the reminder on the day, for early interviews: before 11:30, if that is sent at its usual time."
    ),
    AutoKind.TWO_HOURS: _("To the candidate, with the buttons: I'll come, can't come, another time please."),
    AutoKind.NO_SHOW: _("To the candidate, once. The recruiter has this long to take the mark back."),
    AutoKind.RECRUITER_ABSENT: _("To the candidate. The recruiter has this long to take the mark back."),
    AutoKind.NO_ANSWER: _("To the recruiter, when the candidate has not said whether they come."),
    AutoKind.OUTCOME_DUE: _("To the recruiter, with buttons for the outcome."),
    AutoKind.CHANGE: _("To the recruiter: a booking was made, moved or cancelled."),
    AutoKind.TOMORROW: _("To every recruiter who has interviews tomorrow, on the clocks of their city."),
    AutoKind.STAFF_SUMMARY: _("To staff's chat, Moscow time."),
}
_SPANS: dict[AutoKind, Any] = {
    AutoKind.TWO_HOURS: _("%(span)s before the start"),
    AutoKind.NO_ANSWER: _("%(span)s before the start"),
    AutoKind.OUTCOME_DUE: _("%(span)s after the end"),
    AutoKind.CHANGE: _("%(span)s after the change"),
    AutoKind.NO_SHOW: _("%(span)s after the mark"),
    AutoKind.RECRUITER_ABSENT: _("%(span)s after the mark"),
}
_AT_ONCE: dict[AutoKind, Any] = {AutoKind.OUTCOME_DUE: _("right after the end")}


def setting_said(kind: AutoKind, setting: time | timedelta | None) -> str:
    """A kind's setting as people read it: “at 11:00”, “2 h before the start”, “is not sent”."""
    if setting is None:
        return _now("is not sent")
    if isinstance(setting, time):
        return _now("at %(time)s") % {"time": f"{setting:%H:%M}"}
    if not setting:
        return str(_AT_ONCE.get(kind, _("at once")))
    return str(_SPANS[kind]) % {"span": _span(setting)}


def _span(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    parts = [_now("%(number)s h") % {"number": hours}] if hours else []
    return " ".join([*parts, _now("%(number)s min") % {"number": minutes}] if minutes else parts)
