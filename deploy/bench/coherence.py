"""What a change in the desk takes to appear in chat (R6): from "saved" in the desk to the first answer that shows it.

Staff work in a browser; a candidate asks again and again, and each answer that still shows the old is counted. One
change after the other, every one bounded in time.
"""

import time
from collections.abc import Callable
from uuid import uuid4

import httpx
from playwright.sync_api import Page, sync_playwright

from acceptance.desk import open_browser, open_desk
from acceptance.driving import Chats, Message, Person
from local.stack import Stack

ROUNDS = 5
MOST_SECONDS = 30.0
CANDIDATE, LEAVER = 1001, 1020
Change = Callable[[Page, str], None]
Ask = Callable[[Person], str]


def measure(stack: Stack) -> None:
    """Every change `ROUNDS` times, and the report; the last one takes a candidate off the list."""
    chats = Chats.without_limits(stack)
    candidate = chats.person(CANDIDATE, "Alina", "en")
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        page = open_desk(browser, stack).page
        url = f"{stack.env['ADMIN_URL']}/admin/"
        print("From “saved” in the desk to the answer in chat that shows it (the answer itself included):")
        for name, path, field, ask in _CHANGES:
            where = url + path.format(event=_open_event(stack))
            taken = [_once(page, where, field, candidate, ask) for _ in range(ROUNDS)]
            _report(name, taken)
        _report("a candidate removed", [_removal(page, url, chats.person(LEAVER, "Timur", "en"))])
        browser.close()


def _open_event(stack: Stack) -> str:
    """The id of the interview event that candidates see."""
    headers = {"Authorization": f"Bearer {stack.env['ADMIN_API_TOKEN']}"}
    answer = httpx.get(f"{stack.env['ADMIN_URL']}/api/events", headers=headers, trust_env=False)
    return str(answer.raise_for_status().json()["results"][0]["id"])


def _once(page: Page, url: str, field: str, person: Person, ask: Ask) -> tuple[float, int]:
    """One change to a new value: milliseconds until it was seen, and how many answers still showed the old."""
    page.goto(url)
    page.click("#result_list tbody a >> nth=0")
    page.wait_for_selector(f"#id_{field}")
    mark = uuid4().hex[:12]
    page.fill(f"#id_{field}", f"https://t.me/{mark}" if field == "contact_url" else f"Борис {mark}")
    ask(person)  # the caches are warm with the old
    return _until(lambda: mark in ask(person), page, lambda: page.click("button[name=_save]"))


def _removal(page: Page, url: str, person: Person) -> tuple[float, int]:
    _slots(person)
    page.goto(f"{url}people/candidate/?q={person.id}")
    page.click("#result_list tbody a >> nth=0")
    page.click("a[href$='/remove/']")
    page.check("input[name=bookings][value=keep]")
    remove = page.get_by_role("button", name="Remove", exact=True)
    return _until(lambda: "sign up for interviews here any more" in _slots(person), page, remove.click)


def _until(seen: Callable[[], bool], page: Page, save: Callable[[], object]) -> tuple[float, int]:
    """Save, and ask from the moment the desk says it is saved."""
    with page.expect_navigation(wait_until="commit"):
        save()
    began, stale = time.perf_counter(), 0
    while not seen():
        stale += 1
        if time.perf_counter() - began > MOST_SECONDS:
            raise TimeoutError("the change never showed")
    return (time.perf_counter() - began) * 1000, stale


def _answer(person: Person, text: str) -> Message:
    """The bot's answer to a message."""
    last = max((message.id for message in person.messages()), default=0)
    person.writes(text)
    return person.sees("", after=last)


def _slots(person: Person) -> str:
    answer = _answer(person, "/start")
    return "\n".join([answer.text, *answer.labels])


def _details(person: Person) -> str:
    slots = _answer(person, "/start")
    person.presses(slots, ":")
    return person.sees("Shall we book", slots.id).text


def _contact(person: Person) -> str:
    return str(_answer(person, "/contact").buttons)


_CHANGES: list[tuple[str, str, str, Ask]] = [
    ("an event's title", "scheduling/interviewevent/?is_open__exact=1", "title", _slots),
    ("a slot's room", "scheduling/interviewslot/?event={event}", "room", _slots),
    ("a recruiter's name", "people/recruiter/?q=Борис", "name", _details),
    ("a city's contact link", "people/city/?q=Москва", "contact_url", _contact),
]


def _report(name: str, taken: list[tuple[float, int]]) -> None:
    times = sorted(milliseconds for milliseconds, _stale in taken)
    stale = sum(count for _milliseconds, count in taken)
    middle, most = times[len(times) // 2], times[-1]
    print(f"  {name:<26} n={len(taken):<4} median {middle:5.0f} ms  most {most:5.0f} ms  answers still old {stale}")
