"""Which links lead to this bot."""

from urllib.parse import parse_qs, urlsplit


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
