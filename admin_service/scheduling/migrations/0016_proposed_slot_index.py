"""An index of the bookings that a slot is proposed to: they follow its changes."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0015_lists"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                fields=["offered_slot_id"], name="bookings_proposed", condition=Q(offered_slot_id__gt="0" * 24)
            ),
        ),
    ]
