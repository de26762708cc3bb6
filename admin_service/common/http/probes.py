"""Is the web process alive, and can it serve."""

from functools import cache
from typing import Literal

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from pydantic import BaseModel
from pymongo.errors import PyMongoError
from rest_framework.request import Request

from common.http.api import problem
from common.http.openapi import problem_responses
from common.http.reads import ApiView
from common.mongo import client


class Health(BaseModel):
    """All is well."""

    status: Literal["ok"] = "ok"


_OK = {(200, "application/json"): OpenApiResponse(Health, description="Yes")}


class HealthView(ApiView):
    """Liveness."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(summary="The process is alive", responses=_OK)
    def get(self, request: Request) -> HttpResponse:
        """Needs no token."""
        return _ok()


class ReadyView(ApiView):
    """Readiness: MongoDB answers and its collections are as this code needs them. The broker may be away."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(summary="The service can serve", responses={**_OK, **problem_responses(503)})
    def get(self, request: Request) -> HttpResponse:
        """MongoDB answers and migrations are applied. Needs no token."""
        reason = missing()
        return problem(503, reason) if reason else _ok()


def missing() -> str | None:
    """What keeps desk and API from serving; None while nothing does."""
    try:
        client().admin.command("ping")
    except PyMongoError:
        return "MongoDB does not answer."
    return None if _migrated() else "Migrations are not applied: run “python manage.py migrate”."


def _ok() -> HttpResponse:
    return HttpResponse(Health().model_dump_json(), content_type="application/json")


class _NotMigratedError(Exception):
    """Kept from the cache: the answer changes."""


def _migrated() -> bool:
    try:
        return _look()
    except _NotMigratedError:
        return False


@cache  # once applied they stay so while this code runs
def _look() -> bool:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _NotMigratedError
    return True
