"""What people type about their own login. Passwords and codes guessed here count like those at the front door."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminOwnPasswordChangeForm, AuthenticationForm
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from common.http.addresses import client_address
from security import journal
from security.attempts import Attempt, code_attempt, password_attempt, wait_words
from security.second_factor import accept

_LONGEST = 128


class CodeInput(UnfoldAdminTextInputWidget):
    """Phones offer digits, and the code from a message."""

    def __init__(self) -> None:
        super().__init__({"autocomplete": "one-time-code", "autofocus": "", "spellcheck": "false"})


class PasswordInput(UnfoldAdminPasswordWidget):
    """The password that somebody has now."""

    def __init__(self) -> None:
        super().__init__({"autocomplete": "current-password"})


class LoginForm(AuthenticationForm):
    """A login's name and password."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": _("No login has this name and password. Capitals matter in both."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Login name")


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=_LONGEST,
        widget=CodeInput(),
        help_text=_("Six digits from your app. If it is not at hand: one of your recovery codes."),
    )

    def __init__(self, request: HttpRequest, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request, self._user = request, user

    def clean_code(self) -> str:
        """Right, in time, and not used before."""
        attempt = code_attempt(self._user.get_username(), client_address(self._request))
        if attempt.refused_until:
            raise _refused(attempt, "code_locked", self._user)
        if not accept(self._user, self.cleaned_data["code"]):
            journal.note("code_failed", self._user)
            raise ValidationError(
                _(
                    "This code is wrong or was used already: each works once. "
                    "Take the app's next one, or another recovery code."
                )
            )
        attempt.was_right()
        return str(self.cleaned_data["code"])


class SetUpForm(forms.Form):
    """The first code of an app, from somebody who knows the password."""

    code = forms.CharField(
        label=_("Code from the app"),
        max_length=_LONGEST,
        widget=CodeInput(),
        help_text=_("The six digits it shows now."),
    )
    password = forms.CharField(label=_("Your password"), max_length=_LONGEST, widget=PasswordInput())

    def __init__(self, request: HttpRequest, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request, self._user = request, user

    def clean_password(self) -> str:
        """It's them at the keyboard."""
        return check_own_password(self._request, self._user, self.cleaned_data["password"])


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """Change one's own password."""

    def clean_old_password(self) -> str:
        """Guesses count: a desk left open must not tell the password."""
        request = journal.REQUEST.get()
        if request is None:
            return str(super().clean_old_password())
        return check_own_password(request, self.user, self.cleaned_data["old_password"])

    def clean_new_password1(self) -> str:
        """Another one than now."""
        typed = str(self.cleaned_data["new_password1"])
        if typed == self.cleaned_data.get("old_password"):
            raise ValidationError(_("This is the password you have now. Choose another one."), code="password_same")
        return typed


def check_own_password(request: HttpRequest, user: User, typed: str) -> str:
    """Returns what was typed.

    Raises:
        ValidationError: wrong, or too many were.
    """
    attempt = password_attempt(user.get_username(), client_address(request))
    if attempt.refused_until:
        raise _refused(attempt, "login_locked", user)
    if not user.check_password(typed):
        journal.note("login_failed", user)
        raise ValidationError(_("This is not your password."), code="password_incorrect")
    attempt.was_right()
    return typed


def _refused(attempt: Attempt, action: str, user: User) -> ValidationError:
    if attempt.first_refused:
        journal.note(action, user)
    assert attempt.refused_until is not None
    return ValidationError(_("Too many wrong ones. %(when)s"), params={"when": wait_words(attempt.refused_until)})
