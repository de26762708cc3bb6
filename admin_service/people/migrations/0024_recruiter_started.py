"""When recruiters started the bot. Of those who came in before it was kept it is known by what they left behind."""

from typing import Any

from django.db import migrations, models


def note_who_came(apps: Any, schema_editor: Any) -> None:
    """They wrote to the bot, which tells their language; or they hold cards, which failed to reach nobody of them."""
    database = schema_editor.connection.database
    recruiters = database["recruiters"]
    recruiters.update_many({"started_at": {"$exists": False}}, {"$set": {"started_at": None}})
    unknown = {"started_at": None, "telegram_id": {"$ne": None}}
    for row in recruiters.find(unknown, {"telegram_id": 1, "language_code": 1, "blocked_at": 1, "updated_at": 1}):
        theirs = {"telegram_id": row["telegram_id"], "started_at": {"$ne": None}}
        holds = {"card_readers": row["telegram_id"]}
        reached = not row["blocked_at"] and database["bookings"].find_one(holds, {"_id": 1})
        if row.get("language_code") or reached or database["users"].find_one(theirs, {"_id": 1}):
            recruiters.update_one({"_id": row["_id"]}, {"$set": {"started_at": row["updated_at"]}})


class Migration(migrations.Migration):
    dependencies = [("people", "0023_added_and_merged")]

    operations = [
        migrations.AddField(
            model_name="recruiter",
            name="started_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="started the bot"),
        ),
        migrations.RunPython(note_who_came, migrations.RunPython.noop),
    ]
