"""Who is off the allow list already waits for nothing."""

from typing import Any

from django.db import migrations


def pause(apps: Any, schema_editor: Any) -> None:
    """Their entries that still wait."""
    database = schema_editor.connection.get_database()
    waiting = database["waiting_list"].distinct("user_id", {"state": "waiting"})
    gone = database["users"].distinct("_id", {"_id": {"$in": waiting}, "is_allowed": False})
    database["waiting_list"].update_many(
        {"user_id": {"$in": gone}, "state": "waiting"}, {"$set": {"state": "off_list"}}
    )


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0027_over")]

    operations = [migrations.RunPython(pause, migrations.RunPython.noop)]
