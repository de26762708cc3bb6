"""The API described: OpenAPI for programs, and one page for people that loads nothing from elsewhere."""

from functools import cache
from typing import Any

from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from common.http.openapi import generate


def api_schema(request: HttpRequest) -> HttpResponse:
    """The OpenAPI description as JSON."""
    return JsonResponse(generate())


@csp_replace({"script-src": [NONE]})
def api_docs(request: HttpRequest) -> HttpResponse:
    """The readable page."""
    return render(request, "common/api_docs.html", _page())


@cache
def _page() -> dict[str, Any]:
    schema = generate()
    operations = [
        {"method": method.upper(), "path": path, **operation, "parameters": _parameters(operation)}
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    for operation in operations:
        operation["answers"] = [_answer(status, response) for status, response in operation["responses"].items()]
        operation["body"] = _content_model(operation.get("requestBody", {}))
    models = [
        {"name": name, "about": model.get("description", ""), "fields": _fields(model)}
        for name, model in sorted(schema["components"]["schemas"].items())
    ]
    return {"info": schema["info"], "operations": operations, "models": models}


def _parameters(operation: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**item, "type": _type(item["schema"])} for item in operation.get("parameters", [])]


def _answer(status: str, response: dict[str, Any]) -> dict[str, Any]:
    return {"status": status, "about": response["description"], "model": _content_model(response)}


def _content_model(message: dict[str, Any]) -> str:
    for content in message.get("content", {}).values():
        return _model(content["schema"])
    return ""


def _fields(model: dict[str, Any]) -> list[dict[str, Any]]:
    required = model.get("required", [])
    return [
        {"name": name, "type": _type(field), "model": _model(field), "required": name in required}
        for name, field in model.get("properties", {}).items()
    ]


def _model(schema: dict[str, Any]) -> str:
    for part in (schema, schema.get("items", {}), *schema.get("anyOf", [])):
        if "$ref" in part:
            return str(part["$ref"]).rsplit("/", 1)[-1]
    return ""


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return _model(schema)
    if "anyOf" in schema:
        return " or ".join(_type(part) for part in schema["anyOf"])
    if "enum" in schema:
        return " · ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    return " ".join(filter(None, (schema.get("type", "any"), schema.get("format", ""))))
