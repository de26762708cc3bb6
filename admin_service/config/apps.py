"""Django's own apps with MongoDB's kind of primary key."""

from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.apps import AuthConfig
from django.contrib.contenttypes.apps import ContentTypesConfig

OBJECT_ID = "django_mongodb_backend.fields.ObjectIdAutoField"


class MongoAdminConfig(AdminConfig):
    """``django.contrib.admin``."""

    default_auto_field = OBJECT_ID
    default_site = "staffkit.site.DeskSite"


class MongoAuthConfig(AuthConfig):
    """``django.contrib.auth``."""

    default_auto_field = OBJECT_ID


class MongoContentTypesConfig(ContentTypesConfig):
    """``django.contrib.contenttypes``."""

    default_auto_field = OBJECT_ID
