"""Requests to the desk that nobody would send by hand: every page of the URLconf, and its forms, changed at random.

The same seed makes the same choices. The bodies come from the pages' own forms, so that they get past the first check.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Protocol
from urllib.parse import quote, urlencode

from django.urls import URLPattern, URLResolver, get_resolver

from tests.fuzzing.values import GARBLED_IDS, LANGUAGES, METHODS, PARAMETERS, VALUES, any_value

_DOCUMENT = re.compile(r"/admin/(\w+)/(\w+)/([0-9a-f]{24})/")
_PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
_LEFT_ALONE = ("logout", "password_change", "jsi18n")
"""Not to end the login that asks, or to spend the time on a file that is always the same."""
Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """One request. ``path`` is quoted and has its query."""

    method: str
    path: str
    body: bytes = b""
    content_type: str = ""
    language: str = "en"


@dataclass(frozen=True)
class Answer:
    """What came back. ``location`` is where it leads, if anywhere."""

    status: int
    text: str = ""
    location: str = ""


class Browser(Protocol):
    """A login at the desk; logs in again by itself when it was logged out."""

    def ask(self, asked: Asked) -> Answer:
        """Send it."""


@dataclass
class Tally:
    """How the desk answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[tuple[Asked, Answer]] = field(default_factory=list)
    bare: list[Asked] = field(default_factory=list)

    def count(self, asked: Asked, answer: Answer) -> None:
        """Take an answer in: a 5xx is broken, a 4xx that is no page of ours is bare."""
        self.statuses[answer.status] += 1
        if answer.status >= 500:
            self.broken.append((asked, answer))
        elif _is_bare(asked, answer):
            self.bare.append(asked)

    def __str__(self) -> str:
        total = sum(self.statuses.values())
        lines = [f"{total} requests: " + ", ".join(f"{key}: {self.statuses[key]}" for key in sorted(self.statuses))]
        lines += [
            f"  {answer.status} {asked.method} {asked.path[:300]} {asked.body[:300]!r}" for asked, answer in self.broken
        ]
        lines += [f"  not a page of ours: {asked.method} {asked.path[:300]}" for asked in self.bare]
        return "\n".join(lines)


def _is_bare(asked: Asked, answer: Answer) -> bool:
    """A refusal by the desk that is no page of ours. The gateway refuses some addresses itself: those with %00."""
    refused = answer.status in {400, 403, 404} and asked.method in {"GET", "POST"}
    return refused and "desk-error" not in answer.text and "<center>nginx" not in answer.text


class _Form(HTMLParser):
    """The fields of a page's forms, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: Fields = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Inputs, text areas, and the first real choice of selects."""
        given = {name: value or "" for name, value in attrs}
        if tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select and given.get("value"):
            self.fields.append((self._select, given["value"]))
            self._select = ""
        elif tag in {"input", "textarea", "button"} and given.get("name"):
            self.fields.append((given["name"], given.get("value", "")))


def addresses() -> list[str]:
    """Every address of the URLconf but the API's, with ``<names>`` where something is to be filled in."""
    return sorted({path for path in _walk(get_resolver().url_patterns, "/") if not path.startswith("/api/")})


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for item in patterns:
        path = before + str(item.pattern).removesuffix("\\Z").removesuffix("$").removeprefix("^")
        if isinstance(item, URLResolver):
            yield from _walk(item.url_patterns, path)
        elif not any(name in path for name in _LEFT_ALONE):
            yield path


def fuzz(browser: Browser, count: int, seed: int) -> Tally:
    """Send ``count`` requests, besides those that open pages to take their forms; nothing stops it earlier."""
    return _Fuzz(browser, random.Random(seed)).run(count)


class _Fuzz:
    def __init__(self, browser: Browser, chance: random.Random) -> None:
        self._browser, self._chance = browser, chance
        self._addresses = addresses()
        self._documents: dict[str, list[str]] = {}
        self.tally = Tally()

    def run(self, count: int) -> Tally:
        for path in self._addresses:
            if "<" not in path:
                self._see(Asked("GET", path))
        while sum(self.tally.statuses.values()) < count:
            self._see(self._asked())
        return self.tally

    def _see(self, asked: Asked) -> Answer:
        answer = self._browser.ask(asked)
        self.tally.count(asked, answer)
        for app, model, number in _DOCUMENT.findall(answer.text + answer.location):
            known = self._documents.setdefault(f"/admin/{app}/{model}/", [])
            if number not in known:
                known.append(number)
        return answer

    def _asked(self) -> Asked:
        chance = self._chance
        path = self._filled(chance.choice(self._addresses))
        query = urlencode([(self._name(), any_value(chance)) for _ in range(chance.choice((0, 1, 1, 2, 4)))])
        address = f"{path}?{query}" if query else path
        language = chance.choice(LANGUAGES) if chance.random() < 0.2 else chance.choice(("ru", "en"))
        kind = chance.random()
        if kind < 0.45:
            return Asked("GET", address, language=language)
        if kind < 0.5:
            return Asked(chance.choice(METHODS), address, language=language)
        return self._posted(address if chance.random() < 0.2 else path, path, language)

    def _filled(self, pattern: str) -> str:
        def value(found: re.Match[str]) -> str:
            model = next((known for known in self._documents if pattern.startswith(known)), "")
            if model and self._chance.random() < 0.85:
                return self._chance.choice(self._documents[model])
            return quote(self._chance.choice(GARBLED_IDS), safe="%")

        return _PLACE.sub(value, pattern.replace("(?P<url>.*)", "x"))

    def _name(self) -> str:
        return self._chance.choice(PARAMETERS) + (
            self._chance.choice(("__regex", "__gt")) if self._chance.random() < 0.05 else ""
        )

    def _posted(self, address: str, path: str, language: str) -> Asked:
        chance, page = self._chance, self._see(Asked("GET", path))
        form = _Form()
        form.feed(page.text)
        fields = [*form.fields, ("_confirm", "1")] if chance.random() < 0.6 else form.fields
        if path.count("/") == 4 and chance.random() < 0.6:  # a list: its actions
            known = self._documents.get(path, []) or ["zz"]
            action = chance.choice(
                ("remove", "restore", "invite_chosen", "renew_chosen", "delete_slots", "revoke_chosen", "nosuch")
            )
            fields = [*fields, ("action", action), ("_selected_action", any_value(chance, chance.choice(known)))]
        changed = self._changed(fields)
        kind = chance.random()
        if kind < 0.8:
            return Asked("POST", address, urlencode(changed).encode(), "application/x-www-form-urlencoded", language)
        if kind < 0.9:
            return Asked("POST", address, _multipart(changed, chance), "multipart/form-data; boundary=xx", language)
        body = chance.choice((b"", b"{", b'{"a": [1]}', b"\xff\xfe\x00", b"--xx\r\n", b"a=1&" * 2_000, b"%zz&=&=&"))
        wrong = chance.choice(
            ("application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=xx", "")
        )
        return Asked("POST", address, body, wrong, language)

    def _changed(self, fields: Fields) -> Fields:
        chance, changed = self._chance, []
        for name, good in fields:
            kind = chance.random()
            if name in {"csrfmiddlewaretoken", "_once"} and kind > 0.03:
                changed.append((name, good))
            elif kind < 0.08:
                continue  # left out
            elif kind < 0.25:
                changed.append((name, any_value(chance, good)))
            elif kind < 0.28:
                changed += [(name, good), (name, chance.choice(VALUES))]
            else:
                changed.append((name, good))
        return changed


def _multipart(fields: Fields, chance: random.Random) -> bytes:
    parts = [f'--xx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields]
    content = chance.choice(("имя;город\nИван;Москва\n", "\x00", 'a,b\n"', "имя\n" + "Иван\n" * 600, ""))
    parts.append(f'--xx\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n{content}\r\n')
    return ("".join(parts) + chance.choice(("--xx--\r\n", "--xx"))).encode("utf-8", "replace")
