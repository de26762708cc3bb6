"""HTTP read that the bot does right before it sends an automatic message (I4)."""

from bson import ObjectId
from bson.errors import InvalidId
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from common import clock
from common.http.api import ProblemError
from common.http.clients import READ
from common.http.openapi import documented
from common.http.reads import ApiView, Query, answer, parse_query
from common.mongo import collection, current_session, in_transaction
from reminders.domain.judging import asks_now, outdated_reason
from reminders.domain.kinds import ReminderKind
from reminders.domain.states import MessageState
from reminders.services.message_context import load_message_context, message_from
from scheduling.services.serializing import booking_view
from shared_contracts.notification import AutoMessage


class AutoMessageView(ApiView):
    """An automatic message on its way."""

    scope = READ

    @documented(
        "Whether an automatic message is still to be sent, and what it is about",
        AutoMessage,
        parameters=[OpenApiParameter("auto_message_id", {"type": "string"}, OpenApiParameter.PATH)],
        problems=(404, 409),
    )
    def get(self, request: Request, auto_message_id: str) -> HttpResponse:
        """As it stands at this moment: not due once its booking was cancelled, moved or answered."""
        parse_query(request, Query)
        return answer(request, in_transaction(lambda: _read(auto_message_id)))


def _read(auto_message_id: str) -> AutoMessage:
    try:
        row = collection("auto_messages").find_one({"_id": ObjectId(auto_message_id)}, session=current_session())
    except InvalidId:
        row = None
    if row is None:
        raise ProblemError(404, "There is no such automatic message.")
    context = load_message_context([row])
    facts = context.booking_facts(row)
    queued = row["state"] == MessageState.QUEUED.value
    return AutoMessage(
        id=str(row["_id"]),
        due=queued and outdated_reason(ReminderKind(row["kind"]), row["starts_at"], facts) is None,
        attempt=row["attempts"],
        booking=booking_view(context.booking(row), context.state),
        asks_attendance=facts is not None and asks_now(message_from(row), facts, clock.now()),
    )
