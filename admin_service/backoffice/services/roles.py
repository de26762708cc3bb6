"""What each role may do. Whose rows it does it with is the login's profile, see ``common.scope``."""

from typing import Any

from django.contrib.auth.models import Group, Permission

from common.roles import GROUPS, Role

_LOOK = {
    "scheduling": "view_interviewevent view_interviewslot view_booking view_waitingentry",
    "broadcasts": "view_broadcast view_announcementchat",
    "people": "view_candidate view_recruiter view_invitation view_city view_office view_contactsettings "
    "view_privacysettings",
    "wording": "view_messagetemplate",
    "questionnaires": "view_questionnaire view_question view_choice view_questionnaireanswers",
    "reminders": "view_automessage view_reminderrule view_staffchat",
    "common": "view_auditentry",
    "exports": "view_export",
}
_COORDINATE = {
    "scheduling": (
        "add_interviewevent change_interviewevent add_interviewslot change_interviewslot delete_interviewslot "
        "add_booking change_booking"
    ),
    "broadcasts": "add_broadcast",
    "people": "add_personnote add_personmessage",
    "questionnaires": "change_questionnaireanswers",
}
_ADMINISTER = {
    "people": (
        "add_candidate change_candidate add_recruiter change_recruiter add_city change_city add_office change_office "
        "add_invitation change_invitation add_contactsettings change_contactsettings "
        "add_privacysettings change_privacysettings"
    ),
    "questionnaires": (
        "add_questionnaire change_questionnaire add_question change_question delete_question "
        "add_choice change_choice delete_choice"
    ),
    "broadcasts": "add_announcementchat change_announcementchat",
    "wording": "change_messagetemplate",
    "reminders": "add_reminderrule change_reminderrule add_staffchat change_staffchat",
    "messaging": "view_outboxmessage view_inboxmessage view_deadletter delete_deadletter",
    "backoffice": "view_stafflogin add_stafflogin change_stafflogin",
}
_HOLD_INTERVIEWS = {"scheduling": "view_interviewslot view_booking change_booking", "exports": "view_export"}
_ROLES = {
    Role.ADMINISTRATOR: (_LOOK, _COORDINATE, _ADMINISTER),
    Role.COORDINATOR: (_LOOK, _COORDINATE),
    Role.RECRUITER: (_HOLD_INTERVIEWS,),
    Role.READ_ONLY: (_LOOK,),
}


def make_roles(**_kwargs: Any) -> None:
    """Give every role exactly its permissions, after each ``migrate``: so a new version's reach old installations."""
    for role, name in GROUPS.items():
        every = [permission for wanted in _ROLES[role] for permission in _permissions(wanted)]
        Group.objects.get_or_create(name=name)[0].permissions.set(every)


def _permissions(wanted: dict[str, str]) -> list[Permission]:
    return [
        permission
        for app, names in wanted.items()
        for permission in Permission.objects.filter(content_type__app_label=app, codename__in=names.split())
    ]
