"""WSGI entry point of desk and API."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from common.http import probes  # noqa: E402, Django has to be set up first
from common.processes import health  # noqa: E402, Django has to be set up first

health.serve(probes.missing)
