"""Who may do what: the rule that the matrix holds every address to. What has no entry here is nobody's.

A new address needs a line here before the tests pass: decide who may.
"""

from dataclasses import dataclass

R, V, M, C, A, S = "recruiter", "read-only", "moscow", "coordinator", "administrator", "superuser"
NOBODY: frozenset[str] = frozenset()
HOLDERS = frozenset({R, M, C, A, S})
"""Who decides about bookings."""
ALL = HOLDERS | {V}
LOOKERS = ALL - {R}
WHOLE = LOOKERS - {M}
"""Who sees everything."""
COORDINATING = frozenset({M, C, A, S})
SETTING_UP = frozenset({C, A, S})
IN_CHARGE = frozenset({A, S})
STAFF = ALL | {"no role"}


@dataclass(frozen=True)
class Pages:
    """Who may use the standard pages of a model."""

    see: frozenset[str]
    add: frozenset[str] = NOBODY
    change: frozenset[str] = NOBODY
    delete: frozenset[str] = NOBODY


PAGES = {
    "AnnouncementChat": Pages(LOOKERS, IN_CHARGE, IN_CHARGE),
    "AuditEntry": Pages(WHOLE),
    "AutoMessage": Pages(LOOKERS),
    "Booking": Pages(ALL),
    "Broadcast": Pages(LOOKERS),
    "Candidate": Pages(LOOKERS, IN_CHARGE, IN_CHARGE),
    "City": Pages(LOOKERS, IN_CHARGE, IN_CHARGE),
    "ContactSettings": Pages(LOOKERS, NOBODY, IN_CHARGE),  # there is one already
    "Export": Pages(ALL),
    "DeadLetter": Pages(IN_CHARGE),
    "InboxMessage": Pages(IN_CHARGE),
    "InterviewEvent": Pages(LOOKERS, SETTING_UP, SETTING_UP),
    "InterviewSlot": Pages(ALL, COORDINATING, COORDINATING, COORDINATING),
    "Invitation": Pages(LOOKERS),
    "MessageTemplate": Pages(LOOKERS, NOBODY, IN_CHARGE),
    "Office": Pages(LOOKERS, IN_CHARGE, IN_CHARGE),
    "OutboxMessage": Pages(IN_CHARGE),
    "PrivacySettings": Pages(LOOKERS, NOBODY, IN_CHARGE),  # as above
    "Question": Pages(LOOKERS, NOBODY, IN_CHARGE),
    "Questionnaire": Pages(LOOKERS, IN_CHARGE, IN_CHARGE),
    "QuestionnaireAnswers": Pages(LOOKERS),
    "Recruiter": Pages(LOOKERS, IN_CHARGE, IN_CHARGE),
    "ReminderRule": Pages(LOOKERS, IN_CHARGE, IN_CHARGE),
    "StaffChat": Pages(LOOKERS, NOBODY, IN_CHARGE),  # as above
    "StaffLogin": Pages(IN_CHARGE, IN_CHARGE, IN_CHARGE),
    "WaitingEntry": Pages(LOOKERS),
}

BUTTONS = {
    "Booking.approve": HOLDERS,
    "Booking.ask_reschedule": HOLDERS,
    "Booking.cancel": HOLDERS,
    "Booking.mark": HOLDERS,
    "Booking.mark_day": HOLDERS,
    "Booking.move": HOLDERS,
    "Booking.note_told": HOLDERS,
    "Booking.reject": HOLDERS,
    "Broadcast.begin": COORDINATING,
    "Broadcast.cancel": COORDINATING,
    "Broadcast.compose": COORDINATING,
    "Broadcast.pause": COORDINATING,
    "Broadcast.progress": LOOKERS,
    "Broadcast.recipients": LOOKERS,
    "Broadcast.resume": COORDINATING,
    "Candidate.import_table": IN_CHARGE,
    "Candidate.invite_many": IN_CHARGE,
    "Candidate.book": COORDINATING,
    "Candidate.change_tags": COORDINATING,
    "Candidate.invite_one": IN_CHARGE,
    "Candidate.remove_one": IN_CHARGE,
    "Candidate.report": LOOKERS,
    "Candidate.restore_one": IN_CHARGE,
    "Candidate.merge": IN_CHARGE,
    "Candidate.part": IN_CHARGE,
    "Candidate.remove_note": COORDINATING,
    "Candidate.see_bookings": LOOKERS,
    "Candidate.take_note": COORDINATING,
    "Candidate.write": COORDINATING,
    "City.reopen": IN_CHARGE,
    "Export.cancel": ALL,
    "Export.download": ALL,
    "Export.progress": ALL,
    "City.retire": IN_CHARGE,
    "DeadLetter.settle": IN_CHARGE,
    "InterviewEvent.add_slots": COORDINATING,
    "InterviewEvent.copy_week": COORDINATING,
    "InterviewEvent.readers": COORDINATING,
    "InterviewEvent.broadcast": COORDINATING,
    "InterviewEvent.see_slots": LOOKERS,
    "InterviewSlot.book": COORDINATING,
    "InterviewSlot.calendar": ALL,
    "InterviewSlot.calendar_slots": ALL,
    "InterviewSlot.targets": COORDINATING,
    "Invitation.renew_one": IN_CHARGE,
    "Invitation.revoke_one": IN_CHARGE,
    "MessageTemplate.back_to_default": IN_CHARGE,
    "MessageTemplate.own_text": IN_CHARGE,
    "MessageTemplate.preview": LOOKERS,
    "MessageTemplate.revisions": LOOKERS,
    "Office.reopen": IN_CHARGE,
    "Office.retire": IN_CHARGE,
    "Questionnaire.preview_page": LOOKERS,
    "Questionnaire.publish_page": IN_CHARGE,
    "QuestionnaireAnswers.let_again": COORDINATING,
    "Recruiter.calendar": IN_CHARGE,
    "Recruiter.invite_one": IN_CHARGE,
    "Recruiter.outside_calendar": IN_CHARGE,
    "Recruiter.retire": IN_CHARGE,
    "ReminderRule.remove": IN_CHARGE,
    "StaffLogin.close": IN_CHARGE,
    "StaffLogin.reopen": IN_CHARGE,
    "StaffLogin.reset_password": IN_CHARGE,
    "StaffLogin.reset_second_step": IN_CHARGE,
    "WaitingEntry.note_told": COORDINATING,
}

OF_ONE_LOGIN = {"Export"}
"""Whose documents are for who asked for them alone: in the matrix the superuser."""

SENDS_NOTHING_ELSEWHERE = {"MessageTemplate.revisions": IN_CHARGE}
"""Pages whose POST fewer may send than may look at them."""

EXPORTS = {"Invitation": IN_CHARGE}
"""Who may download a list, where that is not who sees it: links let people in, so they are for those who make them."""

OTHERS = {
    "admin:app_list": ALL,
    "admin:index": STAFF,
    "admin:jsi18n": STAFF,
    "admin:login": STAFF | {"anonymous"},
    "admin:logout": STAFF | {"anonymous"},
    "admin:password_change": STAFF,
    "admin:password_change_done": STAFF,
    "admin:search": STAFF,
    "backoffice:ahead": STAFF,
    "backoffice:now": STAFF,
    "backoffice:search": STAFF,
    "security:end_sessions": STAFF,
    "security:login": STAFF | {"anonymous"},
    "security:overview": STAFF,
    "security:password": STAFF,
    "security:renew": STAFF,
    "security:set_up": STAFF,
    "security:turn_off": STAFF,
    "staffkit:delete_view": STAFF,
    "staffkit:save_view": STAFF,
}
"""Pages of the desk that are about no row."""

NOT_THERE = {
    "admin/autocomplete/",
    "admin/r/<path:rest>",
    "admin:autocomplete",
    "admin:view_on_site",
}
"""Addresses that lead nowhere."""

ADMINS_OWN_NOTHING = {"admin/(?P<url>.*)$"}
"""Any other address of the desk: a page that is missing, told to staff alone."""

BACK_TO_LOGIN = {"security:code"}
"""Opened by a password that was right a moment ago; everybody else begins anew."""

OPEN = {
    "",
    "set_language",
    "api/healthz",
    "api/readyz",
    "api/schema",
    "api/docs",
}
"""For anyone, and about nobody."""

BY_SECRET = {"calendar_feed"}
"""Opened by a secret in the address, whoever asks; without it there is nothing there."""

BY_TOKEN = {
    "api/allowed-users",
    "api/auto-messages/<str:auto_message_id>",
    "api/available-slots",
    "api/awaited-usernames",
    "api/bookings",
    "api/broadcasts/<str:broadcast_id>/recipients",
    "api/calendar-entries",
    "api/cities",
    "api/confirm-booking",
    "api/contact",
    "api/events",
    "api/former-people",
    "api/privacy",
    "api/questionnaires/<str:questionnaire_id>/versions/<int:number>",
    "api/recruiter-calendar",
    "api/recruiter-cards",
    "api/recruiter-interviews",
    "api/recruiters",
    "api/screening",
    "api/templates",
}
"""For services with their token; a login at the desk opens none of them."""

BRANCHES = {
    "changelist": (
        "_export=1",
        "_export=xlsx",
        "_popup=1",
        "q=a",
        "all=1",
        "o=1",
        "p=1",
        "e=1",
        "batch=x",
        "_to_field=id",
        "step=came",
    ),
    "change": (
        "_popup=1",
        "_changelist_filters=q%3Da",
        "to=2026-12-01T10:00",
        "seen=x",
        "from=calendar",
        "before=x",
        "show=notes",
    ),
    "remove_note": ("note=x",),
    "calendar_slots": ("stamp=x",),
    "add": ("_popup=1", "kind=day_of"),
    **dict.fromkeys(("approve", "cancel", "mark", "move", "note_told", "reject"), ("from=home-1",)),
    "invite_many": ("city=&event=",),
    "report": ("id=x",),
    "now": ("stamp=x",),
    "ahead": ("stamp=x",),
    "search": ("s=а", "s=Москва&extended=1"),
    "preview_page": ("version=1",),
    "preview": ("city=",),
    "broadcast": ("to=",),
    "readers": ("reached=0", "after=x"),
    "progress": ("id=x&stamp=x",),
    "recipients": ("of=sent",),
}
"""What an address may be asked with besides: each branch is open to those whom the page itself is, or fewer."""
