"""Staff have a name of their own as a list."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0003_callable_choices"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="stafflogin",
            options={"verbose_name": "staff login", "verbose_name_plural": "Staff"},
        ),
    ]
