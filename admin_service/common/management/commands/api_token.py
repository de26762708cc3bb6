"""Make a token for a client of the API."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common.http.clients import SCOPES, ApiClient, token_digest


class Command(BaseCommand):
    """Shows the token once; only its digest is kept, and nothing is stored here."""

    help = "Makes a token for a client of the API, and the entry for ADMIN_API_CLIENTS that makes it valid."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose it is, and what it may."""
        parser.add_argument("name", help="of the client, such as bot; a client may have two tokens at once")
        parser.add_argument("scopes", nargs="+", choices=sorted(SCOPES), help="read: the lists; book: book for people")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make it."""
        token = secrets.token_hex(24)
        entry = f"{options['name']}:{'+'.join(sorted(options['scopes']))}:{token_digest(token)}"
        ApiClient.read(entry)
        self.stdout.write(f"Give the client, it is not shown again:  {token}")
        self.stdout.write(f"Add to ADMIN_API_CLIENTS, after a comma:  {entry}")
