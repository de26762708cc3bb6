"""How the desk looks: name, colours, sidebar. Read by Unfold from ``settings.UNFOLD``."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _link(title: Any, icon: str, name: str, permission: str = "") -> dict[str, Any]:
    item: dict[str, Any] = {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}")}
    if permission:
        item["permission"] = _allows(permission)
    return item


def _allows(permission: str) -> Any:
    def check(request: HttpRequest) -> bool:
        return bool(request.user.has_perm(permission))  # type: ignore[union-attr]

    return check


def _group(title: Any, *items: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": True, "items": list(items)}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Slotdesk",
    "SITE_HEADER": "Slotdesk",
    "SITE_SUBHEADER": _("Interview booking"),
    "SITE_URL": None,
    "SITE_SYMBOL": "event_available",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("desk/favicon.svg")},
    ],
    "SHOW_HISTORY": False,  # the audit trail tells more
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "8px",
    "ACCOUNT": {
        "navigation": [
            {"title": _("Security"), "link": reverse_lazy("security:overview")},
            {"title": _("Change password"), "link": reverse_lazy("admin:password_change")},
        ]
    },
    "DASHBOARD_CALLBACK": "desk.dashboard.add_numbers",
    "STYLES": [lambda request: static("desk/desk.css")],
    "SCRIPTS": [
        lambda request: static("desk/copy.js"),
        lambda request: static("desk/pages.js"),
        lambda request: static("desk/back.js"),
    ],
    "COLORS": {
        "primary": {
            "50": "oklch(97.9% .021 166.113)",
            "100": "oklch(95% .052 163.051)",
            "200": "oklch(90.5% .093 164.15)",
            "300": "oklch(84.5% .143 164.978)",
            "400": "oklch(76.5% .177 163.223)",
            "500": "oklch(62.5% .13 163)",
            "600": "oklch(52.5% .115 163.225)",
            "700": "oklch(45.5% .1 165.612)",
            "800": "oklch(40% .085 166.913)",
            "900": "oklch(35% .072 168.94)",
            "950": "oklch(26.2% .051 172.552)",
        },
    },
    "SIDEBAR": {
        "show_search": False,
        "navigation": [
            {"items": [_link(_("Today"), "today", "index")]},
            _group(
                _("Interviews"),
                _link(
                    _("Interview events"),
                    "campaign",
                    "scheduling_interviewevent_changelist",
                    "scheduling.view_interviewevent",
                ),
                _link(_("Slots"), "schedule", "scheduling_interviewslot_changelist", "scheduling.view_interviewslot"),
                _link(_("Bookings"), "how_to_reg", "scheduling_booking_changelist", "scheduling.view_booking"),
                _link(
                    _("Waiting list"),
                    "hourglass_top",
                    "scheduling_waitingentry_changelist",
                    "scheduling.view_waitingentry",
                ),
                _link(
                    _("Answers"),
                    "fact_check",
                    "questionnaires_questionnaireanswers_changelist",
                    "questionnaires.view_questionnaireanswers",
                ),
                _link(
                    _("Questionnaires"),
                    "quiz",
                    "questionnaires_questionnaire_changelist",
                    "questionnaires.view_questionnaire",
                ),
                _link(_("Broadcasts"), "send", "broadcasts_broadcast_changelist", "broadcasts.view_broadcast"),
                _link(
                    _("Automatic messages"),
                    "mark_chat_read",
                    "reminders_automessage_changelist",
                    "reminders.view_automessage",
                ),
                _link(
                    _("Reminders"),
                    "notifications",
                    "reminders_reminderrule_changelist",
                    "reminders.view_reminderrule",
                ),
                _link(
                    _("Message templates"),
                    "chat",
                    "wording_messagetemplate_changelist",
                    "wording.view_messagetemplate",
                ),
            ),
            _group(
                _("People and places"),
                _link(_("Candidates"), "group", "people_candidate_changelist", "people.view_candidate"),
                _link(_("Recruiters"), "badge", "people_recruiter_changelist", "people.view_recruiter"),
                _link(_("Invitations"), "link", "people_invitation_changelist", "people.view_invitation"),
                _link(_("Cities"), "location_city", "people_city_changelist", "people.view_city"),
                _link(
                    _("Announcement chats"),
                    "forum",
                    "broadcasts_announcementchat_changelist",
                    "broadcasts.view_announcementchat",
                ),
                _link(_("Staff's chat"), "summarize", "reminders_staffchat_changelist", "reminders.view_staffchat"),
                _link(
                    _("Default contact"),
                    "contact_support",
                    "people_contactsettings_changelist",
                    "people.view_contactsettings",
                ),
            ),
            _group(
                _("Behind the scenes"),
                _link(_("Audit trail"), "history", "common_auditentry_changelist", "common.view_auditentry"),
                _link(_("Outbox"), "outbox", "messaging_outboxmessage_changelist", "messaging.view_outboxmessage"),
                _link(_("Inbox"), "inbox", "messaging_inboxmessage_changelist", "messaging.view_inboxmessage"),
                _link(_("Staff"), "manage_accounts", "backoffice_stafflogin_changelist", "backoffice.view_stafflogin"),
            ),
        ],
    },
}
