"""Pages as they are written: the strict policy about scripts leaves no script in them alive."""

import re
from pathlib import Path

import pytest

SERVICE = Path(__file__).resolve().parents[3]
TEMPLATES = sorted(SERVICE.glob("*/templates/**/*.html"))
_HANDLER = re.compile(r"""<[^>]*\son[a-z]+\s*=\s*["'{]""")
_SCRIPT = re.compile(
    r"<script\b(?![^>]*\bsrc=)(?![^>]*\btype=\"application/json\")|href=[\"']javascript:", re.IGNORECASE
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_script_of_its_own(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert _HANDLER.findall(text) == []
    assert _SCRIPT.findall(text) == []
