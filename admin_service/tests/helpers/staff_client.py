"""Staff at a browser: what a page's form carries unseen goes with what they send."""

import re
from html import unescape
from http import HTTPStatus
from typing import Any

from django.test import Client


class StaffClient(Client):
    """A browser: it opens a page before it sends the page's form, and sends what the form carries unseen.

    With ``opened`` it sends what a page that was opened earlier carries (see ``unseen``).
    """

    def post(  # type: ignore[override]
        self, path: str, data: Any = None, *args: Any, opened: dict[str, str] | None = None, **kwargs: Any
    ) -> Any:
        """As Django's, with what the page carries."""
        given = dict(data or {})
        if opened is None:
            opened = self._opened(path, given)
        return super().post(path, {**opened, **given}, *args, **kwargs)

    def confirm(self, path: str, data: Any = None, *, opened: dict[str, str] | None = None, **answers: str) -> Any:
        """Send a form and, on the page that then asks whom it concerns, confirm what is shown there."""
        return self.answer(path, self.post(path, data, opened=opened), **answers)

    def answer(self, path: str, asked: Any, **answers: str) -> Any:
        """Confirm what such a page shows."""
        page = asked.content.decode()
        assert 'name="_foreseen"' in page, "nobody is asked about"
        carried: dict[str, list[str]] = {}
        for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page):
            carried.setdefault(name, []).append(unescape(value))
        return super().post(path, {**carried, "reason": "", **answers})

    def _opened(self, path: str, given: dict[str, Any]) -> dict[str, str]:
        page = self.get(path)
        if page.status_code != HTTPStatus.OK:
            return {}
        if "action" in given and "_confirm" in given:
            asked = {name: value for name, value in given.items() if name != "_confirm"}
            page = super().post(path, {**unseen(page), **asked})
        return unseen(page)


def unseen(page: Any) -> dict[str, str]:
    """What the form of an opened page carries unseen."""
    found = re.findall(r'<input type="hidden" name="(_seen|_once|_sealed)" value="([^"]*)">', page.content.decode())
    return dict(found)
