"""Indexes of the desk's lists."""

from django.db import migrations, models

import common.indexes


class Migration(migrations.Migration):
    dependencies = [
        ("reminders", "0004_group_chats"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="automessage",
            name="auto_once",
        ),
        migrations.RemoveIndex(
            model_name="automessage",
            name="auto_due",
        ),
        migrations.RemoveIndex(
            model_name="automessage",
            name="auto_target",
        ),
        migrations.RemoveIndex(
            model_name="automessage",
            name="auto_age",
        ),
        migrations.RemoveIndex(
            model_name="automessage",
            name="auto_subject",
        ),
        migrations.AddIndex(
            model_name="automessage",
            index=models.Index(fields=["state", "due_at", "id"], name="auto_due"),
        ),
        migrations.AddIndex(
            model_name="automessage",
            index=models.Index(fields=["target_chat_id", "due_at", "id"], name="auto_target"),
        ),
        migrations.AddIndex(
            model_name="automessage",
            index=models.Index(fields=["due_at", "id"], name="auto_age"),
        ),
        migrations.AddIndex(
            model_name="automessage",
            index=models.Index(fields=["kind", "due_at", "id"], name="auto_kind"),
        ),
        migrations.AddIndex(
            model_name="automessage",
            index=models.Index(condition=models.Q(("why__gt", "")), fields=["why", "due_at", "id"], name="auto_why"),
        ),
        migrations.AddIndex(
            model_name="automessage",
            index=common.indexes.UniqueIndex(fields=["subject_id", "kind", "starts_at", "turn"], name="auto_once"),
        ),
    ]
