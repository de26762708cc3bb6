"""Configuration is checked at start: one line that names what is wrong, and no service."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

SERVICE = Path(__file__).resolve().parents[2]
DIGEST = "0123456789abcdef" * 4
GOOD = {
    "DJANGO_SECRET_KEY": "x" * 40,
    "MONGODB_URI": "mongodb://127.0.0.1:1/?replicaSet=rs",
    "MONGODB_DATABASE": "slotdesk",
    "AMQP_URL": "amqp://127.0.0.1:1/slotdesk",
    "CELERY_BROKER_URL": "amqp://127.0.0.1:1/slotdesk-celery",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ADMIN_API_CLIENTS": f"bot:read:{DIGEST},operator:read+book:{DIGEST}",
    "TELEGRAM_BOT_USERNAME": "slotdesk_test_bot",
}


@pytest.fixture(autouse=True)
def _database() -> None:
    """No database here: the service does not get that far."""


def start(**changes: str | None) -> tuple[int, str]:
    """Load the settings in a process of their own; its exit code and what it said."""
    environment = {"PATH": os.environ["PATH"], **GOOD, **changes}
    given = {name: value for name, value in environment.items() if value is not None}
    command = [
        sys.executable,
        "-c",
        "from config.env import load_env; print([client.name for client in load_env().admin_api_clients])",
    ]
    ended = subprocess.run(command, cwd=SERVICE, env=given, capture_output=True, text=True, check=False)
    return ended.returncode, (ended.stdout + ended.stderr).strip()


def test_good_settings_are_taken() -> None:
    assert start() == (0, "['bot', 'operator']")


def test_without_clients_the_api_is_nobodys() -> None:
    assert start(ADMIN_API_CLIENTS=None) == (0, "[]")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"MONGODB_URI": None}, "MONGODB_URI is missing"),
        ({"REDIS_URL": ""}, "REDIS_URL is missing"),
        ({"MONGODB_URI": "http://somewhere"}, "MONGODB_URI should be an address like mongodb://"),
        ({"DJANGO_SECRET_KEY": "short"}, "DJANGO_SECRET_KEY should be at least 32 characters"),
        ({"ADMIN_API_CLIENTS": "bot:a-token-in-plain-text"}, "ADMIN_API_CLIENTS should be name:read:digest"),
        ({"ADMIN_API_CLIENTS": f"bot:everything:{DIGEST}"}, "ADMIN_API_CLIENTS should be name:read:digest"),
        ({"TELEGRAM_BOT_USERNAME": "@slotdesk"}, "TELEGRAM_BOT_USERNAME should be the bot's @username without the @"),
        ({"HEALTH_PORT": "70000"}, "HEALTH_PORT should be less than"),
        ({"REDIS_URL": None, "REDIS_URL_FILE": "nowhere"}, "can't be read"),
    ],
)
def test_a_missing_or_wrong_setting_stops_the_service_with_one_line_that_names_it(
    changes: dict[str, str | None], said: str
) -> None:
    code, line = start(**changes)

    assert code == 2
    assert said in line
    assert len(line.splitlines()) == 1
    assert "plain-text" not in line


def test_a_value_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "tokens"
    secret.write_text(f"desk:read:{DIGEST}\n", encoding="utf-8")

    assert start(ADMIN_API_CLIENTS=None, ADMIN_API_CLIENTS_FILE=str(secret)) == (0, "['desk']")


def test_no_start_looks_for_a_library_of_maps() -> None:
    """It takes a quarter of a start. Guard: ``GDAL_LIBRARY_PATH``."""
    with pytest.raises(ImproperlyConfigured, match="no maps here"):
        importlib.import_module("django.contrib.gis.gdal")
