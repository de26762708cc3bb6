"""Staff roles: coordinators work with all bookings, administrators also with people and settings."""

from typing import Any

from django.contrib.auth.models import Group, Permission

COORDINATORS = "Coordinators"
ADMINISTRATORS = "Administrators"

_COORDINATE = {
    "scheduling": (
        "add_interviewevent change_interviewevent view_interviewevent add_interviewslot change_interviewslot "
        "delete_interviewslot view_interviewslot change_booking view_booking view_waitingentry"
    ),
    "broadcasts": "add_broadcast view_broadcast view_announcementchat",
    "people": "view_candidate view_recruiter view_invitation view_city view_contactsettings",
    "wording": "view_messagetemplate",
    "questionnaires": (
        "view_questionnaire view_question view_choice view_questionnaireanswers change_questionnaireanswers"
    ),
    "reminders": "view_automessage view_reminderrule view_staffchat",
    "common": "view_auditentry",
}
_ADMINISTER = {
    "people": (
        "add_candidate change_candidate add_recruiter change_recruiter add_city change_city "
        "add_invitation change_invitation "
        "add_contactsettings change_contactsettings"
    ),
    "questionnaires": (
        "add_questionnaire change_questionnaire add_question change_question delete_question "
        "add_choice change_choice delete_choice"
    ),
    "broadcasts": "add_announcementchat change_announcementchat",
    "wording": "change_messagetemplate",
    "reminders": "add_reminderrule change_reminderrule add_staffchat change_staffchat",
    "messaging": "view_outboxmessage view_inboxmessage",
}


def make_roles(**_kwargs: Any) -> None:
    """Give both roles their permissions; what an installation added to them stays."""
    coordinate = _permissions(_COORDINATE)
    Group.objects.get_or_create(name=COORDINATORS)[0].permissions.add(*coordinate)
    Group.objects.get_or_create(name=ADMINISTRATORS)[0].permissions.add(*coordinate, *_permissions(_ADMINISTER))


def _permissions(wanted: dict[str, str]) -> list[Permission]:
    return [
        permission
        for app, names in wanted.items()
        for permission in Permission.objects.filter(content_type__app_label=app, codename__in=names.split())
    ]
