"""Whether the recruiter of a request has been reminded, though its deputy has yet to get it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0018_event_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="reminded",
            field=models.BooleanField(default=False),
        ),
    ]
