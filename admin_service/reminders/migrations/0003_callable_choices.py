from django.db import migrations, models

import message_templates.models
import reminders.models


class Migration(migrations.Migration):
    dependencies = [
        ("reminders", "0002_empty_lists"),
    ]

    operations = [
        migrations.AlterField(
            model_name="automessage",
            name="kind",
            field=models.CharField(choices=reminders.models.kind_choices, max_length=20, verbose_name="message"),
        ),
        migrations.AlterField(
            model_name="automessage",
            name="occasion",
            field=models.CharField(blank=True, choices=reminders.models.occasion_choices, max_length=20),
        ),
        migrations.AlterField(
            model_name="automessage",
            name="state",
            field=models.CharField(choices=reminders.models.state_choices, max_length=12, verbose_name="status"),
        ),
        migrations.AlterField(
            model_name="automessage",
            name="why",
            field=models.CharField(
                blank=True, choices=reminders.models.reason_choices, max_length=20, verbose_name="why not"
            ),
        ),
        migrations.AlterField(
            model_name="reminderrule",
            name="kind",
            field=models.CharField(choices=reminders.models.kind_choices, max_length=20, verbose_name="message"),
        ),
        migrations.AlterField(
            model_name="staffchat",
            name="language",
            field=models.CharField(
                choices=message_templates.models.language_choices, default="ru", max_length=2, verbose_name="language"
            ),
        ),
    ]
