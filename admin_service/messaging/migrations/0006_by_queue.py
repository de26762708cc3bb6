"""The outbox's list of one queue reads its messages alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0005_bots_dead_letters")]

    operations = [
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(fields=["queue", "status", "-due_at", "-id"], name="outbox_queue"),
        ),
    ]
