"""Slots are written without indexes that others begin with."""

import django.db.models.deletion
from django.db import migrations, models

_KEPT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [("people", "0021_added_lately"), ("scheduling", "0024_still_to_come")]

    operations = [
        migrations.AlterField(
            model_name="interviewslot",
            name="city",
            field=models.ForeignKey(db_index=False, on_delete=_KEPT, to="people.city", verbose_name="city"),
        ),
        migrations.AlterField(
            model_name="interviewslot",
            name="event",
            field=models.ForeignKey(
                db_index=False, on_delete=_KEPT, to="scheduling.interviewevent", verbose_name="interview event"
            ),
        ),
        migrations.AlterField(
            model_name="interviewslot",
            name="recruiter",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=_KEPT,
                to="people.recruiter",
                verbose_name="recruiter",
            ),
        ),
    ]
