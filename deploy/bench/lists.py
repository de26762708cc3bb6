"""How long the desk's lists take to open: each plainly, by each of its filters, in each order, and searched.

An administrator and a recruiter ask for them over HTTP from a whole stack that holds a year's work (``--times 1``) up
to a large agency's of decades (``--times 100``: 1,000,000 bookings, 200,000 candidates, 1,000,000 audit entries). What
there is to ask for is read from the pages, so a new list or filter is measured without a line here. JSON goes to
standard output, a table to standard error. Bounded: each page is asked for `ROUNDS` times.
"""

import argparse
import json
import re
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from pymongo import MongoClient

from bench.filling import Filler, Scale
from local.stack import Stack

ROUNDS = 5
MOST_CHOICES = 4  # of one filter
PATIENCE_SECONDS = 120
ASKERS = ("administrator", "recruiter")
SEARCHES = ("Анна", "Гор", "@user_77", "300000077", "Лесная", "zzz")
HOME = Path(__file__).resolve().parents[2] / ".local" / "lists"
_LINK = re.compile(r'href="(/admin/[a-z_]+/[a-z_]+/)"')
_SELECT = re.compile(r'<select[^>]*\bname="([^"]+)".*?</select>', re.S)
_OPTION = re.compile(r'<option[^>]*\bvalue="([^"]+)"')
_RADIO = re.compile(r'<input\b(?=[^>]*type="(?:radio|checkbox)")(?=[^>]*\bname="([^"]+)")(?=[^>]*\bvalue="([^"]+)")')
_DAY = re.compile(r'\bname="(\w+)_from"')
_ORDER = re.compile(r'href="\?([^"]*\bo=-?[1-9]\d*)"')


@dataclass(frozen=True)
class Opened:
    """One page's milliseconds; where other work shares the machine, the least of them says what it costs."""

    asker: str
    page: str
    what: str
    least_ms: float
    median_ms: float
    max_ms: float


def measure(stack: Stack) -> list[Opened]:
    """Every list of both askers."""
    found = []
    for asker in ASKERS:
        with httpx.Client(base_url=stack.env["ADMIN_URL"], timeout=PATIENCE_SECONDS, trust_env=False) as http:
            log_in(http, asker, stack.env["ADMIN_PASSWORD"])
            for page in sorted(set(_LINK.findall(http.get("/admin/").text))):
                found += [timed(http, asker, page, what, query) for what, query in ways(http, page)]
    return found


def log_in(http: httpx.Client, login: str, password: str) -> None:
    """Through the login page."""
    http.get("/admin/login/")
    form = {"username": login, "password": password, "next": "/admin/"}
    answer = http.post("/admin/login/", data={**form, "csrfmiddlewaretoken": http.cookies["csrftoken"]})
    assert answer.status_code == httpx.codes.FOUND, answer.status_code


def ways(http: httpx.Client, page: str) -> Iterator[tuple[str, str]]:
    """What a list can be asked for, as its page says: a name and the query."""
    yield "plain", ""
    text = http.get(page).text
    form = text.partition('id="filter-form"')[2].partition("</form>")[0]
    for name, value in choices(form):
        yield f"filter {name}", urlencode({name: value})
    today = datetime.now(UTC).date()
    for name in _DAY.findall(form):
        week = {f"{name}_from": today - timedelta(days=100), f"{name}_to": today - timedelta(days=93)}
        yield f"filter {name}, a week", urlencode(week)
    table = text.partition('id="result_list"')[2]
    for query in dict.fromkeys(_ORDER.findall(unescape(table))):
        yield "order", query
        yield "order", re.sub(r"\bo=(-?)(\d+)", lambda it: f"o={'' if it[1] else '-'}{it[2]}", query)
    if 'id="searchbar"' in text:
        for term in SEARCHES:
            yield "search", urlencode({"q": term})


def choices(form: str) -> Iterator[tuple[str, str]]:
    """The first few choices of each filter."""
    for select in _SELECT.finditer(form):
        yield from ((select[1], unescape(value)) for value in _OPTION.findall(select[0])[:MOST_CHOICES])
    yield from ((name, unescape(value)) for name, value in _RADIO.findall(form))


def timed(http: httpx.Client, asker: str, page: str, what: str, query: str) -> Opened:
    """Ask so often."""
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = http.get(f"{page}?{query}" if query else page)
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status_code < httpx.codes.BAD_REQUEST, (page, query, answer.status_code)
    what = f"{what} {query}".strip()
    return Opened(asker, page, what, *(round(it, 1) for it in (min(taken), statistics.median(taken), max(taken))))


def table(opened: list[Opened]) -> Iterator[str]:
    """Per list: plainly, the median and the slowest of all ways; of each the least, the slowest also as it was."""
    yield f"{'':14}{'':38}{'plain':>8}{'median':>8}{'slowest':>8}{'(max)':>8}"
    for asker, page in dict.fromkeys((it.asker, it.page) for it in opened):
        here = [it for it in opened if (it.asker, it.page) == (asker, page)]
        slowest = max(here, key=lambda it: it.least_ms)
        middle = statistics.median(it.least_ms for it in here)
        times = f"{here[0].least_ms:8.0f}{middle:8.0f}{slowest.least_ms:8.0f}{slowest.max_ms:8.0f}"
        yield f"{asker:14}{page.removeprefix('/admin'):38}{times}  {slowest.what}"


def say(text: str) -> None:
    """For whoever watches."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Fill a stack of its own, measure, and take it away; ``--keep`` leaves it filled for the next run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1, choices=(1, 10, 100))
    parser.add_argument("--home", type=Path, default=HOME)
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    stack = Stack(asked.home, free_ports=True, environ={}, say=say)
    stack.stop()
    if not asked.keep:
        stack.home.remove_data()
    with stack:
        fill(stack, asked.times)
        opened = measure(stack)
    if not asked.keep:
        stack.home.remove_data()
    print(json.dumps({"times": asked.times, "opened": [asdict(it) for it in opened]}, indent=1, ensure_ascii=False))
    for line in table(opened):
        say(line)


def fill(stack: Stack, times: int) -> None:
    """Unless it is filled already."""
    scale = Scale.of(times)
    with MongoClient[dict[str, Any]](stack.env["MONGODB_URI"].strip("'"), tz_aware=True) as client:
        database = client[stack.env["MONGODB_DATABASE"]]
        if database.bookings.estimated_document_count() < scale.bookings:
            Filler(database, scale).fill(say)


if __name__ == "__main__":
    main()
