"""Keys are stored as ``_id``, as the raw writers have always written them: no document changes.

The first migration made a unique index on a field ``id``, which no document has.
"""

from typing import Any

from django.db import migrations, models

_KEYS = {"DeliveryAttempt": ("delivery_attempts", 64), "InboxMessage": ("inbox", 36), "OutboxMessage": ("outbox", 36)}


def drop(apps: Any, schema_editor: Any) -> None:
    for name, _length in _KEYS.values():
        collection = schema_editor.connection.get_collection(name)
        for index in list(collection.list_indexes()):
            if list(index["key"]) == ["id"]:
                collection.drop_index(index["name"])


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, migrations.RunPython.noop)],
            state_operations=[
                migrations.AlterField(
                    model,
                    "id",
                    models.CharField(db_column="_id", max_length=length, primary_key=True, serialize=False),
                )
                for model, (_name, length) in _KEYS.items()
            ],
        )
    ]
