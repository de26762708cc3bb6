"""How an entry of the audit trail is told: what changed, and nothing that did not."""

from typing import Any

import pytest

from staffkit.audit_trail import changes
from staffkit.views import outward


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, {"size": 3, "tags": [], "note": "", "shape": None}, ["size: 3"]),
        ({"note": None}, {"note": ""}, []),
        ({"note": "", "shape": "5"}, {"note": "", "shape": "9"}, ["shape: 5 → 9"]),
        ({"shape": "5"}, {"shape": ""}, ["shape: 5 → —"]),
        ({"shape": ""}, {"shape": "9"}, ["shape: — → 9"]),
        ({"shape": "5"}, None, ["shape: 5 → —"]),
    ],
)
def test_a_change_tells_what_changed_alone(
    before: dict[str, Any] | None, after: dict[str, Any] | None, told: list[str]
) -> None:
    """Guard: ``NOTHING``: what begins empty, or was empty otherwise, is no news."""
    assert changes(before, after) == told


def test_a_link_out_is_called_by_its_address_without_the_protocol() -> None:
    """Guard: ``outward``. What is typed stays text."""
    assert ">t.me/vera<" in outward("https://t.me/vera") and 'href="https://t.me/vera"' in outward("https://t.me/vera")
    assert "<b>" not in outward("https://t.me/<b>")
    assert outward("") == ""
