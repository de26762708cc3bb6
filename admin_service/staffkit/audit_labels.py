"""The audit trail as people read it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bson import ObjectId
from django.apps import apps
from django.contrib.admin.utils import label_for_field
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.mongo import Document, collection
from common.zones import MOSCOW
from message_templates.models import KIND_LABELS
from reminders.models import KIND_LABELS as AUTO_KIND_LABELS
from scheduling.models import ATTENDANCE_LABELS, InterviewSlot
from scheduling.services.loading import venue_of
from scheduling.staff.outcomes import status_label
from shared_contracts.venue import VENUE_FIELDS
from staffkit.clocks import format_moment

MOST_ENTRIES = 100
MOST_VISITS = 30
VISITS = frozenset(
    {
        *("logged_in", "logged_out", "login_failed", "login_locked"),
        *("code_failed", "code_locked", "session_over", "sessions_ended"),
    }
)
"""What is done at the front door: it changes nothing of a login."""
ABOUT_LOGINS = frozenset({"login", "role"})
"""Subjects whose entries tell of staff's addresses, browsers and rights: for those who may see staff logins."""

_ACTIONS: dict[str, Any] = {
    "created": _("made"),
    "changed": _("changed"),
    "deleted": _("deleted"),
    "started": _("started"),
    "joined": _("came in"),
    "used": _("used"),
    "revoked": _("revoked"),
    "slot_changed": _("its slot changed"),
    "booked": _("approved"),
    "moved": _("moved"),
    "cancelled": _("cancelled"),
    "rejected": _("rejected"),
    "expired": _("ended by itself"),
    "pending_approval": _("asked for approval"),
    "reschedule_asked": _("another time asked for"),
    "offered": _("offered to the waiting list"),
    "offer_taken": _("the offered seat taken"),
    "offer_passed": _("the offered seat passed on"),
    "attendance_confirmed": _("said they will come"),
    "attendance_declined": _("said they can't come"),
    "reschedule_wanted": _("asked for another time"),
    "time_offered": _("another time offered"),
    "time_taken": _("the offered time taken"),
    "time_kept": _("kept the time they had"),
    "time_gone": _("the offered time was gone"),
    "outcome_marked": _("outcome marked"),
    "mark_taken_back": _("the mark was taken back"),
    "reminded": _("the recruiter was reminded"),
    "waiting_joined": _("joined the waiting list"),
    "waiting_left": _("left the waiting list"),
    "restored": _("restored"),
    "published": _("published"),
    "answered": _("answered"),
    "let_again": _("let answer again"),
    "told": _("told in the questionnaire"),
    "calendar_made": _("a calendar address made"),
    "calendar_replaced": _("the calendar address replaced"),
    "calendar_revoked": _("the calendar address taken back"),
    "exported": _("exported"),
    "role_given": _("a role given"),
    "made_superuser": _("made a superuser"),
    "groups_add": _("added to groups"),
    "groups_remove": _("taken out of groups"),
    "groups_clear": _("taken out of all groups"),
    "permissions_add": _("permissions added"),
    "permissions_remove": _("permissions taken away"),
    "permissions_clear": _("all permissions taken away"),
    "logged_in": _("logged in"),
    "logged_out": _("logged out"),
    "login_failed": _("a wrong password"),
    "login_locked": _("held up after too many wrong passwords"),
    "code_failed": _("a wrong code"),
    "code_locked": _("held up after too many wrong codes"),
    "second_step_on": _("the second step turned on"),
    "second_step_off": _("the second step turned off"),
    "second_step_reset": _("the second step taken away"),
    "recovery_code_used": _("a recovery code used"),
    "recovery_codes_renewed": _("new recovery codes"),
    "session_over": _("the session ended, nobody was there"),
    "sessions_ended": _("sessions ended"),
}
_SUBJECTS: dict[str, Any] = {
    "booking": _("booking"),
    "slot": _("slot"),
    "event": _("interview event"),
    "broadcast": _("broadcast"),
    "candidate": _("candidate"),
    "chat": _("announcement chat"),
    "city": _("city"),
    "recruiter": _("recruiter"),
    "invitation": _("invitation"),
    "contact": _("default contact"),
    "waiting": _("waiting list"),
    "template": _("message template"),
    "questionnaire": _("questionnaire"),
    "answers": _("answers"),
    "reminder_rule": _("reminder rule"),
    "staff_chat": _("staff's chat"),
    "export": _("export"),
    "login": _("staff login"),
    "role": _("role"),
}
_WAYS: dict[str, Any] = {
    "chat": _("chat"),
    "api": "API",
    "desk": _("desk"),
    "job": _("schedule"),
    "console": _("command line"),
}
_KINDS: dict[str, Any] = {
    "candidate": _("candidate"),
    "recruiter": _("recruiter"),
    "staff": _("staff"),
    "system": _("system"),
    "stranger": _("somebody unknown"),
}
_ROLES: dict[str, Any] = {
    **_KINDS,
    "administrator": _("administrator"),
    "coordinator": _("coordinator"),
    "read_only": _("read-only"),
}
_FIELDS: dict[str, Any] = {
    "status": _("status"),
    "starts_at": _("starts"),
    "slot_id": _("slot"),
    "requested_slot_id": _("wanted slot"),
    "expires_at": _("waits until"),
    "attendance": _("will come"),
    "offered_slot_id": _("offered time"),
    "marked_at": _("marked"),
    "duration_minutes": _("minutes"),
    "max_users": _("capacity"),
    **{name: label_for_field(name, InterviewSlot) for name in VENUE_FIELDS},
    "recruiter_id": _("recruiter"),
    "city_id": _("city"),
    "is_active": _("active"),
    "is_open": _("open for sign-up"),
    "title": _("title"),
    "chooses_recruiter": _("the candidate chooses a recruiter"),
    "approval_required": _("a recruiter approves each request"),
    "pending_hours": _("a request waits for approval, hours"),
    "reminder_minutes": _("the recruiter is reminded, minutes before a request expires"),
    "booking_cutoff_minutes": _("closes for booking, minutes before the start"),
    "move_cutoff_minutes": _("may be moved until, minutes before the start"),
    "cancel_cutoff_minutes": _("may be cancelled until, minutes before the start"),
    "move_limit": _("how many moves (empty: any number)"),
    "chat_id": _("chat id"),
    "timezone": _("time zone"),
    "is_allowed": _("on the allow list"),
    "kind": _("message"),
    "language": _("language"),
    "text_version": _("version"),
    "telegram_id": _("Telegram id"),
    "deputy_id": _("deputy"),
    "role": _("role"),
    "questionnaire_id": _("questionnaire"),
    "question": _("question"),
    "event_id": _("interview event"),
    "questionnaire_version": _("version"),
    "published_version": _("published version"),
    "current": _("counts"),
    "is_on": _("is sent"),
    "at": _("at"),
    "minutes": _("minutes"),
    "list": _("list"),
    "filter": _("filtered by"),
    "rows": _("rows"),
    "username": _("username"),
    "first_name": pgettext_lazy("a person's", "name"),
    "is_staff": _("may log in to the desk"),
    "is_superuser": _("superuser"),
    "password": _("password"),
    "all_cities": _("all cities"),
    "city_ids": _("cities"),
    "name": _("name"),
    "permissions": _("permissions"),
    "groups": _("groups"),
    "address": _("address"),
    "browser": _("browser"),
    "sessions": _("how many"),
    "left": _("left"),
}
_FIELDS_OF: dict[tuple[str, str], Any] = {
    ("login", "username"): _("login name"),
    ("login", "name"): _("login name"),
    ("recruiter", "name"): pgettext_lazy("a person's", "name"),
}
"""What a field is called where it is something else than elsewhere, by subject."""


def _slot_name(slot_id: ObjectId) -> str:
    slot = collection("interview_slots").find_one({"_id": slot_id})
    if slot is None:
        return str(slot_id)
    city = collection("cities").find_one({"_id": slot["city_id"]}, {"timezone": 1})
    when = format_moment(slot["starts_at"], city["timezone"] if city else MOSCOW)
    return ", ".join(filter(None, (when, venue_of(slot).line)))


def _name_in(name: str, field: str = "name") -> Callable[[ObjectId], str]:
    def look_up(document_id: ObjectId) -> str:
        found = collection(name).find_one({"_id": document_id}, {field: 1})
        return str(found[field]) if found else str(document_id)

    return look_up


_NAMES: dict[str, Callable[[ObjectId], str]] = {
    "slot_id": _slot_name,
    "requested_slot_id": _slot_name,
    "offered_slot_id": _slot_name,
    "recruiter_id": _name_in("recruiters"),
    "deputy_id": _name_in("recruiters"),
    "city_id": _name_in("cities"),
    "event_id": _name_in("interview_events", "title"),
    "questionnaire_id": _name_in("questionnaires", "title_ru"),
}
_KIND_NAMES = {**dict(AUTO_KIND_LABELS), **dict(KIND_LABELS)}
_UNTOLD = {"version", "person_id"}  # a number that rises with every change; whom the page names


def trail(subject_id: str, zone: str = MOSCOW) -> list[dict[str, Any]]:
    """A document's entries, latest first, on the clocks of ``zone``.

    Without comings and goings, which would push a login's changes off its end.
    """
    return _entries(subject_id, {"$nin": sorted(VISITS)}, MOST_ENTRIES, zone)


def visits(login_id: str) -> list[dict[str, Any]]:
    """When a staff login was used or tried, latest first."""
    return _entries(login_id, {"$in": sorted(VISITS)}, MOST_VISITS, MOSCOW)


def _entries(subject_id: str, actions: Document, most: int, zone: str) -> list[dict[str, Any]]:
    query = {"subject_id": ObjectId(subject_id), "action": actions}
    rows = collection("audit_entries").find(query).sort("created_at", -1)
    return [_told(row, zone) for row in rows.limit(most)]


def _told(row: Document, zone: str) -> dict[str, Any]:
    return {
        "when": format_moment(row["created_at"], zone),
        "who": actor_label(row["actor"]),
        "way": _WAYS.get(row["via"], row["via"]),
        "action": action_label(row["action"]),
        "changes": changes(row["before"], row["after"], zone, subject=row["subject"]),
        "reason": row["reason"],
    }


def subject_label(subject: str) -> str:
    """What kind of thing."""
    return str(_SUBJECTS.get(subject, subject))


def action_label(action: str) -> str:
    """What was done."""
    return str(_ACTIONS.get(action, action))


def actor_label(actor: str) -> str:
    """Who did it: ``staff:anna`` → “staff anna”. A job has a name for developers only."""
    kind, _colon, name = actor.partition(":")
    if kind == "system":
        return str(_KINDS[kind])
    return f"{_KINDS.get(kind, kind)} {name}".strip()


def changes(
    before: dict[str, Any] | None, after: dict[str, Any] | None, zone: str = MOSCOW, *, subject: str = ""
) -> list[str]:
    """Lines such as “capacity: 2 → 3”, with times on the clocks of ``zone``.

    Args:
        subject: of what kind of thing, which may call a field otherwise.
    """
    old, new = before or {}, after or {}
    lines = []
    for name in [*new, *(name for name in old if name not in new)]:
        if name in _UNTOLD or old.get(name) == new.get(name):
            continue
        label = _FIELDS_OF.get((subject, name)) or _FIELDS.get(name) or name.replace("_", " ")
        was, is_now = _value(name, old.get(name), zone), _value(name, new.get(name), zone)
        lines.append(f"{label}: {was} → {is_now}" if name in old else f"{label}: {is_now}")
    return lines


def _value(name: str, value: Any, zone: str) -> str:
    if value is None or value in ("", []):
        return "—"
    if name == "status":
        return status_label(str(value))
    if name == "attendance":
        return str(dict(ATTENDANCE_LABELS).get(value, value))
    if name == "kind":
        return str(_KIND_NAMES.get(value, value))
    if name == "password":
        return str(_("a new one"))
    if name == "role":
        return str(_ROLES.get(value, value))
    if name == "list":
        return str(apps.get_model(value)._meta.verbose_name_plural)
    if isinstance(value, list):
        return ", ".join(_value(name.removesuffix("s"), item, zone) for item in value)
    if name in {"starts_at", "expires_at", "marked_at"}:
        return format_moment(datetime.fromisoformat(value), zone)
    if name in _NAMES and ObjectId.is_valid(value):
        return _NAMES[name](ObjectId(value))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return str(value)
