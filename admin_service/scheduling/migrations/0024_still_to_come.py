"""Coming bookings are counted by an index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0023_waiting_told")]

    operations = [
        migrations.RemoveIndex(model_name="booking", name="bookings_starts"),
        migrations.RemoveIndex(model_name="booking", name="bookings_recruiter"),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["starts_at", "id", "ends_at"], name="bookings_starts"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["recruiter_id", "starts_at", "id", "ends_at"], name="bookings_recruiter"),
        ),
    ]
