"""Indexes of the desk's lists."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("questionnaires", "0002_callable_choices"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="questionnaireanswers",
            name="answers_time",
        ),
        migrations.AddIndex(
            model_name="questionnaireanswers",
            index=models.Index(fields=["answered_at", "id"], name="answers_time"),
        ),
        migrations.AddIndex(
            model_name="questionnaireanswers",
            index=models.Index(fields=["status", "answered_at", "id"], name="answers_status"),
        ),
        migrations.AddIndex(
            model_name="questionnaireanswers",
            index=models.Index(fields=["event_id", "answered_at", "id"], name="answers_event"),
        ),
        migrations.AddIndex(
            model_name="questionnaireanswers",
            index=models.Index(fields=["current", "answered_at", "id"], name="answers_counting"),
        ),
    ]
