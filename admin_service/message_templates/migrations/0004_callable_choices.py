from django.db import migrations, models

import message_templates.models


class Migration(migrations.Migration):
    dependencies = [
        ("wording", "0003_booking_made"),
    ]

    operations = [
        migrations.AlterField(
            model_name="messagetemplate",
            name="kind",
            field=models.CharField(
                choices=message_templates.models.kind_choices, editable=False, max_length=40, verbose_name="message"
            ),
        ),
        migrations.AlterField(
            model_name="messagetemplate",
            name="language",
            field=models.CharField(
                choices=message_templates.models.language_choices, editable=False, max_length=2, verbose_name="language"
            ),
        ),
        migrations.AlterField(
            model_name="templaterevision",
            name="action",
            field=models.CharField(choices=message_templates.models.action_choices, max_length=20),
        ),
        migrations.AlterField(
            model_name="templaterevision",
            name="kind",
            field=models.CharField(choices=message_templates.models.kind_choices, max_length=40),
        ),
        migrations.AlterField(
            model_name="templaterevision",
            name="language",
            field=models.CharField(choices=message_templates.models.language_choices, max_length=2),
        ),
    ]
