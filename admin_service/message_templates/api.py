"""``GET /api/templates``."""

from django.http import HttpResponse
from rest_framework.request import Request

from common.http.clients import READ
from common.http.openapi import documented
from common.http.reads import ApiView, Query, answer, parse_query
from message_templates.services.reading import in_force
from shared_contracts.texts.message_templates import TemplateList


class TemplatesView(ApiView):
    """Message templates (R5)."""

    scope = READ

    @documented("Message templates in force: the defaults, and the cities' own", TemplateList)
    def get(self, request: Request) -> HttpResponse:
        """All of them."""
        parse_query(request, Query)
        return answer(request, TemplateList(results=in_force()))
