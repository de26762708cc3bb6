"""Bookings of slots are not looked for among all that is live."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0026_counted_by_indexes")]

    operations = [
        migrations.RemoveIndex(model_name="booking", name="bookings_over"),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(condition=models.Q(("live", True)), fields=["ends_at"], name="bookings_over"),
        ),
    ]
