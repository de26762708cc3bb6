"""What is missing is named or installed; what is there is left alone."""

import json
import re
from pathlib import Path

import pytest

from local import install


def test_missing_packages_are_one_line_that_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")  # no apt-get to be found
    wanted = {"rabbitmq-server": lambda: False, "redis-server": lambda: False, "libssl3": lambda: True}
    with pytest.raises(install.CannotInstall) as problem:
        install.debian_packages(wanted)
    assert str(problem.value).endswith("sudo apt-get install -y rabbitmq-server redis-server")
    assert "\n" not in str(problem.value)


def test_an_environment_is_current_until_one_of_its_requirement_files_changes(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements-dev.txt"
    requirements.write_text("redis==7.0.0\n")
    assert not install.is_current(tmp_path, [requirements])
    install.remember(tmp_path, [requirements])
    assert install.is_current(tmp_path, [requirements])
    requirements.write_text("redis==7.0.1\n")
    assert not install.is_current(tmp_path, [requirements])


def test_uv_itself_is_pinned_with_hashes() -> None:
    text = install.BOOTSTRAP_REQUIREMENTS.read_text()
    assert re.search(r"^uv==\d+\.\d+\.\d+ \\\n    --hash=sha256:", text, re.MULTILINE)
    assert text.count("==") == 1


def test_the_desks_scripts_by_others_are_pinned_with_hashes_and_no_addresses() -> None:
    """Guard: ``scripts_by_others`` installs what the lock says, which npm checks."""
    admin_service = install.REPOSITORY / "admin_service"
    lock = json.loads((admin_service / "package-lock.json").read_text())
    packages = [package for name, package in lock["packages"].items() if name]
    assert packages and all(package["integrity"].startswith("sha512-") for package in packages)
    assert not any("resolved" in package or "hasInstallScript" in package for package in packages)
    assert "ignore-scripts=true" in (admin_service / ".npmrc").read_text()
