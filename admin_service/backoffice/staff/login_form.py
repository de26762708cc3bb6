"""The form of a staff login."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from backoffice.models import StaffLogin, StaffProfile
from backoffice.services.logins import Post, post_of, save_login
from common.roles import Role
from people.models import City, Recruiter
from staffkit.forms.use_case import UseCaseForm
from staffkit.views import user_of


class PasswordForm(forms.Form):
    """A password, or none: then a random one is made."""

    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=128,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "new-password"}),
        help_text=_("Empty: a random one is made and shown once."),
    )


class LoginForm(UseCaseForm):
    """Who it is, what they may do, and with whose rows."""

    first_name = forms.CharField(
        label=_("Full name"), max_length=150, required=False, widget=UnfoldAdminTextInputWidget()
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            (Role.ADMINISTRATOR.value, _("administrator: everything, also settings and staff")),
            (Role.COORDINATOR.value, _("coordinator: events, slots, bookings, broadcasts")),
            (Role.RECRUITER.value, _("recruiter: their own bookings and slots")),
            (Role.READ_ONLY.value, _("read-only: looks and exports, changes nothing")),
        ],
        widget=UnfoldAdminRadioSelectWidget(),
    )
    all_cities = forms.BooleanField(label=_("All cities"), required=False, widget=UnfoldBooleanWidget())
    cities = forms.ModelMultipleChoiceField(
        City.objects.order_by("name"),
        label=_("Cities"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text=_("They see and change only what is of these cities."),
    )
    recruiter = forms.ModelChoiceField(
        Recruiter.objects.order_by("name"),
        label=_("Recruiter"),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=_("Whose bookings and slots they see."),
    )
    password = PasswordForm.base_fields["password"]

    class Meta:
        model = StaffLogin
        fields = ("username", "first_name")
        labels = {"username": _("Login name"), "first_name": _("Full name")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "username" in self.fields:
            self.fields["username"].help_text = _("What they log in with: Latin letters, digits and @ . + - _")

    def shown(self, instance: models.Model) -> dict[str, Any]:
        """With the role, which is stored beside the login; one without a role shows that there is none."""
        found = StaffProfile.objects.filter(user_id=instance.pk).first() or StaffProfile()
        post = {"role": found.role, "all_cities": found.all_cities, "cities": found.city_ids}
        return {**super().shown(instance), **post, "recruiter": found.recruiter_id}

    def carry_out(self) -> None:
        """Save it."""
        data = self.cleaned_data
        post = self._post() if "role" in self.fields else post_of(self.instance)
        assert self.request is not None
        password, user = data.get("password", ""), user_of(self.request)
        made = save_login(self.instance, post, actor=user, password=password)
        self.instance.made_password = "" if password else made

    def _post(self) -> Post:
        data = self.cleaned_data
        return Post(
            Role(data["role"]),
            all_cities=data["all_cities"],
            city_ids=[city.pk for city in data["cities"]],
            recruiter_id=data["recruiter"].pk if data["recruiter"] else None,
        )
