from django.db import migrations, models

import broadcasts.models


class Migration(migrations.Migration):
    dependencies = [
        ("broadcasts", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="broadcast",
            name="audience",
            field=models.CharField(
                blank=True, choices=broadcasts.models.audience_choices, max_length=10, verbose_name="audience"
            ),
        ),
        migrations.AlterField(
            model_name="broadcast",
            name="status",
            field=models.CharField(
                choices=broadcasts.models.status_choices, default="queued", max_length=10, verbose_name="status"
            ),
        ),
    ]
