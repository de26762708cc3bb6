"""Changing when automatic messages go out, and where staff read theirs (the document and its audit entry at once)."""

from datetime import datetime, time
from typing import cast

from bson import ObjectId
from django.utils.translation import gettext as _

from common import clock
from common.audit import record_staff
from common.audited import facts, save_audited
from common.models import StampedModel
from common.mongo import collection, current_session, in_transaction
from common.quiet_hours import QUIET_FROM, QUIET_UNTIL
from common.refusals import RefusedError
from reminders.domain.kinds import SPECS, ReminderKind
from reminders.models import ReminderRule, StaffChat

RULE_FACTS = ("kind", "event_id", "city_id", "is_on", "at", "minutes")


def save_rule(rule: ReminderRule, *, actor: str) -> None:
    """Save a new rule, or what a stored one says; the messages it concerns are planned again.

    Args:
        rule: what it is about (kind, event, city) stays as it was made.
        actor: the staff login.

    Raises:
        RefusedError: naming the field: a time in quiet hours, minutes that make no sense, a second rule for the same.
    """
    kind = ReminderKind(rule.kind)
    _check_place(rule, kind)
    if not rule.is_on:
        rule.at, rule.minutes = "", None
    elif SPECS[kind].by_the_clock:
        _check_clock(rule)
    else:
        _check_minutes(rule, kind)
    rule.key = f"{rule.kind}.{rule.event_id or 'any'}.{rule.city_id or 'any'}"
    rule.replan = True
    if rule._state.adding and ReminderRule.objects.filter(key=rule.key).exists():
        raise RefusedError({"": _("There is a rule for this already. Change that one.")})
    save_audited(rule, "reminder_rule", RULE_FACTS, actor, then=lambda _now: _replan(rule))


def remove_rule(rule_id: str, *, actor: str) -> None:
    """Take a rule away, so that the next less particular one counts; its messages are planned again.

    Raises:
        RefusedError: it has been taken away already.
    """

    def work() -> None:
        # Those whose messages have been planned anew since are of no more use.
        ReminderRule.objects.filter(is_removed=True, replan=False).delete()
        rule = ReminderRule.objects.filter(pk=ObjectId(rule_id), is_removed=False).first()
        if rule is None:
            raise _gone()
        collection("reminder_rules").update_one(
            {"_id": rule.pk},
            {"$set": {"is_removed": True, "replan": True, "key": f"removed.{rule.pk}", "updated_at": clock.now()}},
            session=current_session(),
        )
        record_staff("reminder_rule", rule_id, "deleted", actor, facts(rule, RULE_FACTS), None)

    in_transaction(work)


def save_staff_chat(chat: StaffChat, *, actor: str) -> None:
    """Save where the daily summary goes. Another group or topic is not in the trouble of the one before."""

    def prepare(stored: StampedModel | None, now: datetime) -> list[str]:
        before = cast(StaffChat | None, stored)
        if before is None or (before.chat_id, before.thread_id) == (chat.chat_id, chat.thread_id):
            return []
        chat.trouble, chat.heard_at = "", now
        return ["trouble", "heard_at"]

    save_audited(chat, "staff_chat", ("chat_id", "thread_id", "language"), actor, prepare=prepare)


def _replan(rule: ReminderRule) -> None:
    """Not one of the fields a form writes. A page opened before the rule was taken away changes nothing."""
    if not ReminderRule.objects.filter(pk=rule.pk, is_removed=False).update(replan=True):
        raise _gone()


def _gone() -> RefusedError:
    return RefusedError({"": _("This rule has been taken away meanwhile.")})


def _check_place(rule: ReminderRule, kind: ReminderKind) -> None:
    about_all = _("This message is about all interviews. Leave this empty.")
    if rule.event_id and not SPECS[kind].may_name_event:
        raise RefusedError({"event": about_all})
    if rule.city_id and not SPECS[kind].may_name_city:
        raise RefusedError({"city": about_all})


def _check_clock(rule: ReminderRule) -> None:
    rule.minutes = None
    if not rule.at:
        return
    if not QUIET_UNTIL <= time.fromisoformat(rule.at) < QUIET_FROM:
        raise RefusedError({"at": _("We don't write from 22:00 to 08:00. Choose a time from 08:00 to 21:59.")})


def _check_minutes(rule: ReminderRule, kind: ReminderKind) -> None:
    rule.at = ""
    limits = SPECS[kind].limits
    if rule.minutes is None or limits is None:
        return
    least, most = limits
    if not least <= rule.minutes <= most:
        wanted = _("Give a number of minutes from %(least)s to %(most)s.") % {"least": least, "most": most}
        raise RefusedError({"minutes": wanted})
