"""Links that lead into Telegram."""

from django.conf import settings

from common.mongo import Document


def invitation_link(token: str) -> str:
    """The link that opens the bot with an invitation (R10). Whoever holds it can use it: keep it out of logs."""
    return f"https://t.me/{settings.ENV.telegram_bot_username}?start=i_{token}"


def recruiter_link(recruiter: Document) -> str | None:
    """Where candidates reach a recruiter (R4): the link staff gave, else the username chat last reported."""
    if recruiter["contact_url"]:
        return str(recruiter["contact_url"])
    return f"https://t.me/{recruiter['username']}" if recruiter["username"] and recruiter["telegram_id"] else None
