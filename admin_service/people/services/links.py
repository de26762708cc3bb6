"""Links that lead into Telegram."""

from django.conf import settings

from common import wire
from common.mongo import Document


def invitation_link(token: str) -> str:
    """The link that opens the bot with an invitation (R10). Whoever holds it can use it: keep it out of logs."""
    return f"https://t.me/{settings.ENV.telegram_bot_username}?start=i_{token}"


def recruiter_link(recruiter: Document) -> str | None:
    """Where candidates reach a recruiter (R4): the link staff gave, else the username chat last reported."""
    if own := wire.link("recruiters", recruiter, recruiter["contact_url"]):
        return own
    username = wire.username("recruiters", recruiter, recruiter["username"])
    return f"https://t.me/{username}" if username and recruiter["telegram_id"] else None
