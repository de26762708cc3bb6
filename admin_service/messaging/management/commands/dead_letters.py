"""Dead letters for the one on call: list, show, replay."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from messaging import dead_letters
from messaging.dead_letters import printable
from shared_contracts.transport.topology import ADMIN_QUEUES, BY_NAME


class Command(BaseCommand):
    """``list`` counts and names reasons, ``show`` prints bodies, ``replay`` puts letters back into their queue."""

    help = "Reads and replays the admin service's dead letters, with the rights of AMQP_URL_OPERATOR."

    def add_arguments(self, parser: CommandParser) -> None:
        """The action, and which letters."""
        parser.add_argument("action", choices=["list", "show", "replay"])
        parser.add_argument("--queue", choices=[queue.name for queue in ADMIN_QUEUES], help="default: all of them")
        parser.add_argument("--message-id", help="one letter; default: all")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        url = settings.ENV.amqp_url_operator
        if not url:
            raise CommandError("AMQP_URL_OPERATOR: set it; a service may not read and write all its queues")
        queues = [BY_NAME[options["queue"]]] if options["queue"] else ADMIN_QUEUES
        for queue in queues:
            if options["action"] == "replay":
                count = dead_letters.replay(url, queue, options["message_id"])
                self.stdout.write(f"{queue.name}: {count} replayed")
                continue
            for letter in dead_letters.read(url, queue):
                if options["message_id"] not in (None, letter.message_id):
                    continue
                self.stdout.write("\t".join([queue.name, printable(letter.message_id), printable(letter.reason)]))
                if options["action"] == "show":
                    self.stdout.write(printable(letter.body.decode("utf-8", "replace")))
