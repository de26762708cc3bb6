"""What candidates are asked to bring to an interview."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0011_rejections"),
    ]

    operations = [
        migrations.AddField(
            model_name="interviewevent",
            name="bring",
            field=models.TextField(
                blank=True,
                default="",
                help_text="Shown with the slot and in the reminders.",
                max_length=300,
                verbose_name="what to bring",
            ),
            preserve_default=False,
        ),
    ]
