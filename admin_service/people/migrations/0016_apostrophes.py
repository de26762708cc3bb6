"""Names with an apostrophe are found by whichever is typed."""

from itertools import islice
from typing import Any

from django.db import migrations
from pymongo import UpdateOne

from people.models import name_words

_CHUNK = 5_000


def note_words(apps: Any, schema_editor: Any) -> None:
    """Anew, of those whose words have another apostrophe than a keyboard's."""
    users = schema_editor.connection.database["users"]
    fields = dict.fromkeys(("first_name", "last_name", "username", "telegram_name"), 1)
    found = users.find({"words": {"$regex": "[’‘ʼʹ`´]"}}, fields)
    changes = (UpdateOne({"_id": row["_id"]}, {"$set": {"words": name_words(row)}}) for row in found)
    while chunk := list(islice(changes, _CHUNK)):
        users.bulk_write(chunk, ordered=False)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0015_tags"),
    ]

    operations = [migrations.RunPython(note_words, migrations.RunPython.noop)]
