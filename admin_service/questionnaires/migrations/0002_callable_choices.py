from django.db import migrations, models

import questionnaires.models


class Migration(migrations.Migration):
    dependencies = [
        ("questionnaires", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="choice",
            name="effect",
            field=models.CharField(
                choices=questionnaires.models.effect_choices, default="go_on", max_length=16, verbose_name="then"
            ),
        ),
        migrations.AlterField(
            model_name="question",
            name="kind",
            field=models.CharField(
                choices=questionnaires.models.kind_choices, default="text", max_length=16, verbose_name="answer"
            ),
        ),
        migrations.AlterField(
            model_name="questionnaireanswers",
            name="status",
            field=models.CharField(choices=questionnaires.models.status_choices, max_length=16, verbose_name="result"),
        ),
    ]
