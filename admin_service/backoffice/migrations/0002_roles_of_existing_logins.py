"""Logins of the two roles there used to be keep them, with all cities; the others wait for an administrator."""

from django.db import migrations

ROLES = {"Administrators": "administrator", "Coordinators": "coordinator"}


def keep_roles(apps, schema_editor):
    """The greater role of those who had both."""
    profiles = apps.get_model("backoffice", "StaffProfile")
    groups = apps.get_model("auth", "Group").objects
    for name, role in ROLES.items():
        group = groups.filter(name=name).first()
        for user in group.user_set.all() if group else ():
            if not user.is_superuser and not profiles.objects.filter(user=user).exists():
                profiles.objects.create(user=user, role=role, all_cities=role == "coordinator")


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0001_initial")]

    operations = [migrations.RunPython(keep_roles, migrations.RunPython.noop)]
