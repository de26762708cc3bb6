"""MongoDB forgets by itself what is long over: counted attempts, and sessions that nobody came back to."""

from datetime import timedelta
from typing import Any

from django.db import migrations

# Long enough that whoever comes back to a session that is over is told so.
_AFTER = timedelta(days=7)
_MOMENTS = [("login_attempts", "until"), ("staff_sessions", "expire_date")]
_NAME = "forgotten"


def forget(apps: Any, schema_editor: Any) -> None:
    for name, field in _MOMENTS:
        collection = schema_editor.connection.get_collection(name)
        collection.create_index([(field, 1)], name=f"{name}_{_NAME}", expireAfterSeconds=int(_AFTER.total_seconds()))


def keep(apps: Any, schema_editor: Any) -> None:
    for name, _field in _MOMENTS:
        schema_editor.connection.get_collection(name).drop_index(f"{name}_{_NAME}")


class Migration(migrations.Migration):
    dependencies = [("security", "0001_initial")]
    operations = [migrations.RunPython(forget, keep)]
