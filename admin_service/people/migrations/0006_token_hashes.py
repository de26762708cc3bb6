"""Links' tokens become digests; links already sent go on working. There is no way back: a digest tells no token."""

import hashlib
from typing import Any

from django.db import migrations, models

_KEPT = (("invitations", "token_hash"), ("recruiters", "calendar_token_hash"))
_DIGEST_LENGTH = 64  # no token was as long, so what has it is done already, should this run be the second


def hash_tokens(apps: Any, schema_editor: Any) -> None:
    """Replace each token by its SHA-256."""
    for name, field in _KEPT:
        rows = schema_editor.get_collection(name)
        for row in rows.find({field: {"$nin": [None, ""]}}, {field: 1}):
            if len(row[field]) != _DIGEST_LENGTH:
                rows.update_one({"_id": row["_id"]}, {"$set": {field: hashlib.sha256(row[field].encode()).hexdigest()}})


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_right_values"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="invitation", name="invitations_token"),
        migrations.RemoveIndex(model_name="recruiter", name="recruiter_calendar"),
        migrations.RenameField(model_name="invitation", old_name="token", new_name="token_hash"),
        migrations.RenameField(model_name="recruiter", old_name="calendar_token", new_name="calendar_token_hash"),
        migrations.AlterField(
            model_name="invitation", name="token_hash", field=models.CharField(max_length=64, unique=True)
        ),
        migrations.RunPython(hash_tokens),
        migrations.AddIndex(
            model_name="invitation", index=models.Index(fields=["token_hash"], name="invitations_token")
        ),
        migrations.AddIndex(
            model_name="recruiter", index=models.Index(fields=["calendar_token_hash"], name="recruiter_calendar")
        ),
    ]
