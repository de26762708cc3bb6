from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0009_telegram_name"),
    ]

    operations = [
        migrations.AddField(
            model_name=name,
            name="is_active",
            field=models.BooleanField(default=True, editable=False, verbose_name="open"),
        )
        for name in ("city", "office")
    ]
