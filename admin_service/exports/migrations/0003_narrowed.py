"""What an export's list was narrowed to, in words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0002_pieces")]

    operations = [
        migrations.AddField(
            model_name="export",
            name="narrowed",
            field=models.TextField(blank=True, max_length=500),
        ),
    ]
