"""Which Telegram the bot talks to: our sandbox, or the real one when a token is given."""

from collections.abc import Mapping

import httpx

from local.credentials import Credentials
from local.layout import LocalStackError, Ports
from local.services.applications import Telegram

REAL_API = "https://api.telegram.org"
DEMO_USERNAME = "slotdesk_demo_bot"
DEMO_GROUP_ID = "-1001000000001"
DEMO_GROUP_TITLE = "Slotdesk · Announcements"


def choose(environ: Mapping[str, str], ports: Ports, credentials: Credentials) -> Telegram:
    """The real Bot API when `TELEGRAM_BOT_TOKEN` is set, else the sandbox with a token of its own."""
    chat_id = environ.get("BROADCAST_CHAT_ID", DEMO_GROUP_ID)
    chat_title = environ.get("BROADCAST_CHAT_TITLE", DEMO_GROUP_TITLE)
    if not (token := environ.get("TELEGRAM_BOT_TOKEN")):
        api_url = f"http://127.0.0.1:{ports.sandbox}"
        return Telegram(True, api_url, credentials.telegram_bot_token, DEMO_USERNAME, chat_id, chat_title)
    api_url = environ.get("TELEGRAM_API_URL", REAL_API).rstrip("/")
    username = environ.get("TELEGRAM_BOT_USERNAME") or _ask_username(api_url, token)
    return Telegram(False, api_url, token, username, chat_id, chat_title)


def _ask_username(api_url: str, token: str) -> str:
    """The bot's name, which deep links need. The address holds the token, so it stays out of the error."""
    try:
        answer = httpx.get(f"{api_url}/bot{token}/getMe", timeout=15).json()
        return str(answer["result"]["username"])
    except (httpx.HTTPError, ValueError, KeyError):
        raise LocalStackError(
            f"{api_url} did not tell the bot's name. Check TELEGRAM_BOT_TOKEN and the network, "
            "or set TELEGRAM_BOT_USERNAME."
        ) from None
