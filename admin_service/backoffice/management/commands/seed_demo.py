"""``manage.py seed_demo``: logins and demo data, on the first start only."""

import os
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from backoffice.demo_data.logins import DEMO_LOGINS, make_demo_logins
from backoffice.demo_data.people import ACTOR, make_demo

DEFAULT_CHAT_ID = "-1001000000001"


class Command(BaseCommand):
    """Reads ``DEMO_ADMIN_USER``, ``DEMO_ADMIN_PASSWORD`` (or …``_FILE``) and ``BROADCAST_CHAT_ID``."""

    help = "Make staff logins and demo data, unless they are there already."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        password = self._make_login()
        if make_demo(_chat_id()):
            self.stdout.write(
                "Demo data made: two cities, three recruiters, 20 candidates, an open interview event "
                "and a closed one with a questionnaire: open that one in the desk to try the recruiting flow."
            )
            if password:
                make_demo_logins(password, actor=ACTOR)
                self.stdout.write(f"One login of each role, with the same password: {', '.join(DEMO_LOGINS)}.")
        else:
            self.stdout.write("There is an interview event already: demo data left alone.")

    def _make_login(self) -> str:
        """The superuser's login; returns its password, or "" where none was given."""
        name, password = os.environ.get("DEMO_ADMIN_USER", ""), _password()
        users = User.objects
        if not name or not password:
            self.stdout.write("No login made: set DEMO_ADMIN_USER and DEMO_ADMIN_PASSWORD to have one.")
        elif users.filter(username=name).exists():
            self.stdout.write("The login is there already: left alone.")
        else:
            _check(name, password)
            users.create_superuser(username=name, password=password)
            self.stdout.write("Staff login made.")
        return password if name else ""


def _check(name: str, password: str) -> None:
    try:
        validate_password(password, User(username=name))
    except ValidationError as error:
        raise CommandError(f"DEMO_ADMIN_PASSWORD: {' '.join(error.messages)}") from None


def _password() -> str:
    file = os.environ.get("DEMO_ADMIN_PASSWORD_FILE")
    return os.environ.get("DEMO_ADMIN_PASSWORD", "") or (Path(file).read_text(encoding="utf-8").strip() if file else "")


def _chat_id() -> int:
    try:
        return int(os.environ.get("BROADCAST_CHAT_ID") or DEFAULT_CHAT_ID)
    except ValueError:
        raise CommandError("BROADCAST_CHAT_ID must be a whole number such as -1001000000001.") from None
