"""HTTP reads about questionnaires (R9): a published version, and how far a person is."""

from bson import ObjectId
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from pydantic import Field
from rest_framework.request import Request

from common.http.api import ProblemError
from common.http.clients import READ
from common.http.openapi import documented
from common.http.reads import ENTITY, ApiView, Query, answer, parse_query
from questionnaires.services.reading import screening, version_view
from shared_contracts.directory import Screening
from shared_contracts.fields import EntityId, TelegramUserId
from shared_contracts.questionnaire import QuestionnaireView

_LARGEST_NUMBER = 2**31 - 1


class VersionView(ApiView):
    """One version of a questionnaire."""

    scope = READ

    @documented(
        "A published version of a questionnaire; it never changes",
        QuestionnaireView,
        parameters=[
            OpenApiParameter("questionnaire_id", {"type": "string"}, OpenApiParameter.PATH),
            OpenApiParameter("number", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH),
        ],
        problems=(404, 409),
    )
    def get(self, request: Request, questionnaire_id: str, number: int) -> HttpResponse:
        """May be kept for good."""
        parse_query(request, Query)
        known = ObjectId.is_valid(questionnaire_id) and number <= _LARGEST_NUMBER
        view = version_view(questionnaire_id, number) if known else None
        if view is None:
            raise ProblemError(404, "There is no such version.")
        response = answer(request, view)
        response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
        return response


class ScreeningQuery(Query):
    """Parameters of ``GET /api/screening``."""

    telegram_id: TelegramUserId = Field(description="A Telegram user id: a positive whole number.")
    event: EntityId = Field(description=ENTITY)


class ScreeningView(ApiView):
    """How far a person is with an interview event's questionnaire."""

    scope = READ

    @documented(
        "A person's last answers to an interview event's questionnaire",
        Screening,
        query=ScreeningQuery,
        problems=(409,),
    )
    def get(self, request: Request) -> HttpResponse:
        """``none`` where the event asks nothing, or the person has yet to answer."""
        query = parse_query(request, ScreeningQuery)
        return answer(request, screening(query.telegram_id, query.event))
