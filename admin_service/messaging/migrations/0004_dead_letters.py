"""What the desk knows of dead letters."""

import django_mongodb_backend.fields
from django.db import migrations, models

import common.clock
import common.indexes


class Migration(migrations.Migration):
    dependencies = [("messaging", "0003_lists")]

    operations = [
        migrations.CreateModel(
            name="DeadLetter",
            fields=[
                (
                    "id",
                    django_mongodb_backend.fields.ObjectIdAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=common.clock.now, editable=False, verbose_name="created")),
                ("updated_at", models.DateTimeField(default=common.clock.now, editable=False, verbose_name="changed")),
                ("key", models.CharField(max_length=64, verbose_name="message id")),
                ("queue", models.CharField(max_length=60, verbose_name="queue")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("telegram_id", models.BigIntegerField(null=True, verbose_name="Telegram id")),
            ],
            options={
                "verbose_name": "dead letter",
                "verbose_name_plural": "dead letters",
                "db_table": "dead_letters",
                "indexes": [
                    common.indexes.UniqueIndex(fields=["key"], name="dead_letters_key"),
                    models.Index(fields=["created_at", "id"], name="dead_letters_age"),
                ],
            },
        ),
    ]
