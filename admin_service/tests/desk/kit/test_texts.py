"""Every text exists in Russian too, and the compiled catalogue is the written one."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.core.checks import run_checks
from django.test import override_settings

from staffkit.management.commands.update_texts import CATALOG, LANGUAGE, template, untranslated

_PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\}")


@pytest.fixture(autouse=True)
def _database() -> None:
    """Texts need none."""


@pytest.fixture
def written() -> Catalog:
    """The Russian texts as written."""
    with CATALOG.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def test_no_text_is_left_untranslated(written: Catalog) -> None:
    assert untranslated(written) == []


def test_every_text_of_the_code_is_in_the_catalogue(written: Catalog) -> None:
    missing = [message.id for message in template() if message.id and message.id not in written]
    assert missing == [], "run: python manage.py update_texts"


def test_the_compiled_catalogue_is_up_to_date(written: Catalog) -> None:
    with CATALOG.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    assert _pairs(compiled) == _pairs(written), "run: make setup"


def test_texts_that_are_not_compiled_keep_the_service_from_starting(tmp_path: Path) -> None:
    """Guard: ``check_texts``."""
    catalogue = tmp_path / "ru" / "LC_MESSAGES" / "django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.touch()
    with override_settings(LOCALE_PATHS=[tmp_path]):
        assert [message.id for message in run_checks(tags=["texts"])] == ["common.E001"]
        catalogue.with_suffix(".mo").touch()
        assert run_checks(tags=["texts"]) == []


def _pairs(catalog: Catalog) -> list[tuple[str, str]]:
    """Texts and translations, plural forms as tuples whichever file they come from."""
    return sorted((repr(_forms(one.id)), repr(_forms(one.string))) for one in catalog if one.id)


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def test_translations_keep_the_placeholders(written: Catalog) -> None:
    for message in written:
        wanted = set(_PLACEHOLDER.findall(_forms(message.id)[-1]))
        for text in _forms(message.string) if message.id else ():
            assert set(_PLACEHOLDER.findall(text)) <= wanted, message.id
