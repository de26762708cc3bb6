"""Slots by their video call, to find those that clash."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0012_bring"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="interviewslot",
            index=models.Index(fields=["video_link", "starts_at"], name="slots_video_link"),
        ),
    ]
