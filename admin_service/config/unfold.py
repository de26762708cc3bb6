"""How the desk looks: name, colours, sidebar. Read by Unfold from ``settings.UNFOLD``."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _link(title: Any, icon: str, name: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}")}


def _list(title: Any, icon: str, model: str) -> dict[str, Any]:
    """A model's list, offered to whom its page lets in: ``model`` as ``app.model``."""

    def lets_in(request: HttpRequest) -> bool:
        page = admin.site.get_model_admin(apps.get_model(model))
        return bool(page.has_view_or_change_permission(request))

    return {**_link(title, icon, f"{model.replace('.', '_')}_changelist"), "permission": lets_in}


def _group(title: Any, *items: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": True, "items": list(items)}


_CALENDAR = reverse_lazy("admin:scheduling_interviewslot_calendar")


def _is_slots(request: HttpRequest) -> bool:
    """Whether the list of slots, or one of them, is looked at: the calendar's address begins like theirs."""
    slots = str(reverse_lazy("admin:scheduling_interviewslot_changelist"))
    return request.path.startswith(slots) and request.path != str(_CALENDAR)


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Slotdesk",
    "SITE_HEADER": "Slotdesk",
    "SITE_SUBHEADER": _("Interview booking"),
    "SITE_URL": None,
    "SITE_SYMBOL": "event_available",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("staffkit/favicon.svg")},
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
    "DASHBOARD_CALLBACK": "backoffice.staff.home.page.show_home",
    "STYLES": [
        lambda request: static("staffkit/desk.css"),
        lambda request: static("staffkit/lists.css"),
        lambda request: static("staffkit/find.css"),
    ],
    "SCRIPTS": [
        lambda request: static("staffkit/copy.js"),
        lambda request: static("staffkit/pages.js"),
        lambda request: static("staffkit/back.js"),
        lambda request: static("staffkit/cards.js"),
        lambda request: static("staffkit/home.js"),
        lambda request: static("staffkit/find.js"),
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
        "show_search": True,  # the button of Ctrl-K (staffkit/templates/unfold/helpers/search.html)
        "navigation": [
            {"items": [_link(_("Today"), "today", "index")]},
            _group(
                _("Interviews"),
                _list(_("Interview events"), "campaign", "scheduling.interviewevent"),
                {**_list(_("Slots"), "schedule", "scheduling.interviewslot"), "active": _is_slots},
                {**_list(_("Calendar"), "calendar_view_week", "scheduling.interviewslot"), "link": _CALENDAR},
                _list(_("Bookings"), "how_to_reg", "scheduling.booking"),
                _list(_("Waiting list"), "hourglass_top", "scheduling.waitingentry"),
                _list(_("Answers"), "fact_check", "questionnaires.questionnaireanswers"),
                _list(_("Questionnaires"), "quiz", "questionnaires.questionnaire"),
                _list(_("Broadcasts"), "send", "broadcasts.broadcast"),
                _list(_("Automatic messages"), "mark_chat_read", "reminders.automessage"),
                _list(_("Reminders"), "notifications", "reminders.reminderrule"),
                _list(_("Message templates"), "chat", "wording.messagetemplate"),
            ),
            _group(
                _("People and places"),
                _list(_("Candidates"), "group", "people.candidate"),
                _list(_("Recruiters"), "badge", "people.recruiter"),
                _list(_("Invitations"), "link", "people.invitation"),
                _list(_("Cities"), "location_city", "people.city"),
                _list(_("Offices"), "apartment", "people.office"),
                _list(_("Announcement chats"), "forum", "broadcasts.announcementchat"),
                _list(_("Staff's chat"), "summarize", "reminders.staffchat"),
                _list(_("Default contact"), "contact_support", "people.contactsettings"),
                _list(_("Privacy text"), "policy", "people.privacysettings"),
            ),
            _group(
                _("Behind the scenes"),
                _list(_("Exports"), "download", "exports.export"),
                _list(_("Audit trail"), "history", "common.auditentry"),
                _list(_("Outbox"), "outbox", "messaging.outboxmessage"),
                _list(_("Inbox"), "inbox", "messaging.inboxmessage"),
                _list(_("Dead letters"), "mark_email_unread", "messaging.deadletter"),
                _list(_("Staff"), "manage_accounts", "backoffice.stafflogin"),
            ),
        ],
    },
}
