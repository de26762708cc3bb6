"""What browsers are told about each page."""

import pytest
from django.contrib.auth.models import User

from tests.security.conftest import Browser

PAGES = ["/admin/", "/admin/people/candidate/", "/admin/security/", "/api/docs", "/no-such-page", "/admin/login/code/"]


@pytest.mark.parametrize("page", PAGES)
def test_no_script_from_elsewhere_or_in_the_page_runs(page: str, vera: User, at_home: Browser) -> None:
    """Guard: ``CONTENT_SECURITY_POLICY``."""
    headers = at_home.get(page).headers
    policy = {part.split()[0]: part.split()[1:] for part in headers["Content-Security-Policy"].split(";") if part}
    assert "'unsafe-inline'" not in policy["script-src"]
    assert not [source for source in policy["script-src"] if source not in {"'self'", "'unsafe-eval'", "'none'"}]
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert headers["Referrer-Policy"] == headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Frame-Options"] == "DENY"


def test_pages_that_need_no_eval_get_none() -> None:
    assert "eval" not in Browser().get("/api/docs").headers["Content-Security-Policy"]


def test_pages_with_personal_data_are_kept_nowhere(vera: User, at_home: Browser) -> None:
    for page in ("/admin/", "/admin/people/candidate/", "/admin/people/candidate/?_export=1", "/admin/security/"):
        assert "no-store" in at_home.get(page).headers["Cache-Control"], page
