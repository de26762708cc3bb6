"""``python -m tests.fuzzing URL``: asks a desk and an API that run, bounded in count; 1 if any answer was a 5xx."""

import argparse
import os
import re
import sys

import django
import requests

from tests.fuzzing.desk import Answer, Asked, Tally, fuzz

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class WebBrowser:
    """A login, over the wire. Logs in again when a request of its own has logged it out."""

    def __init__(self, url: str, name: str, password: str) -> None:
        self._url, self.name, self._password = url, name, password
        self._log_in()

    def _log_in(self) -> None:
        self._session = requests.Session()
        page = self._session.get(f"{self._url}/admin/login/", timeout=60).text
        found = _TOKEN.search(page)
        fields = {"username": self.name, "password": self._password, "csrfmiddlewaretoken": found[1] if found else ""}
        self._session.headers["Referer"] = f"{self._url}/admin/"
        done = self._session.post(f"{self._url}/admin/login/?next=/admin/", fields, timeout=60, allow_redirects=False)
        if done.status_code != 302:
            raise SystemExit(f"{self.name} can't log in: {done.status_code}")

    def ask(self, asked: Asked) -> Answer:
        """Send it."""
        headers = {"Content-Type": asked.content_type, "Accept-Language": asked.language}
        answer = self._session.request(
            asked.method,
            self._url + asked.path,
            data=asked.body or None,
            headers={name: value for name, value in headers.items() if value},
            timeout=60,
            allow_redirects=False,
        )
        location = answer.headers.get("Location", "")
        if "/login/" in location:
            self._log_in()
        return Answer(answer.status_code, answer.text, location)


def main() -> int:
    """Ask, say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--login", action="append", default=[], help="name:password, as often as there are roles")
    parser.add_argument("--desk", type=int, default=5_000, help="requests to the desk, in all")
    parser.add_argument("--api", type=int, default=50_000, help="cases for the API")
    parser.add_argument("--api-url", help="where the API answers, if not there")
    parser.add_argument("--seed", type=int, default=9)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    broken = 0
    browsers = [WebBrowser(given.url, *login.split(":", 1)) for login in given.login] if given.desk else []
    for number, browser in enumerate(browsers):
        broken += _said(browser.name, fuzz(browser, given.desk // len(browsers), given.seed + number))
    if given.api:
        broken += _api(given.api_url or given.url, given.api, given.seed)
    return int(bool(broken))


def _said(name: str, tally: Tally) -> int:
    print(f"The desk, as {name}: {tally}", flush=True)
    return len(tally.broken)


def _api(url: str, count: int, seed: int) -> int:
    import schemathesis

    from tests.fuzzing.api import campaign

    headers = {"Authorization": f"Bearer {os.environ['FUZZ_API_TOKEN']}"}
    schema = schemathesis.openapi.from_url(f"{url}/api/schema", headers=headers)
    statuses = campaign(schema, headers, count, seed, lambda line: print(line, flush=True))
    answered = ", ".join(f"{key}: {statuses[key]}" for key in sorted(statuses))
    print(f"The API: {sum(statuses.values())} cases: {answered}", flush=True)
    return sum(number for status, number in statuses.items() if status >= 500)


if __name__ == "__main__":
    sys.exit(main())
