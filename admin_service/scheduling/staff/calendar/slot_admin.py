"""What the pages of slots have of the calendar: the calendar itself, and the ways from it and back to it."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from scheduling.staff.calendar.asked import back_to_calendar
from scheduling.staff.calendar.moving import ask_to_move
from scheduling.staff.calendar.pages import calendar_slots, first_values, show_calendar
from staffkit.pages.kinds import UseCaseAdmin


class CalendarAdmin(UseCaseAdmin):
    """Slots with a calendar."""

    actions_list: ClassVar[list[str]] = ["calendar"]

    @action(description=_("Calendar"), url_path="calendar", permissions=["view"], icon="calendar_view_week")
    def calendar(self, request: HttpRequest) -> HttpResponse:
        """A day or a week."""
        return show_calendar(self, request)

    @admin.action(permissions=["view"])
    def calendar_slots(self, request: HttpRequest, **_itself: Any) -> HttpResponse:
        """What is in it, for its page."""
        return calendar_slots(self, request)

    def get_custom_urls(self) -> Any:
        """With the address of what is in the calendar."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_calendar_slots"
        return (*super().get_custom_urls(), ("calendar/slots/", name, self.calendar_slots))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """As ever; with ``to`` the same form filled in for where the slot was dragged."""
        if object_id and request.method == "GET" and "to" in request.GET and self.has_change_permission(request):
            return ask_to_move(self, request, object_id)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """As Django's, with the range that was chosen in the calendar."""
        return first_values(super().get_changeform_initial_data(request))

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Back to where one came from."""
        usual: HttpResponse = super().response_post_save_add(request, obj)
        return HttpResponseRedirect(back_to_calendar(request, usual.headers["Location"]))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """The same."""
        usual: HttpResponse = super().response_post_save_change(request, obj)
        return HttpResponseRedirect(back_to_calendar(request, usual.headers["Location"]))
