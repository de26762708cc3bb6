"""When automatic messages go out, in words."""

from datetime import time, timedelta
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from reminders.domain.kinds import ReminderKind

HINTS: dict[ReminderKind, Any] = {
    ReminderKind.DAY_OF: _("To the candidate, on the clocks of the interview's city."),
    ReminderKind.EVENING_BEFORE: _(
        "Instead of the reminder on the day, for early interviews: before 11:30, if that is sent at its usual time."
    ),
    ReminderKind.TWO_HOURS: _("To the candidate, with the buttons: I'll come, can't come, another time please."),
    ReminderKind.NO_SHOW: _("To the candidate, once. The recruiter has this long to take the mark back."),
    ReminderKind.RECRUITER_ABSENT: _("To the candidate. The recruiter has this long to take the mark back."),
    ReminderKind.NO_ANSWER: _("To the recruiter, when the candidate has not said whether they come."),
    ReminderKind.OUTCOME_DUE: _("To the recruiter, with buttons for the outcome."),
    ReminderKind.CHANGE: _("To the recruiter: a booking was made, moved or cancelled."),
    ReminderKind.TOMORROW: _("To every recruiter who has interviews tomorrow, on the clocks of their city."),
    ReminderKind.STAFF_SUMMARY: _("To staff's chat, Moscow time."),
}
_SPANS: dict[ReminderKind, Any] = {
    ReminderKind.TWO_HOURS: _("%(span)s before the start"),
    ReminderKind.NO_ANSWER: _("%(span)s before the start"),
    ReminderKind.OUTCOME_DUE: _("%(span)s after the end"),
    ReminderKind.CHANGE: _("%(span)s after the change"),
    ReminderKind.NO_SHOW: _("%(span)s after the mark"),
    ReminderKind.RECRUITER_ABSENT: _("%(span)s after the mark"),
}
_AT_ONCE: dict[ReminderKind, Any] = {ReminderKind.OUTCOME_DUE: _("right after the end")}


def format_setting(kind: ReminderKind, setting: time | timedelta | None) -> str:
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
