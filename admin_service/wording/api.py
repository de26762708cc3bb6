"""``GET /api/templates``."""

from django.http import HttpResponse
from rest_framework.request import Request

from common.openapi import documented
from common.reads import ApiView, Query, answer, parse_query
from config.env import READ
from shared_contracts.wording import TemplateList
from wording.reading import in_force


class TemplatesView(ApiView):
    """Message templates (R5)."""

    scope = READ

    @documented("Message templates in force: the defaults, and the cities' own", TemplateList)
    def get(self, request: Request) -> HttpResponse:
        """All of them."""
        parse_query(request, Query)
        return answer(request, TemplateList(results=in_force()))
