"""Messages that wait for somebody to look after them: stuck on their way to the bot, or given up."""

from collections.abc import Iterable, Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.mongo import Document, collection
from common.texts.names import name_in
from messaging.dead_letters import person_in
from messaging.outbox import stuck
from messaging.words import QUEUES_OF, kind_of, reason_in_words
from staffkit.errands import Errand, ErrandKind, Press, register
from staffkit.views import may


def stuck_messages(_request: HttpRequest, rows: Sequence[Document]) -> list[Errand]:
    """For whom each is, and what holds it up; the relay goes on trying by itself."""
    whom = {row["_id"]: person_in(row["body"].encode()) for row in rows}
    names = _names(whom.values())
    return [
        Errand(
            id=row["_id"],
            since=row["created_at"],
            who=_who(whom[row["_id"]], names, row["queue"]),
            about=_about(whom[row["_id"]], row["queue"]),
            link=reverse("admin:messaging_outboxmessage_change", args=[row["_id"]]),
            why=_held_up(row["attempts"]),
        )
        for row in rows
    ]


def dead_letters(request: HttpRequest, rows: Sequence[Document]) -> list[Errand]:
    """About whom each is, and why it was given up; its page says how it is tried again."""
    names = _names(row["telegram_id"] for row in rows)
    settles = may(request, "messaging.delete_deadletter")
    return [_dead_letter(row, names, settles) for row in rows]


def _dead_letter(row: Document, names: dict[int, str], settles: bool) -> Errand:
    page = reverse("admin:messaging_deadletter_change", args=[row["_id"]])
    done = Press(_("Dealt with"), reverse("admin:messaging_deadletter_settle", args=[row["_id"]]), {})
    return Errand(
        id=str(row["_id"]),
        since=row["created_at"],
        who=_who(row["telegram_id"], names, row["queue"]),
        about=_about(row["telegram_id"], row["queue"]),
        link=page,
        why=reason_in_words(row["reason"]),
        presses=[Press(_("How to try it again"), page, main=True), *([done] if settles else [])],
    )


def the_bots(_request: HttpRequest, rows: Sequence[Document]) -> list[Errand]:
    """What they are and how many; the page says what to run where the bot is."""
    return [_the_bots(row) for row in rows]


def _the_bots(row: Document) -> Errand:
    page = reverse("admin:messaging_deadletter_change", args=[row["_id"]])
    return Errand(
        id=str(row["_id"]),
        since=row["created_at"],
        who=kind_of(row["queue"]),
        link=page,
        why=ngettext("%(count)s message", "%(count)s messages", row["count"]) % {"count": row["count"]},
        presses=[Press(_("How to try it again"), page, main=True)],
    )


def given_up(request: HttpRequest) -> list[str]:
    """For who coordinates and may not open dead letters: which service gave up how many messages."""
    if may(request, "messaging.view_deadletter") or not may(request, "scheduling.add_interviewslot"):
        return []
    counted = {name: _messages_of(queues) for name, queues in QUEUES_OF.items()}
    said = {
        "admin": lambda count: ngettext(
            "%(count)s message from chat was given up.", "%(count)s messages from chat were given up.", count
        ),
        "bot": lambda count: ngettext(
            "The bot gave up %(count)s message to people.", "The bot gave up %(count)s messages to people.", count
        ),
    }
    return [said[name](count) % {"count": count} for name, count in counted.items() if count]


def _messages_of(queues: Sequence[str]) -> int:
    found = collection("dead_letters").find({"queue": {"$in": queues}}, {"count": 1})
    return sum(row.get("count", 1) for row in found)


def _held_up(attempts: int) -> str:
    if not attempts:
        return _("not tried yet: the relay does not run")
    tried = ngettext("tried %(count)s time", "tried %(count)s times", attempts) % {"count": attempts}
    return _("%(tried)s: the broker does not take it") % {"tried": tried}


def _names(ids: Iterable[int | None]) -> dict[int, str]:
    """What the people with these Telegram ids are called; by ``users_telegram`` and ``recruiter_telegram``."""
    wanted = {"telegram_id": {"$in": [one for one in ids if one]}}
    recruiters = {row["telegram_id"]: row["name"] for row in collection("recruiters").find(wanted)}
    return recruiters | {row["telegram_id"]: name_in(row) for row in collection("users").find(wanted)}


def _who(telegram_id: int | None, names: dict[int, str], queue: str) -> str:
    if not telegram_id:
        return kind_of(queue)
    return names.get(telegram_id) or _("Telegram id %(id)s") % {"id": telegram_id}


def _about(telegram_id: int | None, queue: str) -> str:
    """What the message is, where who it is about is named beside it."""
    return kind_of(queue) if telegram_id else ""


register(
    ErrandKind(
        name="outbox",
        label=gettext_lazy("message that is stuck"),
        counted=lambda count: ngettext("message is stuck", "messages are stuck", count),
        model="messaging.OutboxMessage",
        condition=stuck,
        query=lambda: "stuck=1",
        order="created_at",
        errands=stuck_messages,
    ),
    ErrandKind(
        name="dead-letters",
        label=gettext_lazy("dead letter"),
        counted=lambda count: ngettext("message was given up", "messages were given up", count),
        model="messaging.DeadLetter",
        condition=lambda _now: {"queue": {"$in": QUEUES_OF["admin"]}},
        query=lambda: "service=admin",
        order="created_at",
        errands=dead_letters,
    ),
    ErrandKind(
        name="bot-dead-letters",
        label=gettext_lazy("given up by the bot"),
        counted=lambda count: ngettext(
            "kind of message was given up by the bot", "kinds of messages were given up by the bot", count
        ),
        model="messaging.DeadLetter",
        condition=lambda _now: {"queue": {"$in": QUEUES_OF["bot"]}},
        query=lambda: "service=bot",
        order="created_at",
        errands=the_bots,
    ),
)
