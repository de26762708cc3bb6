"""Candidates by when they were put on the list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0011_language_and_privacy"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="candidate",
            index=models.Index(fields=["created_at"], name="users_added"),
        ),
    ]
