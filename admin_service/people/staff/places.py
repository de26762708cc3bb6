"""Cities, recruiters and the default contact in the desk."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from common.scope import SHARED, Rows
from people.models import City, ContactSettings, Recruiter
from people.services.people import save_city, save_contact, save_recruiter
from people.services.reach import chat_state
from people.staff.calendars import CalendarAdmin
from people.staff.forms import TelegramIdField, UsernameField, offer_open_cities
from people.staff.inviting import InvitingAdmin
from people.staff.outside import OutsideCalendarAdmin, outside_line
from people.staff.privacy import language_line
from people.staff.reaching import tell_reach, why_not_in_chat
from staffkit.forms.use_case import UseCaseForm
from staffkit.pages.filters import ScopedRelatedFilter
from staffkit.pages.kinds import Colours, OneDocumentAdmin, UseCaseAdmin, plainly
from staffkit.views import outward

_REACH_COLOURS = Colours({"started": "success", "no": "warning", "none": "warning", "blocked": "danger"})


class CityForm(UseCaseForm):
    """A city."""

    def carry_out(self) -> None:
        """Save it."""
        save_city(self.instance, actor=self.actor)


class CityPage(UseCaseAdmin):
    """Cities. ``scheduling`` registers it, with what becomes of the slots there."""

    how_to_begin = _("Add the first: its time zone says what clocks its interviews are told on.")
    form = CityForm
    few_rows = True
    rows = Rows(city=("pk",))
    list_display = ["name", "timezone", "contact", "is_active"]
    search_fields = ["name"]
    ordering = ["name"]

    @display(description=_("contact link"), ordering="contact_url")
    def contact(self, city: City) -> str:
        """Where people write to."""
        return outward(city.contact_url)


class RecruiterForm(UseCaseForm):
    """A recruiter."""

    telegram_id = TelegramIdField(
        help_text=_("If you know it. Until they have started the bot they are reached by hand.")
    )
    username = UsernameField()
    deputy = forms.ModelChoiceField(
        Recruiter.objects.order_by("name"),
        label=_("Deputy"),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=_("May answer the requests that this recruiter leaves unanswered."),
    )

    class Meta:
        labels = {"name": _("Full name")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_open_cities(self)
        tell_reach(self, "deputy")
        if "deputy" in self.fields:
            choices = self.fields["deputy"]
            # The present one, too, though inactive: a choice that is not offered would be taken away by saving.
            offered = Q(is_active=True) | Q(pk=self.instance.deputy_id)
            choices.queryset = choices.queryset.filter(offered).exclude(pk=self.instance.pk)  # type: ignore[attr-defined]

    def carry_out(self) -> None:
        """Save them."""
        save_recruiter(self.instance, actor=self.actor)


class RecruiterPage(CalendarAdmin, OutsideCalendarAdmin, InvitingAdmin):
    """Recruiters. ``scheduling`` registers it, with what becomes of the slots of one who is deactivated."""

    how_to_begin = _("Add who holds the interviews, then give them a link to the bot: requests come to them there.")
    form = RecruiterForm
    few_rows = True
    rows = Rows(city=("city_id",), recruiter=("pk",))
    actions_detail = [
        *InvitingAdmin.actions_detail,
        *CalendarAdmin.actions_detail,
        *OutsideCalendarAdmin.actions_detail,
    ]
    fields = ["name", "city", "username", "telegram_id", "contact_url", "deputy", "is_active"]
    fields += ["chat_line", "language_shown", "outside_shown"]
    readonly_fields = ["chat_line", "language_shown", "outside_shown"]
    list_display = ["person", "city_name", "telegram_id", "contact", "is_active", "reached"]
    list_filter = [("city", ScopedRelatedFilter), ("is_active", BooleanRadioFilter)]
    search_fields = ["name"]
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recruiter]:
        """Cities by one more query, not by a join."""
        found: QuerySet[Recruiter] = super().get_queryset(request).prefetch_related("city")
        return found

    @display(description=_("recruiter"), ordering="name")
    def person(self, recruiter: Recruiter) -> str:
        """Their name."""
        return recruiter.name

    @display(description=_("city"))
    def city_name(self, recruiter: Recruiter) -> str:
        """Their city."""
        return str(recruiter.city or "—")

    @display(description=_("contact link"), ordering="contact_url")
    def contact(self, recruiter: Recruiter) -> str:
        """Where people write to."""
        return outward(recruiter.contact_url)

    @display(description=_("language"))
    def language_shown(self, recruiter: Recruiter) -> str:
        """In which language the bot writes to them."""
        return language_line(recruiter)

    @display(description=_("own calendar"))
    def outside_shown(self, recruiter: Recruiter) -> str:
        """How reading their own calendar goes."""
        return outside_line(recruiter.pk)

    @display(
        description=_("in chat"),
        label=_REACH_COLOURS,
    )
    def reached(self, recruiter: Recruiter) -> tuple[str, str]:
        """Whether the bot's cards reach them (R4)."""
        if recruiter.telegram_id is None:
            return "no", str(_("not in chat"))
        return chat_state(vars(recruiter)), why_not_in_chat(recruiter) or str(_("reached"))

    chat_line = plainly(reached)


class ContactForm(UseCaseForm):
    """The default contact."""

    def carry_out(self) -> None:
        """Save it."""
        save_contact(self.instance, actor=self.actor)


@admin.register(ContactSettings)
class ContactAdmin(OneDocumentAdmin):
    """The default contact."""

    form = ContactForm
    rows = SHARED
