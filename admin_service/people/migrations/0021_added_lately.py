"""How far people added lately have come is read from an index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0020_notes_of_entries")]

    operations = [
        migrations.RemoveIndex(model_name="candidate", name="users_added"),
        migrations.AddIndex(
            model_name="candidate",
            index=models.Index(fields=["created_at", "city", "started_at", "id"], name="users_added"),
        ),
    ]
