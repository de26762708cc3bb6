from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0008_office"),
    ]

    operations = [
        migrations.AddField(
            model_name="candidate",
            name="telegram_name",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=130, verbose_name="name in Telegram"
            ),
        ),
    ]
