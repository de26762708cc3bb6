from django.db import migrations, models

import people.models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_token_hashes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="invitation",
            name="role",
            field=models.CharField(choices=people.models.invited_role_choices, max_length=10, verbose_name="role"),
        ),
    ]
