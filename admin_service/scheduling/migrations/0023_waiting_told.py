"""Who does not know yet that they wait no longer."""

import django_mongodb_backend.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0022_narrowed_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="waitingentry",
            name="by_hand",
            field=models.BooleanField(default=False, verbose_name="contact by hand"),
        ),
        migrations.AddField(
            model_name="waitingentry",
            name="notification_id",
            field=django_mongodb_backend.fields.ObjectIdField(null=True),
        ),
        migrations.AddIndex(
            model_name="waitingentry",
            index=models.Index(
                condition=models.Q(("by_hand", True)), fields=["joined_at", "id"], name="waiting_by_hand"
            ),
        ),
        migrations.AddIndex(
            model_name="waitingentry",
            index=models.Index(fields=["notification_id"], name="waiting_news"),
        ),
    ]
