from django.db import migrations, models

import backoffice.models


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0002_roles_of_existing_logins"),
    ]

    operations = [
        migrations.AlterField(
            model_name="staffprofile",
            name="role",
            field=models.CharField(choices=backoffice.models.role_choices, max_length=20, verbose_name="role"),
        ),
    ]
