"""The API keeps to its own description, whatever is sent (schemathesis)."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from config.wsgi import application
from tests.api.conftest import BOT_TOKEN
from tests.conftest import MakeCandidate, MakeSlot

API = schemathesis.openapi.from_wsgi("/api/schema", application)
FOUND: Any = list(API.get_all_operations())
OPERATIONS = {operation.label: operation for operation in (found.ok() for found in FOUND)}
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
CASES = [
    (label, mode)
    for label in OPERATIONS
    for mode in GenerationMode
    # What takes nothing can't be asked wrongly.
    if mode is GenerationMode.POSITIVE or not label.endswith(("healthz", "readyz"))
]
BOUNDED = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


@pytest.fixture(autouse=True)
def _something_to_read(make_slot: MakeSlot, make_candidate: MakeCandidate) -> None:
    for _number in range(3):
        make_slot()
        make_candidate()


@pytest.mark.parametrize(("label", "mode"), CASES)
def test_answers_are_as_described(label: str, mode: GenerationMode) -> None:
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    @BOUNDED
    def ask(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {BOT_TOKEN}"}, checks=CHECKS)

    ask()


def test_the_description_is_openapi_with_ids_as_text() -> None:
    raw: Any = API.raw_schema
    assert raw["openapi"].startswith("3.1")
    parameters = raw["paths"]["/api/broadcasts/{broadcast_id}/recipients"]["get"]["parameters"]
    (schema,) = [item["schema"] for item in parameters if item["in"] == "path"]
    assert schema == {"type": "string"}
    assert raw["components"]["securitySchemes"]["serviceToken"]["scheme"] == "bearer"
