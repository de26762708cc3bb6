"""The API keeps to its own description, whatever is sent (schemathesis)."""

from typing import Any

import pytest
import schemathesis
from schemathesis import GenerationMode

from config.wsgi import application
from tests.api.conftest import BOT_TOKEN
from tests.conftest import MakeCandidate, MakeSlot
from tests.fuzzing.api import ask_as_described, kinds, operations

API = schemathesis.openapi.from_wsgi("/api/schema", application)
OPERATIONS = operations(API)
EXAMPLES = 20


@pytest.fixture(autouse=True)
def _something_to_read(make_slot: MakeSlot, make_candidate: MakeCandidate) -> None:
    for _number in range(3):
        make_slot()
        make_candidate()


@pytest.mark.parametrize(("label", "mode"), kinds(OPERATIONS))
def test_answers_are_as_described(label: str, mode: GenerationMode) -> None:
    ask_as_described(OPERATIONS[label], mode, {"Authorization": f"Bearer {BOT_TOKEN}"}, EXAMPLES)


def test_the_description_is_openapi_with_ids_as_text() -> None:
    raw: Any = API.raw_schema
    assert raw["openapi"].startswith("3.1")
    parameters = raw["paths"]["/api/broadcasts/{broadcast_id}/recipients"]["get"]["parameters"]
    (schema,) = [item["schema"] for item in parameters if item["in"] == "path"]
    assert schema == {"type": "string"}
    assert raw["components"]["securitySchemes"]["serviceToken"]["scheme"] == "bearer"
