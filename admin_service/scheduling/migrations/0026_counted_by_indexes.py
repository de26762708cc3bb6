"""What the first page counts is counted by indexes alone, and bookings that await nothing are kept in fewer of them."""

from datetime import UTC, datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0025_no_index_twice")]

    operations = [
        migrations.RemoveIndex(model_name="booking", name="bookings_expiring"),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("expires_at__gt", datetime(1970, 1, 1, tzinfo=UTC))),
                fields=["live", "expires_at", "awaits_approval"],
                name="bookings_expiring",
            ),
        ),
        migrations.RemoveIndex(model_name="booking", name="bookings_reminding"),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("awaits_approval", True)), fields=["live", "remind_at"], name="bookings_reminding"
            ),
        ),
        migrations.RemoveIndex(model_name="booking", name="bookings_by_hand_r"),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("recruiter_by_hand", True)),
                fields=["starts_at", "id", "recruiter_id", "live", "recruiter_told", "recruiter_by_hand"],
                name="bookings_by_hand_r",
            ),
        ),
        migrations.RemoveIndex(model_name="booking", name="bookings_by_hand_c"),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("candidate_by_hand", True)),
                fields=["starts_at", "id", "recruiter_id", "live", "candidate_by_hand"],
                name="bookings_by_hand_c",
            ),
        ),
        migrations.RemoveIndex(model_name="interviewslot", name="slots_active"),
        migrations.AddIndex(
            model_name="interviewslot",
            index=models.Index(fields=["is_active", "starts_at", "id", "has_room", "closes_at"], name="slots_active"),
        ),
    ]
