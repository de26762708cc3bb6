from django.db import migrations, models
from django_mongodb_backend.fields import ObjectIdAutoField

import common.clock
import people.models


def _language(model: str) -> list[migrations.AddField]:
    fields = {
        "language": models.CharField(
            blank=True, default="", editable=False, max_length=2, verbose_name="chosen language"
        ),
        "language_at": models.DateTimeField(blank=True, editable=False, null=True),
    }
    return [migrations.AddField(model_name=model, name=name, field=field) for name, field in fields.items()]


def _telegram_language() -> models.CharField:
    return models.CharField(blank=True, default="", editable=False, max_length=16, verbose_name="Telegram language")


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0010_open_places"),
    ]

    operations = [
        *_language("candidate"),
        *_language("recruiter"),
        migrations.AlterField(model_name="candidate", name="language_code", field=_telegram_language()),
        migrations.AddField(model_name="recruiter", name="language_code", field=_telegram_language()),
        migrations.AddField(
            model_name="recruiter",
            name="calendar_salt",
            field=models.CharField(blank=True, default="", editable=False, max_length=43),
        ),
        migrations.AddField(
            model_name="candidate",
            name="privacy_version",
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="candidate",
            name="privacy_accepted_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="agreed to the privacy text"
            ),
        ),
        migrations.CreateModel(
            name="PrivacySettings",
            fields=[
                ("id", ObjectIdAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created_at",
                    models.DateTimeField(default=common.clock.now, editable=False, verbose_name="created"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=common.clock.now, editable=False, verbose_name="changed"),
                ),
                ("text_ru", models.TextField(blank=True, max_length=3000, verbose_name="privacy text, Russian")),
                ("text_en", models.TextField(blank=True, max_length=3000, verbose_name="privacy text, English")),
                (
                    "link",
                    people.models.LinkField(blank=True, max_length=200, verbose_name="link to the full text"),
                ),
                ("version", models.BigIntegerField(default=0, editable=False, verbose_name="version")),
                (
                    "consent_version",
                    models.BigIntegerField(default=0, editable=False, verbose_name="to be agreed to since version"),
                ),
            ],
            options={
                "verbose_name": "privacy text",
                "verbose_name_plural": "privacy text",
                "db_table": "privacy_settings",
            },
        ),
    ]
