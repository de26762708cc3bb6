"""Pieces of files: each once, and gone at their end. What was asked for is forgotten after a month."""

from typing import Any

from django.db import migrations

FORGOTTEN_SECONDS = 30 * 24 * 60 * 60


def remove_in_time(_apps: Any, schema_editor: Any) -> None:
    """Only MongoDB can do that, so Django's own indexes do not know of it."""
    database = schema_editor.connection.database
    parts = database["export_parts"]
    parts.create_index([("export_id", 1), ("of", 1), ("number", 1)], name="export_parts_order", unique=True)
    parts.create_index("ends_at", name="export_parts_end", expireAfterSeconds=0)
    database["exports"].create_index("created_at", name="exports_age", expireAfterSeconds=FORGOTTEN_SECONDS)


class Migration(migrations.Migration):
    dependencies = [("exports", "0001_initial")]

    operations = [migrations.RunPython(remove_in_time, migrations.RunPython.noop)]
