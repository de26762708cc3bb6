"""Django settings; everything that differs between installations comes from ``config.env``."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

from config import reactions, schedule, unfold
from config.env import load_env
from config.maps import NoLibrary

ENV = load_env()
BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = ENV.django_secret_key
DEBUG = False
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENV.csrf_trusted_origins
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.https_only
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = ENV.https_only
# Programs ask by an internal address: health checks, and the bot. A redirect would come too late for a token anyway.
SECURE_REDIRECT_EXEMPT = [r"^api/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.https_only else None
SECURE_HSTS_SECONDS = 31_536_000 if ENV.https_only else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENV.https_only
X_FRAME_OPTIONS = "DENY"
# No script stands in a page. Unfold's menus are Alpine.js, which reads its attributes by eval, and colours are styles
# that stand in the page; its build without eval knows none of the expressions that Unfold writes.
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

INSTALLED_APPS = [
    "staffkit",  # before Unfold, whose frame it adds to
    "unfold.apps.BasicAppConfig",  # the site is ours: staffkit.site
    "unfold.contrib.filters",
    "config.apps.MongoAdminConfig",
    "config.apps.MongoAuthConfig",
    "config.apps.MongoContentTypesConfig",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_mongodb_backend",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "common",
    "exports",
    "people",
    "questionnaires",
    "scheduling",
    "reminders",
    "broadcasts",
    "messaging",
    "message_templates",
    "security",
    "backoffice",
]

MIDDLEWARE = [
    "common.http.addresses.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.correlation.CorrelationMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "security.middleware.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "staffkit.errors.ErrorPages",
]
CSRF_FAILURE_VIEW = "staffkit.errors.csrf_failure"

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "common.database",
        "HOST": ENV.mongodb_uri,
        "NAME": ENV.mongodb_database,
        "OPTIONS": {"serverSelectionTimeoutMS": 5_000, "appname": "slotdesk-admin"},
    }
}
GDAL_LIBRARY_PATH = NoLibrary()
DEFAULT_AUTO_FIELD = "django_mongodb_backend.fields.ObjectIdAutoField"
MIGRATION_MODULES = {
    "admin": "config.mongo_migrations.admin",
    "auth": "config.mongo_migrations.auth",
    "contenttypes": "config.mongo_migrations.contenttypes",
}
# Unfold looks permissions of buttons up in the database, where the first migrate has yet to create them.
SILENCED_SYSTEM_CHECKS = ["admin.E129"]

AUTHENTICATION_BACKENDS = ["security.backends.IndexedBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "security.passwords.ProductNameValidator"},
    {"NAME": "security.passwords.PlainPasswordValidator"},
    {"NAME": "security.passwords.ChangedPassword"},
]
SESSION_ENGINE = "security.sessions"
SESSION_COOKIE_AGE = ENV.session_max_hours * 3_600
POLLED_ADDRESSES = [
    "backoffice:now",
    "backoffice:ahead",
    "admin:scheduling_interviewslot_calendar_slots",
    "admin:broadcasts_broadcast_progress",
    "admin:exports_export_progress",
]
"""What open pages ask by themselves: no sign that somebody is at the desk, so it keeps no session alive."""

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Moscow"

STATIC_URL = "/static/"
# By others, as package-lock.json pins it: the calendar's grid. Pages load it from here (CSP), not from its authors.
STATICFILES_DIRS = [("event-calendar", BASE_DIR / "node_modules/@event-calendar/build/dist")]
# WhiteNoise serves the files from where they are, so there is no collecting step.
WHITENOISE_USE_FINDERS = True

UNFOLD = unfold.UNFOLD

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["common.http.api.ServiceTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["common.http.api.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "common.http.api.problem_handler",
    "UNAUTHENTICATED_USER": None,
}

BOOKING_REACTIONS = reactions.BOOKING_REACTIONS
MESSAGE_HANDLERS = "config.consumers.handlers"
CELERY_BEAT_SCHEDULE = schedule.BEAT_SCHEDULE

SPECTACULAR_SETTINGS = {
    # Swagger UI from our own server: nothing is loaded from elsewhere.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"supportedSubmitMethods": []},
}

LOGGING_CONFIG = None
