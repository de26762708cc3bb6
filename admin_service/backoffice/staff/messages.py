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
            about=row["queue"],
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
        about=row["queue"],
        link=page,
        why=row["reason"],
        presses=[Press(_("How to try it again"), page, main=True), *([done] if settles else [])],
    )


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
        return queue
    return names.get(telegram_id) or _("Telegram id %(id)s") % {"id": telegram_id}


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
        condition=lambda _now: {},
        query=lambda: "",
        order="created_at",
        errands=dead_letters,
    ),
)
