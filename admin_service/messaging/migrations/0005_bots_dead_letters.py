"""How many messages a row about the bot's dead letters stands for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_dead_letters")]

    operations = [
        migrations.AddField(
            model_name="deadletter",
            name="count",
            field=models.IntegerField(default=1, verbose_name="messages"),
        ),
    ]
