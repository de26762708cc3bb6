"""What candidates are found by, and indexes of the desk's lists."""

from itertools import islice
from typing import Any

import django_mongodb_backend.fields
from django.db import migrations, models
from pymongo import UpdateOne

from people.models import name_words

_CHUNK = 5_000


def note_words(apps: Any, schema_editor: Any) -> None:
    """Of everybody there is, what they are found by; before the index, which is quicker made at once."""
    users = schema_editor.connection.database["users"]
    fields = dict.fromkeys(("first_name", "last_name", "username", "telegram_name"), 1)
    changes = (UpdateOne({"_id": row["_id"]}, {"$set": {"words": name_words(row)}}) for row in users.find({}, fields))
    while chunk := list(islice(changes, _CHUNK)):
        users.bulk_write(chunk, ordered=False)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0012_added"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="candidate",
            name="users_telegram",
        ),
        migrations.RemoveIndex(
            model_name="invitation",
            name="invitations_age",
        ),
        migrations.AddField(
            model_name="candidate",
            name="words",
            field=django_mongodb_backend.fields.ArrayField(
                base_field=models.CharField(max_length=130), default=list, editable=False
            ),
        ),
        migrations.RunPython(note_words, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="candidate",
            index=models.Index(fields=["telegram_id", "id"], name="users_telegram"),
        ),
        migrations.AddIndex(
            model_name="candidate",
            index=models.Index(fields=["first_name", "id"], name="users_name"),
        ),
        migrations.AddIndex(
            model_name="candidate",
            index=models.Index(fields=["city", "telegram_id", "id"], name="users_city"),
        ),
        migrations.AddIndex(
            model_name="candidate",
            index=models.Index(fields=["is_allowed", "telegram_id", "id"], name="users_on_list"),
        ),
        migrations.AddIndex(
            model_name="candidate",
            index=models.Index(fields=["words"], name="users_words"),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["created_at", "id"], name="invitations_age"),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["role", "created_at", "id"], name="invitations_role"),
        ),
    ]
