"""What is said of an interview event, in English too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0017_who_is_booked"),
    ]

    operations = [
        migrations.AddField(
            model_name="interviewevent",
            name="description_en",
            field=models.TextField(blank=True, default="", max_length=2000, verbose_name="description, English"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="interviewevent",
            name="bring_en",
            field=models.TextField(blank=True, default="", max_length=300, verbose_name="what to bring, English"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="interviewevent",
            name="description",
            field=models.TextField(
                blank=True,
                help_text="Where there is but one language, everyone reads that.",
                max_length=2000,
                verbose_name="description, Russian",
            ),
        ),
        migrations.AlterField(
            model_name="interviewevent",
            name="bring",
            field=models.TextField(
                blank=True,
                help_text="Shown with the slot, in the reminders and wherever a message names it.",
                max_length=300,
                verbose_name="what to bring, Russian",
            ),
        ),
    ]
