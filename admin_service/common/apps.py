"""Starts logging with the process, and looks whether the Russian texts are there."""

from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.utils.translation import gettext_lazy as _

from common.processes import logs


class CommonConfig(AppConfig):
    """What all parts of the admin service share."""

    name = "common"
    verbose_name = _("Behind the scenes")

    def ready(self) -> None:
        """Configure logging."""
        logs.configure(settings.ENV.log_level, settings.ENV.log_format)
        checks.register(check_texts, "texts")


def check_texts(app_configs: object = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """An error where the Russian texts are not compiled, which git leaves to the installation: all would be English."""
    missing = [path for path in _catalogues() if not path.with_suffix(".mo").exists()]
    hint = "Run `make setup`, or here `pybabel compile --domain django --directory locale`."
    return [checks.Error(f"{path} is not compiled.", hint=hint, id="common.E001") for path in missing]


def _catalogues() -> list[Path]:
    return [path for root in settings.LOCALE_PATHS for path in Path(root).glob("*/LC_MESSAGES/django.po")]
