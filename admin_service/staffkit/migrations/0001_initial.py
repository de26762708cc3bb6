"""Saved views of lists."""

import django_mongodb_backend.fields
from django.db import migrations, models

import common.clock


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    django_mongodb_backend.fields.ObjectIdAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=common.clock.now, editable=False, verbose_name="created")),
                ("updated_at", models.DateTimeField(default=common.clock.now, editable=False, verbose_name="changed")),
                ("listed", models.CharField(max_length=60)),
                ("owner", models.CharField(max_length=150)),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("shared", models.BooleanField(default=False, verbose_name="for everybody")),
                ("query", models.CharField(max_length=1000)),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "db_table": "saved_views",
                "indexes": [models.Index(fields=["listed", "owner", "name"], name="saved_views_of_list")],
            },
        ),
    ]
