from django.db import migrations, models

import scheduling.models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0005_indexes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="booking",
            name="attendance",
            field=models.CharField(
                blank=True, choices=scheduling.models.attendance_choices, max_length=20, verbose_name="will come"
            ),
        ),
        migrations.AlterField(
            model_name="booking",
            name="status",
            field=models.CharField(choices=scheduling.models.status_choices, max_length=20, verbose_name="status"),
        ),
        migrations.AlterField(
            model_name="waitingentry",
            name="state",
            field=models.CharField(choices=scheduling.models.waiting_choices, max_length=10, verbose_name="status"),
        ),
    ]
