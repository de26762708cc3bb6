"""What the sandbox is told by its environment."""

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_GROUP_ID = -1001000000001


@dataclass(frozen=True)
class Settings:
    """Where to listen and which bot and group exist.

    `callback_seconds`: how long a callback query may be answered (Telegram: some minutes).
    `webhook_retry_seconds`: the first pause after a failed delivery; it doubles up to a minute.
    `state_file`: chats are kept there over restarts; None keeps them in memory only.
    """

    token: str
    username: str = "slotdesk_demo_bot"
    bot_name: str = "Slotdesk"
    group_chat_id: int = DEFAULT_GROUP_ID
    group_title: str = "Slotdesk · Announcements"
    host: str = "127.0.0.1"
    port: int = 8200
    state_file: Path | None = None
    callback_seconds: float = 300.0
    webhook_retry_seconds: float = 1.0

    @property
    def bot_id(self) -> int:
        """A bot's Telegram id is the number before the colon of its token."""
        head = self.token.partition(":")[0]
        return int(head) if head.isdigit() else 100000001


def _token() -> str:
    file = os.environ.get("TELEGRAM_BOT_TOKEN_FILE")
    token = Path(file).read_text().strip() if file else os.environ.get("TELEGRAM_BOT_TOKEN", "")
    if not token:
        raise SystemExit("Set TELEGRAM_BOT_TOKEN (any value such as 100000001:sandbox) to start the sandbox.")
    return token


def from_environment() -> Settings:
    """Reads the variables of the README's table. Exits with one line when the token is missing."""
    env = os.environ.get
    state = env("SANDBOX_STATE_FILE")
    return Settings(
        token=_token(),
        username=env("TELEGRAM_BOT_USERNAME", Settings.username).lstrip("@"),
        bot_name=env("SANDBOX_BOT_NAME", Settings.bot_name),
        group_chat_id=int(env("SANDBOX_GROUP_CHAT_ID", str(DEFAULT_GROUP_ID))),
        group_title=env("SANDBOX_GROUP_TITLE", Settings.group_title),
        host=env("SANDBOX_HOST", Settings.host),
        port=int(env("SANDBOX_PORT", str(Settings.port))),
        state_file=Path(state) if state else None,
        callback_seconds=float(env("SANDBOX_CALLBACK_SECONDS", str(Settings.callback_seconds))),
        webhook_retry_seconds=float(env("SANDBOX_WEBHOOK_RETRY_SECONDS", str(Settings.webhook_retry_seconds))),
    )
