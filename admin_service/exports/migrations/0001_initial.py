"""Exports that the worker makes."""

import django_mongodb_backend.fields
from django.db import migrations, models

import common.clock
import exports.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                (
                    "id",
                    django_mongodb_backend.fields.ObjectIdAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=common.clock.now, editable=False, verbose_name="created")),
                ("updated_at", models.DateTimeField(default=common.clock.now, editable=False, verbose_name="changed")),
                ("login", models.CharField(max_length=150, verbose_name="asked by")),
                ("user_id", django_mongodb_backend.fields.ObjectIdField()),
                ("list_name", models.CharField(max_length=100, verbose_name="list")),
                ("query", models.TextField(blank=True, max_length=4000, verbose_name="filtered by")),
                ("kind", models.CharField(max_length=4, verbose_name="file")),
                ("language", models.CharField(max_length=10)),
                ("file_name", models.CharField(max_length=100)),
                ("reach", models.CharField(max_length=64)),
                (
                    "status",
                    models.CharField(
                        choices=exports.models.status_choices, default="queued", max_length=10, verbose_name="status"
                    ),
                ),
                ("total", models.BigIntegerField(null=True, verbose_name="rows")),
                ("done", models.BigIntegerField(default=0)),
                ("parts", models.BigIntegerField(default=0)),
                ("tries", models.BigIntegerField(default=0)),
                ("held_until", models.DateTimeField(default=common.clock.now)),
                ("hold", models.CharField(blank=True, max_length=32)),
                ("ends_at", models.DateTimeField(null=True, verbose_name="can be downloaded until")),
                ("correlation_id", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "verbose_name": "export",
                "verbose_name_plural": "exports",
                "db_table": "exports",
                "indexes": [
                    models.Index(fields=["login", "created_at", "id"], name="exports_login"),
                    models.Index(fields=["status", "updated_at"], name="exports_waiting"),
                ],
            },
        ),
    ]
