"""Indexes of recruiters' own lists, and of the way of candidates."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0019_reminded")]

    operations = [
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["recruiter_id", "event_id", "starts_at", "id"], name="bookings_recruiter_event"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["recruiter_id", "status", "starts_at", "id"], name="bookings_recruiter_status"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("attendance__gt", "")),
                fields=["recruiter_id", "attendance", "starts_at", "id"],
                name="bookings_recruiter_coming",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["user_id", "status", "attendance", "recruiter_id"], name="bookings_ways"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                fields=["recruiter_id", "created_at", "user_id", "status", "attendance"], name="bookings_recruiter_ways"
            ),
        ),
    ]
