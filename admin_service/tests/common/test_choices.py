"""A new kind, status or language is a change of the code that needs no migration."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

import message_templates.models
import reminders.models
import scheduling.models
from scheduling.models import bookings


def fields_with_choices() -> Iterator[Any]:
    """Those of our own models."""
    for app in apps.get_app_configs():
        if app.path.startswith(str(settings.BASE_DIR)) and ".venv" not in app.path:
            for model in app.get_models():
                yield from (field for field in model._meta.get_fields() if getattr(field, "choices", None))


def test_migrations_name_where_choices_come_from_and_not_the_choices() -> None:
    fields = list(fields_with_choices())
    assert len(fields) > 10
    assert [str(field) for field in fields if not callable(field.deconstruct()[3]["choices"])] == []


@pytest.mark.parametrize(
    ("module", "labels", "model", "field"),
    [
        (reminders.models, "KIND_LABELS", reminders.models.AutoMessage, "kind"),
        (message_templates.models, "KIND_LABELS", message_templates.models.MessageTemplate, "kind"),
        (bookings, "STATUS_LABELS", scheduling.models.Booking, "status"),
    ],
)
def test_a_new_one_is_a_choice_at_once_and_needs_no_migration(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, labels: str, model: Any, field: str
) -> None:
    monkeypatch.setattr(module, labels, [*getattr(module, labels), ("invented", "Invented")])
    assert ("invented", "Invented") in list(model._meta.get_field(field).choices)
    call_command("makemigrations", check=True, dry_run=True)  # ends the process where one is needed
