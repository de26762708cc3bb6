"""When scheduled messages go out, in words."""

from datetime import time, timedelta

from django.utils.translation import gettext

from reminders.domain.kinds import ReminderSpec
from reminders.domain.timing import Setting


def format_setting(spec: ReminderSpec, setting: Setting) -> str:
    """A kind's setting as people read it: “at 11:00”, “2 h before the start”, “is not sent”."""
    if setting is None:
        return gettext("is not sent")
    if isinstance(setting, time):
        return gettext("at %(time)s") % {"time": f"{setting:%H:%M}"}
    if not setting:
        return gettext(spec.at_once_text)
    return gettext(spec.span_text) % {"span": _format_span(setting)}


def _format_span(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    parts = [gettext("%(number)s h") % {"number": hours}] if hours else []
    return " ".join([*parts, gettext("%(number)s min") % {"number": minutes}] if minutes else parts)
