"""Settings for the tests, in place before Django reads them (loaded by ``-p tests.environment``).

Servers come from the file that ``TEST_SERVERS_ENV`` names, or from the environment.
"""

import hashlib
import os
from pathlib import Path

_NAMES = {"AMQP_URL_ADMIN": "AMQP_URL"}


def _read(file: str) -> dict[str, str]:
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name: value.strip("'\"") for name, _, value in pairs}


if servers := os.environ.get("TEST_SERVERS_ENV"):
    os.environ.update(_read(servers))
for given, wanted in _NAMES.items():
    if given in os.environ:
        os.environ[wanted] = os.environ[given]
os.environ |= {
    "DJANGO_SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
    "MONGODB_DATABASE": "slotdesk_admin",
    # In tests the bot may book as well; who may not is the reader.
    "ADMIN_API_CLIENTS": ",".join(
        f"{name}:{scopes}:{hashlib.sha256(token.encode()).hexdigest()}"
        for name, scopes, token in (
            ("bot", "read+book", "token-of-the-bot-in-tests"),
            ("bot", "read+book", "next-token-of-the-bot-in-tests"),
            ("other", "read+book", "token-of-another-client"),
            ("reader", "read", "token-of-a-reader-in-tests"),
            ("booker", "book", "token-of-a-booker-in-tests"),
        )
    ),
    "TELEGRAM_BOT_USERNAME": "slotdesk_test_bot",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "SESSION_IDLE_MINUTES": "500000",  # tests travel; those of sessions set their own
    "SESSION_MAX_HOURS": "8000",
    "LOG_FORMAT": "console",
    "LOG_LEVEL": "WARNING",
}
