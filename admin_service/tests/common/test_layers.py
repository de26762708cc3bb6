"""The contracts about who may import whom name every app."""

import tomllib
from pathlib import Path

SERVICE = Path(__file__).resolve().parents[2]
APPS = {path.parent.name for path in SERVICE.glob("*/__init__.py")} - {"tests"}


def test_every_app_has_its_place_in_the_layers() -> None:
    """import-linter can tell of a module that a contract forgot, but not of a package at the top."""
    linter = tomllib.loads((SERVICE.parent / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(one["layers"] for one in linter["contracts"] if one["name"].startswith("The admin service's apps"))
    named = [name.strip() for layer in layers for name in layer.split("|")]
    assert sorted(named) == sorted({*APPS, "shared_contracts"})
    assert set(linter["root_packages"]) >= APPS
