"""What a password must not be, beyond Django's own validators, and what follows when one is set."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from security import journal
from security.attempts import lift_locks
from security.sessions import end_sessions

_LEAST_DIFFERENT = 5
# The same keys on the two keyboards that staff have: what was typed with the wrong one is as easy to guess.
_KEYS = str.maketrans(
    "йцукенгшщзхъфывапролджэячсмитьбюё",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,.`",
)
_LOOKS_LIKE = str.maketrans("013457@$!", "oleastasi")
_NAMES = {"slotdesk", "слотдеск", "слотдэск"}


class ProductNameValidator:
    """Refuses the product's name, on either keyboard and with digits in the place of letters."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ValidationError."""
        typed = password.lower()
        readings = (_on_keys(typed), _on_keys(typed.translate(_LOOKS_LIKE)))
        if any(_on_keys(name) in reading for name in _NAMES for reading in readings):
            raise ValidationError(self.get_help_text(), code="password_names_product")

    def get_help_text(self) -> str:
        """The rule."""
        return _("Your password can’t contain the product’s name.")


class PlainPasswordValidator:
    """Refuses a common password that digits and signs were put around, or a few characters again and again."""

    def __init__(self) -> None:
        self._common: set[str] = CommonPasswordValidator().passwords

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ValidationError."""
        core = _on_keys(password.lower()).strip("0123456789 !?.,;:*#$%&@_-+=()[]'`")
        if len(set(password.lower())) < _LEAST_DIFFERENT or core in self._common or not core:
            raise ValidationError(
                _("This password is easy to guess. Take a few words that don’t belong together."),
                code="password_too_plain",
            )

    def get_help_text(self) -> str:
        """The rule."""
        return _("A few words that don’t belong together are easy to remember and hard to guess.")


class ChangedPassword:
    """No rule: Django tells validators of every password that is set, by whichever page or command."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Anything goes."""

    def password_changed(self, password: str, user: User) -> None:
        """End the login's other sessions and lift its locks. ``backoffice.services.auditing`` notes the change."""
        lift_locks(user.get_username())
        request = journal.REQUEST.get()
        own = request is not None and getattr(request, "user", None) == user
        end_sessions(user, but=request.session.session_key if own and request is not None else None)

    def get_help_text(self) -> str:
        """Nothing to say."""
        return ""


def _on_keys(text: str) -> str:
    return text.translate(_KEYS)
