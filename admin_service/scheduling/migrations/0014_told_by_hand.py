"""Whether staff have told a recruiter who can't be reached in chat of how a booking stands."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0013_clashes"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="recruiter_told",
            field=models.BooleanField(default=False),
        ),
    ]
