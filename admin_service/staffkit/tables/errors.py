"""What is wrong with a whole table, and how somebody's own words stand in what is said of it."""

from django.utils.translation import gettext as _


class TableError(Exception):
    """It can't be read; the text says why and what to do, in the reader's language."""


def quoted(text: str) -> str:
    """In the quotation marks of the reader's language."""
    return _("“%(text)s”") % {"text": text}
