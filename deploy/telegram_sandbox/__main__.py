"""`python -m telegram_sandbox`: runs the sandbox until SIGTERM or Ctrl-C."""

import logging
import sys

from telegram_sandbox.server import build
from telegram_sandbox.settings import from_environment


def main() -> None:
    """Reads the environment and serves."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    # The addresses httpx logs hold a webhook's path, which bots like to keep secret.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    settings = from_environment()
    logging.info("Telegram sandbox for @%s on http://%s:%s", settings.username, settings.host, settings.port)
    build(settings).run()


if __name__ == "__main__":
    main()
