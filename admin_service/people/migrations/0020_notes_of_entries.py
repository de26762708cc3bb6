"""The one line that an entry had for a note becomes a note like those that are taken on the person's page."""

from itertools import islice
from typing import Any

from django.db import migrations
from pymongo import UpdateOne

from common import clock

_CHUNK = 1_000


def keep_notes(apps: Any, schema_editor: Any) -> None:
    """As a note that nobody is named for; one that is kept already is not kept twice."""
    database, now = schema_editor.connection.database, clock.now()
    found = database["users"].find({"note": {"$nin": [None, ""]}}, {"note": 1})
    changes = (
        UpdateOne(
            {"candidate_id": row["_id"], "text": row["note"], "author": ""},
            {"$setOnInsert": {"created_at": now, "updated_at": now}},
            upsert=True,
        )
        for row in found
    )
    while chunk := list(islice(changes, _CHUNK)):
        database["person_notes"].bulk_write(chunk, ordered=False)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0019_outside_calendars"),
    ]

    operations = [
        migrations.RunPython(keep_notes, migrations.RunPython.noop),
        migrations.RemoveField(model_name="candidate", name="note"),
    ]
