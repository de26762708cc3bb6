"""Why somebody has to be told by hand, in staff's words: the one place that says so."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from people.models import Recruiter
from people.services.reach import PathToTell, chat_state

_WHY: dict[str, Any] = {
    "none": _("The candidate has never started the bot: please tell them yourself."),
    "blocked": _("The candidate has blocked the bot: please tell them yourself."),
}
_NO_LINK = _("There is no link to them either: they have no @username.")


_NOT_IN_CHAT: dict[str, Any] = {"none": _("has not started the bot"), "blocked": _("can't be reached"), "started": ""}
"""Of a recruiter."""


def why_not_in_chat(recruiter: Recruiter) -> str:
    """Why the bot's cards don't reach a recruiter, in a few words; empty where they do."""
    return str(_("not in chat") if recruiter.telegram_id is None else _NOT_IN_CHAT[chat_state(vars(recruiter))])


def tell_reach(form: forms.BaseForm, name: str) -> None:
    """Say in a choice of recruiters of whom the bot's cards don't reach: what they are asked would wait for staff."""
    if field := form.fields.get(name):
        chosen: Any = field
        chosen.label_from_instance = lambda one: " — ".join(filter(None, (str(one), why_not_in_chat(one))))


_SAID: dict[str, Any] = {
    "chat not found": _("the bot has no chat with them: they have not started it, or the chat is gone"),
    "blocked by the user": _("they have blocked the bot"),
    "user is deactivated": _("their Telegram account is deleted"),
    "peer_id_invalid": _("Telegram knows nobody by that id"),
    "can't initiate conversation": _("they have not started the bot"),
    "can't send messages to bots": _("it is a bot, and bots are not written to"),
    "bot was kicked": _("the bot was removed from the chat"),
    "bot is not a member": _("the bot is not in the chat"),
    "was deactivated": _("the chat was deleted"),
    "chat was deleted": _("the chat was deleted"),
    "channel_private": _("the bot is not in the chat"),
    "supergroup": _("the group has become a supergroup, under another id"),
    "rights": _("the bot may not write there"),
    "_forbidden": _("the bot may not write there"),
    "chat_restricted": _("the bot may not write there"),
    "topic_closed": _("the topic is closed"),
    "thread not found": _("the topic is gone"),
    "topic_": _("the topic is gone"),
    "message is too long": _("the message is too long for Telegram"),
    "telegram did not answer": _("Telegram did not say whether it arrived"),
    "timed out": _("Telegram did not say whether it arrived"),
}
"""What Telegram, or the bot, says of a message that was not sent, by a part of it in small letters; in staff's words.

The first that fits counts.
"""


def telegram_words(error: str) -> str:
    """What Telegram said of a message that was not sent, in staff's language; what nobody has words for is quoted."""
    if not error:
        return ""
    said = next((words for part, words in _SAID.items() if part in error.lower()), None)
    return str(said) if said else _now("Telegram says: “%(error)s”") % {"error": error}


def why_by_hand(path: PathToTell) -> str:
    """Why the bot's word does not reach a candidate, and whether there is another way; empty where it does."""
    if path.by_bot:
        return ""
    why = str(_WHY[path.state])
    return why if path.link else f"{why} {_NO_LINK}"
