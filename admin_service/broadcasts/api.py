"""HTTP reads about broadcasts: whom one goes to."""

from bson import ObjectId
from bson.errors import InvalidId
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from pydantic import Field
from rest_framework.request import Request

from broadcasts.models import Broadcast
from broadcasts.services.audience import people, readers_of
from common import wire
from common.http.api import ProblemError
from common.http.clients import READ
from common.http.openapi import documented
from common.http.reads import CURSOR, ApiView, Query, answer, limit_field, next_page, parse_query
from shared_contracts.directory import Page, Recipient
from shared_contracts.fields import EntityId


class RecipientsQuery(Query):
    """Parameters of ``GET /api/broadcasts/{id}/recipients``."""

    cursor: EntityId | None = Field(None, description=CURSOR)
    limit: int = limit_field(200, 1_000)


class RecipientsView(ApiView):
    """Whom a broadcast with an audience goes to (FR1)."""

    scope = READ

    @documented(
        "People a broadcast goes to",
        Page[Recipient],
        query=RecipientsQuery,
        parameters=[OpenApiParameter("broadcast_id", {"type": "string"}, OpenApiParameter.PATH)],
        problems=(404,),
    )
    def get(self, request: Request, broadcast_id: str) -> HttpResponse:
        """Allowed people of its audience who have started the bot; none for a broadcast to chats only."""
        query = parse_query(request, RecipientsQuery)
        rows = people(readers_of(_broadcast(broadcast_id)), query.cursor, query.limit + 1)
        page, following = rows[: query.limit], None
        if len(rows) > query.limit:
            following = next_page(request, cursor=str(page[-1]["_id"]))
        results = wire.views(
            "users",
            page,
            lambda rows: [Recipient(chat_id=row["telegram_id"], user_telegram_id=row["telegram_id"]) for row in rows],
        )
        return answer(request, Page[Recipient](results=results, next=following))


def _broadcast(broadcast_id: str) -> Broadcast:
    try:
        found = Broadcast.objects.filter(pk=ObjectId(broadcast_id)).first()
    except InvalidId:
        found = None
    if found is None:
        raise ProblemError(404, "There is no such broadcast.")
    return found
