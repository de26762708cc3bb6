"""Lists of the few entries that were merged, and of revoked links, read these alone."""

from datetime import UTC, datetime

import django.db.models.deletion
from bson import ObjectId
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0021_added_lately")]

    operations = [
        migrations.AlterField(
            model_name="candidate",
            name="city",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="people.city",
                verbose_name="city",
            ),
        ),
        migrations.AddIndex(
            model_name="candidate",
            index=models.Index(
                condition=models.Q(("merged_into__gt", ObjectId("0" * 24))),
                fields=["telegram_id", "id"],
                name="users_taken_over",
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                condition=models.Q(("revoked_at__gt", datetime(1970, 1, 1, tzinfo=UTC))),
                fields=["created_at", "id"],
                name="invitations_revoked",
            ),
        ),
    ]
