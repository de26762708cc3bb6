"""``manage.py reset_second_step NAME``: for a superuser who has lost phone and recovery codes."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from security.attempts import lift_locks
from security.second_factor import turn_off
from security.sessions import end_sessions


class Command(BaseCommand):
    """In the desk administrators do it for everybody but superusers."""

    help = "Let a login in by its password alone again."

    def add_arguments(self, parser: CommandParser) -> None:
        """The login's name."""
        parser.add_argument("name")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        """Do it and say so."""
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no login called {name!r}.")
        if not turn_off(user, action="second_step_reset"):
            raise CommandError(f"{name!r} has no second step.")
        end_sessions(user)
        lift_locks(name)
        self.stdout.write(f"{name!r} logs in by password alone now.")
