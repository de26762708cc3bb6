"""Links that people are given: into the bot, to a recruiter, to the responsible person."""

from django.conf import settings

from common import wire
from common.mongo import Document, collection, current_session


def invitation_link(token: str) -> str:
    """The link that opens the bot with an invitation (R10). Whoever holds it can use it: keep it out of logs."""
    return f"https://t.me/{settings.ENV.telegram_bot_username}?start=i_{token}"


def recruiter_link(recruiter: Document) -> str | None:
    """Where people reach a recruiter (R4): the link staff gave, else the username chat last reported.

    A username that staff typed and nobody has come in by yet may be a stranger's.
    """
    if own := wire.link("recruiters", recruiter, recruiter["contact_url"]):
        return own
    username = wire.username("recruiters", recruiter, recruiter["username"])
    return f"https://t.me/{username}" if username and recruiter["telegram_id"] else None


def default_contact() -> str | None:
    """The link to the responsible person where a city names none."""
    row = collection("contact_settings").find_one({}, session=current_session())
    return wire.link("contact_settings", row, row.get("contact_url")) if row else None
