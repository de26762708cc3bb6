"""Forms that acted are remembered for two days, so that each acts once."""

from typing import Any

from django.db import migrations

REMEMBERED_SECONDS = 2 * 24 * 60 * 60


def forget_in_time(_apps: Any, schema_editor: Any) -> None:
    """Only MongoDB can do that, so Django's own indexes do not know of it."""
    forms = schema_editor.connection.database["sent_forms"]
    forms.create_index("created_at", name="sent_forms_age", expireAfterSeconds=REMEMBERED_SECONDS)


class Migration(migrations.Migration):
    dependencies = [("common", "0001_initial")]

    operations = [migrations.RunPython(forget_in_time, migrations.RunPython.noop)]
