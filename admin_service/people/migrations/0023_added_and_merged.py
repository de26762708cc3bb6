"""Of people added lately the index alone tells, too, which entries others have taken over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0022_few_of_many")]

    operations = [
        migrations.RemoveIndex(model_name="candidate", name="users_added"),
        migrations.AddIndex(
            model_name="candidate",
            index=models.Index(fields=["created_at", "city", "started_at", "merged_into", "id"], name="users_added"),
        ),
    ]
