"""Who was not told of a request aloud, for it was night, and when they are."""

import django_mongodb_backend.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0020_recruiters_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="asleep",
            field=django_mongodb_backend.fields.ArrayField(models.BigIntegerField(), default=list),
        ),
        migrations.AddField(
            model_name="booking",
            name="ring_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("awaits_approval", True)), fields=["ring_at"], name="bookings_ringing"
            ),
        ),
    ]
