"""Links and usernames by the contracts' own rules, and the stored ones put right, with texts of one line.

What can't be put right (a link that leads nowhere, the username of someone still awaited) stays as it is for staff to
see; it is not told to anybody meanwhile (``common.wire``).
"""

from collections.abc import Callable
from typing import Any

from django.db import migrations, models
from pymongo.errors import DuplicateKeyError

import people.models
from shared_contracts.fields import is_username, to_line, to_link

LINES = {
    "cities": ["name"],
    "recruiters": ["name"],
    "users": ["first_name", "last_name", "note"],
    "interview_events": ["title"],
    "interview_slots": ["location", "room"],
    "announcement_chats": ["title"],
}
LINKS = ("cities", "recruiters", "contact_settings")
JOINED = ("recruiters", "users")


def put_right(apps: Any, schema_editor: Any) -> None:
    """Write back only what changes."""
    database = schema_editor.connection.database
    for name, fields in LINES.items():
        for field in fields:
            _rewrite(database[name], {field: {"$regex": "[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029]"}}, field, to_line)
    for name in LINKS:
        _rewrite(database[name], {"contact_url": {"$gt": ""}}, "contact_url", _link)
    for name in JOINED:
        joined = {"username": {"$gt": ""}, "telegram_id": {"$ne": None}}
        _rewrite(database[name], joined, "username", lambda text: text if is_username(text) else "")


def _rewrite(collection: Any, query: dict[str, Any], field: str, right: Callable[[str], str]) -> None:
    for row in collection.find(query, {field: 1}):
        value = right(row[field])
        if value != row[field]:
            try:
                collection.update_one({"_id": row["_id"]}, {"$set": {field: value}})
            except DuplicateKeyError:
                continue  # a city of that name is there already: staff decide


def _link(url: str) -> str:
    try:
        return to_link(url)
    except ValueError:
        return url


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_calendar"),
    ]

    operations = [
        migrations.RunPython(put_right, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="candidate",
            name="username",
            field=models.CharField(
                blank=True, max_length=32, validators=[people.models.check_username], verbose_name="username"
            ),
        ),
        migrations.AlterField(
            model_name="city",
            name="contact_url",
            field=people.models.LinkField(blank=True, max_length=200, verbose_name="contact link"),
        ),
        migrations.AlterField(
            model_name="contactsettings",
            name="contact_url",
            field=people.models.LinkField(blank=True, max_length=200, verbose_name="default contact link"),
        ),
        migrations.AlterField(
            model_name="recruiter",
            name="contact_url",
            field=people.models.LinkField(blank=True, max_length=200, verbose_name="contact link"),
        ),
        migrations.AlterField(
            model_name="recruiter",
            name="username",
            field=models.CharField(
                blank=True, max_length=32, validators=[people.models.check_username], verbose_name="username"
            ),
        ),
    ]
