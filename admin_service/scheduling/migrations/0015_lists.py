"""Indexes of the desk's lists."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0013_lists"),
        ("scheduling", "0014_told_by_hand"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="booking",
            name="bookings_history",
        ),
        migrations.RemoveIndex(
            model_name="booking",
            name="bookings_requested",
        ),
        migrations.RemoveIndex(
            model_name="booking",
            name="bookings_starts",
        ),
        migrations.RemoveIndex(
            model_name="booking",
            name="bookings_event",
        ),
        migrations.RemoveIndex(
            model_name="booking",
            name="bookings_recruiter",
        ),
        migrations.RemoveIndex(
            model_name="booking",
            name="bookings_status",
        ),
        migrations.RemoveIndex(
            model_name="booking",
            name="bookings_attendance",
        ),
        migrations.RemoveIndex(
            model_name="interviewslot",
            name="slots_starts",
        ),
        migrations.RemoveIndex(
            model_name="interviewslot",
            name="slots_city",
        ),
        migrations.RemoveIndex(
            model_name="interviewslot",
            name="slots_recruiter",
        ),
        migrations.RemoveIndex(
            model_name="interviewslot",
            name="slots_video_link",
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["user_id", "starts_at", "id"], name="bookings_history"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("requested_slot_id__gt", "000000000000000000000000")),
                fields=["requested_slot_id"],
                name="bookings_requested",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["starts_at", "id"], name="bookings_starts"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["event_id", "starts_at", "id"], name="bookings_event"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["city_id", "starts_at", "id"], name="bookings_city"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["recruiter_id", "starts_at", "id"], name="bookings_recruiter"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["status", "starts_at", "id"], name="bookings_status"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("attendance__gt", "")),
                fields=["attendance", "starts_at", "id"],
                name="bookings_attendance",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("awaits_approval", True)), fields=["starts_at", "id"], name="bookings_awaiting"
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("recruiter_by_hand", True)), fields=["starts_at", "id"], name="bookings_by_hand_r"
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("candidate_by_hand", True)), fields=["starts_at", "id"], name="bookings_by_hand_c"
            ),
        ),
        migrations.AddIndex(
            model_name="interviewslot",
            index=models.Index(fields=["starts_at", "id"], name="slots_starts"),
        ),
        migrations.AddIndex(
            model_name="interviewslot",
            index=models.Index(fields=["event", "starts_at", "id"], name="slots_event"),
        ),
        migrations.AddIndex(
            model_name="interviewslot",
            index=models.Index(fields=["city", "starts_at", "id"], name="slots_city"),
        ),
        migrations.AddIndex(
            model_name="interviewslot",
            index=models.Index(fields=["recruiter", "starts_at", "id"], name="slots_recruiter"),
        ),
        migrations.AddIndex(
            model_name="interviewslot",
            index=models.Index(fields=["is_active", "starts_at", "id"], name="slots_active"),
        ),
        migrations.AddIndex(
            model_name="interviewslot",
            index=models.Index(fields=["location", "starts_at", "id"], name="slots_location"),
        ),
        migrations.AddIndex(
            model_name="interviewslot",
            index=models.Index(fields=["room", "starts_at", "id"], name="slots_room"),
        ),
        migrations.AddIndex(
            model_name="interviewslot",
            index=models.Index(fields=["video_link", "starts_at", "id"], name="slots_video_link"),
        ),
        migrations.AddIndex(
            model_name="waitingentry",
            index=models.Index(fields=["joined_at", "id"], name="waiting_since"),
        ),
        migrations.AddIndex(
            model_name="waitingentry",
            index=models.Index(fields=["state", "joined_at", "id"], name="waiting_state"),
        ),
        migrations.AddIndex(
            model_name="waitingentry",
            index=models.Index(fields=["event_id", "joined_at", "id"], name="waiting_event"),
        ),
        migrations.AddIndex(
            model_name="waitingentry",
            index=models.Index(fields=["city_id", "joined_at", "id"], name="waiting_city"),
        ),
    ]
