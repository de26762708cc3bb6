"""Why somebody has to be told by hand, in staff's words: the one place that says so."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from people.services.reach import PathToTell

_WHY: dict[str, Any] = {
    "none": _("The candidate has never started the bot: please tell them yourself."),
    "blocked": _("The candidate has blocked the bot: please tell them yourself."),
}
_NO_LINK = _("There is no link to them either: they have no @username.")


def why_by_hand(path: PathToTell) -> str:
    """Why the bot's word does not reach a candidate, and whether there is another way; empty where it does."""
    if path.by_bot:
        return ""
    why = str(_WHY[path.state])
    return why if path.link else f"{why} {_NO_LINK}"
