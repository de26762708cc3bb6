"""Every text people read, from the gettext catalogs in ``locale/``, Russian and English."""

import gettext
from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE_DIR = Path(__file__).parent.parent / "locale"
LANGUAGES = ("ru", "en")
READ_RUSSIAN = frozenset({"ru", "uk", "be", "kk"})
"""Telegram's codes of the languages whose readers are answered in Russian."""


def language_of(language_code: str | None) -> str:
    """The language to answer in for Telegram's ``language_code``: Russian first, English for other readers."""
    if not language_code or language_code.split("-")[0].lower() in READ_RUSSIAN:
        return "ru"
    return "en"


class Texts:
    """The texts of one language. Keys are the catalogs' msgids."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = Locale.parse(language)
        self._catalog = _read_catalog(language)

    def __call__(self, key: str, **values: object) -> str:
        """The text as HTML; values are escaped, since people typed them."""
        return self._catalog.gettext(key).format(**{name: escape(str(value)) for name, value in values.items()})

    def plain(self, key: str, **values: object) -> str:
        """The text for places without markup: buttons, callback answers."""
        return self._catalog.gettext(key).format(**values)

    def counted(self, key: str, count: int) -> str:
        """The text that goes with a number, as plain text: 1 окно, 2 окна, 5 окон."""
        return self._catalog.ngettext(key, key, count).format(count=count)


@cache
def texts_for(language: str) -> Texts:
    """The texts of ``ru`` or ``en``; Russian for any other."""
    return Texts(language if language in LANGUAGES else LANGUAGES[0])


def _read_catalog(language: str) -> gettext.GNUTranslations:
    path = LOCALE_DIR / language / "LC_MESSAGES" / "bot.po"
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
