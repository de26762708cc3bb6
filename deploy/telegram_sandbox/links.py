"""Which links Telegram accepts, and which of them lead to this bot."""

import re
from urllib.parse import parse_qs, urlsplit

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:(//)?", re.IGNORECASE)


def check_link(url: str) -> str:
    """Returns the link with its protocol. Raises ValueError with Telegram's reason."""
    url = url.strip()
    if not _SCHEME.match(url) or re.match(r"^[^/:]+:\d", url):
        url = f"http://{url}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "tg", "ton", "tonsite"):
        raise ValueError("Unsupported URL protocol")
    if parts.scheme in ("http", "https"):
        _check_host(parts.netloc, url)
    return url


def _check_host(netloc: str, url: str) -> None:
    host = netloc.rpartition("@")[2].partition(":")[0]
    if not host:
        raise ValueError("URL host is empty")
    # Telegram refuses one-word hosts (localhost among them): such a button would lead nowhere on a phone.
    if "." not in host or re.search(r"\s", url) or host.startswith(".") or ".." in host:
        raise ValueError("Wrong HTTP URL")


def start_parameter(url: str, bot_username: str) -> str | None:
    """The X of `https://t.me/<bot>?start=X` (or `tg://resolve?domain=<bot>&start=X`); "" for a bare link.

    None when the link leads elsewhere.
    """
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if parts.scheme == "tg":
        name = query.get("domain", [""])[0] if parts.netloc == "resolve" else ""
    else:
        name = parts.path.strip("/") if parts.netloc in ("t.me", "telegram.me", "telegram.dog") else ""
    return query.get("start", [""])[0] if name.lower() == bot_username.lower() else None
