"""Indexes of lists of which two filters are asked for at once, or a filter of a recruiter's own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0021_asleep")]

    operations = [
        migrations.RemoveIndex(model_name="booking", name="bookings_recruiter_status"),
        migrations.RemoveIndex(model_name="booking", name="bookings_status"),
        migrations.RemoveIndex(model_name="booking", name="bookings_by_hand_r"),
        migrations.RemoveIndex(model_name="booking", name="bookings_by_hand_c"),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                fields=["recruiter_id", "status", "starts_at", "id", "attendance"], name="bookings_recruiter_status"
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["status", "starts_at", "id", "attendance"], name="bookings_status"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("awaits_approval", True)),
                fields=["recruiter_id", "starts_at", "id"],
                name="bookings_recruiter_awaiting",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("recruiter_by_hand", True)),
                fields=["starts_at", "id", "recruiter_id"],
                name="bookings_by_hand_r",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("candidate_by_hand", True)),
                fields=["starts_at", "id", "recruiter_id"],
                name="bookings_by_hand_c",
            ),
        ),
    ]
