"""What there is to ask of the desk, as its pages say: lists by each filter, in each order, searched; what they open.

A list, a filter or a page that is added is asked for without a line of its own.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import product
from urllib.parse import urlencode

import httpx

from bench.rows import BUSIEST

MOST_CHOICES = 4  # of one filter
SEARCHES = ("Анна", "Гор", "@user_77", "300000077", "Лесная", "zzz")
HOME = "/admin/"
_PEOPLE, _SLOTS = "/admin/people/candidate/", "/admin/scheduling/interviewslot/"
_LINK = re.compile(r'href="(/admin/[a-z_]+/[a-z_]+/)"')
_SELECT = re.compile(r'<select[^>]*\bname="([^"]+)".*?</select>', re.S)
_OPTION = re.compile(r'<option[^>]*\bvalue="([^"]+)"')
_RADIO = re.compile(r'<input\b(?=[^>]*type="(?:radio|checkbox)")(?=[^>]*\bname="([^"]+)")(?=[^>]*\bvalue="([^"]+)")')
_DAY = re.compile(r'\bname="(\w+)_from"')
_ORDER = re.compile(r'href="\?([^"]*\bo=-?[1-9]\d*)(?:\.-?\d+)*"')
_ROW = re.compile(r'href="(/admin/[a-z_]+/[a-z_]+/[0-9a-f]{24}/)change/')
_EXPORT = re.compile(r'href="(\?[^"]*_export=\w+)"')
_EARLIER = re.compile(r'href="(\?[^"#]*\bbefore=[^"#]+)')
Way = tuple[str, str]
"""What is asked for, in words, and its address."""


def log_in(http: httpx.Client, login: str, password: str) -> None:
    """Through the login page."""
    http.get("/admin/login/")
    form = {"username": login, "password": password, "next": HOME}
    answer = http.post("/admin/login/", data={**form, "csrfmiddlewaretoken": http.cookies["csrftoken"]})
    assert answer.status_code == httpx.codes.FOUND, answer.status_code


def ways(http: httpx.Client) -> Iterator[tuple[str, Way]]:
    """Everything that the login may look at, each with the page that it belongs to."""
    lists = sorted(set(_LINK.findall(http.get(HOME).text)))
    yield from ((HOME, way) for way in _first_page())
    if _SLOTS in lists:
        yield from (("/admin/calendar/", way) for way in _calendar())
    if _PEOPLE in lists:
        yield from (("/admin/person/", way) for way in _person(http))
    for page in lists:
        yield from ((page, way) for way in _list(http, page))


def _first_page() -> Iterator[Way]:
    yield "plain", HOME
    yield "what is new", f"{HOME}now/"
    yield "what is ahead", f"{HOME}ahead/"
    yield from ((f"Ctrl-K {term}", f"{HOME}search/?{urlencode({'s': term})}") for term in SEARCHES)


def _calendar() -> Iterator[Way]:
    yield "plain", f"{_SLOTS}calendar/"
    for view, by in product(("day", "week"), ("recruiter", "place", "city")):
        yield f"{view} by {by}", f"{_SLOTS}calendar/slots/?{urlencode({'view': view, 'by': by})}"


def _person(http: httpx.Client) -> Iterator[Way]:
    """The busiest person's page and timeline, page after page."""
    found = _ROW.search(http.get(_PEOPLE, params={"q": f"@{BUSIEST}"}).text)
    assert found, BUSIEST
    page = f"{found[1]}change/"
    yield "plain", page
    for kind in ("bookings", "messages", "answers", "notes", "changes"):
        yield f"timeline of {kind}", f"{page}?show={kind}"
    earlier = _EARLIER.search(http.get(page).text)
    assert earlier
    yield "timeline, page 2", f"{page}{unescape(earlier[1])}"
    for _page in range(20):
        earlier = _EARLIER.search(http.get(f"{page}{unescape(earlier[1])}").text) or earlier
    yield "timeline, page 22", f"{page}{unescape(earlier[1])}"


def _list(http: httpx.Client, page: str) -> Iterator[Way]:
    yield "plain", page
    text = http.get(page).text
    form = text.partition('id="filter-form"')[2].partition("</form>")[0]
    for name, value in choices(form):
        yield f"filter {name}={value}", f"{page}?{urlencode({name: value})}"
    today = datetime.now(UTC).date()
    for name in _DAY.findall(form):
        week = {f"{name}_from": today - timedelta(days=100), f"{name}_to": today - timedelta(days=93)}
        yield f"filter {name}, a week", f"{page}?{urlencode(week)}"
    table = text.partition('id="result_list"')[2]
    for query in dict.fromkeys(_ORDER.findall(unescape(table))):
        for sign in ("", "-"):
            turned = re.sub(r"\bo=-?(\d+)", rf"o={sign}\1", query)
            yield f"order {turned}", f"{page}?{turned}"
    if 'id="searchbar"' in text:
        yield from ((f"search {term}", f"{page}?{urlencode({'q': term})}") for term in SEARCHES)
    yield from _opened(http, page, text)


def choices(form: str) -> Iterator[tuple[str, str]]:
    """The first few choices of each filter."""
    for select in _SELECT.finditer(form):
        yield from ((select[1], unescape(value)) for value in _OPTION.findall(select[0])[:MOST_CHOICES])
    yield from ((name, unescape(value)) for name, value in _RADIO.findall(form))


def _opened(http: httpx.Client, page: str, text: str) -> Iterator[Way]:
    """The page of a list's first row with what can be done there, the list's last page and its exports."""
    if row := _ROW.search(text):
        yield "first row", f"{row[1]}change/"
        actions = re.compile(rf'href="({re.escape(row[1])}[a-z-]+/?)[?"]')
        for address in sorted(set(actions.findall(http.get(f"{row[1]}change/").text)) - {f"{row[1]}change/"}):
            if http.get(address).status_code == httpx.codes.OK:
                yield f"first row, {address.removeprefix(row[1])}", address
    for export in map(unescape, dict.fromkeys(_EXPORT.findall(text))):
        if "text/html" in http.get(f"{page}{export}").headers["content-type"]:
            yield f"export {export}", f"{page}{export}"
