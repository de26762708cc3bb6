from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0008_way_there"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="delay_minutes",
            field=models.IntegerField(null=True, verbose_name="minutes late"),
        ),
        migrations.AddField(
            model_name="booking",
            name="delay_at",
            field=models.DateTimeField(null=True),
        ),
    ]
