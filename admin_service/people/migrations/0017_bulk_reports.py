"""Reports of what was done to many people at once are kept for two days, as the forms are that did it."""

from typing import Any

from django.db import migrations

KEPT_SECONDS = 2 * 24 * 60 * 60


def forget_in_time(_apps: Any, schema_editor: Any) -> None:
    """Only MongoDB can do that, so Django's own indexes do not know of it."""
    reports = schema_editor.connection.database["bulk_reports"]
    reports.create_index("created_at", name="bulk_reports_age", expireAfterSeconds=KEPT_SECONDS)


class Migration(migrations.Migration):
    dependencies = [("people", "0016_apostrophes")]

    operations = [migrations.RunPython(forget_in_time, migrations.RunPython.noop)]
