"""What the audit trail calls what happens to logins and roles."""

from django.utils.translation import gettext_lazy as _

from staffkit.audit_labels import AuditLabels, register

ABOUT_LOGINS = frozenset({"login", "role"})
"""Subjects whose entries tell of staff's addresses, browsers and rights: for those who may see staff logins."""

register(
    AuditLabels(
        subjects={
            "role": _("role"),
        },
        actions={
            "role_given": _("a role given"),
            "made_superuser": _("made a superuser"),
            "groups_add": _("added to groups"),
            "groups_remove": _("taken out of groups"),
            "groups_clear": _("taken out of all groups"),
            "permissions_add": _("permissions added"),
            "permissions_remove": _("permissions taken away"),
            "permissions_clear": _("all permissions taken away"),
        },
        fields={
            "is_staff": _("may log in to the desk"),
            "is_superuser": _("superuser"),
            "password": _("password"),
            "all_cities": _("all cities"),
            "city_ids": _("cities"),
            "permissions": _("permissions"),
            "groups": _("groups"),
        },
        fields_of={
            ("login", "username"): _("login name"),
            ("login", "name"): _("login name"),
        },
        choices={
            "password": {"new": _("a new one")},
            "role": {
                "administrator": _("administrator"),
                "coordinator": _("coordinator"),
                "read_only": _("read-only"),
            },
        },
    )
)
