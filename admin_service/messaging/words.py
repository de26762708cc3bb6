"""Messages in words, for staff who know no queue by its name: what each is, and why one was given up."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from shared_contracts.transport.topology import ADMIN_QUEUES, BOT_QUEUES

KINDS: dict[str, Any] = {
    "admin.booking.event": _("request from chat"),
    "admin.delivery.event": _("report of what was delivered"),
    "admin.dialog.command": _("step in chat"),
    "bot.broadcast.command": _("broadcast to a chat"),
    "bot.booking.result": _("answer to a request"),
    "bot.notification.command": _("message to a person"),
    "bot.card.command": _("request for a recruiter"),
    "bot.digest.command": _("list for staff"),
    "bot.dialog.result": _("answer in chat"),
    "bot.cache.invalidate": _("news of changed lists and texts"),
}
"""What a queue carries, by its name."""
_OF_OTHER_WAYS = {"desk": _("request from the desk"), "api": _("request from a program")}
"""What was decided without a queue, by the way it came."""
SERVICES = {"admin": _("the desk"), "bot": _("the bot")}
"""Who takes messages from a queue."""
QUEUES_OF = {"admin": [queue.name for queue in ADMIN_QUEUES], "bot": [queue.name for queue in BOT_QUEUES]}
_REASONS: dict[str, Any] = {
    "too_large": _("too long"),
    "not_utf8": _("can’t be read as text"),
    "invalid_json": _("damaged: no JSON"),
    "not_a_number": _("a number in it is none"),
    "too_deep": _("nested too deeply"),
    "not_an_object": _("damaged: no object"),
    "unknown_version": _("made by another version"),
    "wrong_fields": _("fields are missing or wrong"),
    "not_signed": _("not signed by the bot"),
    "reading failed": _("could not be read"),
    "handling failed": _("an error while it was handled"),
    "given up after": _("tried too often: the service may have stopped at each try"),
}
"""By how the reason of a dead letter begins, which is for who is on call."""


def kind_of(queue: str) -> str:
    """What messages of a queue are, or what came another way."""
    return str(KINDS.get(queue) or _OF_OTHER_WAYS.get(queue, queue))


def reason_in_words(reason: str) -> str:
    """Why a message was given up; a reason that is not ours as it stands."""
    found = (words for start, words in _REASONS.items() if reason.startswith(start))
    return str(next(found, reason))
