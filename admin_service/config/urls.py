"""URLs of the desk and the API."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView

from broadcasts.api import RecipientsView
from common.http.openapi import api_docs, api_schema
from common.http.probes import HealthView, ReadyView
from message_templates.api import TemplatesView
from people.api.lists import AllowedUsersView, CitiesView, ContactView, PrivacyView, RecruitersView
from people.api.persons import AwaitedUsernamesView, FormerPeopleView, RecruiterCalendarView
from questionnaires.api import ScreeningView, VersionView
from reminders.api import AutoMessageView
from scheduling.api.bookings import AvailableSlotsView, BookingsView, ConfirmBookingView, EventsView
from scheduling.api.calendar_feed import CalendarEntriesView, calendar_feed
from scheduling.api.recruiter_cards import RecruiterCardsView, RecruiterInterviewsView
from staffkit import errors


def _closed(request: HttpRequest, **_kwargs: str) -> HttpResponse:
    """Pages of Django's admin that the desk doesn't use, and whose rules are not those of its lists."""
    raise Http404


urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/autocomplete/", _closed),
    path("admin/r/<path:rest>", _closed),
    path("admin/", include("security.urls")),
    path("admin/", include("backoffice.urls")),
    path("admin/", include("staffkit.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("calendar/<str:token>.ics", calendar_feed, name="calendar_feed"),
    path("api/allowed-users", AllowedUsersView.as_view()),
    path("api/auto-messages/<str:auto_message_id>", AutoMessageView.as_view()),
    path("api/available-slots", AvailableSlotsView.as_view()),
    path("api/awaited-usernames", AwaitedUsernamesView.as_view()),
    path("api/former-people", FormerPeopleView.as_view()),
    path("api/bookings", BookingsView.as_view()),
    path("api/broadcasts/<str:broadcast_id>/recipients", RecipientsView.as_view()),
    path("api/calendar-entries", CalendarEntriesView.as_view()),
    path("api/cities", CitiesView.as_view()),
    path("api/confirm-booking", ConfirmBookingView.as_view()),
    path("api/contact", ContactView.as_view()),
    path("api/events", EventsView.as_view()),
    path("api/privacy", PrivacyView.as_view()),
    path("api/recruiter-calendar", RecruiterCalendarView.as_view()),
    path("api/recruiter-cards", RecruiterCardsView.as_view()),
    path("api/recruiter-interviews", RecruiterInterviewsView.as_view()),
    path("api/questionnaires/<str:questionnaire_id>/versions/<int:number>", VersionView.as_view()),
    path("api/recruiters", RecruitersView.as_view()),
    path("api/templates", TemplatesView.as_view()),
    path("api/screening", ScreeningView.as_view()),
    path("api/healthz", HealthView.as_view()),
    path("api/readyz", ReadyView.as_view()),
    path("api/schema", api_schema),
    path("api/docs", api_docs),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
