"""Cities, recruiters and the default contact in the desk."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, RelatedDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from desk.options import UseCaseAdmin, UseCaseForm
from people.models import LARGEST_TELEGRAM_ID, City, ContactSettings, Recruiter
from people.usecases import save_city, save_contact, save_recruiter


class CityForm(UseCaseForm):
    """A city."""

    def carry_out(self) -> None:
        """Save it."""
        save_city(self.instance, actor=self.actor)


@admin.register(City)
class CityAdmin(UseCaseAdmin):
    """Cities."""

    form = CityForm
    list_display = ["name", "timezone", "contact_url"]
    search_fields = ["name"]
    ordering = ["name"]


class RecruiterForm(UseCaseForm):
    """A recruiter."""

    telegram_id = forms.IntegerField(
        label=_("Telegram id"),
        min_value=1,
        max_value=LARGEST_TELEGRAM_ID,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Empty: reached by hand, with the contact link."),
    )

    def carry_out(self) -> None:
        """Save them."""
        save_recruiter(self.instance, actor=self.actor)


@admin.register(Recruiter)
class RecruiterAdmin(UseCaseAdmin):
    """Recruiters."""

    form = RecruiterForm
    list_display = ["name", "city_name", "telegram_id", "contact_url", "is_active"]
    list_filter = [("city", RelatedDropdownFilter), ("is_active", BooleanRadioFilter)]
    search_fields = ["name"]
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recruiter]:
        """Cities by one more query, not by a join."""
        found: QuerySet[Recruiter] = super().get_queryset(request).prefetch_related("city")
        return found

    @display(description=_("city"))  # type: ignore[untyped-decorator]
    def city_name(self, recruiter: Recruiter) -> str:
        """Their city."""
        return str(recruiter.city or "—")


class ContactForm(UseCaseForm):
    """The default contact."""

    def carry_out(self) -> None:
        """Save it."""
        save_contact(self.instance, actor=self.actor)


@admin.register(ContactSettings)
class ContactAdmin(UseCaseAdmin):
    """The default contact: one document, so its list is its form."""

    form = ContactForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only the first."""
        return super().has_add_permission(request) and not ContactSettings.objects.exists()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Straight to the form."""
        found = ContactSettings.objects.first()
        if found:
            return HttpResponseRedirect(reverse("admin:people_contactsettings_change", args=[found.pk]))
        listed: HttpResponse = super().changelist_view(request, extra_context)
        return listed
