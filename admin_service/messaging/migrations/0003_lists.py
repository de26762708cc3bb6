"""Indexes of the desk's lists."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0002_keys"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="inboxmessage",
            name="inbox_age",
        ),
        migrations.RemoveIndex(
            model_name="outboxmessage",
            name="outbox_due",
        ),
        migrations.AddIndex(
            model_name="inboxmessage",
            index=models.Index(fields=["created_at", "id"], name="inbox_age"),
        ),
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(fields=["status", "-due_at", "-id"], name="outbox_due"),
        ),
    ]
