"""Writing to a candidate through the bot."""

import uuid

from bson import ObjectId
from django.utils.translation import gettext as _

from common import audit, clock, correlation
from common.mongo import in_transaction
from common.refusals import RefusedError
from messaging import outbox
from people.models import Candidate, PersonMessage
from people.services.reach import chat_state
from shared_contracts.notification import StaffMessage
from shared_contracts.transport.topology import NOTIFICATION_COMMAND

MOST_LETTERS = 3_500


def write_to(candidate_id: ObjectId, text: str, *, actor: str) -> PersonMessage:
    """Have the bot send somebody what staff write, as it is typed.

    Args:
        text: plain; the bot marks nothing up.
        actor: the staff login.

    Raises:
        RefusedError: the bot can't write to them.
    """

    def work() -> PersonMessage:
        person = Candidate.objects.get(pk=candidate_id)
        _require_reach(person)
        assert person.telegram_id is not None
        made = PersonMessage(
            telegram_id=person.telegram_id, author=actor, text=text.strip(), written_at=clock.now(), pk=ObjectId()
        )
        made.save(force_insert=True)
        command = StaffMessage(
            message_id=uuid.uuid4(),
            correlation_id=correlation.current(),
            occurred_at=made.written_at,
            notification_id=str(made.pk),
            user_telegram_id=int(person.telegram_id),
            text=made.text,
        )
        outbox.add([outbox.Outgoing(NOTIFICATION_COMMAND, command)])
        audit.record_staff("candidate", str(candidate_id), "written_to", actor, None, {"message_text": made.text})
        return made

    return in_transaction(work)


def _require_reach(person: Candidate) -> None:
    state = chat_state({"started_at": person.started_at, "blocked_at": person.blocked_at})
    if not person.is_allowed:
        raise RefusedError({"": _("They are off the allow list, so the bot does not write to them.")})
    if state == "none" or person.telegram_id is None:
        raise RefusedError({"": _("They have not started the bot yet, so it can't write to them.")})
    if state == "blocked":
        raise RefusedError({"": _("They have blocked the bot, so it can't write to them.")})
