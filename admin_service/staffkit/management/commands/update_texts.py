"""``manage.py update_texts``: bring ``locale/ru`` in line with the code and compile it (for developers)."""

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import django
import unfold
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.template import templatize

from common import clock

LANGUAGE = "ru"
CATALOG = settings.BASE_DIR / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop", "_", "_now")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext",), ((1, "c"), 2, 3)),
}
_NOT_OURS = {".venv", "tests", "migrations", "mongo_migrations"}


class Command(BaseCommand):
    """Adds new texts, drops those gone, keeps translations; then says what is left to translate."""

    help = "Update and compile the Russian texts (for developers)."
    requires_system_checks = []  # Unfold's ask the database, which texts have no need of

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        with CATALOG.open("rb") as file:
            catalog = read_po(file, locale=LANGUAGE)
        catalog.update(template(), no_fuzzy_matching=True)
        catalog.obsolete.clear()
        catalog.revision_date = catalog.creation_date = clock.now().replace(year=2026, month=1, day=1, hour=0, minute=0)
        with CATALOG.open("wb") as file:
            write_po(file, catalog, width=110, sort_output=True, omit_header=False, no_location=True)
        CATALOG.with_suffix(".mo").write_bytes(compiled(catalog))
        for text in untranslated(catalog):
            self.stdout.write(f"To be translated: {text}")


def template() -> Catalog:
    """Every text of the code, and those of Unfold that Django has no Russian for."""
    found = Catalog()
    for path in _files(settings.BASE_DIR):
        _collect(found, path, every=True)
    borrowed = Path(unfold.__file__).parent
    for path in _files(borrowed):
        if "contrib" not in path.relative_to(borrowed).parts or (borrowed / "contrib" / "filters") in path.parents:
            _collect(found, path, every=False)
    return found


def untranslated(catalog: Catalog) -> list[str]:
    """Texts without a translation, or with a missing plural form."""
    return [
        str(message.id)
        for message in catalog
        if message.id and not all(message.string if isinstance(message.string, list | tuple) else [message.string])
    ]


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as a ``.mo`` file."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        if path.suffix in {".py", ".html"} and not _NOT_OURS & set(path.relative_to(root).parts):
            yield path


def _collect(found: Catalog, path: Path, *, every: bool) -> None:
    source = path.read_text(encoding="utf-8")
    python = _flat(templatize(source)) if path.suffix == ".html" else source
    for _line, text, _comments, context in extract("python", io.BytesIO(python.encode()), keywords=KEYWORDS):
        if every or not _django_knows(text):
            found.add(text, context=context)


def _flat(python: str) -> str:
    """Without indentation: a template's means nothing to Python."""
    return "\n".join(line.strip() for line in python.splitlines())


def _django_knows(text: str | tuple[str, ...]) -> bool:
    first = text if isinstance(text, str) else text[0]
    return first in _django_texts()


@cache
def _django_texts() -> frozenset[str]:
    """Every text Django has Russian for."""
    root = Path(django.__file__).parent
    texts: set[str] = set()
    for folder in ("conf", "contrib/admin", "contrib/auth", "contrib/contenttypes"):
        with (root / folder / "locale" / LANGUAGE / "LC_MESSAGES" / "django.mo").open("rb") as file:
            texts |= {message.id if isinstance(message.id, str) else message.id[0] for message in read_mo(file)}
    return frozenset(texts)
