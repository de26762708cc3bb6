import django_mongodb_backend.fields
from django.db import migrations, models

import common.group_chats


class Migration(migrations.Migration):
    dependencies = [
        ("reminders", "0003_callable_choices"),
    ]

    operations = [
        migrations.AddField(
            model_name="staffchat",
            name="former_ids",
            field=django_mongodb_backend.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, editable=False
            ),
        ),
        migrations.AddField(
            model_name="staffchat",
            name="trouble",
            field=models.CharField(
                blank=True,
                choices=common.group_chats.trouble_choices,
                default="",
                editable=False,
                max_length=20,
                verbose_name="can't be written to",
            ),
        ),
        migrations.AddField(
            model_name="staffchat",
            name="heard_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
