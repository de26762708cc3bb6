"""The topic of staff's group."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reminders", "0005_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="staffchat",
            name="thread_id",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="topic"),
        ),
    ]
