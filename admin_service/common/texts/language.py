"""The language of the desk."""

from django.utils.translation import get_language

from shared_contracts.fields import Language


def desk_language() -> Language:
    """In which language who looks at the desk now reads what staff wrote in both."""
    return "en" if (get_language() or "").startswith("en") else "ru"
