"""Links into the private chat, such as ``https://t.me/<bot>?start=X``: opening one sends ``/start X``.

People also copy them and paste them, whole or in part. Source: "Deep linking" in Telegram's documentation of bots.
"""

import re

INVITATION = "i_"
EVENT = "e_"
COMMAND = "c_"
"""A command, brought along from a group."""
_LINK = re.compile(r"\S*\bstart=(?:\s+(?=i_))?(?P<parameter>[A-Za-z0-9_-]*)\S*", re.IGNORECASE)
"""A link that was broken in two before its parameter counts as whole."""
_BARE_INVITATION = re.compile(r"\s*i_[A-Za-z0-9_-]{16,62}\s*")
_BOT = re.compile(r"(?:\b(?:t|telegram)\.(?:me|dog)/|[?&]domain=)(\w+)|(\w+)\.t\.me\b", re.IGNORECASE)


def pasted_parameter(text: str, username: str) -> str | None:
    """What a message carries that is as good as opening a link: one that invites, or another that stands alone."""
    parameter = start_parameter(text, username)
    alone = len(text.split()) == 1
    return parameter if parameter and (alone or parameter.startswith(INVITATION)) else None


def is_end_of_invitation(text: str) -> bool:
    """Whether a text is what an invitation's link ends with, without the link."""
    return _BARE_INVITATION.fullmatch(text) is not None


def start_parameter(text: str, username: str) -> str | None:
    """What the first link to the bot in a text carries, whole or cut; None where there is none.

    ``username``: the bot's, empty where it is unknown.
    """
    for link in _LINK.finditer(text):
        parameter = link["parameter"]
        if parameter.startswith((INVITATION, EVENT)) and _leads_to(username, link[0]):
            return parameter
    return None


def _leads_to(username: str, link: str) -> bool:
    """Whether a link is the bot's; one that has lost its beginning is taken for that."""
    found = _BOT.search(link)
    if found is None:
        return "://" not in link
    return not username or (found[1] or found[2]).casefold() == username.casefold()
