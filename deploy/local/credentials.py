"""Passwords, tokens and keys of a local stack: made once, kept in files only their owner can read."""

import base64
import secrets
from dataclasses import dataclass, fields
from string import ascii_lowercase

from local.layout import Home


@dataclass(frozen=True)
class Credentials:
    """Every secret of one stack. Each is a file of the same name in `secrets/`."""

    mongodb_keyfile: str
    mongodb_root_password: str
    mongodb_admin_password: str
    mongodb_bot_password: str
    rabbitmq_admin_password: str
    rabbitmq_bot_password: str
    rabbitmq_operator_password: str
    rabbitmq_celery_password: str
    redis_password: str
    redis_admin_password: str
    redis_bot_password: str
    django_secret_key: str
    desk_password: str
    api_token_bot: str
    api_token_operator: str
    request_signing_key: str
    telegram_bot_token: str


def _new(name: str) -> str:
    if name == "mongodb_keyfile":  # base64 only, up to 1024 characters
        return base64.b64encode(secrets.token_bytes(512)).decode()
    if name == "telegram_bot_token":  # the shape that Telegram's own tokens have: <bot id>:<35 characters>
        return f"7000000001:{secrets.token_hex(18)[:35]}"
    if name == "desk_password":
        return _typed_password()
    return secrets.token_hex(24)


def _typed_password() -> str:
    """Four groups of letters, for a person to type: what is nearly all digits the desk refuses."""
    return "-".join("".join(secrets.choice(ascii_lowercase) for _ in range(4)) for _ in range(4))


def load_or_create(home: Home) -> Credentials:
    """Read the secrets of a home; make those that are missing."""
    values: dict[str, str] = {}
    for field in fields(Credentials):
        file = home.directory("secrets") / field.name
        if not file.exists():
            home.write(f"secrets/{field.name}", _new(field.name))
        values[field.name] = file.read_text().strip()
    return Credentials(**values)
